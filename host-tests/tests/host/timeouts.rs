//! Servers that fall silent.

use std::time::{Duration, Instant};

use host_tests::{Error, Mailer, Phase, Security, Timeout};
use servers::authority::Authority;
use servers::scripted::{Server, Session};
use servers::unanswered::Unanswered;

use crate::support::*;

const LIMIT: Duration = Duration::from_millis(200);

/// Less than any default, more than a busy machine takes.
const SOON: Duration = Duration::from_secs(8);

/// The error of a message under this limit, which has come in its time.
#[track_caller]
fn error_within(mailer: &Mailer, timeout: Timeout, message: &[u8]) -> Error {
    mailer.set_timeout(timeout, LIMIT);
    let start = Instant::now();
    let error = mailer
        .send(&to_b(), message)
        .expect_err("the server is silent");
    let elapsed = start.elapsed();
    assert!(
        elapsed >= LIMIT && elapsed < SOON,
        "{error:?} after {elapsed:?}"
    );
    mailer.set_timeout(timeout, None);
    error
}

#[track_caller]
fn times_out(phase: Phase, timeout: Timeout, script: Session) {
    let server = Server::start([script.silence(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    assert_eq!(
        error_within(&mailer, timeout, MESSAGE),
        timed_out(phase, timeout)
    );
    delivers(&mailer);
    server.finish();
}

#[test]
fn a_timeout_of_zero_has_passed_at_once() {
    let instance = instance();
    let mailer = instance.mailer("127.0.0.1");
    mailer.set_timeout(Timeout::Total, Duration::ZERO);
    let error = mailer.send(&to_b(), MESSAGE);
    assert_eq!(error, Err(timed_out(Phase::Connect, Timeout::Total)));
}

#[test]
fn send_mail_ends_at_its_timeout() {
    let server = Server::start([hello(&[]).expect("MAIL *").silence()]);
    let url = format!("smtp://{}", server.address());
    let (to, message) = (["b@mail.test"], MESSAGE);
    let error = instance()
        .send_mail_within(Some(LIMIT), &url, "a@mail.test", &to, message)
        .expect_err("the server is silent");
    assert_eq!(error, timed_out(Phase::Mail, Timeout::Total));
    server.finish();
}

// Conformance: 26
#[test]
fn silence_in_each_phase_is_named_after_it_and_its_limit() {
    let data = || hello(&[]).followed_by(envelope()).expect("DATA");
    times_out(Phase::Greeting, Timeout::Greeting, Session::new());
    times_out(
        Phase::Hello,
        Timeout::Command,
        Session::new().say("220 mail.test").expect("EHLO *"),
    );
    times_out(Phase::Mail, Timeout::Command, hello(&[]).expect("MAIL *"));
    times_out(
        Phase::Rcpt,
        Timeout::Command,
        hello(&[])
            .expect("MAIL *")
            .say("250 2.1.0 Ok")
            .expect("RCPT *"),
    );
    times_out(Phase::Data, Timeout::Data, data());
    times_out(
        Phase::Acceptance,
        Timeout::Acceptance,
        data().say("354 Go ahead").content(),
    );
}

// Conformance: 9, 26
#[test]
fn half_a_reply_is_silence() {
    times_out(
        Phase::Greeting,
        Timeout::Greeting,
        Session::new().say_bytes("220-mail.test\r\n22"),
    );
}

#[test]
fn the_whole_call_can_be_limited() {
    times_out(Phase::Greeting, Timeout::Total, Session::new());
    times_out(Phase::Mail, Timeout::Total, hello(&[]).expect("MAIL *"));
    let content = hello(&[]).followed_by(envelope()).expect("DATA");
    let content = content.say("354 Go ahead").content();
    times_out(Phase::Acceptance, Timeout::Total, content);
}

// Conformance: 26
#[test]
fn silence_on_the_way_to_authentication_is_named_after_its_phase() {
    let authority = Authority::new();
    let identity = authority.issue(&["127.0.0.1"]);
    let start = || hello(&["STARTTLS"]).expect("STARTTLS");
    let inside = || {
        let inside = start().say("220 Go ahead").start_tls(&identity);
        inside
            .expect("EHLO *")
            .say(&ehlo(&["AUTH PLAIN"]))
            .expect("AUTH PLAIN *")
    };
    let phases = [
        (Phase::Starttls, Timeout::Command, start()),
        (Phase::Tls, Timeout::Tls, start().say("220 Go ahead")),
        (Phase::Auth, Timeout::Command, inside()),
    ];
    for (phase, timeout, script) in phases {
        let good = inside().say("235 2.7.0 Welcome").followed_by(message());
        let server = Server::start([script.silence(), good]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        mailer.set_security(Security::Starttls);
        mailer.add_trust_anchors(authority.der()).unwrap();
        mailer.set_password("ada", "sesame");
        assert_eq!(
            error_within(&mailer, timeout, MESSAGE),
            timed_out(phase, timeout)
        );
        delivers(&mailer);
        server.finish();
    }
}

/// More than the buffers of both ends hold.
fn large_message() -> Vec<u8> {
    b"Lorem ipsum dolor sit amet\r\n".repeat(1_000_000)
}

// Conformance: 26
#[test]
fn a_server_that_stops_reading_is_not_waited_for() {
    let begun = || {
        hello(&[])
            .followed_by(envelope())
            .expect("DATA")
            .say("354 Go ahead")
    };
    for timeout in [Timeout::Block, Timeout::Total] {
        let server = Server::start([begun().stop_reading(), delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        let error = error_within(&mailer, timeout, &large_message());
        assert_eq!(error, timed_out(Phase::Content, timeout));
        delivers(&mailer);
        server.finish();
    }
}

#[test]
fn an_address_that_does_not_answer_is_not_waited_for() {
    let unanswered = Unanswered::start();
    let instance = instance();
    let mailer = instance.mailer("127.0.0.1");
    mailer.set_port(unanswered.port());
    let error = error_within(&mailer, Timeout::Connect, MESSAGE);
    assert!(
        matches!(&error, Error::ConnectFailed(text) if text.contains("127.0.0.1")),
        "{error:?}"
    );
    let error = error_within(&mailer, Timeout::Total, MESSAGE);
    assert_eq!(error, timed_out(Phase::Connect, Timeout::Total));

    let server = Server::start([delivery()]);
    delivers(&plain(&instance, &server));
    server.finish();
}

// Conformance: 25
#[test]
fn a_server_that_is_silent_after_quit_does_not_hold_the_caller() {
    let server = Server::start([delivery().expect("QUIT").silence(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    delivers(&mailer);
    let start = Instant::now();
    mailer.close();
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    delivers(&mailer);
    server.finish();
}

#[test]
fn an_answer_in_time_is_waited_for() {
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_timeout(Timeout::Command, SOON);
    mailer.set_timeout(Timeout::Total, SOON);
    delivers(&mailer);
    server.finish();
}
