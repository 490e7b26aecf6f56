//! The content of large messages.

/// Lines of 76 octets, as in base64; the last one may be shorter.
pub fn lines(octets: usize) -> Vec<u8> {
    let line = [&[b'x'; 76][..], b"\r\n"].concat();
    line.into_iter().cycle().take(octets).collect()
}
