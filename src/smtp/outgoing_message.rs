//! A whole message to send: its envelope, its options, its signatures, and its content.

use envoi_message::dkim::{HashedMessage, Hasher, SignError, Signer, sign_all};

use super::body::CHUNK;
use super::config::PartialDelivery;
use super::content_scan::{ContentScan, scan};
use super::dot_stuffing::Encoder;
use super::envelope::Envelope;
use super::error::Error;
use super::parameters::{BodyType, Options};

/// A checked message: no fault in it makes every server refuse it.
pub struct OutgoingMessage<'a> {
    /// Independent of the addresses in the header.
    pub envelope: Envelope,
    /// Parameters of MAIL and RCPT.
    pub options: &'a Options,
    /// The facts about `content`. Its size includes the signatures.
    pub scan: ContentScan,
    /// DKIM-Signature fields, which leave before the content. Empty if nobody signs.
    pub signatures: String,
    /// Header and body, as the caller gave them. Line ends are repaired, and for DATA dots doubled, as they leave.
    pub content: &'a [u8],
    /// Whether the accepted recipients get it if others are refused.
    pub partial_delivery: PartialDelivery,
    /// Whether it may share a round trip with its envelope.
    pub early_content: EarlyContent,
}

/// Whether a small message's content may leave before its envelope is answered (RFC 3030, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlyContent {
    /// If it has less than 64 KiB and the server offers CHUNKING and PIPELINING.
    Allowed,
    /// The content waits for the replies to its envelope.
    Forbidden,
}

impl<'a> OutgoingMessage<'a> {
    /// Checks the message. An error means that no server can take it.
    pub fn new(
        envelope: Envelope,
        options: &'a Options,
        content: &'a [u8],
        partial_delivery: PartialDelivery,
        early_content: EarlyContent,
    ) -> Result<Self, Error> {
        options.check_recipients(&envelope.recipients)?;
        let scan = match options.body() {
            Some(BodyType::BinaryMime) => ContentScan::binary(content),
            _ => scan(content).map_err(Error::InvalidArgument)?,
        };
        Ok(Self {
            envelope,
            options,
            scan,
            signatures: String::new(),
            content,
            partial_delivery,
            early_content,
        })
    }

    /// Signs the octets that leave; they are hashed once for all signers. `now` is in seconds since 1970. An error
    /// means that verifiers disagree about the message.
    pub fn sign(&mut self, signers: &[Signer], now: u64) -> Result<(), Error> {
        let signatures = self
            .hashed()
            .and_then(|message| sign_all(signers, &message, now));
        self.signatures = signatures.map_err(|why| {
            Error::InvalidArgument(format!("the message cannot be signed: {why}"))
        })?;
        self.scan.size += self.signatures.len() as u64;
        Ok(())
    }

    /// Line ends are repaired as DATA and BDAT repair them, unless the message is sent as it is.
    fn hashed(&self) -> Result<HashedMessage, SignError> {
        if self.options.body() == Some(BodyType::BinaryMime) {
            return HashedMessage::new(self.content);
        }
        let (mut encoder, mut hasher) = (Encoder::bdat(), Hasher::default());
        let mut lines = Vec::new();
        for piece in self.content.chunks(CHUNK) {
            encoder.encode(piece, &mut lines);
            hasher.update(&lines);
            lines.clear();
        }
        encoder.finish(&mut lines);
        hasher.update(&lines);
        hasher.finish()
    }
}
