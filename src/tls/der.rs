//! DER (ITU-T X.690), as far as certificates and keys are read here and not by a library.

pub const INTEGER: u8 = 0x02;
pub const OCTET_STRING: u8 = 0x04;
pub const OBJECT_IDENTIFIER: u8 = 0x06;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;
/// The tag \[0\], of a field that may be left out.
pub const CONTEXT_0: u8 = 0xa0;
/// The tag \[3\].
pub const CONTEXT_3: u8 = 0xa3;

/// An element with this tag: its contents, and what follows it.
pub fn read(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, contents, rest) = read_any(der)?;
    (found == tag).then_some((contents, rest))
}

/// Elements one behind the other, each with its tag and contents, as far as they are whole.
pub fn elements(der: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = der;
    std::iter::from_fn(move || {
        let (tag, contents, behind) = read_any(rest)?;
        rest = behind;
        Some((tag, contents))
    })
}

fn read_any(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
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
    Some((*tag, contents, rest))
}

/// An element with this tag, whose contents are these, one behind the other.
pub fn element(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let mut der = vec![tag];
    match u8::try_from(contents.len()) {
        Ok(short @ 0..0x80) => der.push(short),
        _ => {
            let length = contents.len().to_be_bytes();
            let digits = length.iter().skip_while(|octet| **octet == 0);
            der.push(0x80 | digits.clone().count() as u8);
            der.extend(digits);
        }
    }
    der.extend(contents);
    der
}
