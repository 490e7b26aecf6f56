//! Thirty messages that find what breaks in transit.
//!
//! Each has From, To, Date and Message-ID, which a server would otherwise add, and no NUL, which
//! RFC 5321 forbids. Their contents never change from run to run.

use std::fmt::Write;

pub struct Message {
    pub name: &'static str,
    /// What is given to the client.
    pub bytes: Vec<u8>,
    /// What is to arrive: every line ends with CRLF, the last one too (RFC 5321, section 2.3.8).
    pub repaired: Vec<u8>,
}

/// All thirty. Two of them have 10 MB.
pub fn corpus() -> Vec<Message> {
    [
        ordinary(),
        encodings(),
        lengths(),
        dots(),
        line_ends(),
        edges(),
        headers(),
        large(),
    ]
    .into_iter()
    .flatten()
    .map(|(name, bytes)| Message {
        name,
        repaired: repair(&bytes),
        bytes,
    })
    .collect()
}

type Named = (&'static str, Vec<u8>);

fn ordinary() -> Vec<Named> {
    vec![
        ("minimal", message("minimal", "Hello.\r\n")),
        ("two attachments", multipart_mixed()),
        (
            "alternative",
            with_type(
                "multipart/alternative; boundary=\"b1\"",
                alternative("b1").as_bytes(),
            ),
        ),
        ("nested multipart", nested()),
        (
            "From at the start of the body",
            message(
                "mbox",
                "From someone@example.org Sat Jan  1 00:00:00 2000\r\n>From another\r\n",
            ),
        ),
        (
            "body of SMTP commands",
            message(
                "commands",
                "EHLO x\r\nMAIL FROM:<a@example.test>\r\nRCPT TO:<rejected@example.test>\r\nDATA\r\n.\r\n\
                 QUIT\r\nRSET\r\nSTARTTLS\r\n354 Go on\r\n250 2.0.0 OK\r\n.\r\n",
            ),
        ),
    ]
}

fn encodings() -> Vec<Named> {
    let plain = "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit";
    let latin1: Vec<u8> = (0xA0..=0xFFu8).flat_map(|byte| [byte, b' ']).collect();
    vec![
        (
            "quoted-printable",
            with_type(
                "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable",
                b"Caf=C3=A9 =3D coffee, a line that is joined=\r\n to the next, trailing space=20\r\n=2E\r\n",
            ),
        ),
        (
            "8-bit Latin-1",
            with_type(
                "text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit",
                &[&latin1[..], b"\r\n"].concat(),
            ),
        ),
        (
            "UTF-8 in many scripts",
            with_type(
                plain,
                "Ελληνικά, русский, עברית, العربية, हिन्दी, ไทย, 日本語, 한국어, ქართული\r\n".as_bytes(),
            ),
        ),
        (
            "combining characters and emoji",
            with_type(
                plain,
                "e\u{301} a\u{308}\u{323} 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 \u{202E}right to left\u{202C} \u{200B}zero\r\n".as_bytes(),
            ),
        ),
        ("control characters", message("controls", &controls())),
        ("tabs and trailing spaces", message("blanks", "\tone \r\n two\t\r\n \r\n\t\r\nthree   \r\n   \r\n")),
    ]
}

fn lengths() -> Vec<Named> {
    // 998 octets are the longest line of RFC 5322, section 2.1.1.
    let line = |length| format!("{}\r\n", &"0123456789".repeat(100)[..length]);
    vec![
        (
            "lines of 997 and 998 octets",
            message("lengths", &[997, 998, 1, 998, 998].map(line).concat()),
        ),
        (
            "500 lines of 998 octets",
            message("many", &line(998).repeat(500)),
        ),
    ]
}

fn dots() -> Vec<Named> {
    vec![
        (
            "dots at line starts",
            message("dots", "a\r\n.\r\n..\r\n.x\r\n....\r\n. .\r\nend.\r\n.\r\n"),
        ),
        ("a dot first in the body", message("first", ".first\r\n")),
        ("dots at buffer boundaries", dots_at_boundaries()),
        (
            "a dot after a bare LF",
            message("LF dot", "a\n.\nb\n.c\r\n\n.\r\n"),
        ),
    ]
}

fn line_ends() -> Vec<Named> {
    let lines = header("line ends", "") + "\r\none\r\n.\r\n\r\ntwo\r\n";
    let text = |end| lines.replace("\r\n", end).into_bytes();
    vec![
        ("bare LF", text("\n")),
        ("bare CR", text("\r")),
        (
            "line ends of all kinds",
            message(
                "mixed",
                "cr\rlf\ncrlf\r\ncrcrlf\r\r\nlfcr\n\rcrcr\r\rlflf\n\nend\r\n.\r.\n.\r\n",
            ),
        ),
    ]
}

fn edges() -> Vec<Named> {
    vec![
        ("empty body", message("empty", "")),
        (
            "headers without a blank line",
            header("headers only", "").into_bytes(),
        ),
        ("no final newline", message("unfinished", "one\r\ntwo")),
        (
            "many trailing blank lines",
            message("blank lines", &format!("one{}", "\r\n".repeat(200))),
        ),
    ]
}

fn headers() -> Vec<Named> {
    let mut folded = String::from("X-Folded: start");
    let mut many = String::new();
    for number in 0..500 {
        let _ = write!(
            folded,
            "\r\n\tand continued in line {number} of a folded header field"
        );
        let _ = write!(many, "X-Number-{number}: value {number}\r\n");
    }
    let with = |fields: &str| (header("headers", fields) + "\r\nbody\r\n").into_bytes();
    vec![
        ("a long folded header", with(&format!("{folded}\r\n"))),
        ("many headers", with(&many)),
    ]
}

fn large() -> Vec<Named> {
    const LARGE: usize = 10 << 20;
    let base64 = "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZy4gMDEyMzQ1Njc4OTAx\r\n";
    let dotted =
        ".\r\n..\r\n.text that starts with a dot\r\nand text that does not. Nor\r\nends.\r\n";
    let fill = |lines: &str, octets: usize| lines.repeat(octets.div_ceil(lines.len()));
    vec![
        (
            "10 MB of base64",
            with_type(
                "application/octet-stream\r\nContent-Transfer-Encoding: base64",
                fill(base64, LARGE).as_bytes(),
            ),
        ),
        (
            "1 MB of lines of one octet",
            message("short", &fill("x\n", LARGE / 10)),
        ),
        (
            "10 MB of text with dots",
            message("large", &fill(dotted, LARGE)),
        ),
    ]
}

/// A message of that subject and body.
fn message(subject: &str, body: &str) -> Vec<u8> {
    (header(subject, "") + "\r\n" + body).into_bytes()
}

fn with_type(content_type: &str, body: &[u8]) -> Vec<u8> {
    let fields = format!("MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\r\n");
    [header("typed", &fields).as_bytes(), body].concat()
}

fn header(subject: &str, fields: &str) -> String {
    format!(
        "From: Sender <sender@example.test>\r\nTo: User <user@example.test>\r\n\
         Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <{}@example.test>\r\n\
         Subject: {subject}\r\n{fields}",
        subject.replace(' ', ".")
    )
}

fn multipart_mixed() -> Vec<u8> {
    let attachment = |name: &str, line: &str, lines| {
        format!(
            "--b1\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{}",
            line.repeat(lines)
        )
    };
    let body = format!(
        "This is for readers without MIME.\r\n--b1\r\nContent-Type: text/plain\r\n\r\nTwo files.\r\n{}{}--b1--\r\n",
        attachment(
            "one.bin",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v\r\n",
            20
        ),
        attachment(
            "two words.bin",
            "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eDf3t3c29rZ2NfW1dTT0tHQ\r\n",
            300
        ),
    );
    with_type("multipart/mixed; boundary=b1", body.as_bytes())
}

fn alternative(boundary: &str) -> String {
    format!(
        "--{boundary}\r\nContent-Type: text/plain\r\n\r\nplain\r\n\
         --{boundary}\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--{boundary}--\r\n"
    )
}

fn nested() -> Vec<u8> {
    let body = format!(
        "--outer\r\nContent-Type: multipart/related; boundary=middle\r\n\r\n\
         --middle\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n{}\r\n\
         --middle\r\nContent-Type: image/gif\r\nContent-ID: <i@example.test>\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nR0lGODlhAQABAAAAACw=\r\n--middle--\r\n\r\n\
         --outer\r\nContent-Type: message/rfc822\r\n\r\n{}\r\n--outer--\r\n",
        alternative("inner"),
        String::from_utf8_lossy(&message("enclosed", "A message in a message.\r\n.\r\n")),
    );
    with_type("multipart/mixed; boundary=outer", body.as_bytes())
}

/// Every control character but NUL, CR and LF, each in a line of its own and all in one.
fn controls() -> String {
    let all = (1..32u8)
        .chain([127])
        .filter(|byte| !b"\r\n".contains(byte))
        .map(char::from);
    let each: String = all
        .clone()
        .map(|control| format!("a{control}b\r\n{control}\r\n"))
        .collect();
    each + &all.collect::<String>() + "\r\n"
}

/// A line of a single dot before, and another one after, each octet that a buffer of a usual size
/// would end with.
fn dots_at_boundaries() -> Vec<u8> {
    const DOT: &[u8] = b".\r\n";
    let mut bytes = message("boundaries", "");
    for boundary in [1024, 4096, 8192, 16384, 32768, 65536] {
        let before = boundary - DOT.len();
        while bytes.len() < before {
            // Whole lines fill the room; one octet would not hold a line.
            let line = match before - bytes.len() {
                71 => 69,
                room => room.min(70),
            };
            bytes.extend(vec![b'x'; line - 2]);
            bytes.extend(b"\r\n");
        }
        bytes.extend([DOT, DOT].concat());
    }
    bytes
}

/// Each CRLF, and each CR or LF that is not part of one, ends a line; so does the end.
fn repair(bytes: &[u8]) -> Vec<u8> {
    let mut repaired = Vec::with_capacity(bytes.len() + bytes.len() / 64 + 2);
    let mut rest = bytes;
    while !rest.is_empty() {
        let text = rest
            .iter()
            .position(|byte| matches!(byte, b'\r' | b'\n'))
            .unwrap_or(rest.len());
        let (line, after) = rest.split_at(text);
        repaired.extend(line);
        repaired.extend(b"\r\n");
        rest = match after {
            [b'\r', b'\n', next @ ..] | [_, next @ ..] => next,
            [] => &[],
        };
    }
    repaired
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{corpus, repair};

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
            let lines = message.repaired.split(|&byte| byte == b'\n');
            let (last, lines) = lines
                .collect::<Vec<_>>()
                .split_last()
                .map(|(a, b)| (*a, b.to_vec()))
                .unwrap();
            assert!(last.is_empty(), "{}", message.name);
            assert!(
                lines
                    .iter()
                    .all(|line| line.iter().position(|&b| b == b'\r') == Some(line.len() - 1)),
                "{}",
                message.name
            );
        }
    }

    #[test]
    fn repair_ends_each_line_once() {
        assert_eq!(
            repair(b"a\rb\nc\r\nd\r\r\ne\n\rf"),
            b"a\r\nb\r\nc\r\nd\r\n\r\ne\r\n\r\nf\r\n"
        );
    }
}
