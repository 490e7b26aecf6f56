//! Several messages in one call of `send-all`.

use host_tests::{Error, OutgoingMessage, Phase, PipeliningAfterMessage, Receipt, TlsFailure};
use servers::authority::Authority;
use servers::scripted::{Script, Server};

use crate::support::*;
use crate::tls::{LOOPBACK, asked, starttls};

const FIRST: &[u8] = b"Subject: one\r\n\r\n.\r\n";
const SECOND: &[u8] = b"Subject: two\r\n\r\nHello\r\n";
const THIRD: &[u8] = b"Subject: three\r\n\r\nHello\r\n";
const ENVELOPE: [&str; 3] = ["MAIL FROM:<a@mail.test>", "RCPT TO:<b@mail.test>", "DATA"];
const GO_AHEAD: &str = "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead";
const TOO_MUCH: &str = "552 5.3.4 Not this one";

fn letters(messages: &[&[u8]]) -> Vec<OutgoingMessage> {
    let letter = |message: &&[u8]| OutgoingMessage {
        envelope: to_b(),
        message: message.to_vec(),
    };
    messages.iter().map(letter).collect()
}

fn pipelining() -> Script {
    hello(&["PIPELINING"]).expect_group(&ENVELOPE).say(GO_AHEAD)
}

/// The end of a message with the next envelope pipelined after it, and the replies to both.
fn and_next(answer: &str) -> Script {
    Script::new()
        .expect_content()
        .expect_group(&ENVELOPE)
        .say(&format!("{answer}\r\n{GO_AHEAD}"))
}

fn delivered() -> Result<Receipt, Error> {
    Ok(receipt_of(&["b@mail.test"], &[]))
}

#[test]
fn the_end_of_one_and_the_envelope_of_the_next_leave_together() {
    let script = pipelining()
        .followed_by(and_next(QUEUED))
        .followed_by(and_next(QUEUED))
        .expect_content()
        .say(QUEUED)
        .followed_by(quit());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = pipelined(&instance, &server);
    let outcomes = mailer.send_all(&letters(&[FIRST, SECOND, THIRD]));
    assert_eq!(outcomes, [delivered(), delivered(), delivered()]);
    mailer.close();
    assert_eq!(server.finish().only().messages(), [FIRST, SECOND, THIRD]);
}

#[test]
fn the_next_envelope_is_pipelined_after_a_chunk_too() {
    let bdat = |message: &[u8]| format!("BDAT {} LAST", message.len());
    let script = hello(&["PIPELINING", "CHUNKING"])
        .expect_group(&ENVELOPE[..2])
        .say("250 2.1.0 Ok\r\n250 2.1.5 Ok")
        .expect_chunk(&bdat(FIRST))
        .expect_group(&ENVELOPE[..2])
        .say(&format!("{QUEUED}\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok"))
        .expect_chunk(&bdat(SECOND))
        .say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let outcomes = plain(&instance, &server).send_all(&letters(&[FIRST, SECOND]));
    assert_eq!(outcomes, [delivered(), delivered()]);
    assert_eq!(server.finish().only().contents, [FIRST, SECOND]);
}

#[test]
fn pipelining_works_inside_tls() {
    let authority = Authority::new();
    let script = asked()
        .start_tls(&authority.issue(LOOPBACK))
        .expect("EHLO [127.0.0.1]")
        .say(&ehlo(&["PIPELINING"]))
        .expect_group(&ENVELOPE)
        .say(GO_AHEAD)
        .followed_by(and_next(QUEUED))
        .expect_content()
        .say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_pipelining_after_message(PipeliningAfterMessage::Always);
    let outcomes = mailer.send_all(&letters(&[FIRST, SECOND]));
    assert_eq!(outcomes, [delivered(), delivered()]);
    assert_eq!(server.finish().only().messages(), [FIRST, SECOND]);
}

#[test]
fn without_pipelining_each_waits_for_the_one_before() {
    let server = Server::start([hello(&[]).followed_by(message()).followed_by(message())]);
    let instance = instance();
    let outcomes = plain(&instance, &server).send_all(&letters(&[FIRST, SECOND]));
    assert_eq!(outcomes, [delivered(), delivered()]);
    assert_eq!(server.finish().only().messages(), [FIRST, SECOND]);
}

#[test]
fn a_refused_message_does_not_affect_the_next() {
    let script = pipelining()
        .followed_by(and_next(TOO_MUCH))
        .expect_content()
        .say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let outcomes = pipelined(&instance, &server).send_all(&letters(&[FIRST, SECOND]));
    assert_eq!(
        outcomes,
        [Err(rejected(Phase::Acceptance, TOO_MUCH)), delivered()]
    );
    server.finish();
}

#[test]
fn refused_recipients_do_not_affect_the_next_message() {
    let no = "550 5.1.1 No such user";
    let script = pipelining()
        .expect_content()
        .expect_group(&ENVELOPE)
        .say(&format!(
            "{QUEUED}\r\n250 2.1.0 Ok\r\n{no}\r\n503 5.5.1 No recipients"
        ))
        .expect_group(&["RSET", ENVELOPE[0], ENVELOPE[1], ENVELOPE[2]])
        .say(&format!("250 2.0.0 Ok\r\n{GO_AHEAD}"))
        .expect_content()
        .say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let outcomes = pipelined(&instance, &server).send_all(&letters(&[FIRST, SECOND, THIRD]));
    let refused = Error::RecipientsRefused(refusals(&[("b@mail.test", no)]));
    assert_eq!(outcomes, [delivered(), Err(refused), delivered()]);
    assert_eq!(server.finish().only().messages(), [FIRST, THIRD]);
}

