//! Boundaries.

use envoi_message::compose::Draft;

use crate::drafts::{empty, file, hello, octets, read};
use crate::reader::Entity;

fn nested() -> Draft {
    let mut draft = hello();
    draft.set_html("<img src=\"cid:a\">");
    draft
        .attach(file(None, "image/png", b"a", Some("a")))
        .unwrap();
    draft.attach(file(None, "image/png", b"b", None)).unwrap();
    draft
}

fn boundaries(message: &Entity) -> Vec<String> {
    if !message.content_type().starts_with("multipart/") {
        return Vec::new();
    }
    let inner = message.parts();
    core::iter::once(message.boundary())
        .chain(inner.iter().flat_map(boundaries))
        .collect()
}

#[test]
fn boundaries_are_short_and_of_letters_and_digits() {
    for boundary in boundaries(&read(&nested())) {
        assert!(
            boundary.len() <= 70 && boundary.bytes().all(|octet| octet.is_ascii_alphanumeric())
        );
    }
}

#[test]
fn no_boundary_is_the_beginning_of_another() {
    let all = boundaries(&read(&nested()));
    assert_eq!(all.len(), 3);
    for (index, boundary) in all.iter().enumerate() {
        for (other_index, other) in all.iter().enumerate() {
            assert!(index == other_index || !other.starts_with(boundary.as_str()));
        }
    }
}

#[test]
fn a_boundary_does_not_stand_in_a_part() {
    let boundary = boundaries(&read(&nested())).remove(0);
    for text in [
        format!("--{boundary}\n"),
        format!("--{boundary}--\né"),
        boundary.clone(),
    ] {
        let mut draft = nested();
        draft.set_text(text.clone());
        let message = read(&draft);
        let others = boundaries(&message);
        assert!(others.iter().all(|other| !text.contains(other.as_str())));
        assert_eq!(
            message.leaves()[0].text().trim_end(),
            text.replace('\n', "\r\n").trim_end()
        );
    }
    let mut draft = empty();
    let mail = format!("A: b\r\n\r\n--{boundary}\r\n");
    draft
        .attach(file(None, "message/rfc822", mail.as_bytes(), None))
        .unwrap();
    assert_eq!(read(&draft).parts()[0].body, mail);
}

#[test]
fn crlf_follows_the_last_delimiter() {
    let message = octets(&nested());
    assert!(message.ends_with(b"--\r\n"));
}
