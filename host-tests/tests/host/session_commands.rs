//! A caller's own session, command by command: transactions, and the other commands.

use host_tests::{Error, Phase, Session};
use servers::scripted::{Script, Server};

use crate::support::*;

const OK: &str = "250 2.1.0 Ok";
const BUSY: &str = "421 4.3.2 Closing";

fn sender() -> Script {
    Script::new().expect("MAIL FROM:<a@mail.test>").say(OK)
}

fn recipient() -> Script {
    Script::new().expect("RCPT TO:<b@mail.test>").say(OK)
}

fn noop() -> Script {
    Script::new().expect("NOOP").say("250 Ok")
}

/// Runs `command` with a session. The script begins after EHLO.
#[track_caller]
fn with_session(script: Script, command: impl FnOnce(Session)) {
    let server = Server::start([hello(&[]).followed_by(script)]);
    let instance = instance();
    let client = plain(&instance, &server).connect().unwrap();
    command(client);
    server.finish();
}

/// The next message goes over the same session.
#[track_caller]
fn expect_message_sent(client: &Session) {
    assert_eq!(client.mail(Some("a@mail.test")), Ok(reply("250 2.1.0 Ok")));
    assert_eq!(client.rcpt("b@mail.test"), Ok(reply("250 2.1.5 Ok")));
    let message = client.data().unwrap();
    message.write(MESSAGE).unwrap();
    let receipt = message.finish();
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
}

#[test]
fn two_messages_go_step_by_step() {
    let script = message().followed_by(message()).followed_by(quit());
    with_session(script, |client| {
        expect_message_sent(&client);
        expect_message_sent(&client);
        client.quit().unwrap();
    });
}

#[test]
fn the_sender_may_be_null_but_not_empty() {
    with_session(Script::new().expect("MAIL FROM:<>").say(OK), |client| {
        assert_invalid(client.mail(Some("")));
        assert_invalid(client.mail(Some("a@mail.test>\r\nRSET")));
        assert_invalid(client.rcpt("b@mail.test\r\n"));
        client.mail(None).unwrap();
    });
}

#[test]
fn after_a_refused_sender_another_can_follow() {
    let no = "550 5.7.1 Not you";
    let script = Script::new().expect("MAIL FROM:<c@mail.test>").say(no);
    with_session(script.followed_by(message()), |client| {
        let refused = client.mail(Some("c@mail.test"));
        assert_eq!(refused, Err(rejected(Phase::Mail, no)));
        assert_wrong_state(client.rcpt("b@mail.test"));
        expect_message_sent(&client);
    });
}

#[test]
fn a_refused_recipient_is_in_the_receipt_and_others_get_the_message() {
    let no = "550 5.1.1 No such user";
    let script = sender()
        .expect("RCPT TO:<c@mail.test>")
        .say(no)
        .followed_by(recipient())
        .expect("DATA")
        .followed_by(content());
    with_session(script, |client| {
        client.mail(Some("a@mail.test")).unwrap();
        let refused = client.rcpt("c@mail.test");
        assert_eq!(refused, Err(rejected(Phase::Rcpt, no)));
        assert_wrong_state(client.data().map(drop));
        client.rcpt("b@mail.test").unwrap();
        let message = client.data().unwrap();
        assert_eq!(message.refused(), refusals(&[("c@mail.test", no)]));
        let receipt = message.finish();
        let expected = receipt_of(&["b@mail.test"], &[("c@mail.test", no)]);
        assert_eq!(receipt, Ok(expected));
    });
}

#[test]
fn a_recipient_that_is_asked_again_has_its_last_answer_only() {
    let later = "450 4.2.1 Greylisted";
    let script = sender()
        .expect("RCPT TO:<b@mail.test>")
        .say(later)
        .expect("RCPT TO:<c@mail.test>")
        .say(later)
        .followed_by(recipient())
        .expect("DATA")
        .followed_by(content());
    with_session(script, |client| {
        client.mail(Some("a@mail.test")).unwrap();
        for recipient in ["b@mail.test", "c@mail.test"] {
            let refused = client.rcpt(recipient);
            assert_eq!(refused, Err(rejected(Phase::Rcpt, later)));
        }
        client.rcpt("b@mail.test").unwrap();
        let receipt = client.data().unwrap().finish();
        let expected = receipt_of(&["b@mail.test"], &[("c@mail.test", later)]);
        assert_eq!(receipt, Ok(expected));
    });
}

