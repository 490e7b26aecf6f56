//! Encoding a message's content for DATA (dot-stuffing), or in chunks for BDAT (RFC 3030).

use super::content_policy::ContentPolicy;
use super::content_scan::ContentScanner;
use super::dot_stuffing::Encoder;
use super::error::Error;
use super::header_scan::ENCODE_FIELD;

/// Octets of a chunk: a large message needs few replies, and a chunk little memory.
pub(super) const CHUNK: usize = 64 * 1024;

pub(super) struct BodyEncoder {
    encoding: Encoding,
    /// Scans a message that comes in pieces. A whole message was scanned before.
    scanner: Option<(ContentScanner, Allowed)>,
}

/// The content that a message in pieces may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed {
    pub policy: ContentPolicy,
    /// Whether MAIL declared SMTPUTF8.
    pub says_utf8: bool,
}

enum Encoding {
    Data(Encoder),
    Chunks(Encoder, Vec<u8>),
    /// BINARYMIME: the content stays unchanged.
    Binary(Vec<u8>),
}

impl BodyEncoder {
    pub(super) fn data() -> Self {
        Self::new(Encoding::Data(Encoder::data()))
    }

    pub(super) fn chunks() -> Self {
        Self::new(Encoding::Chunks(Encoder::bdat(), Vec::new()))
    }

    pub(super) fn binary() -> Self {
        Self::new(Encoding::Binary(Vec::new()))
    }

    /// Scans each piece before it is sent.
    pub(super) fn scanning(self, allowed: Allowed) -> Self {
        Self {
            scanner: Some((
                match self.encoding {
                    Encoding::Binary(_) => ContentScanner::binary(),
                    _ => ContentScanner::text(),
                },
                allowed,
            )),
            ..self
        }
    }

    /// Octets so far, as SIZE counts them, if each piece is scanned.
    pub(super) fn size(&self) -> Option<u64> {
        let (scanner, _) = self.scanner.as_ref()?;
        Some(scanner.result().size)
    }

    /// Takes the encoder with what it holds. The one that is left only tells how the message leaves.
    pub(super) fn take(&mut self) -> Self {
        let left = if self.is_chunked() {
            Self::chunks()
        } else {
            Self::data()
        };
        std::mem::replace(self, left)
    }

    pub(super) fn is_chunked(&self) -> bool {
        !matches!(self.encoding, Encoding::Data(_))
    }

    /// Appends the octets that can leave to `out`; returns the number of chunks that end in them.
    pub(super) fn write(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<usize, Error> {
        self.look_at(piece)?;
        let mut chunks = 0;
        for part in piece.chunks(CHUNK) {
            match &mut self.encoding {
                Encoding::Data(encoder) => encoder.encode(part, out),
                Encoding::Chunks(encoder, chunk) => encoder.encode(part, chunk),
                Encoding::Binary(chunk) => chunk.extend_from_slice(part),
            }
            if let Encoding::Chunks(_, chunk) | Encoding::Binary(chunk) = &mut self.encoding
                && chunk.len() >= CHUNK
            {
                write_chunk(chunk, "", out);
                chunk.clear();
                chunks += 1;
            }
        }
        Ok(chunks)
    }

    /// Appends the end of the message to `out`.
    pub(super) fn finish(self, out: &mut Vec<u8>) {
        match self.encoding {
            Encoding::Data(encoder) => encoder.finish(out),
            Encoding::Chunks(encoder, mut chunk) => {
                encoder.finish(&mut chunk);
                write_chunk(&chunk, " LAST", out);
            }
            Encoding::Binary(chunk) => write_chunk(&chunk, " LAST", out),
        }
    }

    fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            scanner: None,
        }
    }

    fn look_at(&mut self, piece: &[u8]) -> Result<(), Error> {
        let Some((scanner, allowed)) = &mut self.scanner else {
            return Ok(());
        };
        scanner.read(piece).map_err(Error::InvalidArgument)?;
        let found = scanner.result();
        allowed.policy.check_eight_bit(found.eight_bit)?;
        allowed.policy.check_utf8_header(found.utf8_header)?;
        if let Some(field) = found.utf8_header
            && !allowed.says_utf8
        {
            return Err(Error::InvalidArgument(format!(
                "the header field `{field}` is in UTF-8, which MAIL did not say: set-smtputf8 in \
                 its options, or {ENCODE_FIELD}"
            )));
        }
        allowed.policy.check_size(found.size)
    }
}

fn write_chunk(chunk: &[u8], last: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("BDAT {}{last}\r\n", chunk.len()).as_bytes());
    out.extend_from_slice(chunk);
}
