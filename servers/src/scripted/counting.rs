//! Reads messages of any size in constant memory.

use std::io;

use super::digest::{Digest, Digester};
use crate::wire::Wire;

/// The most octets of a chunk that are read at once.
const PIECE: usize = 64 * 1024;

/// Reads what follows a 354, with its dots stuffed, up to the final dot. Nothing may follow the dot
/// before the server's reply, so the end of what has arrived is the only place to look for it.
pub(super) fn content(wire: &mut Wire) -> io::Result<Digest> {
    const END: &[u8] = b"\r\n.\r\n";
    let (mut digester, mut last) = (Digester::new(), Vec::new());
    while !last.ends_with(END) {
        let piece = wire.read_bytes(1)?;
        if piece.is_empty() {
            return Err(io::Error::other("the content's final dot did not come"));
        }
        digester.add(&piece);
        last.extend(&piece[piece.len().saturating_sub(END.len())..]);
        last.drain(..last.len().saturating_sub(END.len()));
    }
    Ok(digester.finish())
}

/// Reads chunks up to the last one; `reply` answers each of the others.
pub(super) fn chunks(wire: &mut Wire, reply: &[u8]) -> io::Result<Digest> {
    let mut digester = Digester::new();
    loop {
        let line = wire.read_line()?.unwrap_or_default();
        let (mut left, is_last) =
            parse(&line).ok_or_else(|| io::Error::other(format!("expected BDAT, got {line:?}")))?;
        while left > 0 {
            let piece = wire.read_exactly(left.min(PIECE))?;
            if piece.is_empty() {
                return Err(io::Error::other(format!(
                    "{left} octets of a chunk are missing"
                )));
            }
            digester.add(&piece);
            left -= piece.len();
        }
        if is_last {
            return Ok(digester.finish());
        }
        wire.write(reply)?;
    }
}

fn parse(line: &str) -> Option<(usize, bool)> {
    let size = line.strip_prefix("BDAT ")?;
    let (size, is_last) = match size.strip_suffix(" LAST") {
        Some(size) => (size, true),
        None => (size, false),
    };
    Some((size.parse().ok()?, is_last))
}
