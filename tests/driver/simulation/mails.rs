//! Messages whose lines look like everything that matters to SMTP.

use super::ledger::{Form, Mail};
use super::world::World;

const LINES: [&[u8]; 12] = [
    b"",
    b".",
    b"..",
    b".x",
    b"x",
    b"QUIT",
    b"DATA",
    b"BDAT 5 LAST",
    b"MAIL FROM:<a@example.net>",
    b"From me.",
    b"250 OK",
    b"\xc3\xb6\xff.",
];

/// What messages of a seed may have.
#[derive(Clone, Copy)]
pub(crate) struct MailKind {
    /// Octets above 127, and addresses in UTF-8.
    pub eight_bit: bool,
    /// Many lines, and many recipients: over a link that takes few octets at once, they take too long.
    pub large: bool,
}

pub(crate) fn mail(world: &World, number: usize, kind: MailKind, form: Form) -> Mail {
    let local = if kind.eight_bit && world.chance(10.0) {
        "ö"
    } else {
        "m"
    };
    let recipients = match world.below(60) {
        0 if kind.large => world.between(100, 130),
        n if n < 30 => 1,
        _ => world.between(2, 5),
    };
    let recipient = |r| format!("r{r}.{local}{number}@{}.example.org", world.below(3));
    let content = content(world, number, kind);
    Mail {
        sender: format!("{local}{number}@example.net"),
        recipients: (0..recipients).map(recipient).collect(),
        arrives_as: with_crlf(&content),
        content,
        form,
    }
}

fn content(world: &World, number: usize, kind: MailKind) -> Vec<u8> {
    let mut content = format!("Subject: {number}\r\n\r\n").into_bytes();
    let lines = match world.below(50) {
        0 if kind.large => world.between(5_000, 40_000),
        n if n < 5 && kind.large => world.between(100, 300),
        _ => world.below(10),
    };
    let known = if kind.eight_bit {
        LINES.len()
    } else {
        LINES.len() - 1
    };
    let has_own_ends = world.chance(20.0);
    for _ in 0..lines {
        content.extend(LINES[world.below(known)]);
        content.extend(
            if has_own_ends {
                world.pick(&["\r\n", "\n", "\r", ""])
            } else {
                "\r\n"
            }
            .bytes(),
        );
        if has_own_ends && content.len() > 500 {
            break;
        }
    }
    content
}

/// Each CRLF, CR or LF is a line's end, and the last line has one.
fn with_crlf(content: &[u8]) -> Vec<u8> {
    let mut lines = Vec::new();
    let mut octets = content.iter().copied().peekable();
    while let Some(octet) = octets.next() {
        match octet {
            b'\r' => {
                octets.next_if_eq(&b'\n');
                lines.extend(b"\r\n");
            }
            b'\n' => lines.extend(b"\r\n"),
            other => lines.push(other),
        }
    }
    if !lines.ends_with(b"\r\n") {
        lines.extend(b"\r\n");
    }
    lines
}
