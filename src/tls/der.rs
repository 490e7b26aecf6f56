//! DER (ITU-T X.690), as far as certificates and keys are read here and not by a library.

pub const INTEGER: u8 = 0x02;
pub const OCTET_STRING: u8 = 0x04;
pub const OBJECT_IDENTIFIER: u8 = 0x06;
pub const SEQUENCE: u8 = 0x30;
/// The tag \[0\], of a field that may be left out.
pub const CONTEXT_0: u8 = 0xa0;

/// An element with this tag: its contents, and what follows it.
pub fn read(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short @ 0..0x80 => (usize::from(short), rest),
        long => {
            let (octets, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            // The handshake is smaller than 64 MiB anyway.
            (octets.len() <= 3).then_some(())?;
            let length = octets
                .iter()
                .fold(0, |n, octet| n << 8 | usize::from(*octet));
            (length, rest)
        }
    };
    let (contents, rest) = rest.split_at_checked(length)?;
    (*found == tag).then_some((contents, rest))
}

/// Of at most 127 octets.
#[cfg(test)]
pub fn element(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    [&[tag, contents.len() as u8][..], &contents].concat()
}
