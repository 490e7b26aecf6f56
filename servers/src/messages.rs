//! Thirty messages that find what servers and clients break in transit.
//!
//! Each has From, To, Date and Message-ID, because a server adds them if they are missing, and no NUL,
//! because RFC 5321 forbids it. Their contents are the same in every run.

mod common;
mod lines;
mod mime;
mod sizes;

pub struct Message {
    pub name: &'static str,
    /// The message as the client gets it.
    pub bytes: Vec<u8>,
    /// The message as it has to arrive: every line ends with CRLF, the last one too (RFC 5321, section
    /// 2.3.8).
    pub canonical: Vec<u8>,
}

/// All thirty messages. Two of them have 10 MB.
pub fn corpus() -> Vec<Message> {
    [
        mime::ordinary(),
        mime::encodings(),
        lines::lengths(),
        lines::dots(),
        lines::line_ends(),
        sizes::edges(),
        sizes::headers(),
        sizes::large(),
    ]
    .into_iter()
    .flatten()
    .map(|(name, bytes)| Message {
        name,
        canonical: canonicalize(&bytes),
        bytes,
    })
    .collect()
}

/// A line ends at each CRLF, at each CR or LF that is not part of a CRLF, and at the end of the message.
pub fn canonicalize(bytes: &[u8]) -> Vec<u8> {
    let mut canonical = Vec::with_capacity(bytes.len() + bytes.len() / 64 + 2);
    let mut rest = bytes;
    while !rest.is_empty() {
        let text = rest
            .iter()
            .position(|byte| matches!(byte, b'\r' | b'\n'))
            .unwrap_or(rest.len());
        let (line, after) = rest.split_at(text);
        canonical.extend(line);
        canonical.extend(b"\r\n");
        rest = match after {
            [b'\r', b'\n', next @ ..] | [_, next @ ..] => next,
            [] => &[],
        };
    }
    canonical
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{canonicalize, corpus};

    #[test]
    fn thirty_messages_have_a_name_and_contents_of_their_own() {
        let corpus = corpus();
        let names: HashSet<_> = corpus.iter().map(|message| message.name).collect();
        let contents: HashSet<_> = corpus.iter().map(|message| &message.bytes).collect();
        assert_eq!((corpus.len(), names.len(), contents.len()), (30, 30, 30));
    }

    #[test]
    fn a_repaired_message_has_crlf_only() {
        for message in corpus() {
            let mut before = 0;
            for &byte in &message.canonical {
                assert_eq!(before == b'\r', byte == b'\n', "{}", message.name);
                before = byte;
            }
            assert_eq!(before, b'\n', "{}", message.name);
        }
    }

    #[test]
    fn canonical_form_ends_each_line_once() {
        assert_eq!(
            canonicalize(b"a\rb\nc\r\nd\r\r\ne\n\rf"),
            b"a\r\nb\r\nc\r\nd\r\n\r\ne\r\n\r\nf\r\n"
        );
    }
}
