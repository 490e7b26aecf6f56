//! The interface `compose`: what a draft becomes, as a reader by others reads it.

use std::collections::HashSet;

use host_tests::{Address, Attachment, Draft, Instance, Invalid};
use mail_parser::{Message, MessageParser, MimeHeaders};

use crate::support::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

pub(crate) fn address(name: Option<&str>, mailbox: &str) -> Address {
    Address {
        name: name.map(str::to_owned),
        mailbox: mailbox.into(),
    }
}

/// A draft from a@mail.test to b@mail.test.
pub(crate) fn draft(instance: &Instance) -> Draft<'_> {
    let draft = instance.draft();
    draft.set_from(&[address(None, "a@mail.test")]).unwrap();
    draft.set_to(&[address(None, "b@mail.test")]).unwrap();
    draft.set_text("Hello\n");
    draft
}

fn attachment(name: Option<&str>, content_type: &str, content_id: Option<&str>) -> Attachment {
    Attachment {
        name: name.map(str::to_owned),
        content_type: content_type.into(),
        content: PNG.to_vec(),
        content_id: content_id.map(str::to_owned),
    }
}

fn read(message: &[u8]) -> Message<'_> {
    MessageParser::default().parse(message).unwrap()
}

fn mailboxes<'a>(list: Option<&'a mail_parser::Address<'a>>) -> Vec<(Option<&'a str>, &'a str)> {
    let list = list.into_iter().flat_map(|list| list.iter());
    list.map(|one| (one.name(), one.address().unwrap()))
        .collect()
}

#[test]
fn a_reader_sees_names_texts_and_files_as_they_were_given() {
    let instance = instance();
    let draft = draft(&instance);
    let html = "<p>こんにちは <img src=\"cid:logo@mail.test\"></p>";
    let name = Some("山田 太郎");
    draft.set_from(&[address(name, "a@mail.test")]).unwrap();
    draft
        .set_subject("会議の議事録をお送りします。ご確認をお願いいたします。")
        .unwrap();
    draft.set_text("こんにちは\n");
    draft.set_html(html);
    let logo = attachment(None, "image/png", Some("logo@mail.test"));
    draft.attach(&logo).unwrap();
    let minutes = attachment(Some("議事録.pdf"), "application/pdf", None);
    draft.attach(&minutes).unwrap();
    let composed = draft.compose().unwrap();

    assert!(composed.message.is_ascii());
    let message = read(&composed.message);
    assert_eq!(mailboxes(message.from()), [(name, "a@mail.test")]);
    assert_eq!(
        message.subject(),
        Some("会議の議事録をお送りします。ご確認をお願いいたします。")
    );
    assert_eq!(
        composed.message_id,
        format!("<{}>", message.message_id().unwrap())
    );
    assert_eq!(message.body_text(0).as_deref(), Some("こんにちは\r\n"));
    assert_eq!(
        message.body_html(0).as_deref().map(str::trim_end),
        Some(html)
    );
    let files: Vec<_> = message
        .attachments()
        .map(|file| (file.attachment_name(), file.content_id(), file.contents()))
        .collect();
    assert_eq!(
        files,
        [
            (None, Some("logo@mail.test"), PNG),
            (Some("議事録.pdf"), None, PNG)
        ]
    );
}

#[test]
fn the_envelope_has_every_recipient_and_the_message_no_bcc() {
    let instance = instance();
    let draft = draft(&instance);
    draft
        .set_cc(&[address(Some("Müller, Jörg"), "c@mail.test")])
        .unwrap();
    draft.set_bcc(&[address(None, "d@mail.test")]).unwrap();
    let composed = draft.compose().unwrap();

    assert_eq!(composed.sender.as_deref(), Some("a@mail.test"));
    assert_eq!(
        composed.recipients,
        ["b@mail.test", "c@mail.test", "d@mail.test"]
    );
    let message = read(&composed.message);
    assert_eq!(mailboxes(message.to()), [(None, "b@mail.test")]);
    assert_eq!(
        mailboxes(message.cc()),
        [(Some("Müller, Jörg"), "c@mail.test")]
    );
    assert_eq!(mailboxes(message.bcc()), []);
}

