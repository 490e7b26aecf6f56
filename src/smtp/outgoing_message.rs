//! A whole message to send: its envelope, its options, and its content.

use super::config::PartialDelivery;
use super::content_scan::{ContentScan, scan};
use super::envelope::Envelope;
use super::error::Error;
use super::parameters::{BodyType, Options};

/// A checked message: no fault in it makes every server refuse it.
pub struct OutgoingMessage<'a> {
    pub envelope: Envelope,
    pub options: &'a Options,
    pub scan: ContentScan,
    pub content: &'a [u8],
    pub partial_delivery: PartialDelivery,
    pub early_content: EarlyContent,
}

/// Whether a small message's content may leave before its envelope is answered (RFC 3030, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlyContent {
    Allowed,
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
            content,
            partial_delivery,
            early_content,
        })
    }
}
