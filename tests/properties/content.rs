//! Dot-stuffing and the content scan, for any message in any pieces: the server reads the same message, with
//! its line ends repaired.

use envoi::smtp::content_scan::{ContentScan, ContentScanner, MAX_LINE, scan};
use envoi::smtp::dot_stuffing::Encoder;
use proptest::collection::vec;
use proptest::prelude::*;

fn encode<'a>(encoder: Encoder, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let (mut encoder, mut out) = (encoder, Vec::new());
    for piece in pieces {
        encoder.encode(piece, &mut out);
    }
    encoder.finish(&mut out);
    out
}

fn scan_pieces<'a>(
    mut scanner: ContentScanner,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<ContentScan, String> {
    for piece in pieces {
        scanner.read(piece)?;
    }
    Ok(scanner.result())
}

/// The message with its line ends repaired, the simple way: octet by octet, with the next one in view.
fn normalised(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut octets = message.iter().copied().peekable();
    while let Some(octet) = octets.next() {
        match octet {
            b'\r' => {
                octets.next_if_eq(&b'\n');
                out.extend(b"\r\n");
            }
            b'\n' => out.extend(b"\r\n"),
            _ => out.push(octet),
        }
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend(b"\r\n");
    }
    out
}

/// The message as DATA carries it, the simple way: line by line.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in normalised(message).split_inclusive(|octet| *octet == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend(line);
    }
    out.extend(b".\r\n");
    out
}

/// The first fault that DATA cannot carry, the simple way: octet by octet. Returns the number of its line,
/// and a word of the error.
fn refusal(message: &[u8]) -> Option<(u64, &'static str)> {
    let (mut line, mut length) = (1, 0);
    for octet in normalised(message) {
        match octet {
            b'\n' => (line, length) = (line + 1, 0),
            b'\r' => {}
            0 => return Some((line, "NUL")),
            _ if length == MAX_LINE => return Some((line, "longer")),
            _ => length += 1,
        }
    }
    None
}

/// The message as a server reads it (RFC 5321, section 4.5.2), and the octets behind it.
fn receive(mut octets: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut message = Vec::new();
    loop {
        let end = octets.windows(2).position(|two| two == b"\r\n")? + 2;
        let (line, rest) = octets.split_at(end);
        match line {
            b".\r\n" => return Some((message, rest)),
            [b'.', line @ ..] | line => message.extend(line),
        }
        octets = rest;
    }
}

/// Messages that are mostly dots, CR and LF.
fn messages() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![
        Just(b'\r'),
        Just(b'\n'),
        Just(b'.'),
        Just(b'a'),
        any::<u8>()
    ];
    let long = (990..1005_usize).prop_map(|length| vec![b'x'; length]);
    // The filler moves them to the ends of the blocks of 64 octets that are searched at once.
    let filler = (55..70_usize).prop_map(|length| vec![b'x'; length]);
    let piece = prop_oneof![9 => vec(octet, 0..40), 6 => filler, 1 => long];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Lines without NUL, some near the limit of length, with each kind of line end.
fn lines() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof![
        8 => (0..80_usize).prop_map(|length| vec![b'x'; length]),
        2 => (MAX_LINE - 3..=MAX_LINE).prop_map(|length| vec![b'x'; length]),
        1 => Just("Zoë".as_bytes().to_vec()),
        1 => Just(b".".to_vec()),
    ];
    let end = prop_oneof![Just("\r\n"), Just("\n"), Just("\r")];
    let line = (text, end).prop_map(|(text, end)| [&text, end.as_bytes()].concat());
    vec(line, 0..12).prop_map(|lines| lines.concat())
}

