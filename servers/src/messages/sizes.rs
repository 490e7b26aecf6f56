//! Very small and very large messages.

use std::fmt::Write;

use super::common::{Named, header, message, with_type};

pub(super) fn edges() -> Vec<Named> {
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

pub(super) fn headers() -> Vec<Named> {
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

pub(super) fn large() -> Vec<Named> {
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
