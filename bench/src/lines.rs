//! What large messages are made of.

/// Lines of 76 octets, as base64 makes them; the last may be cut.
pub fn lines(octets: usize) -> Vec<u8> {
    let line = [&[b'x'; 76][..], b"\r\n"].concat();
    line.into_iter().cycle().take(octets).collect()
}
