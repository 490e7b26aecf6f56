//! Fields with addresses.

use envoi_message::compose::{Address, Destination};

use crate::drafts::{compose, hello, read};

#[test]
fn lists_are_folded_after_a_comma() {
    let mut draft = hello();
    let bob = |number| {
        Address::named(
            format!("Bob Nr. {number}"),
            format!("bob{number}@example.net"),
        )
    };
    draft.set_to((0..30).map(bob).collect()).unwrap();
    let message = read(&draft);
    for line in message.folded("To").split("\r\n ") {
        assert!(line.len() <= 75);
        assert!(
            line.ends_with(',') || line.ends_with("bob29@example.net>"),
            "{line}"
        );
    }
    assert_eq!(message.field("To").matches(", \"Bob Nr. ").count(), 29);
}

#[test]
fn a_long_address_is_folded_before_its_bracket_but_not_in_quotes() {
    let mut draft = hello();
    let name = "A name, with commas, and more of them, ".repeat(3);
    let long = format!("bob@{}net", "example.".repeat(20));
    draft
        .set_to(vec![
            Address::bare("eve@example.net"),
            Address::named(name.trim(), &long),
        ])
        .unwrap();
    assert_eq!(
        read(&draft).folded("To"),
        format!("eve@example.net,\r\n \"{}\"\r\n <{long}>", name.trim())
    );
}

/// GMime keeps the line end of a fold in the name.
#[test]
fn a_long_name_is_on_one_line_whether_plain_or_encoded() {
    let plain = "A name of plain words ".repeat(6);
    let partly = "Jörg Müller-Lüdenscheidt von und zu Österreich-Ungarn und Übersee";
    let bob = [plain.trim(), partly].map(|name| Address::named(name, "bob@example.net"));
    let mut draft = hello();
    draft.set_to(bob.to_vec()).unwrap();
    let message = read(&draft);
    let to = message.folded("To");
    let lines: Vec<&str> = to.split("\r\n ").collect();
    assert_eq!(lines[..2], [plain.trim(), "<bob@example.net>,"]);
    assert!(lines[2].starts_with("=?") && lines[2].ends_with("=C3=9Cbersee?="));
    assert_eq!(lines[3], "<bob@example.net>");
}

#[test]
fn a_name_that_equals_the_mailbox_is_left_out() {
    let mut draft = hello();
    draft
        .set_to(vec![
            Address::named("bob@example.net", "bob@example.net"),
            Address::named("", "eve@example.net"),
        ])
        .unwrap();
    assert_eq!(read(&draft).field("To"), "bob@example.net, eve@example.net");
}

#[test]
fn groups_follow_the_addresses() {
    let mut draft = hello();
    let members = vec![
        Address::named("Eve", "eve@example.net"),
        Address::bare("joe@example.net"),
    ];
    draft
        .add_group(Destination::To, "Friends", members)
        .unwrap();
    draft
        .add_group(
            Destination::To,
            "Prüfer",
            vec![Address::bare("max@example.net")],
        )
        .unwrap();
    draft
        .add_group(Destination::Cc, "undisclosed-recipients", vec![])
        .unwrap();
    draft
        .set_to(vec![Address::bare("bob@example.net")])
        .unwrap();
    let message = read(&draft);
    assert_eq!(
        message.field("To"),
        "bob@example.net, Friends: Eve <eve@example.net>, joe@example.net;, \
         =?UTF-8?Q?Pr=C3=BCfer?= : max@example.net;"
    );
    assert_eq!(message.field("Cc"), "undisclosed-recipients:;");
    assert_eq!(
        compose(&draft).recipients,
        [
            "bob@example.net",
            "eve@example.net",
            "joe@example.net",
            "max@example.net"
        ]
    );
}

#[test]
fn a_mailbox_in_utf8_is_the_only_utf8_of_a_message() {
    let mut draft = hello();
    draft
        .set_from(vec![Address::named("Jörg", "jörg@bücher.example")])
        .unwrap();
    draft.set_subject("Grüße").unwrap();
    let message = read(&draft);
    assert_eq!(
        message.field("From"),
        "=?UTF-8?Q?J=C3=B6rg?= <jörg@bücher.example>"
    );
    assert!(
        message
            .field("Message-ID")
            .ends_with("@xn--bcher-kva.example>")
    );
    let others = message.fields.iter().filter(|(name, _)| name != "From");
    assert!(others.into_iter().all(|(_, value)| value.is_ascii()));
}

#[test]
fn a_sender_that_is_the_only_author_is_left_out() {
    let mut draft = hello();
    draft.set_sender(Address::bare("ann@example.org")).unwrap();
    assert_eq!(read(&draft).optional("Sender"), None);
    draft
        .set_sender(Address::bare("office@example.org"))
        .unwrap();
    assert_eq!(read(&draft).field("Sender"), "office@example.org");
}

#[test]
fn several_authors_have_one_who_sends() {
    let mut draft = hello();
    let ann = Address::named("Ann", "ann@example.org");
    draft
        .set_from(vec![ann.clone(), Address::bare("joe@example.org")])
        .unwrap();
    draft.set_sender(ann).unwrap();
    let message = read(&draft);
    assert_eq!(
        message.field("From"),
        "Ann <ann@example.org>, joe@example.org"
    );
    assert_eq!(message.field("Sender"), "Ann <ann@example.org>");
}
