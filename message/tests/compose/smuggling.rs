//! Nothing smuggles a header field into a message, whatever the texts.

use envoi_message::compose::{Address, Attachment, Content, Destination, Draft};
use proptest::prelude::*;

use crate::drafts::{NOW, empty};
use crate::reader::Entity;

/// Any text, and texts that try.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        ".{0,300}",
        "(\r\n|\n|\r|\0|\u{85}|\u{2028}| |=\\?UTF-8\\?Q\\?=0D=0A|Bcc: |x@y\\.z|<|>|,|;|:|\"|\\\\|é){0,12}",
        "[ -~é]{0,120}",
        "[a-z.]{1,20}@[a-z]{1,10}(\r\nBcc: x@y)?",
        "[a-z]{1,9}/[a-z]{1,9}(; [a-z]{2}=[a-z\"\\\\ ]{1,9})?",
    ]
}

/// Sets every field that takes a text; a refused text leaves the draft as it was. Returns the fields that a
/// message of the draft has.
fn fill(draft: &mut Draft, texts: &[String]) -> Vec<&'static str> {
    let mut texts = texts.iter().cycle();
    let mut text = || texts.next().cloned().unwrap_or_default();
    let mut fields = vec![
        "From",
        "To",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
    ];
    fields.push("Content-Transfer-Encoding");
    fields.extend(fill_addresses(draft, &mut text));
    let _ = draft.set_message_id(&text());
    let mut set = |is_set: bool, names: &[&'static str]| {
        if is_set {
            fields.extend_from_slice(names);
        }
    };
    let subject = text();
    set(
        draft.set_subject(&subject).is_ok() && !subject.is_empty(),
        &["Subject"],
    );
    set(
        draft.set_reply(&text(), &[]).is_ok(),
        &["In-Reply-To", "References"],
    );
    set(
        draft
            .set_unsubscribe(vec![format!("https://{}", text())], true)
            .is_ok(),
        &["List-Unsubscribe", "List-Unsubscribe-Post"],
    );
    set(draft.add_header("X-Own", &text()).is_ok(), &["X-Own"]);
    let _ = draft.set_return_path(Some(&text()));
    fields
}

/// Returns the fields of addresses beside From and To.
fn fill_addresses(draft: &mut Draft, text: &mut impl FnMut() -> String) -> Vec<&'static str> {
    let mut addresses = || {
        let name = text();
        vec![
            Address::named(name.clone(), "x@example.org"),
            Address::named(name, text()),
        ]
    };
    let _ = draft.set_to(addresses());
    let _ = draft.set_bcc(addresses());
    let group = addresses();
    let name = group.first().and_then(|address| address.name.clone());
    let _ = draft.add_group(Destination::To, &name.unwrap_or_default(), group);
    let mut fields = Vec::new();
    if draft.set_reply_to(addresses()).is_ok() {
        fields.push("Reply-To");
    }
    if draft.set_cc(addresses()).is_ok() {
        fields.push("Cc");
    }
    let _ = draft.set_from(vec![Address::named(text(), "ann@example.org")]);
    let _ = draft.set_to(vec![Address::named(text(), "bob@example.net")]);
    if draft
        .set_sender(Address::named(text(), "office@example.org"))
        .is_ok()
    {
        fields.push("Sender");
    }
    fields
}

fn attach(draft: &mut Draft, name: String, content_type: &str, id: String, octets: String) {
    let _ = draft.attach(Attachment {
        name: Some(name),
        content_type: content_type.into(),
        content: Content::Octets(octets.into_bytes()),
        content_id: Some(id),
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_fields_of_a_message_are_those_that_were_set(
        texts in proptest::collection::vec(text(), 1..24),
        body in any::<String>(),
    ) {
        let mut draft = empty();
        draft.set_text(body.clone());
        let mut fields = fill(&mut draft, &texts);
        let composed = draft.compose(NOW, [3; 32]).unwrap();
        let message = Entity::of_message(composed.message().unwrap());
        let mut names = message.names();
        names.sort_unstable();
        fields.sort_unstable();
        prop_assert_eq!(names, fields);
        for (name, value) in &message.fields {
            let is_address = ["From", "To", "Cc", "Reply-To"].contains(&name.as_str());
            prop_assert!(is_address || value.is_ascii(), "{}: {}", name, value);
        }
        for mailbox in composed.recipients.iter().chain(&composed.return_path) {
            let is_bad = |character: char| character.is_control() || character.is_whitespace();
            prop_assert!(!mailbox.contains(is_bad) && mailbox.contains('@'));
        }
    }

    #[test]
    fn the_fields_of_a_part_are_those_that_were_set(
        name in text(), content_type in text(), id in text(), octets in any::<String>(),
        body in any::<String>(),
    ) {
        let mut draft = empty();
        draft.set_text(body.clone());
        draft.set_html(body);
        draft.attach(crate::drafts::file(None, "a/b", b"", None)).unwrap();
        attach(&mut draft, name.clone(), "application/pdf", "a".into(), octets.clone());
        attach(&mut draft, "a".into(), &content_type, "b".into(), octets.clone());
        attach(&mut draft, "a".into(), "message/rfc822", id, octets.clone());
        let _ = draft.add_alternative(&content_type, octets.into_bytes());
        // An HTML text that refers to what is not there is refused.
        if let Ok(composed) = draft.compose(NOW, [3; 32]) {
            for part in Entity::of_message(composed.message().unwrap()).leaves() {
                for name in part.names() {
                    prop_assert!(
                        ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID"]
                            .contains(&name),
                        "{}", name
                    );
                }
                let _ = part.content();
            }
        }
    }
}
