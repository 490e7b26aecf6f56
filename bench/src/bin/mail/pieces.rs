//! What a large message is made of.

/// Octets of a piece: a whole number of lines.
pub const PIECE: usize = 78 * 12_821;

/// Lines of 76 octets, as base64 makes them.
pub fn piece() -> Vec<u8> {
    let line = [&[b'x'; 76][..], b"\r\n"].concat();
    line.into_iter().cycle().take(PIECE).collect()
}
