//! Attacks on STARTTLS from "Why TLS Is Better Without STARTTLS" (Poddebniak and others, 2021): someone
//! between client and server injects replies before TLS.

use host_tests::{Error, Phase, TlsFailure};
use servers::authority::Authority;
use servers::scripted::{Script, Server};

use crate::support::*;
use crate::tls::{LOOPBACK, asked, hello_inside, starttls};

const USER: &str = "user";
const PASSWORD: &str = "a secret of the user's";

/// The error of a message with credentials. The server must see neither in clear.
#[track_caller]
fn attacked(script: impl FnOnce(&Authority) -> Script) -> Error {
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

/// A reply with a second one, injected in the same packet.
fn with(reply: &str, injected: &str) -> String {
    format!("{reply}\r\n{injected}")
}

// Conformance: 41
#[test]
fn a_reply_injected_after_a_go_ahead_with_bare_lf_is_refused() {
    for injected in [
        "220 2.0.0 Go ahead\n250 2.0.0 Ok\n",
        "220 2.0.0 Go ahead\n250",
    ] {
        let error = attacked(|_| {
            hello(&["STARTTLS"])
                .expect("STARTTLS")
                .say_bytes(injected)
                .expect_close()
        });
        assert!(matches!(error, Error::ProtocolError(_)), "{error:?}");
    }
}

// Conformance: 41
#[test]
fn a_go_ahead_injected_before_starttls_is_refused() {
    let error = attacked(|_| {
        Script::new()
            .say("220 mail.test ESMTP")
            .expect("EHLO [127.0.0.1]")
            .say(&with(&ehlo(&["STARTTLS"]), "220 2.0.0 Go ahead"))
            .expect_close()
    });
    assert!(matches!(error, Error::ProtocolError(_)), "{error:?}");
}

// Conformance: 41
#[test]
fn replies_injected_for_commands_inside_tls_are_refused() {
    let replies = "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead\r\n250 2.0.0 Queued";
    let error = attacked(|_| {
        hello(&["STARTTLS"])
            .expect("STARTTLS")
            .say(&with("220 2.0.0 Go ahead", replies))
            .expect_close()
    });
    let starttls = Phase::Starttls;
    assert!(
        matches!(&error, Error::ProtocolError((phase, _)) if *phase == starttls),
        "{error:?}"
    );
}

// Conformance: 40
#[test]
fn mechanisms_offered_in_clear_are_not_used_inside_tls() {
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
fn a_removed_starttls_offer_is_an_error() {
    let error = attacked(|_| hello(&["AUTH PLAIN LOGIN"]).followed_by(quit()));
    assert_eq!(error, Error::StarttlsUnavailable);

    let error = attacked(|_| hello(&["XXXXXXXA", "AUTH PLAIN"]).followed_by(quit()));
    assert_eq!(error, Error::StarttlsUnavailable);
}

/// The nearest thing to IMAP's PREAUTH is an unsolicited reply of success.
// Conformance: 41
#[test]
fn an_injected_auth_success_is_refused() {
    let error = attacked(|_| {
        Script::new()
            .say("220 mail.test ESMTP")
            .expect("EHLO [127.0.0.1]")
            .say(&with(&ehlo(&[]), "235 2.7.0 Authenticated"))
            .expect_close()
    });
    assert_eq!(error, Error::StarttlsUnavailable);

    let error = attacked(|_| {
        Script::new()
            .say(&with("220 mail.test", &ehlo(&["AUTH PLAIN"])))
            .expect_close()
    });
    assert!(matches!(error, Error::ProtocolError(_)), "{error:?}");
}

#[test]
fn a_truncated_reply_inside_tls_is_no_reply() {
    let authority = Authority::new();
    let server = Server::start([asked()
        .start_tls(&authority.issue(LOOPBACK))
        .followed_by(hello_inside())
        .followed_by(envelope())
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
        .say_bytes("250 2.0.0 Ok: queued as")
        .close_abruptly()]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    // The message may have been delivered.
    let error = mailer.send(&to_b(), MESSAGE);
    assert_eq!(error, Err(Error::Disconnected(Phase::Acceptance)));
    server.finish();
}

// Conformance: 42, 43
#[test]
fn a_downgrade_from_tls_1_3_to_1_2_is_detected() {
    // A ServerHello of TLS 1.2. A server that supports 1.3 ends its random with these octets (RFC 8446,
    // section 4.1.3).
    let mut hello = vec![22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3];
    hello.extend([7; 24]);
    hello.extend(*b"DOWNGRD\x01");
    // No session ID; ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256; no compression.
    hello.extend([0, 0xcc, 0xa9, 0]);
    let error = attacked(|_| asked().expect_some_content(1).say_bytes(hello).silence());
    assert!(
        matches!(&error, Error::TlsFailed((TlsFailure::HandshakeFailed, why)) if why.contains("AttemptedDowngrade")),
        "{error:?}"
    );
}
