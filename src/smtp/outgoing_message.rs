//! A whole message to send: its envelope, its options, and its content.

use super::config::PartialDelivery;
use super::content_scan::{ContentScan, scan};
use super::envelope::Envelope;
use super::error::Error;
use super::parameters::{BodyType, Options};

/// A message that any server can be asked to take.
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
    /// Refuses what cannot be sent to any server.
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
