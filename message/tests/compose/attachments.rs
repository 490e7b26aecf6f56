//! Attachments: their octets, types and names.

use proptest::prelude::*;

use crate::drafts::{file, hello, read};
use crate::reader::{Entity, decode_hex, decode_words};

fn attached(name: Option<&str>, content_type: &str, octets: &[u8]) -> Entity {
    let mut draft = hello();
    draft
        .attach(file(name, content_type, octets, None))
        .unwrap();
    read(&draft).parts().pop().unwrap()
}

/// The names in Content-Type and in Content-Disposition.
fn names(part: &Entity) -> (String, String) {
    let content_type = part.field("Content-Type");
    let disposition = part.field("Content-Disposition");
    let (_, name) = content_type.split_once("; name=\"").unwrap();
    let name = decode_words(name.strip_suffix('"').unwrap());
    let filename = match disposition.split_once("; filename=\"") {
        Some((_, filename)) => filename.strip_suffix('"').unwrap().into(),
        None => {
            let (_, filename) = disposition.split_once("; filename*=UTF-8''").unwrap();
            assert!(
                filename
                    .bytes()
                    .all(|octet| octet.is_ascii_alphanumeric() || b".-_%".contains(&octet))
            );
            String::from_utf8(decode_hex(filename, b'%')).unwrap()
        }
    };
    (name, filename)
}

proptest! {
    #[test]
    fn every_octet_arrives(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let part = attached(Some("a.bin"), "application/octet-stream", &octets);
        prop_assert_eq!(part.field("Content-Transfer-Encoding"), "base64");
        prop_assert_eq!(part.content(), octets);
    }

    #[test]
    fn every_name_arrives_in_both_parameters(name in "[^\\p{C}\u{2028}\u{2029}/\\\\]{3,60}".prop_filter("not blank", |name| !name.trim().is_empty())) {
        let part = attached(Some(&name), "application/pdf", b"x");
        let name = name.trim_matches(' ').to_string();
        prop_assert_eq!(names(&part), (name.clone(), name));
    }
}

#[test]
fn text_is_in_base64_too_and_has_a_charset_if_it_is_utf8() {
    for (content_type, octets, written) in [
        (
            "text/csv",
            &b"1,2\r\n"[..],
            "text/csv; charset=utf-8; name=\"a\"",
        ),
        (
            "text/plain; charset=iso-8859-1",
            b"\xe9\n",
            "text/plain; charset=iso-8859-1; name=\"a\"",
        ),
        ("text/plain", b"\xe9", "text/plain; name=\"a\""),
    ] {
        let part = attached(Some("a"), content_type, octets);
        assert_eq!(part.field("Content-Type"), written);
        assert_eq!(part.field("Content-Transfer-Encoding"), "base64");
        assert_eq!(
            part.field("Content-Disposition"),
            "attachment; filename=\"a\""
        );
        assert_eq!(part.content(), octets);
    }
}

#[test]
fn every_attachment_has_a_disposition() {
    let part = attached(None, "image/png", b"x");
    assert_eq!(part.field("Content-Type"), "image/png");
    assert_eq!(part.field("Content-Disposition"), "attachment");
}

#[test]
fn a_name_that_is_not_plain_has_no_plain_parameter() {
    let part = attached(Some("größe.pdf"), "application/pdf", b"x");
    assert_eq!(
        part.field("Content-Disposition"),
        "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe.pdf"
    );
    assert_eq!(
        part.field("Content-Type"),
        "application/pdf; name=\"=?UTF-8?Q?gr=C3=B6=C3=9Fe=2Epdf?=\""
    );
}

#[test]
fn a_name_is_in_one_piece_and_on_one_line() {
    for name in ["é".repeat(120), "long ".repeat(50) + "x", "報".repeat(85)] {
        let part = attached(Some(&name), "application/pdf", b"x");
        assert_eq!(names(&part), (name.clone(), name));
        for field in ["Content-Type", "Content-Disposition"] {
            assert_eq!(
                part.folded(field).matches("\r\n").count(),
                1,
                "only before the parameter"
            );
            assert!(!part.folded(field).contains("*0"));
        }
    }
}

#[test]
fn a_message_is_attached_as_it_is() {
    let mail = b"Subject: inner\r\n\r\n text \r\nFrom x\r\n";
    let part = attached(Some("a.eml"), "message/rfc822", mail);
    assert_eq!(part.field("Content-Transfer-Encoding"), "7bit");
    assert_eq!(
        part.field("Content-Disposition"),
        "attachment; filename=\"a.eml\""
    );
    assert_eq!(part.body.as_bytes(), mail);
    let part = attached(Some("a.eml"), "message/rfc822", b"Subject: inner\n\nx\n");
    assert_eq!(part.body, "Subject: inner\r\n\r\nx\r\n");
}

#[test]
fn a_message_that_would_have_to_be_encoded_is_attached_as_a_file() {
    let long = [b"Subject: ".to_vec(), vec![b'x'; 990], b"\r\n\r\n".to_vec()].concat();
    for mail in [
        "Subject: ü\r\n\r\n".as_bytes(),
        b"Subject: \0\r\n\r\n",
        b"a\rb\r\n",
        b"\xff",
        &long,
    ] {
        let part = attached(Some("a.eml"), "message/rfc822", mail);
        assert_eq!(part.content_type(), "application/octet-stream");
        assert_eq!(part.content(), mail);
    }
}