// Conformance: 13, 27
#[test]
fn after_refused_data_the_transaction_is_reset_before_the_next() {
    let no = "451 4.3.0 Disk full";
    let script = envelope()
        .expect("DATA")
        .say(no)
        .expect("RSET")
        .say("250 2.0.0 Ok");
    with_session(script.followed_by(message()), |client| {
        client.mail(Some("a@mail.test")).unwrap();
        client.rcpt("b@mail.test").unwrap();
        assert_eq!(client.data().err(), Some(rejected(Phase::Data, no)));
        expect_message_sent(&client);
    });
}

#[test]
fn a_refused_message_ends_its_transaction_and_not_the_session() {
    let no = "554 5.6.0 Spam";
    let script = envelope()
        .expect("DATA")
        .say("354 Go")
        .expect_content()
        .say(no)
        .followed_by(message());
    with_session(script, |client| {
        client.mail(Some("a@mail.test")).unwrap();
        client.rcpt("b@mail.test").unwrap();
        let message = client.data().unwrap();
        message.write(MESSAGE).unwrap();
        assert_eq!(message.finish(), Err(rejected(Phase::Acceptance, no)));
        expect_message_sent(&client);
    });
}

// Conformance: 13
#[test]
fn commands_out_of_order_are_not_sent() {
    let script = sender()
        .followed_by(recipient())
        .expect("DATA")
        .followed_by(content());
    with_session(script, |client| {
        assert_wrong_state(client.rcpt("b@mail.test"));
        assert_wrong_state(client.data().map(drop));
        client.mail(Some("a@mail.test")).unwrap();
        assert_wrong_state(client.mail(Some("a@mail.test")));
        assert_wrong_state(client.send(&to_b(), MESSAGE));
        assert_wrong_state(client.data().map(drop));
        client.rcpt("b@mail.test").unwrap();
        let message = client.data().unwrap();
        assert_wrong_state(client.noop());
        assert_wrong_state(client.rcpt("c@mail.test"));
        assert_wrong_state(client.data().map(drop));
        assert_wrong_state(client.command("NOOP"));
        message.finish().unwrap();
    });
}

#[test]
fn reset_cancels_the_transaction() {
    let script = sender()
        .followed_by(recipient())
        .expect("RSET")
        .say("250 2.0.0 Ok")
        .followed_by(message());
    with_session(script, |client| {
        client.mail(Some("a@mail.test")).unwrap();
        client.rcpt("b@mail.test").unwrap();
        assert_eq!(client.reset(), Ok(reply("250 2.0.0 Ok")));
        assert_wrong_state(client.data().map(drop));
        expect_message_sent(&client);
    });
}

#[test]
fn hello_cancels_the_transaction() {
    let script = sender()
        .expect("EHLO mail.test")
        .say("250 mail.test")
        .followed_by(message());
    with_session(script, |client| {
        client.mail(Some("a@mail.test")).unwrap();
        client.hello("mail.test").unwrap();
        assert_wrong_state(client.rcpt("b@mail.test"));
        expect_message_sent(&client);
    });
}

// Conformance: 29
#[test]
fn vrfy_expn_help_and_noop_return_their_replies() {
    let script = Script::new()
        .expect("VRFY smith")
        .say("252 2.5.2 Perhaps")
        .expect("EXPN list")
        .say("250-a <a@mail.test>\r\n250 b <b@mail.test>")
        .expect("HELP")
        .say("214 2.0.0 Read RFC 5321")
        .expect("HELP MAIL")
        .say("504 5.5.1 No help for you")
        .expect("VRFY jones")
        .say("550 5.1.1 Nobody")
        .followed_by(noop());
    with_session(script, |client| {
        assert_eq!(client.verify("smith"), Ok(reply("252 2.5.2 Perhaps")));
        let list = client.expand("list").unwrap();
        assert_eq!(list.text, "a <a@mail.test>\nb <b@mail.test>");
        assert_eq!(client.help(None), Ok(reply("214 2.0.0 Read RFC 5321")));
        let no = rejected(Phase::Other, "504 5.5.1 No help for you");
        assert_eq!(client.help(Some("MAIL")), Err(no));
        let nobody = rejected(Phase::Other, "550 5.1.1 Nobody");
        assert_eq!(client.verify("jones"), Err(nobody));
        client.noop().unwrap();
    });
}

