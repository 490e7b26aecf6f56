//! A message on its way out: through DATA, or in chunks through BDAT (RFC 3030).

use super::content_scan::ContentScanner;
use super::dot_stuffing::Encoder;
use super::error::Error;
use super::header_scan::ENCODE_FIELD;

/// Octets of a chunk: few replies for a large message, and little memory for many at once.
pub(super) const CHUNK: usize = 64 * 1024;

pub(super) struct Body {
    form: Form,
    /// Looks at a message in pieces as it comes; a whole one was looked at before.
    surveyor: Option<(ContentScanner, Allowed)>,
}

/// What a message that comes in pieces may turn out to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed {
    /// The server has 8BITMIME.
    pub eight_bit: bool,
    /// The server has SMTPUTF8.
    pub utf8: bool,
    /// MAIL said so.
    pub says_utf8: bool,
    /// SIZE of the server.
    pub size: Option<u64>,
}

enum Form {
    Data(Encoder),
    Chunks(Encoder, Vec<u8>),
    /// BINARYMIME: nothing is changed.
    Binary(Vec<u8>),
}

impl Body {
    pub fn data() -> Self {
        Self::new(Form::Data(Encoder::data()))
    }

    pub fn chunks() -> Self {
        Self::new(Form::Chunks(Encoder::bdat(), Vec::new()))
    }

    pub fn binary() -> Self {
        Self::new(Form::Binary(Vec::new()))
    }

    /// Looks at each piece before it is sent.
    pub fn surveyed(self, allowed: Allowed) -> Self {
        Self {
            surveyor: Some((
                match self.form {
                    Form::Binary(_) => ContentScanner::binary(),
                    _ => ContentScanner::text(),
                },
                allowed,
            )),
            ..self
        }
    }

    /// Octets so far, as SIZE counts them, where each piece is looked at.
    pub fn size(&self) -> Option<u64> {
        let (surveyor, _) = self.surveyor.as_ref()?;
        Some(surveyor.result().size)
    }

    pub fn is_chunked(&self) -> bool {
        !matches!(self.form, Form::Data(_))
    }

    /// Appends to `out` what can leave of the message; returns how many chunks that ends.
    pub fn write(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<usize, Error> {
        self.look_at(piece)?;
        let mut chunks = 0;
        for part in piece.chunks(CHUNK) {
            match &mut self.form {
                Form::Data(encoder) => encoder.encode(part, out),
                Form::Chunks(encoder, chunk) => encoder.encode(part, chunk),
                Form::Binary(chunk) => chunk.extend_from_slice(part),
            }
            if let Form::Chunks(_, chunk) | Form::Binary(chunk) = &mut self.form
                && chunk.len() >= CHUNK
            {
                write_chunk(chunk, "", out);
                chunk.clear();
                chunks += 1;
            }
        }
        Ok(chunks)
    }

    /// The end of the message.
    pub fn finish(self, out: &mut Vec<u8>) {
        match self.form {
            Form::Data(encoder) => encoder.finish(out),
            Form::Chunks(encoder, mut chunk) => {
                encoder.finish(&mut chunk);
                write_chunk(&chunk, " LAST", out);
            }
            Form::Binary(chunk) => write_chunk(&chunk, " LAST", out),
        }
    }

    fn new(form: Form) -> Self {
        Self {
            form,
            surveyor: None,
        }
    }

    fn look_at(&mut self, piece: &[u8]) -> Result<(), Error> {
        let Some((surveyor, allowed)) = &mut self.surveyor else {
            return Ok(());
        };
        surveyor.read(piece).map_err(Error::InvalidArgument)?;
        let found = surveyor.result();
        if let Some(place) = found.eight_bit
            && !allowed.eight_bit
        {
            return Err(place.needs_8bitmime());
        }
        if let Some(field) = found.utf8_header {
            if !allowed.utf8 {
                return Err(field.needs_smtputf8());
            }
            if !allowed.says_utf8 {
                return Err(Error::InvalidArgument(format!(
                    "the header field `{field}` is in UTF-8, which MAIL did not say: set-smtputf8 in \
                     its options, or {ENCODE_FIELD}"
                )));
            }
        }
        match allowed.size {
            Some(limit) if found.size > limit => Err(Error::MessageTooLarge(limit)),
            _ => Ok(()),
        }
    }
}

fn write_chunk(chunk: &[u8], last: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("BDAT {}{last}\r\n", chunk.len()).as_bytes());
    out.extend_from_slice(chunk);
}
