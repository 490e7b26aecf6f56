//! Reads the message's header section (RFC 5322, section 2.2) before anything is sent.
//!
//! A line ends in LF, CRLF or CR, because the mailer makes a CRLF of each: a Bcc after a bare CR must be
//! found too.

use std::io::{self, Read};

/// The largest header, in octets; it is kept in memory. Large ones, with many recipients and hops, have some 50 KB.
const MAX_HEADER: usize = 1024 * 1024;
/// Octets of the message that are read at a time.
pub(crate) const PIECE: usize = 64 * 1024;

/// The header, and the part of the rest that was read with it.
#[derive(Debug)]
pub(crate) struct Header {
    /// Each field with its name, folded lines and line ends.
    fields: Vec<Vec<u8>>,
    /// Starts with the empty line.
    pub rest: Vec<u8>,
}

#[derive(Debug)]
pub(crate) enum Fault {
    Unreadable(io::Error),
    Empty,
    TooLarge,
    /// The number of a line that is not a field.
    NoField(usize),
}

impl Header {
    pub(crate) fn read(source: &mut impl Read) -> Result<Self, Fault> {
        let (mut fields, mut rest) = (Vec::new(), Vec::new());
        let (mut start, mut number, mut ended) = (0, 0, false);
        loop {
            let unread = rest.get(start..).unwrap_or_default();
            let Some(line) = first_line(unread, ended) else {
                if ended {
                    break;
                }
                ended = read_more(source, &mut rest)?;
                continue;
            };
            if line.starts_with(b"\r") || line.starts_with(b"\n") {
                break;
            }
            number += 1;
            add(&mut fields, line).ok_or(Fault::NoField(number))?;
            start += line.len();
        }
        rest.drain(..start);
        if fields.is_empty() && rest.is_empty() {
            return Err(Fault::Empty);
        }
        Ok(Self { fields, rest })
    }

    /// The values of all fields with this name, unfolded.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = String> {
        self.named(name).map(|(_, value)| {
            let value = String::from_utf8_lossy(value);
            value.replace(['\r', '\n'], "").trim().to_owned()
        })
    }

    /// The name of the first field that needs SMTPUTF8 (RFC 6531). None if the header is not UTF-8, for
    /// example Latin-1, because SMTPUTF8 does not cover that.
    pub(crate) fn first_in_utf8(&self) -> Option<String> {
        let field = self.all_but_bcc().find(|field| !field.is_ascii())?;
        let (name, _) = split(field)?;
        let is_utf8 = str::from_utf8(&self.sent()).is_ok();
        is_utf8.then(|| String::from_utf8_lossy(name).into_owned())
    }

    /// All fields but Bcc.
    pub(crate) fn sent(&self) -> Vec<u8> {
        self.all_but_bcc().flatten().copied().collect()
    }

    fn all_but_bcc(&self) -> impl Iterator<Item = &Vec<u8>> {
        let is_bcc = |field: &[u8]| split(field).is_some_and(|(name, _)| is(name, "Bcc"));
        self.fields.iter().filter(move |field| !is_bcc(field))
    }

    fn named(&self, name: &str) -> impl Iterator<Item = (&[u8], &[u8])> {
        let fields = self.fields.iter().filter_map(|field| split(field));
        fields.filter(move |(found, _)| is(found, name))
    }
}

/// The first line with its end. None if more must be read to find it.
fn first_line(text: &[u8], ended: bool) -> Option<&[u8]> {
    let whole = || Some(text).filter(|text| ended && !text.is_empty());
    let Some(end) = text.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
        return whole();
    };
    match text.get(end..)? {
        [b'\r'] => whole(),
        [b'\r', b'\n', ..] => text.get(..end + 2),
        _ => text.get(..end + 1),
    }
}

/// Returns whether the source has ended.
fn read_more(source: &mut impl Read, text: &mut Vec<u8>) -> Result<bool, Fault> {
    if text.len() > MAX_HEADER {
        return Err(Fault::TooLarge);
    }
    let mut piece = vec![0; PIECE];
    let count = source.read(&mut piece).map_err(Fault::Unreadable)?;
    text.extend(piece.iter().take(count));
    Ok(count == 0)
}

/// Adds a field, or a continuation line of the last one.
fn add(fields: &mut Vec<Vec<u8>>, line: &[u8]) -> Option<()> {
    if line.starts_with(b" ") || line.starts_with(b"\t") {
        fields.last_mut()?.extend(line);
    } else {
        split(line)?;
        fields.push(line.into());
    }
    Some(())
}