#[test]
fn vrfy_and_the_like_do_not_affect_a_transaction() {
    let script = sender()
        .expect("VRFY b")
        .say("252 Perhaps")
        .followed_by(noop())
        .followed_by(recipient());
    with_session(script, |client| {
        client.mail(Some("a@mail.test")).unwrap();
        client.verify("b").unwrap();
        client.noop().unwrap();
        client.rcpt("b@mail.test").unwrap();
    });
}

#[test]
fn any_other_command_returns_any_reply() {
    let script = Script::new()
        .expect("XCLIENT NAME=a.test ADDR=192.0.2.1")
        .say("550 5.7.0 Not you")
        .expect("etrn mail.test")
        .say("253 2.0.0 Ok")
        .expect("X-ASK")
        .say("354 More");
    with_session(script, |client| {
        let refused = client.command("XCLIENT NAME=a.test ADDR=192.0.2.1");
        assert_eq!(refused, Ok(reply("550 5.7.0 Not you")));
        assert_eq!(client.command("etrn mail.test"), Ok(reply("253 2.0.0 Ok")));
        assert_eq!(client.command("X-ASK"), Ok(reply("354 More")));
    });
}

#[test]
fn commands_that_change_the_session_are_refused() {
    with_session(noop(), |client| {
        for verb in [
            "AUTH", "BDAT", "DATA", "EHLO", "HELO", "LHLO", "MAIL", "QUIT", "RCPT", "RSET",
            "STARTTLS",
        ] {
            assert_invalid(client.command(verb));
            assert_invalid(client.command(&verb.to_lowercase()));
            assert_invalid(client.command(&format!("{verb} x")));
        }
        client.noop().unwrap();
    });
}

// Conformance: 11
#[test]
fn a_command_is_at_most_one_line_of_512_octets() {
    let longest = format!("X{}", "y".repeat(509));
    let script = Script::new().expect(&longest).say("500 What?");
    with_session(script.followed_by(noop()), |client| {
        for broken in ["\r", "\n", "\0", "\r\nQUIT"] {
            assert_invalid(client.command(&format!("NOOP{broken}")));
            assert_invalid(client.verify(&format!("smith{broken}")));
            assert_invalid(client.expand(&format!("list{broken}")));
            assert_invalid(client.help(Some(&format!("MAIL{broken}"))));
        }
        assert_invalid(client.command(""));
        assert_invalid(client.command(&format!("{longest}z")));
        assert_invalid(client.verify(&longest));
        assert_eq!(client.command(&longest), Ok(reply("500 What?")));
        client.noop().unwrap();
    });
}

// Conformance: 25
#[test]
fn quit_closes_whatever_the_reply() {
    for answer in ["221 2.0.0 Bye", "500 5.5.1 What?"] {
        let script = Script::new().expect("QUIT").say(answer).expect_close();
        with_session(script, |client| {
            assert_eq!(client.quit(), Ok(reply(answer)));
        });
    }
    with_session(Script::new().expect("QUIT").hang_up(), |client| {
        assert_eq!(client.quit(), Err(Error::Disconnected(Phase::Quit)));
    });
}

#[test]
fn dropping_a_session_closes_it_without_quit() {
    let server = Server::start([hello(&[]).expect_close()]);
    let instance = instance();
    let client = plain(&instance, &server).connect().unwrap();
    drop(client);
    server.wait_until_ended();
    server.finish();
}

// Conformance: 23
#[test]
fn a_421_ends_the_session_at_any_command() {
    type Command = fn(&Session) -> Result<(), Error>;
    let cases: [(&str, Phase, Command); 5] = [
        ("NOOP", Phase::Other, |c| c.noop().map(drop)),
        ("VRFY x", Phase::Other, |c| c.verify("x").map(drop)),
        ("RSET", Phase::Other, |c| c.reset().map(drop)),
        ("X-ASK", Phase::Other, |c| c.command("X-ASK").map(drop)),
        ("MAIL FROM:<>", Phase::Mail, |c| c.mail(None).map(drop)),
    ];
    for (line, phase, command) in cases {
        with_session(
            Script::new().expect(line).say(BUSY).expect_close(),
            |client| {
                assert_eq!(command(&client), Err(rejected(phase, BUSY)));
                assert_wrong_state(client.noop());
            },
        );
    }
}

