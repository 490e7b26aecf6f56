//! Hosts that return fewer random octets than requested, or none.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use host_tests::{Error, Grants, Host, Instance};
use servers::authority::Authority;
use servers::scripted::Server;

use crate::support::*;
use crate::tls::{LOOPBACK, secured, starttls};

/// The host returns at most this many octets at once, none of which is 0. The requested sizes are
/// recorded.
fn returning(most: u64) -> (Instance, Arc<Mutex<Vec<u64>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = asked.clone();
    let next = AtomicU8::new(0);
    let instance = Host::shared().instance(Grants {
        randomness: Some(Arc::new(move |octets| {
            heard.lock().unwrap().push(octets);
            let some = || next.fetch_add(1, Ordering::Relaxed) % 255 + 1;
            (0..octets.min(most)).map(|_| some()).collect()
        })),
        ..Grants::all()
    });
    (instance, asked)
}

#[track_caller]
fn assert_no_randomness(error: &Error) {
    let named = |why: &str| why.contains("the host gave no randomness");
    assert!(
        matches!(error, Error::Other(why) if named(why)),
        "{error:?}"
    );
}

#[test]
fn a_host_that_returns_too_few_octets_is_asked_again() {
    let authority = Authority::new();
    let server = Server::start([secured(&authority.issue(LOOPBACK)).followed_by(message())]);
    let (instance, asked) = returning(5);
    expect_delivery(&starttls(&instance, &server, &authority));
    server.finish();
    let asked = asked.lock().unwrap();
    // The key of X25519 has 32 octets.
    let rest = [32, 27, 22, 17, 12, 7, 2];
    assert!(asked.windows(7).any(|some| some == rest), "{asked:?}");
}

#[test]
fn without_randomness_tls_fails() {
    let authority = Authority::new();
    let script = hello(&["STARTTLS"])
        .expect("STARTTLS")
        .say("220 2.0.0 Go ahead");
    let server = Server::start([script.expect_close()]);
    let (instance, _) = returning(0);
    let mailer = starttls(&instance, &server, &authority);
    assert_no_randomness(&mailer.send(&to_b(), MESSAGE).unwrap_err());
    server.finish();
}

#[test]
fn without_randomness_authentication_fails() {
    let server = Server::start([servers::scripted::Script::new()
        .say("220 mail.test")
        .expect_close()]);
    let (instance, _) = returning(0);
    let mailer = plain(&instance, &server);
    mailer.set_password("ada", "sesame");
    assert_no_randomness(&mailer.send(&to_b(), MESSAGE).unwrap_err());
    server.finish();
}

#[test]
fn without_tls_and_authentication_no_randomness_is_needed() {
    let server = Server::start([delivery()]);
    let (instance, asked) = returning(0);
    expect_delivery(&plain(&instance, &server));
    server.finish();
    assert!(asked.lock().unwrap().is_empty());
}
