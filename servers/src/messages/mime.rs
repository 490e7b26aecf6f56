//! Multipart messages, and messages in several encodings.

use super::common::{Named, message, with_type};

pub(super) fn ordinary() -> Vec<Named> {
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

pub(super) fn encodings() -> Vec<Named> {
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

/// The body of a multipart entity (RFC 2046, section 5.1.1). The CRLF before a boundary belongs to the
/// boundary, so the parts end without one.
fn multipart(boundary: &str, parts: &[String]) -> String {
    let parts = parts
        .iter()
        .map(|part| format!("--{boundary}\r\n{part}\r\n"));
    parts.collect::<String>() + &format!("--{boundary}--\r\n")
}

fn multipart_mixed() -> Vec<u8> {
    let attachment = |name: &str, line: &str, lines: usize| {
        format!(
            "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{}",
            vec![line; lines].join("\r\n")
        )
    };
    let parts = [
        "Content-Type: text/plain\r\n\r\nTwo files.".into(),
        attachment(
            "one.bin",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v",
            20,
        ),
        attachment(
            "two words.bin",
            "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eDf3t3c29rZ2NfW1dTT0tHQ",
            300,
        ),
    ];
    let body = "This is for readers without MIME.\r\n".to_owned() + &multipart("b1", &parts);
    with_type("multipart/mixed; boundary=b1", body.as_bytes())
}

fn alternative(boundary: &str) -> String {
    let parts = [
        "Content-Type: text/plain\r\n\r\nplain".into(),
        "Content-Type: text/html\r\n\r\n<p>rich</p>".into(),
    ];
    multipart(boundary, &parts)
}

fn nested() -> Vec<u8> {
    let inner = alternative("inner");
    let middle = multipart(
        "middle",
        &[
            format!("Content-Type: multipart/alternative; boundary=inner\r\n\r\n{inner}"),
            "Content-Type: image/gif\r\nContent-ID: <i@example.test>\r\n\
             Content-Transfer-Encoding: base64\r\n\r\nR0lGODlhAQABAAAAACw="
                .into(),
        ],
    );
    let enclosed = message("enclosed", "A message in a message.\r\n.\r\n");
    let enclosed = String::from_utf8_lossy(&enclosed);
    let outer = multipart(
        "outer",
        &[
            format!("Content-Type: multipart/related; boundary=middle\r\n\r\n{middle}"),
            format!("Content-Type: message/rfc822\r\n\r\n{enclosed}"),
        ],
    );
    with_type("multipart/mixed; boundary=outer", outer.as_bytes())
}

/// Every control character except NUL, CR and LF, each in its own line, then all in one line.
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
