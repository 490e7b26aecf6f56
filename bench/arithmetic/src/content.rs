//! The scan and the dot-stuffing of a block of content, as `write` of the component does both: 64 KiB at a
//! time.

use std::hint::black_box;

use envoi::smtp::content_scan::ContentScanner;
use envoi::smtp::dot_stuffing::Encoder;

/// Octets of a block.
pub const BLOCK: usize = 64 << 10;

/// Lines of 76 octets, as base64 makes them.
const BASE64: &[u8] = &[b'x'; 76];
/// The same, each with a dot at its start.
const DOTS: &[u8] = &[b'.'; 76];

/// A block of such lines with their ends, behind a header.
fn block(line: &[u8], end: &[u8]) -> Vec<u8> {
    let line = [line, end].concat();
    let header = b"Subject: bench\n\n".iter().chain(&line).copied();
    header
        .chain(line.iter().copied().cycle())
        .take(BLOCK)
        .collect()
}

fn scan(times: u32, line: &[u8], end: &[u8]) {
    let block = block(line, end);
    let mut scanner = ContentScanner::text();
    super::repeat(times, || {
        scanner.read(black_box(&block)).unwrap();
        scanner.result().size
    });
}

fn stuff(times: u32, line: &[u8], end: &[u8]) {
    let block = block(line, end);
    let mut encoder = Encoder::data();
    super::repeat(times, || {
        let mut out = Vec::new();
        encoder.encode(black_box(&block), &mut out);
        out
    });
}

macro_rules! exports {
    ($($name:ident = $work:ident($line:expr, $end:expr);)*) => {
        $(
            #[unsafe(no_mangle)]
            pub extern "C" fn $name(times: u32) {
                $work(times, $line, $end);
            }
        )*
    };
}

exports! {
    scan_crlf = scan(BASE64, b"\r\n");
    scan_lf = scan(BASE64, b"\n");
    stuff_crlf = stuff(BASE64, b"\r\n");
    stuff_lf = stuff(BASE64, b"\n");
    stuff_dots = stuff(DOTS, b"\r\n");
}
