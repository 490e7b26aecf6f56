//! The transfer encoding of content that comes from a stream (RFC 2045, section 6).

use std::mem;

use envoi_message::compose::Base64Lines;

/// Encodes content piece by piece, in constant memory.
pub enum TransferEncoding {
    /// The content is written as it is.
    Identity,
    /// Lines of 76 characters (RFC 2045, section 6.8).
    Base64(Base64Lines),
}

impl TransferEncoding {
    /// At the beginning of a body part.
    pub fn base64() -> Self {
        Self::Base64(Base64Lines::default())
    }

    /// The encoded octets that can leave.
    pub fn encode(&mut self, octets: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Identity => octets,
            Self::Base64(lines) => {
                let mut body = Vec::new();
                lines.push(&octets, &mut body);
                body
            }
        }
    }

    /// The last encoded octets.
    pub fn end(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        if let Self::Base64(lines) = self {
            mem::take(lines).finish(&mut body);
        }
        body
    }
}
