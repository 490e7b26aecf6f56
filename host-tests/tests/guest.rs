//! The guests of `examples/guest*`, composed with the component: all have to pass the same conversations.
//! They import `smtp`, which the component for WASI 0.3 does not export.

#![cfg(not(feature = "p3"))]

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use host_tests::Guest;
use mail_parser::{MessageParser, MimeHeaders};
use servers::ports::RefusingPort;
use servers::scripted::{Script, Server};

const TO: &str = "you@example.org";

#[test]
fn a_message_is_sent() {
    each_guest(|guest| {
        let server = Server::start([recipient_accepted()
            .expect("DATA")
            .say("354 Go ahead")
            .expect_content()
            .say("250 2.0.0 Ok: queued as 4711")
            .followed_by(goodbye())]);
        let said = guest.welcome(&url(&server), TO);
        assert_eq!(said.as_deref(), Ok("2.0.0 Ok: queued as 4711"));
        let message = content(server);
        assert!(message.is_ascii(), "the server offers no 8BITMIME");
        let mail = MessageParser::default().parse(&message).unwrap();
        let from = mail.from().and_then(|from| from.first()).unwrap();
        assert_eq!(from.name(), Some("The Shop"));
        assert_eq!(from.address(), Some("shop@example.org"));
        let to = mail.to().and_then(|to| to.first()).unwrap();
        assert_eq!((to.name(), to.address()), (None, Some(TO)));
        assert_eq!(mail.subject(), Some("Welcome to our caf\u{e9}"));
        assert!(mail.date().is_some());
        let id = mail.message_id().unwrap_or_default();
        assert!(id.ends_with("@example.org"), "{id}");
        assert_eq!(
            mail.body_text(0).as_deref(),
            Some("Good to have you here.\r\n")
        );
        assert_eq!(
            mail.body_html(0).as_deref(),
            Some("<p>Good to have you <b>here</b>.</p>\r\n")
        );
        let voucher = mail.attachment(0).unwrap();
        assert_eq!(mail.attachment_count(), 1);
        assert_eq!(voucher.attachment_name(), Some("voucher.txt"));
        assert_eq!(voucher.contents(), b"CAFE10\n");
    });
}

#[test]
fn non_ascii_text_arrives_unchanged() {
    each_guest(|guest| {
        let server = Server::start([Script::new()
            .say("220 mail.test ESMTP")
            .expect("EHLO [127.0.0.1]")
            .say("250-mail.test\r\n250-8BITMIME\r\n250 SMTPUTF8")
            .expect("MAIL FROM:<shop@example.org> *")
            .say("250 2.1.0 Ok")
            .expect("RCPT TO:<j\u{f6}rg@example.org>")
            .say("250 2.1.5 Ok")
            .expect("DATA")
            .say("354 Go ahead")
            .expect_content()
            .say("250 2.0.0 F\u{fc}r J\u{f6}rg")
            .followed_by(goodbye())]);
        let said = guest.welcome(&url(&server), "j\u{f6}rg@example.org");
        assert_eq!(said.as_deref(), Ok("2.0.0 F\u{fc}r J\u{f6}rg"));
        let message = String::from_utf8(content(server)).unwrap();
        assert!(
            message.contains("\r\nTo: j\u{f6}rg@example.org\r\n"),
            "{message}"
        );
    });
}

#[test]
fn an_invalid_address_is_reported_in_words() {
    each_guest(|guest| {
        let said = guest.welcome("smtp://127.0.0.1", "nobody at all");
        let said = said.unwrap_err();
        assert!(said.contains("the address `nobody at all`: "), "{said}");
    });
}

#[test]
fn a_refused_recipient_is_named_with_the_servers_reply() {
    each_guest(|guest| {
        let server = Server::start([sender_accepted()
            .expect("RCPT TO:<you@example.org>")
            .say("550 5.1.1 Nobody here")
            .followed_by(goodbye())]);
        let said = guest.welcome(&url(&server), TO).unwrap_err();
        assert_eq!(
            said,
            "the server refused recipients: you@example.org: 550 5.1.1 Nobody here; nothing was \
             delivered; check the address"
        );
        server.finish();
    });
}

#[test]
fn a_refusal_is_reported_with_its_step() {
    each_guest(|guest| {
        let server = Server::start([greeted()
            .expect("MAIL FROM:<shop@example.org>")
            .say("451 4.7.1 Come back later")
            .followed_by(goodbye())]);
        let said = guest.welcome(&url(&server), TO).unwrap_err();
        assert_eq!(
            said,
            "the server refused at MAIL (the sender): 451 4.7.1 Come back later; nothing was \
             delivered; try again later, with growing pauses"
        );
        server.finish();
    });
}