#[test]
fn after_a_lost_answer_only_the_next_message_is_sent_again() {
    let lost = pipelining()
        .expect_content()
        .expect_group(&ENVELOPE)
        .hang_up();
    let server = Server::start([lost, delivery()]);
    let instance = instance();
    let outcomes = pipelined(&instance, &server).send_all(&letters(&[FIRST, SECOND]));
    assert_eq!(
        outcomes,
        [Err(Error::Disconnected(Phase::Acceptance)), delivered()]
    );
    let heard = server.finish();
    assert_eq!(heard.sessions[0].messages(), [FIRST]);
    assert_eq!(heard.sessions[1].messages(), [SECOND]);
}

#[test]
fn a_server_that_closes_after_a_message_gets_the_next_over_a_new_connection() {
    for closing in ["", "\r\n421 4.7.0 Enough"] {
        let first = pipelining()
            .expect_content()
            .expect_group(&ENVELOPE)
            .say(&format!("{QUEUED}{closing}"))
            .hang_up();
        let server = Server::start([first, delivery()]);
        let instance = instance();
        let outcomes = pipelined(&instance, &server).send_all(&letters(&[FIRST, SECOND]));
        assert_eq!(outcomes, [delivered(), delivered()]);
        let heard = server.finish();
        assert_eq!(heard.sessions[0].messages(), [FIRST]);
        assert_eq!(heard.sessions[1].messages(), [SECOND]);
    }
}

#[test]
fn a_new_connection_that_closes_at_once_is_that_messages_failure() {
    let server = Server::start([
        pipelining()
            .followed_by(and_next(QUEUED))
            .expect_content()
            .hang_up(),
        hello(&["PIPELINING"]).expect_group(&ENVELOPE).hang_up(),
    ]);
    let instance = instance();
    let outcomes = pipelined(&instance, &server).send_all(&letters(&[FIRST, SECOND, THIRD]));
    let lost = |phase| Err(Error::Disconnected(phase));
    assert_eq!(
        outcomes,
        [delivered(), lost(Phase::Acceptance), lost(Phase::Mail)]
    );
    server.finish();
}

#[test]
fn an_invalid_message_does_not_affect_the_others() {
    let script = pipelining()
        .followed_by(and_next(QUEUED))
        .expect_content()
        .say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let mut letters = letters(&[FIRST, SECOND, THIRD]);
    letters[1].envelope = to(&["line\r\nbreak@mail.test"]);
    let outcomes = pipelined(&instance, &server).send_all(&letters);
    assert_eq!(outcomes.len(), 3);
    assert_eq!((&outcomes[0], &outcomes[2]), (&delivered(), &delivered()));
    assert!(matches!(outcomes[1], Err(Error::InvalidArgument(_))));
    assert_eq!(server.finish().only().messages(), [FIRST, THIRD]);
}

#[test]
fn a_message_over_the_servers_limit_is_not_begun_and_the_next_is() {
    let limit = THIRD.len();
    let mail = |message: &[u8]| format!("MAIL FROM:<a@mail.test> SIZE={}", message.len());
    let group = |message: &[u8]| {
        let mail = mail(message);
        Script::new().expect_group(&[&mail, ENVELOPE[1], ENVELOPE[2]])
    };
    let script = hello(&["PIPELINING", &format!("SIZE {limit}")])
        .followed_by(group(FIRST))
        .say(GO_AHEAD)
        .expect_content()
        .say(QUEUED)
        .followed_by(group(THIRD))
        .say(GO_AHEAD)
        .expect_content()
        .say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let large = [THIRD, b"more\r\n"].concat();
    let outcomes = plain(&instance, &server).send_all(&letters(&[FIRST, &large, THIRD]));
    let too_large = Err(Error::MessageTooLarge(limit as u64));
    assert_eq!(outcomes, [delivered(), too_large, delivered()]);
    server.finish();
}

#[test]
fn without_a_connection_all_messages_have_that_outcome() {
    let server = Server::start([asked()
        .expect_tls_refusal(&Authority::new().issue(LOOPBACK))
        .expect_close()]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &Authority::new());
    let outcomes = mailer.send_all(&letters(&[FIRST, SECOND]));
    assert_eq!(outcomes.len(), 2);
    for outcome in outcomes {
        let unknown = TlsFailure::CertificateUnknownIssuer;
        assert!(
            matches!(&outcome, Err(Error::TlsFailed((failure, _))) if *failure == unknown),
            "{outcome:?}"
        );
    }
    server.finish();
}

#[test]
fn without_messages_no_connection_is_opened() {
    let server = Server::start([]);
    let instance = instance();
    assert_eq!(plain(&instance, &server).send_all(&[]), []);
    server.finish();
}

#[test]
fn a_large_message_between_small_ones_is_not_mixed_up_with_them() {
    let large = [FIRST, &b"0123456789abcdef\r\n".repeat(200_000)].concat();
    let authority = Authority::new();
    let script = asked()
        .start_tls(&authority.issue(LOOPBACK))
        .followed_by(hello_inside_with_pipelining())
        .expect_group(&ENVELOPE)
        .say(GO_AHEAD)
        .followed_by(and_next(QUEUED))
        .followed_by(and_next(QUEUED))
        .expect_content()
        .say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_pipelining_after_message(PipeliningAfterMessage::Always);
    let outcomes = mailer.send_all(&letters(&[FIRST, &large, THIRD]));
    assert_eq!(outcomes, [delivered(), delivered(), delivered()]);
    assert_eq!(server.finish().only().messages(), [FIRST, &large, THIRD]);
}

fn hello_inside_with_pipelining() -> Script {
    Script::new()
        .expect("EHLO [127.0.0.1]")
        .say(&ehlo(&["PIPELINING"]))
}
