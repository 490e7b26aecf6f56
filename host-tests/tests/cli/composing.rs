//! Messages that the command line composes.

use std::fs;
use std::path::{Path, PathBuf};

use mail_parser::{Message, MessageParser, MimeHeaders};
use servers::scripted::Server;

use crate::support::{Cli, MESSAGE, cli, content, envelope, hello, quit, to_server};

const PDF: &[u8] = b"%PDF-1.7\r\n\0\xff\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Keys that sign.
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../message/tests/keys");

/// A folder of the test of this name.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cli")
        .join(test);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A server that takes one message, and the command line with what every message needs.
fn sending(recipients: &[&str]) -> (Server, Cli) {
    let server = Server::start([hello(&[])
        .followed_by(envelope("a@mail.test", recipients))
        .followed_by(content())
        .followed_by(quit())]);
    let cli = to_server(&server, "--to b@mail.test");
    (server, cli)
}

fn message_sent(server: Server) -> Vec<u8> {
    server.finish().only().messages().remove(0)
}

fn parse(message: &[u8]) -> Message<'_> {
    MessageParser::default().parse(message).expect("a message")
}

#[test]
fn a_message_is_composed_with_its_files() {
    let folder = folder("files");
    fs::write(folder.join("Übersicht.pdf"), PDF).unwrap();
    fs::create_dir_all(folder.join("images")).unwrap();
    fs::write(folder.join("images/logo.png"), PNG).unwrap();
    let everyone = ["b@mail.test", "c@mail.test", "blind@mail.test"];
    let (server, cli) = sending(&everyone);
    let output = cli
        .arguments(["--from", "Jörg \"A\" <a@mail.test>"])
        .arguments(["--cc", "Cy, C. <c@mail.test>", "--bcc", "blind@mail.test"])
        .arguments(["--reply-to", "e@mail.test", "--subject", "Grüße, Bob"])
        .arguments(["--text", "Here it is.", "--html"])
        .arguments(["<p>Here it is. <img src=\"cid:logo.png\">"])
        .arguments(["--attach", "Übersicht.pdf", "--inline", "images/logo.png"])
        .folder(&folder)
        .run("");
    assert_eq!(output.code, 0, "{output:?}");
    let message = message_sent(server);
    let mail = parse(&message);
    let first = |header: Option<&mail_parser::Address>| {
        let one = header.and_then(|header| header.first()).expect("one");
        [one.name(), one.address()].map(|text| text.unwrap_or_default().to_owned())
    };
    assert_eq!(first(mail.from()), ["Jörg \"A\"", "a@mail.test"]);
    assert_eq!(first(mail.to()), ["", "b@mail.test"]);
    assert_eq!(first(mail.cc()), ["Cy, C.", "c@mail.test"]);
    assert_eq!(first(mail.reply_to()), ["", "e@mail.test"]);
    assert_eq!(mail.subject(), Some("Grüße, Bob"));
    assert!(mail.date().is_some() && mail.message_id().is_some());
    assert_eq!(mail.body_text(0).unwrap().trim_end(), "Here it is.");
    assert!(mail.body_html(0).unwrap().contains("cid:logo.png"));
    assert!(!String::from_utf8_lossy(&message).contains("blind@mail.test"));
    let part = |name| {
        let mut parts = mail.parts.iter();
        let part = parts.find(|part| part.attachment_name() == Some(name));
        part.unwrap_or_else(|| panic!("no {name}"))
    };
    assert_eq!(part("Übersicht.pdf").contents(), PDF);
    assert_eq!(part("logo.png").contents(), PNG);
    assert_eq!(part("logo.png").content_id(), Some("logo.png"));
    assert!(part("logo.png").is_content_type("image", "png"));
}