// Conformance: 23
#[test]
fn a_421_to_starttls_or_auth_ends_the_session() {
    let server = Server::start([
        hello(&["STARTTLS"])
            .expect("STARTTLS")
            .say(BUSY)
            .expect_close(),
        hello(&["AUTH PLAIN"])
            .expect("AUTH PLAIN *")
            .say(BUSY)
            .expect_close(),
        hello(&["AUTH X-OWN"])
            .expect("AUTH X-OWN")
            .say("334 ")
            .expect("")
            .say(BUSY)
            .expect_close(),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let client = mailer.dial().unwrap();
    let refused = client.start_tls();
    assert_eq!(refused, Err(rejected(Phase::Starttls, BUSY)));
    assert_wrong_state(client.noop());

    let client = mailer.dial().unwrap();
    let refused = client.authenticate(&password("user", "secret"));
    assert_eq!(refused.err(), Some(auth_refused(&["PLAIN"], BUSY)));
    assert_wrong_state(client.noop());

    let client = mailer.dial().unwrap();
    client.auth_start("X-OWN", None).unwrap();
    let refused = client.auth_respond(b"");
    assert_eq!(refused.err(), Some(rejected(Phase::Auth, BUSY)));
    assert_wrong_state(client.noop());
    server.finish();
}

// Conformance: 23
#[test]
fn a_421_ends_the_session_within_a_transaction() {
    let at_rcpt = sender().expect("RCPT *").say(BUSY).expect_close();
    with_session(at_rcpt, |client| {
        client.mail(Some("a@mail.test")).unwrap();
        let gone = client.rcpt("b@mail.test");
        assert_eq!(gone, Err(rejected(Phase::Rcpt, BUSY)));
        assert_wrong_state(client.reset());
    });
    let at_data = envelope().expect("DATA").say(BUSY).expect_close();
    with_session(at_data, |client| {
        client.mail(Some("a@mail.test")).unwrap();
        client.rcpt("b@mail.test").unwrap();
        assert_eq!(client.data().err(), Some(rejected(Phase::Data, BUSY)));
        assert_wrong_state(client.reset());
    });
}

#[test]
fn a_disconnection_is_another_error_than_an_ended_session() {
    with_session(Script::new().expect("NOOP").hang_up(), |client| {
        assert_eq!(client.noop(), Err(Error::Disconnected(Phase::Other)));
        assert_wrong_state(client.noop());
        assert_wrong_state(client.quit());
    });
}

#[test]
fn with_pipelining_a_whole_message_shares_flights() {
    let no = "550 5.1.1 No such user";
    let server = Server::start([hello(&["PIPELINING"])
        .expect_group(&[
            "MAIL FROM:<a@mail.test>",
            "RCPT TO:<b@mail.test>",
            "RCPT TO:<c@mail.test>",
            "DATA",
        ])
        .say(&format!("{OK}\r\n{OK}\r\n{no}"))
        .followed_by(content())
        .followed_by(noop())]);
    let instance = instance();
    let client = plain(&instance, &server).connect().unwrap();
    let receipt = client.send(&to(&["b@mail.test", "c@mail.test"]), MESSAGE);
    let expected = receipt_of(&["b@mail.test"], &[("c@mail.test", no)]);
    assert_eq!(receipt, Ok(expected));
    client.noop().unwrap();
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

#[test]
fn a_whole_message_with_all_recipients_refused_keeps_the_session() {
    let no = "550 5.1.1 No such user";
    let script = sender()
        .expect("RCPT TO:<b@mail.test>")
        .say(no)
        .expect("RSET")
        .say("250 2.0.0 Ok")
        .followed_by(message());
    with_session(script, |client| {
        let refused = client.send(&to_b(), MESSAGE);
        let expected = Error::RecipientsRefused(refusals(&[("b@mail.test", no)]));
        assert_eq!(refused, Err(expected));
        let receipt = client.send(&to_b(), MESSAGE);
        assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    });
}
