//! What a draft refuses: each with the field, and how to mend it.

use envoi_message::compose::{Address, Destination, Draft, Invalid};

use crate::drafts::{NOW, empty, file, hello, invalid};

const CONTROLS: [&str; 9] = [
    "\r\n", "\n", "\r", "\0", "\t", "\u{7f}", "\u{1b}", "\u{85}", "\u{2028}",
];

type Setter = fn(&mut Draft, &str) -> Result<(), Invalid>;

fn address(name: &str, mailbox: &str) -> Vec<Address> {
    vec![Address::named(name, mailbox)]
}

fn attach(
    draft: &mut Draft,
    name: Option<&str>,
    content_type: &str,
    id: Option<&str>,
) -> Result<(), Invalid> {
    draft.attach(file(name, content_type, b"", id))
}

/// Every setter, with the field of its error; the text that it takes is put where people put theirs.
const SETTERS: [(&str, Setter); 22] = [
    ("from", |draft, text| draft.set_from(address(text, "a@b"))),
    ("from", |draft, text| {
        draft.set_from(address("A", &format!("a{text}@b")))
    }),
    ("sender", |draft, text| {
        draft.set_sender(Address::named(text, "a@b"))
    }),
    ("reply-to", |draft, text| {
        draft.set_reply_to(address(text, "a@b"))
    }),
    ("to", |draft, text| draft.set_to(address(text, "a@b"))),
    ("to", |draft, text| {
        draft.set_to(address("A", &format!("a@b{text}")))
    }),
    ("cc", |draft, text| draft.set_cc(address(text, "a@b"))),
    ("bcc", |draft, text| draft.set_bcc(address(text, "a@b"))),
    ("to", |draft, text| {
        draft.add_group(Destination::To, text, vec![])
    }),
    ("cc", |draft, text| {
        draft.add_group(Destination::Cc, "A", address(text, "a@b"))
    }),
    ("return-path", |draft, text| {
        draft.set_return_path(Some(&format!("a@b{text}")))
    }),
    ("subject", |draft, text| draft.set_subject(text)),
    ("alternative", |draft, text| {
        draft.add_alternative(&format!("text/x; a=b{text}"), vec![])
    }),
    ("attachment", |draft, text| {
        attach(draft, Some(text), "a/b", None)
    }),
    ("attachment", |draft, text| {
        attach(draft, None, &format!("a/b{text}"), None)
    }),
    ("content-id", |draft, text| {
        attach(draft, None, "a/b", Some(text))
    }),
    ("message-id", |draft, text| {
        draft.set_message_id(&format!("a@b{text}"))
    }),
    ("reply", |draft, text| {
        draft.set_reply(&format!("a@b{text}"), &[])
    }),
    ("reply", |draft, text| {
        draft.set_reply("a@b", &[format!("a@b{text}")])
    }),
    ("unsubscribe", |draft, text| {
        draft.set_unsubscribe(vec![format!("https://a{text}")], false)
    }),
    ("X-Own", |draft, text| draft.add_header("X-Own", text)),
    ("X-", |draft, text| {
        draft.add_header(&format!("X-{text}"), "a")
    }),
];

#[test]
fn no_setter_takes_a_line_break_or_a_control_character() {
    for (field, set) in SETTERS {
        for control in CONTROLS {
            let mut draft = hello();
            let error = set(&mut draft, &format!("x{control}Bcc: eve@example.net")).unwrap_err();
            assert!(error.field.starts_with(field), "{error}");
            let text = error.to_string();
            assert!(
                !text.contains(|character: char| character.is_control()),
                "{text:?}"
            );
            // The draft is as it was.
            assert_eq!(
                crate::drafts::octets(&draft),
                crate::drafts::octets(&hello())
            );
        }
    }
}

#[test]
fn a_path_is_no_file_name() {
    let mut draft = hello();
    for name in ["/etc/passwd", "a/b.pdf", "..\\b.pdf", "C:\\b.pdf"] {
        let error = attach(&mut draft, Some(name), "a/b", None).unwrap_err();
        assert_eq!(error.field, "attachment");
        assert!(
            error.reason.contains("what stands after its last"),
            "{error}"
        );
    }
    for name in ["", ".", "..", " .. ", &"x".repeat(256)] {
        assert!(attach(&mut draft, Some(name), "a/b", None).is_err());
    }
}

#[test]
fn a_field_that_is_not_the_callers_to_set_is_refused() {
    let mut draft = hello();
    for (name, mend) in [
        ("From", "set `from`"),
        ("SENDER", "set `sender`"),
        ("reply-to", "set `reply-to`"),
        ("To", "set `to`"),
        ("Cc", "set `cc`"),
        ("bCC", "set `bcc`"),
        ("Subject", "set `subject`"),
        ("Date", "set `date`"),
        ("Message-ID", "set `message-id`"),
        ("In-Reply-To", "set `reply`"),
        ("References", "set `reply`"),
        ("List-Unsubscribe", "set `unsubscribe`"),
        ("List-Unsubscribe-Post", "set `unsubscribe`"),
        ("MIME-Version", "leave it out"),
        ("Content-Type", "leave it out"),
        ("content-anything", "leave it out"),
        ("Received", "leave it out"),
        ("Return-Path", "leave it out"),
        ("DKIM-Signature", "leave it out"),
        ("ARC-Seal", "leave it out"),
        ("Authentication-Results", "leave it out"),
        ("Resent-To", "leave it out"),
        ("", "letters"),
        ("X:Y", "letters"),
        ("X Y", "letters"),
        ("X-\u{e9}", "letters"),
        (&"X".repeat(51), "50"),
    ] {
        let error = draft.add_header(name, "x").unwrap_err();
        assert!(error.reason.contains(mend), "{error}");
    }
    assert!(
        draft
            .add_header("X-Empty", "")
            .unwrap_err()
            .reason
            .contains("empty")
    );
}

