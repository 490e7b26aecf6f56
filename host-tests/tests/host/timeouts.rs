//! Servers that fall silent.

use std::time::{Duration, Instant};

use host_tests::{Error, Mailer, Phase, Timeout};
use servers::authority::Authority;
use servers::ports::UnresponsivePort;
use servers::scripted::{Script, Server};

use crate::support::*;
use crate::tls::starttls;

const LIMIT: Duration = Duration::from_millis(200);

/// Less than any default timeout, more than a busy machine takes.
const SOON: Duration = Duration::from_secs(8);

/// The error of a message with this limit; it has to come in time.
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
fn expect_timeout(phase: Phase, timeout: Timeout, script: Script) {
    let server = Server::start([script.silence(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    assert_eq!(
        error_within(&mailer, timeout, MESSAGE),
        timed_out(phase, timeout)
    );
    expect_delivery(&mailer);
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
fn silence_is_reported_with_its_phase_and_timeout() {
    let data = || hello(&[]).followed_by(envelope()).expect("DATA");
    expect_timeout(Phase::Greeting, Timeout::Greeting, Script::new());
    expect_timeout(
        Phase::Hello,
        Timeout::Command,
        Script::new().say("220 mail.test").expect("EHLO *"),
    );
    expect_timeout(Phase::Mail, Timeout::Command, hello(&[]).expect("MAIL *"));
    expect_timeout(
        Phase::Rcpt,
        Timeout::Command,
        hello(&[])
            .expect("MAIL *")
            .say("250 2.1.0 Ok")
            .expect("RCPT *"),
    );
    expect_timeout(Phase::Data, Timeout::Data, data());
    expect_timeout(
        Phase::Acceptance,
        Timeout::Acceptance,
        data().say("354 Go ahead").expect_content(),
    );
}

// Conformance: 9, 26
#[test]
fn half_a_reply_counts_as_silence() {
    expect_timeout(
        Phase::Greeting,
        Timeout::Greeting,
        Script::new().say_bytes("220-mail.test\r\n22"),
    );
}

#[test]
fn the_total_timeout_limits_the_whole_call() {
    expect_timeout(Phase::Greeting, Timeout::Total, Script::new());
    expect_timeout(Phase::Mail, Timeout::Total, hello(&[]).expect("MAIL *"));
    let content = hello(&[]).followed_by(envelope()).expect("DATA");
    let content = content.say("354 Go ahead").expect_content();
    expect_timeout(Phase::Acceptance, Timeout::Total, content);
}

// Conformance: 26
#[test]
fn silence_before_the_end_of_authentication_is_reported_with_its_phase() {
    let authority = Authority::new();
    let identity = authority.issue(&["127.0.0.1"]);
    for (phase, script) in phases_until_authenticated(&identity) {
        let timeout = match phase {
            Phase::Tls => Timeout::Tls,
            _ => Timeout::Command,
        };
        let good = auth_inside_tls(&identity)
            .say("235 2.7.0 Welcome")
            .followed_by(message());
        let server = Server::start([script.silence(), good]);
        let instance = instance();
        let mailer = starttls(&instance, &server, &authority);
        mailer.set_password("ada", "sesame");
        assert_eq!(
            error_within(&mailer, timeout, MESSAGE),
            timed_out(phase, timeout)
        );
        expect_delivery(&mailer);
        server.finish();
    }
}

/// More than the buffers of both sides hold.
fn large_message() -> Vec<u8> {
    b"Lorem ipsum dolor sit amet\r\n".repeat(1_000_000)
}

// Conformance: 26
#[test]
fn a_server_that_stops_reading_times_out() {
    let begun = || until_content();
    for timeout in [Timeout::Block, Timeout::Total] {
        let server = Server::start([begun().stop_reading(), delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        let error = error_within(&mailer, timeout, &large_message());
        assert_eq!(error, timed_out(Phase::Content, timeout));
        expect_delivery(&mailer);
        server.finish();
    }
}

#[test]
fn an_address_that_does_not_answer_times_out() {
    let unanswered = UnresponsivePort::start();
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
    expect_delivery(&plain(&instance, &server));
    server.finish();
}

// Conformance: 25
#[test]
fn a_server_that_is_silent_after_quit_does_not_delay_the_caller() {
    let server = Server::start([delivery().expect("QUIT").silence(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    let start = Instant::now();
    mailer.close();
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn an_answer_in_time_is_accepted() {
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_timeout(Timeout::Command, SOON);
    mailer.set_timeout(Timeout::Total, SOON);
    expect_delivery(&mailer);
    server.finish();
}
