//! The envelope of a message.

use envoi_message::compose::Address;

use crate::drafts::{compose, hello, octets};

#[test]
fn each_recipient_is_there_once() {
    let mut draft = hello();
    let all = |mailboxes: &[&str]| {
        mailboxes
            .iter()
            .map(|mailbox| Address::bare(*mailbox))
            .collect()
    };
    draft
        .set_to(all(&["bob@example.net", "bob@EXAMPLE.net"]))
        .unwrap();
    draft
        .set_cc(all(&["Bob@example.net", "eve@example.net"]))
        .unwrap();
    draft
        .set_bcc(all(&["eve@example.net", "joe@example.net"]))
        .unwrap();
    assert_eq!(
        compose(&draft).recipients,
        [
            "bob@example.net",
            "Bob@example.net",
            "eve@example.net",
            "joe@example.net"
        ]
    );
}

#[test]
fn bcc_is_never_in_the_message() {
    let mut draft = hello();
    draft
        .set_bcc(vec![Address::named("Secret", "secret@example.net")])
        .unwrap();
    let message = String::from_utf8(octets(&draft)).unwrap().to_lowercase();
    assert!(!message.contains("bcc") && !message.contains("secret"));
}

#[test]
fn without_to_and_cc_a_message_has_no_such_field() {
    let mut draft = hello();
    draft.set_to(vec![]).unwrap();
    draft
        .set_bcc(vec![Address::bare("bob@example.net")])
        .unwrap();
    let message = crate::drafts::read(&draft);
    assert_eq!(
        message.names(),
        [
            "From",
            "Date",
            "Message-ID",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding"
        ]
    );
}

#[test]
fn bounces_go_to_the_one_who_sends_or_where_the_caller_wants_them() {
    let mut draft = hello();
    assert_eq!(
        compose(&draft).return_path.as_deref(),
        Some("ann@example.org")
    );
    draft
        .set_sender(Address::bare("office@example.org"))
        .unwrap();
    assert_eq!(
        compose(&draft).return_path.as_deref(),
        Some("office@example.org")
    );
    draft.set_return_path(Some("bounces@example.org")).unwrap();
    assert_eq!(
        compose(&draft).return_path.as_deref(),
        Some("bounces@example.org")
    );
    draft.set_return_path(None).unwrap();
    assert_eq!(compose(&draft).return_path, None);
}