#[test]
fn texts_have_limits() {
    let mut draft = hello();
    let long = "x".repeat(10_001);
    assert!(
        draft
            .set_subject(&long)
            .unwrap_err()
            .reason
            .contains("10000")
    );
    assert!(
        draft
            .add_header("X-Own", &long)
            .unwrap_err()
            .reason
            .contains("10000")
    );
    assert!(
        draft
            .set_to(address(&"x".repeat(501), "a@b"))
            .unwrap_err()
            .reason
            .contains("500")
    );
    assert!(draft.set_message_id(&format!("a@{long}")).is_err());
    assert!(
        draft
            .set_unsubscribe(vec![format!("https://{long}")], false)
            .is_err()
    );
}

#[test]
fn what_a_message_needs_has_to_be_set() {
    let mut draft = hello();
    draft.set_from(vec![]).unwrap();
    assert_eq!(invalid(&draft).field, "from");

    let mut draft = hello();
    draft
        .set_from([address("A", "a@b"), address("C", "c@d")].concat())
        .unwrap();
    assert_eq!(invalid(&draft).field, "sender");

    let mut draft = hello();
    draft.set_to(vec![]).unwrap();
    assert_eq!(invalid(&draft).field, "to");
    draft
        .add_group(Destination::To, "undisclosed-recipients", vec![])
        .unwrap();
    assert_eq!(invalid(&draft).field, "to");

    let mut draft = empty();
    assert_eq!(
        invalid(&draft).to_string(),
        "text: the draft is empty: set `text` or `html`, or attach something"
    );
    draft.set_subject("Hello").unwrap();
    assert_eq!(invalid(&draft).field, "text");

    assert_eq!(hello().compose(-1, [0; 32]).unwrap_err().field, "date");
}

#[test]
fn a_group_needs_a_name() {
    for name in ["", " "] {
        let error = hello()
            .add_group(Destination::Cc, name, vec![])
            .unwrap_err();
        assert_eq!(error.field, "cc");
    }
}

#[test]
fn an_image_that_the_html_refers_to_has_to_be_attached() {
    let mut draft = hello();
    draft.set_html("<img src=\"cid:logo@example.org\">");
    let error = invalid(&draft);
    assert_eq!(error.field, "html");
    assert!(error.reason.contains("cid:logo@example.org"), "{error}");
    attach(&mut draft, None, "image/png", Some("logo@example.org")).unwrap();
    assert!(draft.compose(NOW, [0; 32]).is_ok());
}

#[test]
fn content_ids_are_those_that_every_reader_finds() {
    let mut draft = hello();
    for id in ["a+b@c", "a%2Bb@c", "<a@b>", "", "a b"] {
        assert_eq!(
            attach(&mut draft, None, "a/b", Some(id)).unwrap_err().field,
            "content-id"
        );
    }
    attach(&mut draft, None, "a/b", Some("a@b")).unwrap();
    let twice = attach(&mut draft, None, "a/b", Some("a@b")).unwrap_err();
    assert!(twice.reason.contains("each its own"), "{twice}");
}

#[test]
fn content_types_are_a_type_and_a_subtype() {
    let mut draft = hello();
    for content_type in ["", "pdf", "a/b/c", "multipart/mixed", "a/b; name=c"] {
        assert!(attach(&mut draft, None, content_type, None).is_err());
        assert!(draft.add_alternative(content_type, vec![]).is_err());
    }
    for (content_type, mend) in [
        ("text/plain", "set `text`"),
        ("TEXT/HTML", "set `html`"),
        ("message/rfc822", "attach it"),
    ] {
        let error = draft.add_alternative(content_type, vec![]).unwrap_err();
        assert!(error.reason.contains(mend), "{error}");
    }
}

#[test]
fn ids_and_urls_are_checked() {
    let mut draft = hello();
    for id in [
        "",
        "<>",
        "a",
        "@b",
        "a@",
        "a@b@c",
        "<a@b",
        "a b@c",
        "ä@b",
        "<a@b> <c@d>",
    ] {
        assert_eq!(
            draft.set_message_id(id).unwrap_err().field,
            "message-id",
            "{id}"
        );
    }
    for id in ["", "<>", "a b", "<a@b> <c@d>"] {
        assert_eq!(draft.set_reply(id, &[]).unwrap_err().field, "reply", "{id}");
    }
    for url in [
        "",
        "example.org",
        "https:",
        "ftp://x",
        "https://a>b",
        "https://a b",
        "https://é",
        "mailto:a,b",
    ] {
        assert!(
            draft.set_unsubscribe(vec![url.into()], false).is_err(),
            "{url}"
        );
    }
    for urls in [vec![], vec!["mailto:a@b".to_string()]] {
        let error = draft.set_unsubscribe(urls, true).unwrap_err();
        assert!(error.reason.contains("https"), "{error}");
    }
}
