//! Deliveries to all or to some recipients.

use servers::authority::Authority;
use servers::scripted::{Script, Server};

use crate::support::{MESSAGE, cli, content, content_sent, envelope, hello, quit, to_server};

/// `\0ada\0sesame` in base64.
const SECRET: &str = "AGFkYQBzZXNhbWU=";

#[test]
fn a_message_is_delivered_and_the_reply_is_shown() {
    let server = Server::start([hello(&[])
        .followed_by(envelope("a@mail.test", &["b@mail.test"]))
        .followed_by(content())
        .followed_by(quit())]);
    let output = to_server(&server, "--to b@mail.test").run(MESSAGE);
    let expected = "accepted: b@mail.test: 250 2.0.0 Ok: queued as 4711\n";
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (0, expected),
        "{output:?}"
    );
    assert_eq!(output.stderr, "");
    let sent = MESSAGE.replace('\n', "\r\n");
    assert_eq!(content_sent(server), format!("{sent}.\r\n"));
}

/// All settings come from the environment: TLS with its own authority, a user, and a password, which no
/// output contains.
#[test]
fn verbose_shows_the_conversation_without_the_password() {
    let authority = Authority::new();
    let server = Server::start([tls_delivery(&authority)]);
    let output = cli("-t --verbose --mechanism PLAIN")
        .environment(
            "SMTP_URL",
            &format!("smtp://ada@127.0.0.1:{}", server.port()),
        )
        .environment("ENVOI_PASSWORD", "sesame")
        .environment("ENVOI_CA", &authority.pem())
        .run(MESSAGE);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(server.finish().only().tls);
    let said = output.stderr;
    for words in [
        "> STARTTLS",
        "> AUTH PLAIN",
        "< 235 2.7.0 In",
        "> QUIT",
        "* ",
    ] {
        assert!(said.contains(words), "no {words} in\n{said}");
    }
    for secret in ["sesame", SECRET, "Hello."] {
        assert!(!said.contains(secret), "{secret} in\n{said}");
    }
}

fn tls_delivery(authority: &Authority) -> Script {
    hello(&["STARTTLS"])
        .expect("STARTTLS")
        .say("220 Go ahead")
        .start_tls(&authority.issue(&["127.0.0.1"]))
        .expect("EHLO [127.0.0.1]")
        .say("250-mail.test\r\n250 AUTH PLAIN")
        .expect(&format!("AUTH PLAIN {SECRET}"))
        .say("235 2.7.0 In")
        .followed_by(envelope("a@mail.test", &["b@mail.test"]))
        .followed_by(content())
        .followed_by(quit())
}

#[test]
fn options_are_sent_to_the_server() {
    let server = Server::start([Script::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO client.test")
        .say("250-mail.test\r\n250 DSN")
        .expect("MAIL FROM:<> RET=HDRS ENVID=QQ314159")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test> NOTIFY=SUCCESS,DELAY")
        .say("250 2.1.5 Ok")
        .followed_by(content())
        .followed_by(quit())]);
    let arguments = "--from= --to b@mail.test --local-name client.test --security plaintext \
                     --notify success,delay --return headers --envelope-id QQ314159";
    let output = to_server(&server, arguments).run(MESSAGE);
    assert_eq!(output.code, 0, "{output:?}");
    server.finish();
}

#[test]
fn refused_recipients_are_reported_with_the_accepted_ones() {
    let server = Server::start([hello(&[])
        .followed_by(envelope("a@mail.test", &["b@mail.test"]))
        .expect("RCPT TO:<c@mail.test>")
        .say("550 5.1.1 No such user")
        .followed_by(content())
        .followed_by(quit())]);
    let output = to_server(&server, "--to b@mail.test --to c@mail.test").run(MESSAGE);
    assert_eq!(output.code, 67, "{output:?}");
    assert!(
        output.stdout.starts_with("accepted: b@mail.test: 250 "),
        "{output:?}"
    );
    let refused = "not delivered to c@mail.test: 550 5.1.1 No such user";
    assert!(output.stderr.contains(refused), "{output:?}");
    server.finish();
}
