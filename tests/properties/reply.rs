//! The reply parser returns the replies that were written, in any pieces, and survives any octets.

use envoi::smtp::reply::{MAX_REPLY, Reply, ReplyError, ReplyParser};
use proptest::collection::vec;
use proptest::prelude::*;

/// Gives the parser `pieces`. Returns the replies, and the octets that are left or the parser's error.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Reply>, Result<usize, ReplyError>) {
    let mut parser = ReplyParser::default();
    let mut replies = Vec::new();
    for piece in pieces {
        parser.push(piece);
        loop {
            match parser.next_reply() {
                Ok(Some(reply)) => replies.push(reply),
                Ok(None) => break,
                Err(error) => return (replies, Err(error)),
            }
        }
        assert!(
            parser.leftover_len() < MAX_REPLY,
            "more is kept than a reply may hold"
        );
    }
    (replies, Ok(parser.leftover_len()))
}

fn render(code: u16, lines: &[String]) -> Vec<u8> {
    let last = lines.len() - 1;
    let line = |(number, text): (usize, &String)| {
        let separator = if number == last { ' ' } else { '-' };
        format!("{code}{separator}{text}\r\n").into_bytes()
    };
    lines.iter().enumerate().flat_map(line).collect()
}

/// The same octets. Lines end in LF alone if `bare` says so.
fn with_bare_line_feeds(octets: &[u8], bare: &[bool]) -> Vec<u8> {
    let mut bare = bare.iter().cycle();
    let lines = octets.split_inclusive(|octet| *octet == b'\n');
    let lines = lines.map(|line| match (bare.next(), line) {
        (Some(true), [text @ .., b'\r', b'\n']) => [text, b"\n"].concat(),
        _ => line.to_vec(),
    });
    lines.collect::<Vec<_>>().concat()
}

fn replies() -> impl Strategy<Value = Vec<(u16, Vec<String>)>> {
    // No line starts with an enhanced code: these have tests of their own.
    let text = "([a-zA-Z<é -][^\r\n]{0,80})?";
    vec((200_u16..600, vec(text, 1..12)), 0..8)
}

/// Octets that resemble replies, so that they get far into the parser.
fn near_replies() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(b"250-".to_vec()),
        2 => Just(b"250 ".to_vec()),
        1 => Just(b"421 4.3.2 ".to_vec()),
        4 => Just(b"\r\n".to_vec()),
        1 => Just(b"\n".to_vec()),
        1 => Just(b"\r".to_vec()),
        2 => vec(any::<u8>(), 0..20),
        1 => (0..3000_usize).prop_map(|length| vec![b'x'; length]),
    ];
    vec(piece, 0..200).prop_map(|pieces| pieces.concat())
}

proptest! {
    // Conformance: 8
    #[test]
    fn any_replies_split_anywhere_come_back(replies in replies(), size in 1..200_usize) {
        let octets: Vec<u8> = replies.iter().flat_map(|(code, lines)| render(*code, lines)).collect();
        let (read, end) = read(octets.chunks(size));
        prop_assert_eq!(end, Ok(0));
        let read: Vec<_> = read.into_iter().map(|reply| (reply.code, reply.lines)).collect();
        prop_assert_eq!(read, replies);
    }

    #[test]
    fn lines_that_end_in_lf_alone_are_the_same_lines(
        replies in replies(),
        bare in vec(any::<bool>(), 1..8),
        size in 1..200_usize,
    ) {
        let octets: Vec<u8> = replies.iter().flat_map(|(code, lines)| render(*code, lines)).collect();
        let changed = with_bare_line_feeds(&octets, &bare);
        prop_assert_eq!(read(changed.chunks(size)), read([&octets[..]]));
    }

    #[test]
    fn a_line_feed_alone_is_noticed_wherever_the_octets_are_cut(
        octets in near_replies(),
        size in 1..200_usize,
    ) {
        let notices = |size| {
            let mut parser = ReplyParser::default();
            for piece in octets.chunks(size) {
                parser.push(piece);
                while let Ok(Some(_)) = parser.next_reply() {}
            }
            parser.has_bare_line_feed()
        };
        prop_assert_eq!(notices(size), notices(octets.len().max(1)));
    }

    #[test]
    fn splitting_changes_neither_replies_nor_errors(octets in near_replies(), size in 1..200_usize) {
        let whole = read([&octets[..]]);
        prop_assert_eq!(&read(octets.chunks(1)), &whole);
        prop_assert_eq!(&read(octets.chunks(size)), &whole);
    }

    #[test]
    fn any_octets_at_all_end_in_replies_or_an_error(octets in vec(any::<u8>(), 0..5000)) {
        prop_assert_eq!(read(octets.chunks(1)), read([&octets[..]]));
    }

    #[test]
    fn an_error_is_a_short_line_without_control_characters(octets in vec(any::<u8>(), 3..5000)) {
        if let (_, Err(error)) = read([&octets[..]]) {
            let text = error.to_string();
            prop_assert!(!text.contains(char::is_control), "{text:?}");
            // 60 octets, some of them escaped, and the words around them.
            prop_assert!(text.len() < 60 * 10 + 100, "{text:?}");
        }
    }
}

// Conformance: 9, 10
#[test]
fn a_server_that_never_ends_its_reply_is_stopped() {
    let line = b"250-and another thing\r\n";
    let pieces = core::iter::repeat_n(&line[..], 100_000);
    assert_eq!(read(pieces), (vec![], Err(ReplyError::TooManyLines)));
    let pieces = core::iter::repeat_n(&b"250-"[..], 100_000);
    assert!(matches!(read(pieces), (_, Err(ReplyError::LineTooLong(_)))));
}
