//! Line ends repaired and dots doubled. Both only insert octets.

use core::convert::Infallible;

use super::line_ends::LineEndFinder;
use super::octet_mask::{Block, WIDTH};

/// Appends `octets` to `out` with CRLF for each CR and LF that is alone. If `stuffs_dots`, a dot at the start of a
/// line is doubled. `within_line` says whether a line has begun before `octets`. A CR at their end stays alone.
#[inline(never)]
pub fn encode_lines(octets: &[u8], within_line: bool, stuffs_dots: bool, out: &mut Vec<u8>) {
    let mut finder = LineEndFinder::default();
    let mut starts_line = !within_line;
    let Ok(()) = Block::try_each::<Infallible>(octets, |index, block| {
        let ends = finder.find(&block);
        let dots = if stuffs_dots {
            let line_starts = ends.lf << 1 | ends.lacks_lf | u64::from(starts_line);
            block.equal(b'.') & line_starts
        } else {
            0
        };
        starts_line = block.ends_in(ends.lf);
        let mut places = ends.lacks_cr | ends.lacks_lf | dots;
        let mut copied = index;
        while places != 0 {
            let place = places.trailing_zeros();
            append(octets, copied, index + place as usize, out);
            copied = index + place as usize;
            for (mask, octet) in [(ends.lacks_cr, b'\r'), (ends.lacks_lf, b'\n'), (dots, b'.')] {
                if mask >> place & 1 == 1 {
                    out.push(octet);
                }
            }
            places &= places - 1;
        }
        append(octets, copied, index + block.len(), out);
        Ok(())
    });
}

/// Appends a part of `octets` no longer than a block. A copy of constant length is made in registers. Any other is
/// a call, in WebAssembly one of the host, which takes longer than the search of a block.
#[inline(always)]
fn append(octets: &[u8], from: usize, to: usize, out: &mut Vec<u8>) {
    let rest = octets.get(from..).unwrap_or_default();
    let length = to - from;
    match rest.first_chunk::<WIDTH>() {
        Some(block) => {
            out.extend_from_slice(block);
            out.truncate(out.len() - (WIDTH - length));
        }
        None => out.extend_from_slice(rest.get(..length).unwrap_or_default()),
    }
}
