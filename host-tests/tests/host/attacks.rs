//! Attacks on STARTTLS, as "Why TLS Is Better Without STARTTLS" (Poddebniak and others, 2021) has
//! them: someone between client and server says what the server did not, before TLS stands.

use host_tests::{Error, Phase, TlsFailure};
use servers::authority::Authority;
use servers::scripted::{Server, Session};

use crate::support::*;
use crate::tls::{LOOPBACK, asked, hello_inside, starttls};

const USER: &str = "user";
const PASSWORD: &str = "a secret of the user's";

/// What becomes of a message with credentials; the server must see neither in clear.
#[track_caller]
fn attacked(script: impl FnOnce(&Authority) -> Session) -> Error {
    let authority = Authority::new();
    let server = Server::start([script(&authority)]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_password(USER, PASSWORD);
    let error = mailer
        .send(&to_b(), MESSAGE)
        .expect_err("the attack is found out");
    let heard = server.finish();
    let in_clear = heard.only().lines.iter().filter(|line| !line.tls);
    for line in in_clear {
        assert!(!line.text.starts_with("AUTH"), "{}", line.text);
        assert!(!line.text.starts_with("MAIL"), "{}", line.text);
    }
    error
}

/// A whole answer of the attacker's, in the same packet as the server's.
fn with(reply: &str, injected: &str) -> String {
    format!("{reply}\r\n{injected}")
}

// Conformance: 41
#[test]
fn words_after_a_go_ahead_that_ends_in_lf_alone() {
    for injected in [
        "220 2.0.0 Go ahead\n250 2.0.0 Ok\n",
        "220 2.0.0 Go ahead\n250",
    ] {
        let error = attacked(|_| {
            hello(&["STARTTLS"])
                .expect("STARTTLS")
                .say_bytes(injected)
                .closed()
        });
        assert!(matches!(error, Error::ProtocolError(_)), "{error:?}");
    }
}

// Conformance: 41
#[test]
fn a_go_ahead_that_was_injected_before_it_was_asked_for() {
    let error = attacked(|_| {
        Session::new()
            .say("220 mail.test ESMTP")
            .expect("EHLO [127.0.0.1]")
            .say(&with(&ehlo(&["STARTTLS"]), "220 2.0.0 Go ahead"))
            .closed()
    });
    assert!(matches!(error, Error::ProtocolError(_)), "{error:?}");
}

// Conformance: 41
#[test]
fn replies_to_what_is_to_be_said_inside_tls() {
    let replies = "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead\r\n250 2.0.0 Queued";
    let error = attacked(|_| {
        hello(&["STARTTLS"])
            .expect("STARTTLS")
            .say(&with("220 2.0.0 Go ahead", replies))
            .closed()
    });
    let starttls = Phase::Starttls;
    assert!(
        matches!(&error, Error::ProtocolError((phase, _)) if *phase == starttls),
        "{error:?}"
    );
}

// Conformance: 40
#[test]
fn mechanisms_that_were_offered_in_clear_are_not_used_inside_tls() {
    let error = attacked(|authority| {
        hello(&["STARTTLS", "AUTH PLAIN"])
            .expect("STARTTLS")
            .say("220 2.0.0 Go ahead")
            .start_tls(&authority.issue(LOOPBACK))
            .followed_by(hello_inside())
            .followed_by(quit())
    });
    assert_eq!(error, Error::AuthUnavailable(vec![]));
}

// Conformance: 42
#[test]
fn starttls_that_was_taken_out() {
    let error = attacked(|_| hello(&["AUTH PLAIN LOGIN"]).followed_by(quit()));
    assert_eq!(error, Error::StarttlsUnavailable);

    let error = attacked(|_| hello(&["XXXXXXXA", "AUTH PLAIN"]).followed_by(quit()));
    assert_eq!(error, Error::StarttlsUnavailable);
}

/// IMAP's PREAUTH has no like in SMTP; a success that no one asked for is as near as it gets.
// Conformance: 41
#[test]
fn a_session_that_is_said_to_be_authenticated_already() {
    let error = attacked(|_| {
        Session::new()
            .say("220 mail.test ESMTP")
            .expect("EHLO [127.0.0.1]")
            .say(&with(&ehlo(&[]), "235 2.7.0 Authenticated"))
            .closed()
    });
    assert_eq!(error, Error::StarttlsUnavailable);

    let error = attacked(|_| {
        Session::new()
            .say(&with("220 mail.test", &ehlo(&["AUTH PLAIN"])))
            .closed()
    });
    assert!(matches!(error, Error::ProtocolError(_)), "{error:?}");
}

#[test]
fn a_reply_that_was_cut_off_inside_tls_is_none() {
    let authority = Authority::new();
    let server = Server::start([asked()
        .start_tls(&authority.issue(LOOPBACK))
        .followed_by(hello_inside())
        .followed_by(envelope())
        .expect("DATA")
        .say("354 Go ahead")
        .content()
        .say_bytes("250 2.0.0 Ok: queued as")
        .cut()]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    // Perhaps delivered.
    let error = mailer.send(&to_b(), MESSAGE);
    assert_eq!(error, Err(Error::Disconnected(Phase::Acceptance)));
    server.finish();
}

// Conformance: 42, 43
#[test]
fn a_downgrade_to_tls_1_2_by_who_answers_for_a_server_of_1_3() {
    // A ServerHello of TLS 1.2 whose random ends as a server of 1.3 warns (RFC 8446, section 4.1.3).
    let mut hello = vec![22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3];
    hello.extend([7; 24]);
    hello.extend(*b"DOWNGRD\x01");
    // No session; ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256; no compression.
    hello.extend([0, 0xcc, 0xa9, 0]);
    let error = attacked(|_| asked().some_content(1).say_bytes(hello).silence());
    assert!(
        matches!(&error, Error::TlsFailed((TlsFailure::HandshakeFailed, why)) if why.contains("AttemptedDowngrade")),
        "{error:?}"
    );
}
