//! Single DER elements (ITU-T X.690), for the parts of a certificate that no library reads for us.

use std::iter;

use der::asn1::{Any, AnyRef};
use der::{Decode, Encode, Tag, TagNumber, Tagged};

/// A constructed element with this context-specific tag, as X.509 has for optional fields.
pub(super) const fn context(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

/// The contents of the first element, if it has this tag, and the octets behind it.
pub(super) fn read(tag: Tag, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (element, rest) = AnyRef::from_der_partial(der).ok()?;
    (element.tag() == tag).then_some((element.value(), rest))
}

/// The elements in the contents of a sequence or set, up to the first malformed one.
pub(super) fn elements(contents: &[u8]) -> impl Iterator<Item = AnyRef<'_>> {
    let mut rest = contents;
    iter::from_fn(move || {
        let (element, behind) = AnyRef::from_der_partial(rest).ok()?;
        rest = behind;
        Some(element)
    })
}

/// Encodes an element; its contents are the concatenation of these.
pub(super) fn element(tag: Tag, contents: &[&[u8]]) -> Option<Vec<u8>> {
    Any::new(tag, contents.concat()).ok()?.to_der().ok()
}
