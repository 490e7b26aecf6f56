//! The usual parts of these tests: instances, mailers, scripts, and expected results.

use host_tests::{
    Credentials, Envelope, Error, Grants, Host, Instance, Mailer, PasswordCredentials, Phase,
    PipeliningAfterMessage, Receipt, RecipientReply, Rejection, Reply, Security, TimedOut, Timeout,
};
use servers::authority::Identity;
use servers::scripted::{Script, Server};

pub(crate) const MESSAGE: &[u8] = b"Subject: hello\r\n\r\nHello\r\n";

/// An instance with all grants.
pub(crate) fn instance() -> Instance {
    Host::shared().instance(Grants::all())
}

/// A mailer that uses no TLS.
pub(crate) fn plain<'a>(instance: &'a Instance, server: &Server) -> Mailer<'a> {
    let mailer = instance.mailer(&server.address().ip().to_string());
    mailer.set_port(server.port());
    mailer.set_security(Security::Plaintext);
    mailer
}

/// A mailer for a server that accepts commands pipelined after the end of a message.
pub(crate) fn pipelined<'a>(instance: &'a Instance, server: &Server) -> Mailer<'a> {
    let mailer = plain(instance, server);
    mailer.set_pipelining_after_message(PipeliningAfterMessage::Always);
    mailer
}

/// The envelope from a@mail.test to b@mail.test.
pub(crate) fn to_b() -> Envelope {
    to(&["b@mail.test"])
}

pub(crate) fn to(recipients: &[&str]) -> Envelope {
    let recipients = recipients
        .iter()
        .map(|recipient| recipient.to_string())
        .collect();
    Envelope {
        sender: Some("a@mail.test".into()),
        recipients,
    }
}

/// The next message is delivered, whatever happened before.
#[track_caller]
pub(crate) fn expect_delivery(mailer: &Mailer) {
    let receipt = mailer
        .send(&to_b(), MESSAGE)
        .expect("the next message is delivered");
    assert_eq!(receipt, receipt_of(&["b@mail.test"], &[]));
}

/// The greeting, and EHLO with these keywords in its reply.
pub(crate) fn hello(keywords: &[&str]) -> Script {
    Script::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO [127.0.0.1]")
        .say(&ehlo(keywords))
}

/// The reply to EHLO.
pub(crate) fn ehlo(keywords: &[&str]) -> String {
    let mut lines = vec!["mail.test"];
    lines.extend(keywords);
    let last = lines.pop().unwrap_or_default();
    let first: String = lines.iter().map(|line| format!("250-{line}\r\n")).collect();
    format!("{first}250 {last}")
}

/// MAIL and RCPT, one by one.
pub(crate) fn envelope() -> Script {
    Script::new()
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
}

/// A message, command by command.
pub(crate) fn message() -> Script {
    envelope().expect("DATA").followed_by(content())
}

/// A message whose MAIL has these parameters.
pub(crate) fn message_with(parameters: &str) -> Script {
    Script::new()
        .expect(&format!("MAIL FROM:<a@mail.test> {parameters}"))
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .followed_by(content())
}

/// Follows DATA: 354, content, acceptance.
pub(crate) fn content() -> Script {
    Script::new()
        .say("354 Go ahead")
        .expect_content()
        .say(QUEUED)
}

/// A whole session with one message.
pub(crate) fn delivery() -> Script {
    hello(&[]).followed_by(message())
}

/// A session up to the content of its first message.
pub(crate) fn until_content() -> Script {
    let begun = hello(&[]).followed_by(envelope());
    begun.expect("DATA").say("354 Go ahead")
}

pub(crate) fn quit() -> Script {
    Script::new().expect("QUIT").say("221 2.0.0 Bye").hang_up()
}

/// The phases between EHLO and the end of authentication, each with a script that reaches it.
pub(crate) fn phases_until_authenticated(identity: &Identity) -> [(Phase, Script); 3] {
    let starttls = || hello(&["STARTTLS"]).expect("STARTTLS");
    let hello = starttls().say("220 Go ahead").expect_some_content(1);
    [
        (Phase::Starttls, starttls()),
        (Phase::Tls, hello),
        (Phase::Auth, auth_inside_tls(identity)),
    ]
}

