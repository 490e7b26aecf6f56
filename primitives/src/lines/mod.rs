//! The work on each octet of a message: dot-stuffing and the scan of lines, 64 octets at a time (SIMD).
//!
//! A search for one line end after the other bounds how fast a message of short lines is sent: base64 has lines of
//! 76 octets (RFC 2045, section 6.8).

mod encode;
mod line_ends;
mod octet_mask;
mod scan;

pub use encode::encode_lines;
pub use scan::{LineFault, LineScanner};