#[test]
fn a_refused_connection_is_reported_in_words() {
    each_guest(|guest| {
        let dead = RefusingPort::start();
        let said = guest.welcome(&format!("smtp://127.0.0.1:{}", dead.port()), TO);
        assert!(said.unwrap_err().contains("127.0.0.1 port "));
    });
}

#[test]
fn a_close_before_the_message_delivers_nothing_and_after_it_may_have_delivered() {
    each_guest(|guest| {
        let before = recipient_accepted().expect("DATA").hang_up();
        let after = recipient_accepted().expect("DATA").say("354 Go ahead");
        for (session, wanted) in [
            (
                before,
                "the connection ended at DATA; nothing was delivered",
            ),
            (
                after.expect_content().hang_up(),
                "the message may have been delivered",
            ),
        ] {
            let server = Server::start([session]);
            let said = guest.welcome(&url(&server), TO).unwrap_err();
            assert!(said.contains(wanted), "{said}");
            server.finish();
        }
    });
}

#[test]
fn the_readme_shows_a_part_of_the_guest_as_it_is() {
    let readme = page("README.md");
    let (_, rest) = readme.split_once("```rust\n").expect("a sample in Rust");
    let (sample, _) = rest.split_once("```").unwrap();
    assert!(sample.contains("send_mail("), "{sample}");
    assert!(
        page("examples/guest/src/lib.rs").contains(sample),
        "README.md shows other lines than examples/guest/src/lib.rs"
    );
}

#[test]
fn the_guides_show_the_guests_as_they_are() {
    for (shown, sources) in [
        (
            "docs/languages/rust.md",
            &["guest/src/lib.rs", "guest/wit/guest.wit"][..],
        ),
        (
            "docs/languages/javascript.md",
            &["guest-javascript/guest.js"],
        ),
        ("docs/languages/python.md", &["guest-python/shop.py"]),
        ("docs/languages/c.md", &["guest-c/guest.c"]),
        (
            "docs/languages/go.md",
            &["guest-go/export_wit_world/guest.go"],
        ),
    ] {
        for source in sources {
            let text = page(&format!("examples/{source}"));
            assert!(
                page(shown).contains(&text),
                "{shown} shows another {source}"
            );
        }
    }
}

#[test]
fn all_guests_have_the_same_world() {
    let world = |folder: &str| page(&format!("examples/{folder}/wit/guest.wit"));
    for folder in ["guest-javascript", "guest-python", "guest-c", "guest-go"] {
        assert_eq!(world(folder), world("guest"), "{folder}");
    }
}

fn greeted() -> Script {
    Script::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO [127.0.0.1]")
        .say("250 mail.test")
}

fn sender_accepted() -> Script {
    greeted()
        .expect("MAIL FROM:<shop@example.org>")
        .say("250 2.1.0 Ok")
}

fn recipient_accepted() -> Script {
    sender_accepted()
        .expect("RCPT TO:<you@example.org>")
        .say("250 2.1.5 Ok")
}

fn goodbye() -> Script {
    Script::new().expect("QUIT").say("221 Bye").hang_up()
}

/// The message of the only session, as it was before dot-stuffing.
fn content(server: Server) -> Vec<u8> {
    let transcript = server.finish();
    let content = &transcript.only().contents[0];
    content.strip_suffix(b".\r\n").unwrap().to_vec()
}

fn url(server: &Server) -> String {
    format!("smtp://{}", server.address())
}

/// Runs the conversation with each guest. The output names each before its turn.
fn each_guest(conversation: impl Fn(&Guest)) {
    static GUESTS: OnceLock<Vec<(&str, Guest)>> = OnceLock::new();
    for (language, guest) in GUESTS.get_or_init(guests) {
        eprintln!("the guest in {language}:");
        conversation(guest);
    }
}

/// The guests that this machine could build; xtask reports why others are missing.
fn guests() -> Vec<(&'static str, Guest)> {
    let guests = ["Rust", "JavaScript", "Python", "C", "Go"].into_iter();
    let guests: Vec<_> = guests
        .filter_map(|language| Some((language, guest(language)?)))
        .collect();
    assert!(!guests.is_empty(), "`cargo xtask test` builds them");
    guests
}

fn guest(language: &str) -> Option<Guest> {
    let file = format!("dist/guest-{}.wasm", language.to_lowercase());
    let path = workspace().join(&file);
    if !path.exists() {
        let why = format!("there is no {file}: `cargo xtask test` builds it");
        servers::report::not_run(&format!("the guest in {language}"), &why);
        return None;
    }
    let composition = compose::plug(&path, &host_tests::component_path());
    Some(Guest::new(
        &composition.expect("`cargo xtask build` has built the component"),
    ))
}

/// A text file of the project.
fn page(path: &str) -> String {
    fs::read_to_string(workspace().join(path)).unwrap()
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
