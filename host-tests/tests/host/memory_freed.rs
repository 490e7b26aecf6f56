//! Memory of results, of each kind, is freed once the host has read them.

use host_tests::{Error, Instance, Mailer, OutgoingMessage, Security, TlsFailure};
use servers::authority::Authority;
use servers::scripted::{Script, Server};

use crate::support::*;
use crate::tls::LOOPBACK;

/// The allocator may grow by one page of linear memory after its first pieces. Each of these tests
/// returns several times as much.
const ALLOWED: usize = 64 * 1024;

/// Calls before the measurement.
const FIRST: usize = 10;

/// A hundred lines, about the longest reply allowed.
fn long_reply(code: &str) -> String {
    let line = "Lorem ipsum ".repeat(50);
    let lines = format!("{code}-{line}\r\n").repeat(99);
    format!("{lines}{code} {line}")
}

#[track_caller]
fn assert_memory_stays(instance: &Instance, calls: usize, call: impl Fn()) {
    (0..FIRST).for_each(|_| call());
    let before = instance.memory();
    (0..calls).for_each(|_| call());
    let grown = instance.memory() - before;
    assert!(grown <= ALLOWED, "{grown} octets");
}

/// Makes this many messages fail, each over its own connection.
#[track_caller]
fn assert_errors_are_freed(
    calls: usize,
    script: impl Fn() -> Script,
    set: impl Fn(&Mailer),
    is_expected: impl Fn(&Error) -> bool,
) {
    let server = Server::start((0..FIRST + calls).map(|_| script()));
    let instance = instance();
    let mailer = plain(&instance, &server);
    set(&mailer);
    assert_memory_stays(&instance, calls, || {
        let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
        assert!(is_expected(&error), "{error:?}");
    });
    server.finish();
}

#[test]
fn the_text_of_an_error_is_freed() {
    let instance = instance();
    let options = instance.options();
    let long = "x".repeat(1000);
    assert_memory_stays(&instance, 5000, || {
        assert_invalid(options.set_envelope_id(&long));
    });
}

#[test]
fn a_text_with_a_phase_is_freed() {
    // Each of these octets takes six when it is shown.
    let no_reply = "\u{1b}".repeat(100);
    assert_errors_are_freed(
        1000,
        || Script::new().say(&no_reply).expect_close(),
        |_| {},
        |error| matches!(error, Error::ProtocolError(_)),
    );
}

#[test]
fn the_text_of_a_tls_failure_is_freed() {
    assert_errors_are_freed(
        2000,
        || Script::new().interrupt("220 mail.test").silence(),
        |mailer| mailer.set_security(Security::ImplicitTls),
        |error| matches!(error, Error::TlsFailed((TlsFailure::HandshakeFailed, _))),
    );
}

#[test]
fn a_list_of_mechanisms_is_freed() {
    let mechanisms: String = (0..500).map(|number| format!(" X-{number}")).collect();
    assert_errors_are_freed(
        100,
        || hello(&[&format!("AUTH{mechanisms}")]).followed_by(quit()),
        |mailer| mailer.set_password("user", "secret"),
        |error| matches!(error, Error::AuthUnavailable(offered) if offered.len() == 500),
    );
}

#[test]
fn a_refusal_is_freed() {
    let no = long_reply("554");
    assert_errors_are_freed(
        50,
        || Script::new().say(&no).followed_by(quit()),
        |_| {},
        |error| matches!(error, Error::Rejected(rejection) if rejection.reply.text.lines().count() == 100),
    );
}

#[test]
fn a_list_of_refusals_is_freed() {
    let no = long_reply("550");
    assert_errors_are_freed(
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
fn a_list_of_receipts_and_errors_is_freed() {
    let no = long_reply("550");
    let delivery = || {
        envelope()
            .expect("RCPT TO:<c@mail.test>")
            .say(&no)
            .expect("DATA")
            .followed_by(content())
    };
    let deliveries = (0..FIRST + 50).map(|_| delivery());
    let server = Server::start([deliveries.fold(hello(&[]), Script::followed_by)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let letters = [&["b@mail.test", "c@mail.test"][..], &[]].map(|recipients| OutgoingMessage {
        envelope: to(recipients),
        message: MESSAGE.to_vec(),
    });
    assert_memory_stays(&instance, 50, || {
        let [receipt, error] = mailer.send_all(&letters).try_into().unwrap();
        assert_eq!(receipt.unwrap().refused[0].reply.text.lines().count(), 100);
        assert_invalid(error);
    });
    server.finish();
}

#[test]
fn replies_and_a_transcript_are_freed() {
    let long = long_reply("250");
    let asked = (0..FIRST + 50).map(|_| Script::new().expect("NOOP").say(&long));
    let server = Server::start([asked.fold(hello(&[]), Script::followed_by)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_transcript_lines(1000);
    let client = mailer.connect().unwrap();
    assert_memory_stays(&instance, 50, || {
        assert_eq!(client.noop().unwrap().text.lines().count(), 100);
        assert!(mailer.take_transcript().len() > 100);
    });
    server.finish();
}

#[test]
fn the_properties_of_a_session_are_freed() {
    let greeting = long_reply("220");
    let parameter = "X".repeat(1000);
    let extension = ehlo(&[&format!("X-LONG {parameter}")]);
    let authority = Authority::new();
    let script = Script::new()
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
    assert_memory_stays(&instance, 500, || {
        assert_eq!(client.greeting().text.lines().count(), 100);
        assert_eq!(client.extension("X-LONG").as_ref(), Some(&parameter));
        assert_eq!(client.extensions()[0].1, parameter);
        assert!(!client.tls().unwrap().peer_certificates.is_empty());
    });
    server.finish();
}

#[test]
fn refused_recipients_are_freed() {
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
    assert_memory_stays(&instance, 50, || {
        assert_eq!(message.refused()[0].reply.text.lines().count(), 100);
    });
    drop(message);
    server.finish();
}
