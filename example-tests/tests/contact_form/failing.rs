//! A mail server that does not accept the message: the visitor sees a sentence, and the owner of the form
//! gets a line in the log.

use std::time::Instant;

use example_tests::site::Site;
use servers::authority::Authority;
use servers::ports::RefusingPort;
use servers::scripted::{Script, Server};
use servers::sink::Sink;

use crate::client::{Reply, submit};
use crate::support::{FROM, TO, VALID_FORM, each_handler, serve, serve_with_server};

const LATER: &str = "Your message was not sent: our mail server cannot take it at the moment.";
const REFUSED: &str = "Your message was not sent: our mail server did not take it.";
const MAY_HAVE_ARRIVED: &str = "Your message may have arrived";
const WRONG_SETUP: &str = "Your message was not sent: this form is not set up correctly.";

/// Checks that the visitor's text is kept and nothing about the server is shown.
fn assert_visitor_sees(answer: &Reply, status: u16, sentence: &str) {
    answer.says(status, sentence);
    answer.says(status, "value=\"ada@example.org\"");
    answer.says(status, "is this on?</textarea>");
    for internal in ["127.0.0.1", TO, FROM, "5.7.1", "secret"] {
        assert!(
            !answer.body.contains(internal),
            "{internal} in\n{}",
            answer.body
        );
    }
}

fn assert_logged(site: &Site, words: &[&str]) {
    let line = site.line().expect("a line");
    assert!(line.starts_with("contact-form: "), "{line}");
    for word in words {
        assert!(line.contains(word), "no {word:?} in {line}");
    }
    for private in ["secret", "Ada", "is this on?"] {
        assert!(!line.contains(private), "{private} in {line}");
    }
}

#[test]
fn a_dead_mail_server_is_reported_and_the_message_is_kept() {
    each_handler(|component| {
        let dead = RefusingPort::start();
        let url = format!("smtp://form:secret@127.0.0.1:{}", dead.port());
        let site = serve(component, &[("SMTP_URL", &url)]);
        assert_visitor_sees(&submit(&site, &VALID_FORM), 503, LATER);
        assert_logged(&site, &["not sent: ", "connection refused"]);
    });
}

#[test]
fn a_silent_mail_server_is_waited_for_twenty_seconds() {
    each_handler(|component| {
        let server = Server::start([Script::new().silence()]);
        let site = serve_with_server(component, server.port());
        let start = Instant::now();
        assert_visitor_sees(&submit(&site, &VALID_FORM), 503, LATER);
        let waited = start.elapsed();
        assert!((20..40).contains(&waited.as_secs()), "{waited:?}");
        assert_logged(
            &site,
            &["not sent: the time for the whole call (the limit `total`) was over at "],
        );
        server.finish();
    });
}

#[test]
fn a_refused_recipient_is_reported_to_the_owner() {
    each_handler(|component| {
        for (reply, status, sentence) in [
            ("550 5.7.1 No relaying", 502, REFUSED),
            ("451 4.3.0 Queue full", 503, LATER),
        ] {
            let server = Server::start([until_rcpt().say(reply).silence()]);
            let site = serve_with_server(component, server.port());
            assert_visitor_sees(&submit(&site, &VALID_FORM), status, sentence);
            assert_logged(&site, &["not sent: ", TO, reply]);
            server.finish();
        }
    });
}

#[test]
fn a_refused_sender_is_reported_to_the_owner() {
    each_handler(|component| {
        let server = Server::start([greeted()
            .expect("MAIL FROM:<form@site.test>")
            .say("553 5.7.1 Not your address")
            .silence()]);
        let site = serve_with_server(component, server.port());
        assert_visitor_sees(&submit(&site, &VALID_FORM), 502, REFUSED);
        assert_logged(
            &site,
            &[
                "not sent: ",
                "refused at MAIL (the sender): 553 5.7.1 Not your address",
            ],
        );
        server.finish();
    });
}

#[test]
fn a_long_reply_is_shortened_in_the_log_and_hidden_from_the_visitor() {
    each_handler(|component| {
        let line = "5.7.1 ".to_owned() + &"because ".repeat(60);
        let reply = format!("553-{line}\r\n").repeat(100) + "553 " + &line;
        let server = Server::start([greeted().expect("MAIL FROM:*").say(&reply).silence()]);
        let site = serve_with_server(component, server.port());
        assert_visitor_sees(&submit(&site, &VALID_FORM), 502, REFUSED);
        assert_logged(
            &site,
            &["5.7.1 because because", "…; nothing was delivered"],
        );
        server.finish();
    });
}

#[test]
fn a_message_without_an_answer_may_have_arrived() {
    each_handler(|component| {
        let server = Server::start([until_rcpt()
            .say("250 2.1.5 Ok")
            .expect("DATA")
            .say("354 Go ahead")
            .expect_content()
            .hang_up()]);
        let site = serve_with_server(component, server.port());
        assert_visitor_sees(&submit(&site, &VALID_FORM), 504, MAY_HAVE_ARRIVED);
        assert_logged(
            &site,
            &["may have been sent: the connection ended after the end of the message; "],
        );
        server.finish();
    });
}

#[test]
fn a_certificate_of_another_authority_is_not_trusted() {
    each_handler(|component| {
        let sink = Sink::start(&Authority::new().issue(&["127.0.0.1"]), vec![], |_| ());
        let url = format!("smtp://form:secret@{}", sink.address());
        let site = serve(
            component,
            &[("SMTP_URL", &url), ("SMTP_CA", &Authority::new().pem())],
        );
        assert_visitor_sees(&submit(&site, &VALID_FORM), 500, WRONG_SETUP);
        assert_logged(&site, &["not sent: no TLS connection could be made: "]);
        assert!(sink.deliveries().is_empty());
    });
}

#[test]
fn a_missing_setting_is_named() {
    each_handler(|component| {
        let all = [
            ("SMTP_URL", "smtp://127.0.0.1"),
            ("CONTACT_TO", TO),
            ("CONTACT_FROM", FROM),
        ];
        for (missing, _) in all {
            let set: Vec<_> = all
                .into_iter()
                .filter(|(name, _)| *name != missing)
                .collect();
            let site = Site::serve(component, &set).unwrap();
            assert_visitor_sees(&submit(&site, &VALID_FORM), 500, WRONG_SETUP);
            assert_logged(
                &site,
                &["not sent: ", missing, " is not set in the environment"],
            );
        }
    });
}

#[test]
fn a_wrong_setting_is_named_without_the_password() {
    each_handler(|component| {
        for (name, value, word) in [
            ("SMTP_URL", "http://form:secret@127.0.0.1", "smtps://"),
            ("SMTP_CA", "no certificate", "certificate"),
            (
                "CONTACT_FROM",
                "form@site.test\r\nBcc: x@y.test",
                "CONTACT_FROM: ",
            ),
            ("CONTACT_TO", "nobody at all", "CONTACT_TO: "),
        ] {
            let url = ("SMTP_URL", "smtp://form:secret@127.0.0.1:9");
            let site = serve(component, &[url, (name, value)]);
            assert_visitor_sees(&submit(&site, &VALID_FORM), 500, WRONG_SETUP);
            assert_logged(&site, &["not sent: ", word]);
        }
    });
}

fn greeted() -> Script {
    Script::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO [127.0.0.1]")
        .say("250 mail.test")
}

fn until_rcpt() -> Script {
    greeted()
        .expect("MAIL FROM:<form@site.test>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<owner@mail.test>")
}
