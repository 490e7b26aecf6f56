//! Dot-stuffing, line ends and the scan of the content: against a plain second implementation, whatever the cuts.
#![no_main]

use envoi::smtp::content_scan::{ContentScanner, MAX_LINE, scan};
use envoi::smtp::dot_stuffing::Encoder;
use envoi_fuzz::pieces::parts;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|message: &[u8]| {
    let data = encoded(Encoder::data(), [message]);
    assert_eq!(encoded(Encoder::data(), parts(message)), data);
    assert_eq!(encoded(Encoder::data(), message.chunks(1)), data);
    assert_eq!(data, stuffed(message));
    assert_eq!(received(&data), (normalised(message), &b""[..]));
    let chunks = encoded(Encoder::bdat(), parts(message));
    assert_eq!(chunks, normalised(message));
    check_scan(message);
});

fn encoded<'a>(mut encoder: Encoder, parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        encoder.encode(part, &mut out);
    }
    encoder.finish(&mut out);
    out
}

/// The message with each line end as CRLF: octet by octet.
fn normalised(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut octets = message.iter().peekable();
    while let Some(octet) = octets.next() {
        if *octet == b'\r' {
            octets.next_if_eq(&&b'\n');
        }
        match octet {
            b'\r' | b'\n' => out.extend(b"\r\n"),
            _ => out.push(*octet),
        }
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend(b"\r\n");
    }
    out
}

/// The message as DATA carries it: line by line.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in normalised(message).split_inclusive(|octet| *octet == b'\n') {
        if line[0] == b'.' {
            out.push(b'.');
        }
        out.extend(line);
    }
    [&out[..], b".\r\n"].concat()
}

/// The message as a server reads it (RFC 5321, section 4.5.2), and the octets behind it.
fn received(octets: &[u8]) -> (Vec<u8>, &[u8]) {
    let (mut message, mut rest) = (Vec::new(), octets);
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n");
        let (line, behind) = rest.split_at(end.expect("the message ends") + 2);
        rest = behind;
        match line {
            b".\r\n" => return (message, rest),
            [b'.', line @ ..] | line => message.extend(line),
        }
    }
}

/// A message is refused for NUL or a line that is too long, and for nothing else.
fn check_scan(message: &[u8]) {
    let whole = scan(message);
    let mut scanner = ContentScanner::text();
    let in_parts = parts(message).try_for_each(|part| scanner.read(part));
    assert_eq!(in_parts.map(|()| scanner.result()), whole);
    let text = normalised(message);
    let mut lines = text.split(|octet| *octet == b'\n');
    let is_long = lines.any(|line| line.strip_suffix(b"\r").unwrap_or(line).len() > MAX_LINE);
    assert_eq!(whole.is_err(), is_long || text.contains(&0));
    if let Ok(scan) = whole {
        assert_eq!(scan.size, text.len() as u64);
        assert_eq!(scan.eight_bit.is_some(), !text.is_ascii());
    }
}
