//! Connections that end too early, and kept connections that have ended.

use host_tests::{Error, Phase, Security};
use servers::authority::Authority;
use servers::scripted::{Script, Server};

use crate::support::*;
use crate::tls::{secured, starttls};

// Conformance: 24
#[test]
fn a_close_is_reported_with_its_phase() {
    let data = || hello(&[]).followed_by(envelope()).expect("DATA");
    let phases = [
        (Phase::Greeting, Script::new()),
        (
            Phase::Hello,
            Script::new().say("220 mail.test").expect("EHLO *"),
        ),
        (Phase::Mail, hello(&[]).expect("MAIL *")),
        (
            Phase::Rcpt,
            hello(&[])
                .expect("MAIL *")
                .say("250 2.1.0 Ok")
                .expect("RCPT *"),
        ),
        (Phase::Data, data()),
        (
            Phase::Acceptance,
            data().say("354 Go ahead").expect_content(),
        ),
    ];
    for (phase, script) in phases {
        assert_eq!(send_error(script.hang_up()), Error::Disconnected(phase));
    }
}

#[test]
fn a_reset_is_a_close_too() {
    assert_eq!(
        send_error(hello(&[]).expect("MAIL *").reset()),
        Error::Disconnected(Phase::Mail)
    );
}

#[test]
fn half_a_reply_is_not_a_reply() {
    let script = hello(&[])
        .expect("MAIL *")
        .say_bytes("250-2.1.0 O")
        .hang_up();
    assert_eq!(send_error(script), Error::Disconnected(Phase::Mail));
}

#[test]
fn a_close_before_the_end_of_authentication_is_reported_with_its_phase() {
    let authority = Authority::new();
    let identity = authority.issue(&["127.0.0.1"]);
    for (phase, script) in phases_until_authenticated(&identity) {
        let good = auth_inside_tls(&identity)
            .say("235 2.7.0 Welcome")
            .followed_by(message());
        let server = Server::start([script.hang_up(), good]);
        let instance = instance();
        let mailer = starttls(&instance, &server, &authority);
        mailer.set_password("ada", "sesame");
        assert_eq!(
            mailer.send(&to_b(), MESSAGE),
            Err(Error::Disconnected(phase))
        );
        expect_delivery(&mailer);
        server.finish();
    }
}