/// A session up to AUTH PLAIN, inside TLS.
pub(crate) fn auth_inside_tls(identity: &Identity) -> Script {
    hello(&["STARTTLS"])
        .expect("STARTTLS")
        .say("220 Go ahead")
        .start_tls(identity)
        .expect("EHLO *")
        .say(&ehlo(&["AUTH PLAIN"]))
        .expect("AUTH PLAIN *")
}

/// The reply to each message.
pub(crate) const QUEUED: &str = "250 2.0.0 Ok: queued as 4711";

/// The receipt with these accepted recipients, and with these refused ones and the replies to them.
pub(crate) fn receipt_of(accepted: &[&str], refused: &[(&str, &str)]) -> Receipt {
    Receipt {
        accepted: accepted
            .iter()
            .map(|recipient| recipient_reply(recipient, QUEUED))
            .collect(),
        refused: refusals(refused),
        unknown: vec![],
        unsent: vec![],
    }
}

pub(crate) fn refusals(refused: &[(&str, &str)]) -> Vec<RecipientReply> {
    refused
        .iter()
        .map(|(recipient, line)| recipient_reply(recipient, line))
        .collect()
}

pub(crate) fn rejected(phase: Phase, line: &str) -> Error {
    Error::Rejected(Rejection {
        phase,
        reply: reply(line),
        tried_mechanisms: Vec::new(),
    })
}

/// The server refused these mechanisms; the first one got this reply.
pub(crate) fn auth_refused(tried: &[&str], line: &str) -> Error {
    Error::Rejected(Rejection {
        phase: Phase::Auth,
        reply: reply(line),
        tried_mechanisms: tried.iter().map(|name| name.to_string()).collect(),
    })
}

pub(crate) fn timed_out(phase: Phase, limit: Timeout) -> Error {
    Error::Timeout(TimedOut { phase, limit })
}

/// A reply of one line, with or without an enhanced status code.
pub(crate) fn reply(line: &str) -> Reply {
    let (code, text) = line.split_once(' ').unwrap_or((line, ""));
    let numbers = text.split(' ').next().unwrap_or_default();
    let numbers: Vec<u16> = numbers
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect();
    Reply {
        code: code.parse().expect("a code"),
        enhanced_code: match numbers[..] {
            [class, subject, detail] => Some((class as u8, subject, detail)),
            _ => None,
        },
        text: text.into(),
    }
}

fn recipient_reply(recipient: &str, line: &str) -> RecipientReply {
    RecipientReply {
        recipient: recipient.into(),
        reply: reply(line),
    }
}

#[track_caller]
pub(crate) fn assert_wrong_state<T: std::fmt::Debug>(result: Result<T, Error>) {
    assert!(matches!(result, Err(Error::WrongState(_))), "{result:?}");
}

/// The missing extension, and the reason.
#[track_caller]
pub(crate) fn unavailable<T: std::fmt::Debug>(result: Result<T, Error>) -> (String, String) {
    match result {
        Err(Error::ExtensionUnavailable(unavailable)) => (unavailable.keyword, unavailable.reason),
        other => panic!("not an extension that is missing: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn assert_invalid<T: std::fmt::Debug>(result: Result<T, Error>) {
    match result {
        Err(Error::InvalidArgument(why)) => assert!(!why.contains(['\r', '\n', '\0']), "{why:?}"),
        other => panic!("not an invalid argument: {other:?}"),
    }
}

pub(crate) fn password(username: &str, password: &str) -> Credentials {
    Credentials::Password(PasswordCredentials {
        username: username.into(),
        password: password.into(),
        authorization_id: None,
    })
}

/// The error of a first message that the script makes fail. The same mailer then delivers the next
/// message over a new connection.
#[track_caller]
pub(crate) fn send_error(failing: Script) -> Error {
    let server = Server::start([failing, delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let error = mailer
        .send(&to_b(), MESSAGE)
        .expect_err("the script makes it fail");
    expect_delivery(&mailer);
    server.finish();
    error
}
