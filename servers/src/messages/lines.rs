//! Messages with unusual lines: their length, their first octets, their ends.

use super::common::{Named, header, message};

pub(super) fn lengths() -> Vec<Named> {
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

pub(super) fn dots() -> Vec<Named> {
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

pub(super) fn line_ends() -> Vec<Named> {
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

/// Buffers usually have one of these sizes. Before and after each boundary there is a line with a single
/// dot.
fn dots_at_boundaries() -> Vec<u8> {
    const DOT: &[u8] = b".\r\n";
    let mut bytes = message("boundaries", "");
    for boundary in [1024, 4096, 8192, 16384, 32768, 65536] {
        let before = boundary - DOT.len();
        while bytes.len() < before {
            // Fills the space with whole lines. One octet is too short for a line.
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
