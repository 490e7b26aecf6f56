//! Inputs in pieces, which `|` separates: seeds stay readable, and a mutation moves a cut.

/// The pieces of an input.
pub fn pieces(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    input.split(|octet| *octet == b'|')
}

/// The first line, which says how the rest is used; and the rest.
pub fn settings(input: &[u8]) -> (&[u8], &[u8]) {
    match input.iter().position(|octet| *octet == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &[]),
    }
}

/// Cuts octets into parts of one length, from 1 to 61, that the first octet decides.
pub fn parts(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    let length = octets
        .first()
        .map_or(1, |octet| usize::from(*octet % 61) + 1);
    octets.chunks(length)
}
