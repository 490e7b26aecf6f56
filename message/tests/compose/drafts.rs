//! Drafts that tests begin with.

use envoi_message::compose::{Address, Attachment, Composed, Content, Draft, Invalid};

use crate::reader::Entity;

/// Sun, 29 Nov 2026 09:00:00 UTC.
pub(crate) const NOW: i64 = 1_795_942_800;

/// From Ann to Bob, without content.
pub(crate) fn empty() -> Draft {
    let mut draft = Draft::default();
    draft
        .set_from(vec![Address::named("Ann", "ann@example.org")])
        .unwrap();
    draft
        .set_to(vec![Address::named("Bob", "bob@example.net")])
        .unwrap();
    draft
}

/// From Ann to Bob, with a text.
pub(crate) fn hello() -> Draft {
    let mut draft = empty();
    draft.set_text("Hello\n");
    draft
}

pub(crate) fn compose(draft: &Draft) -> Composed {
    draft.compose(NOW, [0x5A; 32]).unwrap()
}

pub(crate) fn octets(draft: &Draft) -> Vec<u8> {
    compose(draft).message().expect("one piece").to_vec()
}

pub(crate) fn read(draft: &Draft) -> Entity {
    Entity::of_message(&octets(draft))
}

pub(crate) fn invalid(draft: &Draft) -> Invalid {
    draft.compose(NOW, [0; 32]).unwrap_err()
}

pub(crate) fn file(
    name: Option<&str>,
    content_type: &str,
    octets: &[u8],
    id: Option<&str>,
) -> Attachment {
    Attachment {
        name: name.map(Into::into),
        content_type: content_type.into(),
        content: Content::Octets(octets.into()),
        content_id: id.map(Into::into),
    }
}