/// Parts of headers, and lines that end them.
fn near_headers() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just("\n"),
        2 => Just("\r\n"),
        1 => Just("\r"),
        4 => Just("Subject"),
        4 => Just(":"),
        2 => Just(" "),
        1 => Just("\t"),
        1 => Just("From "),
        2 => Just("ë"),
        1 => Just("字"),
    ];
    let piece = piece.prop_map(|text| text.as_bytes().to_vec());
    let broken = prop_oneof![Just(b"\xe7".to_vec()), Just(b"\xc3".to_vec())];
    let piece = prop_oneof![12 => piece, 1 => broken];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// The header's fields and continuations, the simple way: line by line.
fn header(message: &[u8]) -> Vec<u8> {
    let normalised = normalised(message);
    let mut header = Vec::new();
    for (i, line) in normalised
        .split_inclusive(|octet| *octet == b'\n')
        .enumerate()
    {
        let is_continuation = line.starts_with(b" ") || line.starts_with(b"\t");
        let is_field = line
            .iter()
            .position(|octet| *octet == b':')
            .is_some_and(|colon| {
                let name = line[..colon].trim_ascii_end();
                !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
            });
        if is_field || is_continuation && !header.is_empty() {
            header.extend_from_slice(line);
        } else if i > 0 || !line.starts_with(b"From ") || line.trim_ascii() == b"From" {
            break;
        }
    }
    header
}