/// Splits a field into its name (printable ASCII) and its value.
fn split(field: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = field.iter().position(|byte| *byte == b':')?;
    let (name, value) = (field.get(..colon)?, field.get(colon + 1..)?);
    // The obsolete syntax allows white space before the colon (section 4.5.8).
    let name = name.trim_ascii_end();
    let printable = name.iter().all(|byte| byte.is_ascii_graphic());
    (printable && !name.is_empty()).then_some((name, value))
}

fn is(found: &[u8], name: &str) -> bool {
    found.eq_ignore_ascii_case(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns one byte at a time.
    struct Slowly<'a>(&'a [u8]);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    /// The header as it is sent, and the rest: the same if the source returns one byte at a time.
    fn sent(message: &str) -> (String, String) {
        let mut outcomes = Vec::new();
        for slowly in [false, true] {
            let mut bytes = message.as_bytes();
            let (header, left) = if slowly {
                let mut source = Slowly(bytes);
                (Header::read(&mut source).unwrap(), source.0)
            } else {
                (Header::read(&mut bytes).unwrap(), bytes)
            };
            let rest = [header.rest.as_slice(), left].concat();
            outcomes.push((
                String::from_utf8(header.sent()).unwrap(),
                String::from_utf8(rest).unwrap(),
            ));
        }
        assert_eq!(outcomes[0], outcomes[1], "a byte at a time it is another");
        outcomes.remove(0)
    }

    #[test]
    fn bcc_is_left_out_whatever_the_line_ends() {
        for end in ["\n", "\r\n", "\r"] {
            let message = format!(
                "To: a@x{end}BCC: b@x,{end}\tc@x{end}Subject: Bcc: d@x{end}Bcc :e@x{end}\
                 {end}Bcc: body{end}"
            );
            let header = format!("To: a@x{end}Subject: Bcc: d@x{end}");
            let rest = format!("{end}Bcc: body{end}");
            assert_eq!(sent(&message), (header, rest));
        }
    }

    #[test]
    fn a_message_may_be_a_header_alone() {
        assert_eq!(sent("To: a@x"), ("To: a@x".into(), "".into()));
        assert_eq!(sent("To: a@x\r"), ("To: a@x\r".into(), "".into()));
        assert_eq!(sent("To: a@x\n\n"), ("To: a@x\n".into(), "\n".into()));
    }

    #[test]
    fn values_are_unfolded_and_names_in_any_case() {
        let header = Header::read(&mut &b"to: a@x,\r\n b@x\r\nTO:c@x\r\n\r\n"[..]).unwrap();
        assert_eq!(header.values("To").collect::<Vec<_>>(), ["a@x, b@x", "c@x"]);
    }

    #[test]
    fn the_field_that_needs_smtputf8_is_named_unless_the_header_is_not_utf_8() {
        for (mut header, name) in [
            (&b"To: a@x\n\n"[..], None),
            (
                "To: a@x\nSubject: Grüße\nX: ü\n\n".as_bytes(),
                Some("Subject"),
            ),
            ("To: a@x\nSubject:\n Grüße\n\n".as_bytes(), Some("Subject")),
            ("Bcc: Jörg <a@x>\n\nGrüße".as_bytes(), None),
            (b"Subject: re\xe7ue\n\n", None),
            (b"Subject: \xc3\xab\nX: \xe7\n\n", None),
        ] {
            let header = Header::read(&mut header).unwrap();
            assert_eq!(header.first_in_utf8().as_deref(), name);
        }
    }

    #[test]
    fn an_invalid_header_is_reported_with_its_line() {
        let fault = |text: &str| Header::read(&mut text.as_bytes()).unwrap_err();
        assert!(matches!(fault(""), Fault::Empty));
        assert!(matches!(fault("Hello\n"), Fault::NoField(1)));
        assert!(matches!(fault("To: a@x\nHello there\n"), Fault::NoField(2)));
        assert!(matches!(fault(" folded\n"), Fault::NoField(1)));
        assert!(matches!(fault("From a@x Mon: 1\n"), Fault::NoField(1)));
        let endless = "X: y\n".repeat(MAX_HEADER / 4);
        assert!(matches!(fault(&endless), Fault::TooLarge));
    }
}