// Conformance: 24
#[test]
fn after_a_close_in_the_middle_of_a_message_it_is_not_delivered() {
    let message = b"Lorem ipsum dolor sit amet\r\n".repeat(1_000_000);
    let begun = until_content();
    let server = Server::start([begun.expect_some_content(1000).hang_up(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    assert_eq!(
        mailer.send(&to_b(), &message),
        Err(Error::Disconnected(Phase::Content))
    );
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 33
#[test]
fn a_refusal_in_the_middle_of_a_message_is_reported() {
    let no = "552 5.3.4 Too large for us";
    let message = b"Lorem ipsum dolor sit amet\r\n".repeat(1_000_000);
    let begun = until_content();
    let server = Server::start([
        begun.expect_some_content(1000).interrupt(no).stop_reading(),
        delivery(),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    assert_eq!(
        mailer.send(&to_b(), &message),
        Err(rejected(Phase::Content, no))
    );
    expect_delivery(&mailer);
    server.finish();
}

/// The server closes before it has read everything, so its system sends RST (RFC 1122, section 4.2.2.13).
#[test]
fn a_reply_before_a_reset_is_read() {
    let message = b"Lorem ipsum dolor sit amet\r\n".repeat(1_000_000);
    let begun = |keywords: &[&str]| hello(keywords).followed_by(envelope());
    let data = |keywords: &[&str]| begun(keywords).expect("DATA").say("354 Go ahead");
    let no = "552 5.3.4 Too large for us";
    let bye = "421 4.3.2 Going down";
    for (script, phase, reply) in [
        (
            data(&[]).expect_some_content(1000).interrupt(no),
            Phase::Content,
            no,
        ),
        (
            data(&[]).expect_some_content(1000).interrupt(bye),
            Phase::Content,
            bye,
        ),
        (
            begun(&["CHUNKING"]).expect("BDAT *").interrupt(no),
            Phase::Content,
            no,
        ),
        (
            hello(&["PIPELINING"]).expect("MAIL *").interrupt(bye),
            Phase::Mail,
            bye,
        ),
        (
            // A reset before the greeting may be the answer to connecting, so this comes after it.
            Script::new()
                .say("220 mail.test")
                .expect("EHLO *")
                .interrupt(bye),
            Phase::Hello,
            bye,
        ),
    ] {
        let server = Server::start([script.reset(), delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        let error = mailer.send(&to_b(), &message).unwrap_err();
        assert_eq!(error, rejected(phase, reply));
        expect_delivery(&mailer);
        server.finish();
    }
}

#[test]
fn a_reply_before_a_reset_is_read_inside_tls() {
    let message = b"Lorem ipsum dolor sit amet\r\n".repeat(1_000_000);
    let no = "552 5.3.4 Too large for us";
    let authority = Authority::new();
    let identity = authority.issue(&["127.0.0.1"]);
    let script = secured(&identity)
        .followed_by(envelope())
        .expect("DATA")
        .say("354 Go ahead");
    let server = Server::start([script.expect_some_content(1000).interrupt(no).reset()]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    let error = mailer.send(&to_b(), &message).unwrap_err();
    assert_eq!(error, rejected(Phase::Content, no));
    server.finish();
}

#[test]
fn a_refusal_in_clear_before_a_reset_is_reported_for_implicit_tls() {
    // The server reads one octet of the ClientHello, and not the others.
    let busy = Script::new()
        .expect_some_content(1)
        .interrupt("421 4.3.2 Too busy");
    let server = Server::start([busy.reset()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_security(Security::ImplicitTls);
    let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
    let named = |why: &str| why.contains("in clear");
    assert!(
        matches!(&error, Error::TlsFailed((_, why)) if named(why)),
        "{error:?}"
    );
    server.finish();
}

#[test]
fn a_closed_kept_connection_is_replaced() {
    let bye = "421 4.4.2 Idle for too long";
    for ended in [
        delivery().hang_up(),
        delivery().reset(),
        delivery().say(bye).hang_up(),
        delivery()
            .interrupt("250 2.0.0 What nobody asked")
            .hang_up(),
    ] {
        let server = Server::start([ended, delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        expect_delivery(&mailer);
        server.wait_until_ended();
        expect_delivery(&mailer);
        server.finish();
    }
}

/// More than the component's memory may be.
const FLOOD: usize = 32 << 20;

#[test]
fn a_kept_connection_on_which_the_server_goes_on_talking_is_replaced() {
    for line in ["250-2.0.0 And another\r\n", "250 2.0.0 And another\r\n"] {
        // In one write, so that some of the flood is there before the next message.
        let flood = format!("{QUEUED}\r\n{}", line.repeat(FLOOD / line.len()));
        let first = until_content().expect_content().say_bytes(flood);
        let server = Server::start([first, delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        expect_delivery(&mailer);
        expect_delivery(&mailer);
        let memory = instance.memory();
        assert!(memory < FLOOD / 2, "{memory} octets");
        server.finish();
    }
}

#[test]
fn a_message_goes_over_a_new_connection_if_the_kept_one_ends_before_the_354() {
    let bye = "421 4.4.2 Idle for too long";
    for ended in [
        delivery().expect("MAIL *").hang_up(),
        delivery().expect("MAIL *").reset(),
        delivery().expect("MAIL *").say(bye).hang_up(),
        delivery()
            .expect("MAIL *")
            .say("250 2.1.0 Ok")
            .expect("RCPT *")
            .hang_up(),
        delivery().followed_by(envelope()).expect("DATA").hang_up(),
    ] {
        let server = Server::start([ended, delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        expect_delivery(&mailer);
        expect_delivery(&mailer);
        assert_eq!(server.finish().sessions[1].messages(), [MESSAGE]);
    }
}

// Conformance: 24
#[test]
fn a_message_that_may_have_been_delivered_is_never_sent_again() {
    let lost = envelope()
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
        .hang_up();
    let server = Server::start([delivery().followed_by(lost), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    let sent = mailer.send(&to_b(), b"Subject: lost\r\n\r\n");
    assert_eq!(sent, Err(Error::Disconnected(Phase::Acceptance)));
    expect_delivery(&mailer);
    assert_eq!(server.finish().sessions[1].messages(), [MESSAGE]);
}

#[test]
fn replies_after_acceptance_do_not_undo_it() {
    for after in ["421 4.4.2 Bye", "250 2.0.0 What nobody asked", "not SMTP"] {
        let taken = || {
            let begun = envelope()
                .expect("DATA")
                .say("354 Go ahead")
                .expect_content();
            begun.say_bytes(format!("{QUEUED}\r\n{after}\r\n"))
        };
        let server = Server::start([
            hello(&[]).followed_by(taken()).expect_close(),
            delivery().followed_by(taken()).expect_close(),
            delivery(),
        ]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        for _ in 0..4 {
            expect_delivery(&mailer);
        }
        let sessions = server.finish().sessions;
        let taken: Vec<usize> = sessions.iter().map(|heard| heard.contents.len()).collect();
        assert_eq!(taken, [1, 2, 1]);
    }
}

#[test]
fn a_message_is_tried_over_one_new_connection_only() {
    let gone = || hello(&[]).expect("MAIL *").hang_up();
    let server = Server::start([delivery().hang_up(), gone(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    server.wait_until_ended();
    assert_eq!(
        mailer.send(&to_b(), MESSAGE),
        Err(Error::Disconnected(Phase::Mail))
    );
    expect_delivery(&mailer);
    server.finish();
}
