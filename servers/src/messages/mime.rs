//! Messages of several parts and in several encodings.

use super::build::{Named, message, with_type};

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
