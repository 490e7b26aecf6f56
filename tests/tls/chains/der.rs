//! A DER writer for certificates, valid and malformed.

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

pub(super) fn element(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let length = contents.len().to_be_bytes();
    let digits = &length[length.iter().take_while(|octet| **octet == 0).count()..];
    let head = match contents.len() {
        short @ 0..0x80 => vec![tag, short as u8],
        _ => [&[tag, 0x80 | digits.len() as u8], digits].concat(),
    };
    [head, contents].concat()
}

pub(super) fn sequence(contents: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, contents)
}

/// [`number`], implicit and primitive.
pub(super) fn tagged_address(number: u8, contents: &[u8]) -> Vec<u8> {
    element(0x80 | number, &[contents])
}

/// [`number`], constructed.
pub(super) fn wrapped(number: u8, contents: &[u8]) -> Vec<u8> {
    element(0xa0 | number, &[contents])
}

/// Whole octets.
pub(super) fn bit_string(octets: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], octets])
}

/// Takes dotted decimals.
pub(super) fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u32> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut octets = vec![(arcs[0] * 40 + arcs[1]) as u8];
    for arc in &arcs[2..] {
        let mut groups: Vec<u8> = (0..5)
            .rev()
            .skip_while(|place| *place > 0 && arc >> (7 * place) == 0)
            .map(|place| 0x80 | (arc >> (7 * place) & 0x7f) as u8)
            .collect();
        *groups.last_mut().unwrap() &= 0x7f;
        octets.append(&mut groups);
    }
    element(OBJECT_IDENTIFIER, &[&octets])
}