/// `message`, cut at `places`. Some pieces are empty.
fn cut(message: &[u8], places: Vec<usize>) -> Vec<&[u8]> {
    let mut rest = message;
    let mut pieces = Vec::new();
    for place in places {
        let (piece, after) = rest.split_at(place.min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// Asserts that dot-stuffing and the scan agree with the simple way.
fn assert_as_the_simple_way(message: &[u8]) {
    let shown = || String::from_utf8_lossy(message).into_owned();
    assert_eq!(
        encode(Encoder::data(), [message]),
        stuffed(message),
        "{:?}",
        shown()
    );
    assert_eq!(
        encode(Encoder::bdat(), [message]),
        normalised(message),
        "{:?}",
        shown()
    );
    match (scan(message), refusal(message)) {
        (Ok(scan), None) => {
            assert_eq!(scan.size, normalised(message).len() as u64, "{:?}", shown())
        }
        (Err(error), Some((line, what))) => {
            let named = error.starts_with(&format!("line {line} of the message"));
            assert!(named && error.contains(what), "{error}: {:?}", shown());
        }
        (found, refusal) => panic!("{found:?}, not {refusal:?}: {:?}", shown()),
    }
}

/// A message is searched 64 octets at a time, in vectors of 16. Each octet that matters is tried before, at
/// and behind the ends of both, in a whole message and in one cut at each place.
// Conformance: 1, 18, 20, 21, 56
#[test]
fn octets_at_the_ends_of_blocks_are_found() {
    let kinds = [
        "\r", "\n", "\r\n", ".", "\r.", "\n.", "\r\n.", "\n\r", "\0", "ë",
    ];
    for (kind, end) in kinds
        .iter()
        .flat_map(|kind| [16, 32, 48, 64, 128, 1024].map(|end| (kind, end)))
    {
        for before in end - 4..=end + 2 {
            for lines in [false, true] {
                let mut message = vec![b'x'; before];
                if lines {
                    message
                        .iter_mut()
                        .step_by(61)
                        .for_each(|octet| *octet = b'\n');
                }
                message.extend(kind.bytes());
                message.extend(b"x".repeat(end + 66 - message.len()));
                assert_as_the_simple_way(&message);
                for cut in before.saturating_sub(1)..before + kind.len() + 1 {
                    let (first, second) = message.split_at(cut);
                    assert_eq!(encode(Encoder::data(), [first, second]), stuffed(&message));
                    let cut = scan_pieces(ContentScanner::text(), [first, second]);
                    assert_eq!(cut, scan(&message));
                }
            }
        }
    }
}

proptest! {
    // Conformance: 18
    #[test]
    fn a_server_reads_the_message_with_its_line_ends_repaired(message in messages()) {
        let encoded = encode(Encoder::data(), [&message[..]]);
        prop_assert_eq!(receive(&encoded), Some((normalised(&message), &b""[..])));
    }

    // Conformance: 1, 18, 20, 21, 56
    #[test]
    fn the_vector_search_agrees_with_the_simple_way(message in prop_oneof![messages(), lines()]) {
        assert_as_the_simple_way(&message);
    }

    // Conformance: 18, 20, 21
    #[test]
    fn the_cuts_of_a_message_make_no_difference(
        message in prop_oneof![messages(), lines()],
        places in vec(0..150_usize, 0..12),
    ) {
        for new in [Encoder::data, Encoder::bdat] {
            let whole = encode(new(), [&message[..]]);
            prop_assert_eq!(&encode(new(), cut(&message, places.clone())), &whole);
            prop_assert_eq!(&encode(new(), message.chunks(1)), &whole);
        }
        let whole = scan(&message);
        prop_assert_eq!(&scan_pieces(ContentScanner::text(), cut(&message, places)), &whole);
        prop_assert_eq!(&scan_pieces(ContentScanner::text(), message.chunks(1)), &whole);
    }

    // Conformance: 1
    #[test]
    fn cr_and_lf_are_sent_together_only(message in messages()) {
        let encoded = encode(Encoder::data(), [&message[..]]);
        let crlfs = encoded.windows(2).filter(|two| two == b"\r\n").count();
        prop_assert_eq!(encoded.iter().filter(|octet| **octet == b'\r').count(), crlfs);
        prop_assert_eq!(encoded.iter().filter(|octet| **octet == b'\n').count(), crlfs);
    }

    // Conformance: 19
    #[test]
    fn the_final_dot_is_at_the_end_only(message in messages()) {
        let end = b"\r\n.\r\n";
        let mut transmitted = b"DATA\r\n".to_vec();
        transmitted.extend(encode(Encoder::data(), [&message[..]]));
        prop_assert!(transmitted.ends_with(end));
        prop_assert_eq!(transmitted.windows(end.len()).filter(|five| five == end).count(), 1);
    }

    // Conformance: 54
    #[test]
    fn smtputf8_is_needed_by_a_header_in_utf8_and_nothing_else(message in near_headers()) {
        let header = header(&message);
        let is_utf8 = !header.is_ascii() && core::str::from_utf8(&header).is_ok();
        let found = scan(&message).unwrap();
        prop_assert_eq!(found.utf8_header.is_some(), is_utf8, "{:?}", header);
        prop_assert_eq!(found.eight_bit.is_some(), !message.is_ascii());
        prop_assert_eq!(ContentScan::binary(&message).utf8_header, found.utf8_header);
    }

    // Conformance: 54, 55
    #[test]
    fn the_needs_of_a_message_do_not_depend_on_its_cuts(
        message in near_headers(),
        places in vec(0..9_usize, 0..12),
    ) {
        for new in [ContentScanner::text, ContentScanner::binary] {
            let whole = scan_pieces(new(), [&message[..]]);
            prop_assert_eq!(&scan_pieces(new(), cut(&message, places.clone())), &whole);
            prop_assert_eq!(&scan_pieces(new(), message.chunks(1)), &whole);
        }
    }

    // Conformance: 20, 21, 56
    #[test]
    fn the_scan_tells_the_size_and_refuses_the_rest(message in messages()) {
        let normalised = normalised(&message);
        let lines = normalised.split(|octet| *octet == b'\n');
        let too_long = lines.max_by_key(|line| line.len()).unwrap().len() > MAX_LINE + 1;
        match scan(&message) {
            Ok(found) => {
                prop_assert!(!too_long && !message.contains(&0));
                prop_assert_eq!(found.size, normalised.len() as u64);
                prop_assert_eq!(found.eight_bit.is_some(), message.iter().any(|octet| *octet > 127));
            }
            Err(error) => prop_assert!(too_long || message.contains(&0), "{error}"),
        }
    }
}
