//! Replies read the plain way, line by line: a second implementation of the reply parser.

use envoi::smtp::reply::{MAX_REPLY, MAX_REPLY_LINE, MAX_REPLY_LINES};

#[derive(Debug, PartialEq)]
pub struct PlainReply {
    pub code: u16,
    pub lines: Vec<String>,
}

/// The replies before the first fault, and whether there is one.
pub fn read(octets: &[u8]) -> (Vec<PlainReply>, bool) {
    let (mut replies, mut lines, mut first, mut size) = (Vec::new(), Vec::new(), None, 0);
    for line in octets.split_inclusive(|octet| *octet == b'\n') {
        let text = without_end(line);
        let length = text.len() + 2;
        if length > MAX_REPLY_LINE.min(MAX_REPLY - size) {
            return (replies, true);
        }
        if !line.ends_with(b"\n") {
            break;
        }
        size += length;
        let Some((code, is_last, text)) = split(text) else {
            return (replies, true);
        };
        if *first.get_or_insert(code) != code || lines.len() == MAX_REPLY_LINES {
            return (replies, true);
        }
        lines.push(String::from_utf8_lossy(text).into_owned());
        if is_last {
            let lines = std::mem::take(&mut lines);
            replies.push(PlainReply { code, lines });
            (first, size) = (None, 0);
        }
    }
    (replies, false)
}

/// Code, whether the line is the reply's last, and text (RFC 5321, section 4.2).
fn split(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let code = line.get(..3)?;
    if !code.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code: u16 = str::from_utf8(code).ok()?.parse().ok()?;
    if !(200..600).contains(&code) {
        return None;
    }
    match line.get(3) {
        None => Some((code, true, &[])),
        Some(b' ') => Some((code, true, &line[4..])),
        Some(b'-') => Some((code, false, &line[4..])),
        Some(_) => None,
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