#[test]
fn the_other_setters_write_their_fields() {
    let instance = instance();
    let draft = draft(&instance);
    draft
        .set_from(&[address(None, "a@mail.test"), address(None, "x@mail.test")])
        .unwrap();
    draft
        .set_sender(&address(Some("Ann"), "x@mail.test"))
        .unwrap();
    draft.set_reply_to(&[address(None, "r@mail.test")]).unwrap();
    draft
        .add_group("Board", &[address(None, "g@mail.test")])
        .unwrap();
    draft.set_return_path(Some("bounces@mail.test")).unwrap();
    draft.set_date(1_795_942_800, 60).unwrap();
    draft.set_message_id("1@mail.test").unwrap();
    let references = ["<0@mail.test>".to_owned()];
    draft.set_reply("<9@mail.test>", &references).unwrap();
    let urls = ["https://mail.test/unsubscribe".to_owned()];
    draft.set_unsubscribe(&urls, true).unwrap();
    draft.add_header("X-Campaign", "Grüße").unwrap();
    let invitation = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n";
    draft
        .add_alternative("text/calendar; method=REQUEST", invitation)
        .unwrap();
    let composed = draft.compose().unwrap();

    assert_eq!(composed.sender.as_deref(), Some("bounces@mail.test"));
    assert_eq!(composed.recipients, ["b@mail.test", "g@mail.test"]);
    assert_eq!(composed.message_id, "<1@mail.test>");
    let text = String::from_utf8(composed.message).unwrap();
    for line in [
        "From: a@mail.test, x@mail.test",
        "Sender: Ann <x@mail.test>",
        "Reply-To: r@mail.test",
        "To: b@mail.test, Board: g@mail.test;",
        "Date: Sun, 29 Nov 2026 10:00:00 +0100",
        "Message-ID: <1@mail.test>",
        "In-Reply-To: <9@mail.test>",
        "References: <0@mail.test> <9@mail.test>",
        "List-Unsubscribe: <https://mail.test/unsubscribe>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "X-Campaign: =?UTF-8?B?R3LDvMOfZQ==?=",
    ] {
        assert!(text.contains(&format!("{line}\r\n")), "{line} in {text}");
    }
    let files: Vec<_> = read(text.as_bytes())
        .attachments()
        .map(|file| file.contents().to_vec())
        .collect();
    assert!(files.contains(&invitation.to_vec()), "{text}");
}

#[test]
fn the_null_reverse_path_is_no_sender() {
    let instance = instance();
    let draft = draft(&instance);
    draft.set_return_path(None).unwrap();
    assert_eq!(draft.compose().unwrap().sender, None);
}

#[test]
fn each_message_has_its_own_id_and_the_draft_stays() {
    let instance = instance();
    let draft = draft(&instance);
    let ids: HashSet<String> = (0..10)
        .map(|_| draft.compose().unwrap().message_id)
        .collect();
    assert_eq!(ids.len(), 10);
}

#[test]
fn what_a_draft_cannot_take_is_named_by_its_field() {
    let instance = instance();
    let draft = draft(&instance);
    let bad = [address(None, "a@mail.test\r\nBcc: x@mail.test")];
    let path = attachment(Some("../a.png"), "image/png", None);
    let kind = attachment(None, "png", None);
    let id = attachment(None, "image/png", Some("a+b"));
    let cases: [(&str, Result<(), Invalid>); 16] = [
        ("from", draft.set_from(&bad)),
        ("sender", draft.set_sender(&bad[0])),
        ("reply-to", draft.set_reply_to(&bad)),
        ("to", draft.set_to(&bad)),
        ("cc", draft.set_cc(&bad)),
        ("bcc", draft.set_bcc(&bad)),
        ("to", draft.add_group("", &[])),
        ("return-path", draft.set_return_path(Some("a"))),
        ("subject", draft.set_subject("a\r\nBcc: x@mail.test")),
        ("alternative", draft.add_alternative("text/plain", b"")),
        ("attachment", draft.attach(&path)),
        ("attachment", draft.attach(&kind)),
        ("content-id", draft.attach(&id)),
        ("date", draft.set_date(-1, 0)),
        ("message-id", draft.set_message_id("a b")),
        ("Date", draft.add_header("Date", "today")),
    ];
    for (field, result) in cases {
        let invalid = result.unwrap_err();
        assert_eq!(invalid.field, field, "{}", invalid.reason);
        assert!(!invalid.reason.is_empty());
    }
    let reply = draft.set_reply("a b", &[]).unwrap_err();
    assert_eq!(reply.field, "reply");
    let mail = ["mailto:u@mail.test".to_owned()];
    let unsubscribe = draft.set_unsubscribe(&mail, true).unwrap_err();
    assert_eq!(unsubscribe.field, "unsubscribe");
    // The draft is as it was.
    assert_eq!(draft.compose().unwrap().recipients, ["b@mail.test"]);
}

#[test]
fn an_empty_draft_is_invalid() {
    let instance = instance();
    let draft = instance.draft();
    assert_eq!(draft.compose().unwrap_err().field, "from");
    draft.set_from(&[address(None, "a@mail.test")]).unwrap();
    assert_eq!(draft.compose().unwrap_err().field, "to");
    draft.set_to(&[address(None, "b@mail.test")]).unwrap();
    assert_eq!(draft.compose().unwrap_err().field, "text");
    draft.set_html("<img src=\"cid:x\">");
    assert_eq!(draft.compose().unwrap_err().field, "html");
}

#[test]
fn a_host_without_random_numbers_is_an_invalid() {
    let mut grants = host_tests::Grants::all();
    grants.randomness = Some(std::sync::Arc::new(|_| Vec::new()));
    let instance = host_tests::Host::shared().instance(grants);
    let invalid = draft(&instance).compose().unwrap_err();
    assert!(invalid.reason.contains("random"), "{}", invalid.reason);
}