#[test]
fn a_text_may_come_from_standard_input() {
    let (server, cli) = sending(&["b@mail.test"]);
    let output = cli
        .arguments(["--from", "a@mail.test", "--text", "-"])
        .run("Subject: no field\n\nGrüße\n");
    assert_eq!(output.code, 0, "{output:?}");
    let message = message_sent(server);
    let mail = parse(&message);
    assert_eq!(mail.subject(), None);
    let text = mail.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text, "Subject: no field\n\nGrüße\n");
}

#[test]
fn a_large_file_is_attached_in_constant_memory() {
    const SIZE: usize = 16 * 1024 * 1024;
    let folder = folder("large");
    fs::write(folder.join("large.bin"), vec![0xA5; SIZE]).unwrap();
    let server = Server::start([hello(&[])
        .followed_by(envelope("a@mail.test", &["b@mail.test"]))
        .expect("DATA")
        .say("354 Go ahead")
        .expect_counted_content()
        .say("250 2.0.0 Ok")
        .followed_by(quit())]);
    let arguments = "--from a@mail.test --to b@mail.test --attach large.bin";
    let output = to_server(&server, arguments).folder(&folder).run("");
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.memory < SIZE / 4, "{} octets", output.memory);
    server.finish();
}

#[test]
fn a_line_break_is_refused_before_connecting() {
    for (option, field) in [
        ("--subject", "subject"),
        ("--cc", "cc"),
        ("--reply-to", "reply-to"),
    ] {
        let output = cli("--server smtp://127.0.0.1:1 --from a@mail.test --to b@mail.test")
            .arguments([option, "x <c@mail.test>\r\nBcc: blind@mail.test"])
            .run("");
        assert_eq!(output.code, 65, "{option}: {output:?}");
        let said = output.stderr;
        assert!(said.contains(&format!("{field}: ")), "{option}: {said}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_before_connecting() {
    let folder = folder("unreadable");
    let arguments =
        "--server smtp://127.0.0.1:1 --from a@mail.test --to b@mail.test --attach no.pdf";
    let output = cli(arguments).folder(&folder).run("");
    assert_eq!(output.code, 66, "{output:?}");
    assert!(output.stderr.contains("no.pdf: no-entry"), "{output:?}");
    let output = cli(arguments).run("");
    assert_eq!(output.code, 66, "{output:?}");
    assert!(output.stderr.contains("--dir"), "{output:?}");
}

#[test]
fn composed_and_finished_messages_are_signed_with_each_key() {
    for (arguments, stdin) in [("--from a@mail.test --text Hello", ""), ("", MESSAGE)] {
        let (server, cli) = sending(&["b@mail.test"]);
        let output = cli
            .arguments(["--dkim", "mail.test:s1:ed25519.pem"])
            .arguments(["--dkim", "mail.test:s2:rsa-2048.pem"])
            .arguments(arguments.split_whitespace())
            .folder(Path::new(KEYS))
            .run(stdin);
        assert_eq!(output.code, 0, "{output:?}");
        let message = message_sent(server);
        let mail = parse(&message);
        let signatures: Vec<_> = mail
            .headers_raw()
            .take_while(|(name, _)| *name == "DKIM-Signature")
            .map(|(_, value)| value)
            .collect();
        assert_eq!(signatures.len(), 2, "{arguments}");
        for selector in ["s=s1;", "s=s2;"] {
            let has = |value: &&&str| value.contains(selector) && value.contains("d=mail.test;");
            assert_eq!(signatures.iter().filter(has).count(), 1, "{signatures:?}");
        }
    }
}

#[test]
fn a_key_that_cannot_sign_is_a_configuration_error() {
    let folder = folder("no-key");
    fs::write(folder.join("no.key"), "no key").unwrap();
    let output = cli("--server smtp://127.0.0.1:1 -t --dkim mail.test:s1:no.key")
        .folder(&folder)
        .run(MESSAGE);
    assert_eq!(output.code, 78, "{output:?}");
    assert!(output.stderr.contains("--dkim no.key: "), "{output:?}");
}
