//! Any message, cut anywhere, arrives with its line ends repaired and otherwise as it was.

use envoi::smtp::content::{Encoder, MAX_TEXT, Survey, Surveyor, survey};
use proptest::collection::vec;
use proptest::prelude::*;

fn encode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let (mut encoder, mut out) = (Encoder::new(), Vec::new());
    for piece in pieces {
        encoder.encode(piece, &mut out);
    }
    encoder.finish(&mut out);
    out
}

/// What is to arrive, the simple way: octet by octet, with the next one in view.
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

/// What a server makes of it (RFC 5321, section 4.5.2): the message, and what follows it.
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

/// Mostly what matters: dots, line ends and their halves.
fn messages() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![
        Just(b'\r'),
        Just(b'\n'),
        Just(b'.'),
        Just(b'a'),
        any::<u8>()
    ];
    let long = (990..1005_usize).prop_map(|length| vec![b'x'; length]);
    let piece = prop_oneof![9 => vec(octet, 0..40), 1 => long];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// What headers are made of, and what ends them.
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

/// The header's fields and continuations, the simple way: line by line, all in view.
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

/// `message`, cut at places of its own choosing, some of the pieces empty.
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

proptest! {
    // Conformance: 18
    #[test]
    fn what_a_server_reads_is_the_message_with_its_line_ends_repaired(message in messages()) {
        let encoded = encode([&message[..]]);
        prop_assert_eq!(receive(&encoded), Some((normalised(&message), &b""[..])));
    }

    // Conformance: 18
    #[test]
    fn where_the_message_is_cut_makes_no_difference(
        message in messages(),
        places in vec(0..60_usize, 0..12),
    ) {
        let whole = encode([&message[..]]);
        prop_assert_eq!(&encode(cut(&message, places)), &whole);
        prop_assert_eq!(&encode(message.chunks(1)), &whole);
    }

    // Conformance: 1
    #[test]
    fn cr_and_lf_are_sent_together_only(message in messages()) {
        let encoded = encode([&message[..]]);
        let crlfs = encoded.windows(2).filter(|two| two == b"\r\n").count();
        prop_assert_eq!(encoded.iter().filter(|octet| **octet == b'\r').count(), crlfs);
        prop_assert_eq!(encoded.iter().filter(|octet| **octet == b'\n').count(), crlfs);
    }

    // Conformance: 19
    #[test]
    fn the_end_stands_at_the_end_only(message in messages()) {
        let end = b"\r\n.\r\n";
        let mut transmitted = b"DATA\r\n".to_vec();
        transmitted.extend(encode([&message[..]]));
        prop_assert!(transmitted.ends_with(end));
        prop_assert_eq!(transmitted.windows(end.len()).filter(|five| five == end).count(), 1);
    }

    // Conformance: 54
    #[test]
    fn smtputf8_is_needed_by_a_header_in_utf8_and_nothing_else(message in near_headers()) {
        let header = header(&message);
        let is_utf8 = !header.is_ascii() && core::str::from_utf8(&header).is_ok();
        let survey = survey(&message).unwrap();
        prop_assert_eq!(survey.utf8_header.is_some(), is_utf8, "{:?}", header);
        prop_assert_eq!(survey.eight_bit.is_some(), !message.is_ascii());
        prop_assert_eq!(Survey::binary(&message).utf8_header, survey.utf8_header);
    }

    // Conformance: 54, 55
    #[test]
    fn what_a_message_needs_does_not_depend_on_where_it_is_cut(
        message in near_headers(),
        places in vec(0..9_usize, 0..12),
    ) {
        for start in [Surveyor::default, Surveyor::binary] {
            let found = |pieces: Vec<&[u8]>| {
                let mut surveyor = start();
                for piece in pieces {
                    surveyor.read(piece).unwrap();
                }
                surveyor.found()
            };
            let whole = found(vec![&message]);
            prop_assert_eq!(found(cut(&message, places.clone())), whole);
            prop_assert_eq!(found(message.chunks(1).collect()), whole);
        }
    }

    // Conformance: 20, 21, 56
    #[test]
    fn the_survey_tells_the_size_and_refuses_the_rest(message in messages()) {
        let normalised = normalised(&message);
        let lines = normalised.split(|octet| *octet == b'\n');
        let too_long = lines.max_by_key(|line| line.len()).unwrap().len() > MAX_TEXT + 1;
        match survey(&message) {
            Ok(survey) => {
                prop_assert!(!too_long && !message.contains(&0));
                prop_assert_eq!(survey.size, normalised.len() as u64);
                prop_assert_eq!(survey.eight_bit.is_some(), message.iter().any(|octet| *octet > 127));
            }
            Err(error) => prop_assert!(too_long || message.contains(&0), "{error}"),
        }
    }
}
