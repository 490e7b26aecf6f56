//! Reads a message once for all its signatures.

use memchr::memmem;

use super::body::BodyHasher;
use super::error::SignError;
use super::lines::LineEnds;

/// Postfix takes headers of 100 kB.
const MAX_HEADER: usize = 256 << 10;
const BLANK_LINE: &[u8] = b"\r\n\r\n";

/// Hashes a message that comes in pieces, as it is sent: after line ends were repaired, without doubled dots.
/// The cuts make no difference to the result. It holds the header in memory, and some kilobytes.
pub struct Hasher {
    lines: LineEnds,
    part: Part,
}

/// The part of the message that is being read.
enum Part {
    Header(Vec<u8>),
    Body(Vec<u8>, BodyHasher),
    Failed(SignError),
}

/// What signatures of a message cover: its header, and the hash of its body.
pub struct HashedMessage {
    /// Without the blank line.
    pub(super) header: Vec<u8>,
    pub(super) body: [u8; 32],
}

impl HashedMessage {
    /// Hashes a whole message.
    pub fn new(message: &[u8]) -> Result<Self, SignError> {
        let mut hasher = Hasher::default();
        hasher.update(message);
        hasher.finish()
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            lines: LineEnds::new(),
            part: Part::Header(Vec::new()),
        }
    }
}

impl Hasher {
    /// Reads the next piece. [`Hasher::finish`] returns the first error.
    pub fn update(&mut self, piece: &[u8]) {
        if let Err(bare) = self.lines.read(piece) {
            self.fail(SignError::LineEnd(bare.0));
        }
        match &mut self.part {
            Part::Header(header) => match read_header(header, piece) {
                Ok(None) => (),
                Ok(Some(body)) => {
                    let mut hasher = BodyHasher::new();
                    hasher.read(body);
                    self.part = Part::Body(std::mem::take(header), hasher);
                }
                Err(error) => self.fail(error),
            },
            Part::Body(_, body) => body.read(piece),
            Part::Failed(_) => (),
        }
    }

    /// Ends the message. A last line without CRLF is hashed as with it, which DATA adds.
    pub fn finish(mut self) -> Result<HashedMessage, SignError> {
        if let Err(bare) = self.lines.finish() {
            self.fail(SignError::LineEnd(bare.0));
        }
        match self.part {
            Part::Header(_) => Err(SignError::NoBlankLine),
            Part::Body(header, body) => Ok(HashedMessage {
                header,
                body: body.finish(),
            }),
            Part::Failed(error) => Err(error),
        }
    }

    /// Keeps the first error.
    fn fail(&mut self, error: SignError) {
        if !matches!(self.part, Part::Failed(_)) {
            self.part = Part::Failed(error);
        }
    }
}

/// Appends to the header. If it ends in this piece, cuts the blank line off and returns the rest of the piece.
fn read_header<'a>(header: &mut Vec<u8>, piece: &'a [u8]) -> Result<Option<&'a [u8]>, SignError> {
    let before = header.len();
    let searched = before.saturating_sub(BLANK_LINE.len() - 1);
    let room = MAX_HEADER - before;
    header.extend_from_slice(piece.get(..room).unwrap_or(piece));
    // A message that begins with a blank line has no From.
    if header.starts_with(b"\r\n") {
        return Err(SignError::From);
    }
    let unsearched = header.get(searched..).unwrap_or_default();
    match memmem::find(unsearched, BLANK_LINE) {
        Some(at) => {
            let end = searched + at;
            header.truncate(end + 2);
            let body = (end + BLANK_LINE.len()).saturating_sub(before);
            Ok(Some(piece.get(body..).unwrap_or_default()))
        }
        None if header.len() == MAX_HEADER => Err(SignError::HeaderTooLong),
        None => Ok(None),
    }
}
