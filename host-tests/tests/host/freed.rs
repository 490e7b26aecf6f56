//! What a call returns is freed once the host has read it, whichever kind it is.

use host_tests::{Error, Instance, Mailer, OutgoingMessage, Security, TlsFailure};
use servers::authority::Authority;
use servers::scripted::{Server, Session};

use crate::support::*;
use crate::tls::LOOPBACK;

/// What an allocator may still take when its first pieces have come and gone: a page of linear memory. Each
/// of these tests asks for several times as much.
const ALLOWED: usize = 64 * 1024;

/// Calls that are not counted.
const FIRST: usize = 10;

/// A hundred lines, about as long as a reply may be.
fn long_reply(code: &str) -> String {
    let line = "Lorem ipsum ".repeat(50);
    let lines = format!("{code}-{line}\r\n").repeat(99);
    format!("{lines}{code} {line}")
}

#[track_caller]
fn leaves_nothing(instance: &Instance, calls: usize, call: impl Fn()) {
    (0..FIRST).for_each(|_| call());
    let before = instance.memory();
    (0..calls).for_each(|_| call());
    let grown = instance.memory() - before;
    assert!(grown <= ALLOWED, "{grown} octets");
}

/// As many messages fail, each over a connection of its own.
#[track_caller]
fn errors_leave_nothing(
    calls: usize,
    script: impl Fn() -> Session,
    set: impl Fn(&Mailer),
    is_expected: impl Fn(&Error) -> bool,
) {
    let server = Server::start((0..FIRST + calls).map(|_| script()));
    let instance = instance();
    let mailer = plain(&instance, &server);
    set(&mailer);
    leaves_nothing(&instance, calls, || {
        let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
        assert!(is_expected(&error), "{error:?}");
    });
    server.finish();
}

#[test]
fn a_text_alone() {
    let instance = instance();
    let options = instance.options();
    let long = "x".repeat(1000);
    leaves_nothing(&instance, 5000, || {
        assert_invalid(options.set_envelope_id(&long));
    });
}

#[test]
fn a_text_behind_a_phase() {
    // Each of these octets takes six when it is shown.
    let no_reply = "\u{1b}".repeat(100);
    errors_leave_nothing(
        1000,
        || Session::new().say(&no_reply).closed(),
        |_| {},
        |error| matches!(error, Error::ProtocolError(_)),
    );
}

#[test]
fn a_text_behind_why_tls_failed() {
    errors_leave_nothing(
        2000,
        || Session::new().interrupt("220 mail.test").silence(),
        |mailer| mailer.set_security(Security::ImplicitTls),
        |error| matches!(error, Error::TlsFailed((TlsFailure::HandshakeFailed, _))),
    );
}

#[test]
fn a_list_of_mechanisms() {
    let mechanisms: String = (0..500).map(|number| format!(" X-{number}")).collect();
    errors_leave_nothing(
        100,
        || hello(&[&format!("AUTH{mechanisms}")]).followed_by(quit()),
        |mailer| mailer.set_password("user", "secret"),
        |error| matches!(error, Error::AuthUnavailable(offered) if offered.len() == 500),
    );
}

#[test]
fn a_refusal() {
    let no = long_reply("554");
    errors_leave_nothing(
        50,
        || Session::new().say(&no).followed_by(quit()),
        |_| {},
        |error| matches!(error, Error::Rejected(rejection) if rejection.reply.lines.len() == 100),
    );
}

#[test]
fn a_list_of_refusals() {
    let no = long_reply("550");
    errors_leave_nothing(
        50,
        || {
            hello(&[])
                .expect("MAIL FROM:<a@mail.test>")
                .say("250 2.1.0 Ok")
                .expect("RCPT TO:<b@mail.test>")
                .say(&no)
                .hang_up()
        },
        |_| {},
        |error| matches!(error, Error::RecipientsRefused(refused) if refused.len() == 1),
    );
}

#[test]
fn receipts_and_errors_in_a_list() {
    let no = long_reply("550");
    let delivery = || {
        envelope()
            .expect("RCPT TO:<c@mail.test>")
            .say(&no)
            .expect("DATA")
            .followed_by(content())
    };
    let deliveries = (0..FIRST + 50).map(|_| delivery());
    let server = Server::start([deliveries.fold(hello(&[]), Session::followed_by)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let letters = [&["b@mail.test", "c@mail.test"][..], &[]].map(|recipients| OutgoingMessage {
        envelope: to(recipients),
        message: MESSAGE.to_vec(),
    });
    leaves_nothing(&instance, 50, || {
        let [receipt, error] = mailer.send_all(&letters).try_into().unwrap();
        assert_eq!(receipt.unwrap().refused[0].reply.lines.len(), 100);
        assert_invalid(error);
    });
    server.finish();
}

#[test]
fn what_a_session_says_and_a_transcript_of_it() {
    let long = long_reply("250");
    let asked = (0..FIRST + 50).map(|_| Session::new().expect("NOOP").say(&long));
    let server = Server::start([asked.fold(hello(&[]), Session::followed_by)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_transcript_lines(1000);
    let client = mailer.connect().unwrap();
    leaves_nothing(&instance, 50, || {
        assert_eq!(client.noop().unwrap().lines.len(), 100);
        assert!(mailer.take_transcript().len() > 100);
    });
    server.finish();
}

#[test]
fn what_is_known_of_a_session() {
    let greeting = long_reply("220");
    let parameter = "X".repeat(1000);
    let extension = ehlo(&[&format!("X-LONG {parameter}")]);
    let authority = Authority::new();
    let script = Session::new()
        .start_tls(&authority.issue(LOOPBACK))
        .say(&greeting)
        .expect("EHLO [127.0.0.1]")
        .say(&extension);
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_security(Security::ImplicitTls);
    mailer.add_trust_anchors(authority.der()).unwrap();
    let client = mailer.connect().unwrap();
    leaves_nothing(&instance, 500, || {
        assert_eq!(client.greeting().lines.len(), 100);
        assert_eq!(client.extension("X-LONG").as_ref(), Some(&parameter));
        assert_eq!(client.extensions()[0].1, parameter);
        assert!(!client.tls().unwrap().peer_certificates.is_empty());
    });
    server.finish();
}

#[test]
fn whom_a_message_does_not_reach() {
    let no = long_reply("550");
    let script = hello(&[])
        .followed_by(envelope())
        .expect("RCPT TO:<c@mail.test>")
        .say(&no)
        .expect("DATA")
        .say("354 Go ahead");
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let to_both = to(&["b@mail.test", "c@mail.test"]);
    let message = mailer.start_message(&to_both).unwrap();
    leaves_nothing(&instance, 50, || {
        assert_eq!(message.refused()[0].reply.lines.len(), 100);
    });
    drop(message);
    server.finish();
}
