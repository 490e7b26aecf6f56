//! `start-message`: a message that the caller writes in pieces.

use std::time::Duration;

use host_tests::{Error, Mailer, Phase, Timeout};
use servers::scripted::{Script, Server};

use crate::support::*;

/// The content that the server receives for these pieces, with its dots stuffed.
fn arrives(pieces: &[&[u8]]) -> Vec<u8> {
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    pieces
        .iter()
        .for_each(|piece| message.write(piece).unwrap());
    let receipt = message.finish();
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    server.finish().only().contents[0].clone()
}

/// The script up to the content.
fn begun(keywords: &[&str], mail: &str) -> Script {
    hello(keywords)
        .expect(mail)
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .say("354 Go ahead")
}

/// `write` starts a message that fails. The server does not get all of it, and the next message goes over
/// a new connection.
#[track_caller]
fn expect_failure(script: Script, write: impl FnOnce(&Mailer)) {
    let server = Server::start([script, delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    write(&mailer);
    expect_delivery(&mailer);
    let transcript = server.finish();
    assert!(transcript.sessions[0].contents.is_empty());
}

// Conformance: 18
#[test]
fn pieces_of_any_size_make_one_message() {
    let pieces = MESSAGE.iter().map(std::slice::from_ref);
    let single: Vec<&[u8]> = pieces.collect();
    let whole = [MESSAGE, b".\r\n"].concat();
    assert_eq!(arrives(&single), whole);
    assert_eq!(arrives(&[b"", MESSAGE, b""]), whole);
    assert_eq!(arrives(&[]), b".\r\n");
}

// Conformance: 1
#[test]
fn cr_at_the_end_of_a_piece_and_lf_at_the_start_of_the_next_are_one_line_end() {
    assert_eq!(arrives(&[b"a\r", b"\nb\r\n"]), b"a\r\nb\r\n.\r\n");
    assert_eq!(arrives(&[b"a\r", b"", b"\nb"]), b"a\r\nb\r\n.\r\n");
    assert_eq!(arrives(&[b"a\r", b"b\r"]), b"a\r\nb\r\n.\r\n");
}

// Conformance: 18
#[test]
fn dots_are_stuffed_at_line_starts_and_not_at_piece_starts() {
    assert_eq!(
        arrives(&[b".", b".a\r\n", b".b", b".c\r", b"\n", b".\r\n"]),
        b"...a\r\n..b.c\r\n..\r\n.\r\n"
    );
}

#[test]
fn refused_recipients_are_known_from_the_start() {
    let no = "550 5.1.1 No such user";
    let server = Server::start([hello(&[])
        .expect("MAIL *")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<c@mail.test>")
        .say(no)
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .followed_by(content())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let envelope = to(&["c@mail.test", "b@mail.test"]);
    let message = mailer.start_message(&envelope).unwrap();
    assert_eq!(message.refused(), refusals(&[("c@mail.test", no)]));
    message.write(MESSAGE).unwrap();
    let expected = receipt_of(&["b@mail.test"], &[("c@mail.test", no)]);
    assert_eq!(message.finish(), Ok(expected));
    server.finish();
}

#[test]
fn no_message_starts_if_all_recipients_are_refused() {
    let no = "550 5.1.1 No such user";
    let script = hello(&[]).expect("MAIL *").say("250 Ok").expect("RCPT *");
    let reset = script.say(no).expect("RSET").say("250 Ok");
    let server = Server::start([reset.followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let refused = mailer.start_message(&to_b()).err();
    let expected = Error::RecipientsRefused(refusals(&[("b@mail.test", no)]));
    assert_eq!(refused, Some(expected));
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn the_kept_connection_is_used_before_and_after() {
    let script = delivery().followed_by(message()).followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    let message = mailer.start_message(&to_b()).unwrap();
    message.write(MESSAGE).unwrap();
    message.finish().unwrap();
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn a_kept_connection_that_has_ended_is_opened_again() {
    let server = Server::start([delivery().expect("MAIL *").hang_up(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    let message = mailer.start_message(&to_b()).unwrap();
    message.write(MESSAGE).unwrap();
    message.finish().unwrap();
    server.finish();
}

#[test]
fn another_message_meanwhile_goes_over_another_connection() {
    let server = Server::start([delivery(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    expect_delivery(&mailer);
    message.write(MESSAGE).unwrap();
    message.finish().unwrap();
    let transcript = server.finish();
    assert!(
        transcript
            .sessions
            .iter()
            .all(|one| one.messages() == [MESSAGE])
    );
}

#[test]
fn a_message_dropped_before_its_end_is_not_delivered() {
    expect_failure(begun(&[], "MAIL *").expect_close(), |mailer| {
        let message = mailer.start_message(&to_b()).unwrap();
        message.write(MESSAGE).unwrap();
    });
    expect_failure(begun(&[], "MAIL *").silence(), |mailer| {
        let message = mailer.start_message(&to_b()).unwrap();
        message.write(&MESSAGE.repeat(10_000)).unwrap();
    });
}

// Conformance: 20, 21
#[test]
fn nul_and_long_lines_are_refused_when_written_and_close_the_connection() {
    let cases: [&[&[u8]]; 3] = [
        &[b"a\r\n", b"b\0c"],
        &[&[b'x'; 500], &[b'x'; 499]],
        &[b"\0"],
    ];
    for pieces in cases {
        expect_failure(begun(&[], "MAIL *").expect_close(), |mailer| {
            let message = mailer.start_message(&to_b()).unwrap();
            let (last, first) = pieces.split_last().unwrap();
            first.iter().for_each(|piece| message.write(piece).unwrap());
            assert_invalid(message.write(last));
            assert_wrong_state(message.write(b"more"));
            assert_wrong_state(message.finish());
        });
    }
}

// Conformance: 20
#[test]
fn a_line_of_998_octets_may_come_in_pieces() {
    let line = [b'x'; 499];
    let expected = [&line[..], &line, b"\r\n.\r\n"].concat();
    assert_eq!(arrives(&[&line, &line, b"\r", b"\n"]), expected);
}

// Conformance: 55
#[test]
fn eight_bits_are_declared_if_8bitmime_is_offered_and_refused_otherwise() {
    let text = "\r\nGrüße\r\n".as_bytes();
    expect_failure(
        begun(&[], "MAIL FROM:<a@mail.test>").expect_close(),
        |mailer| {
            let message = mailer.start_message(&to_b()).unwrap();
            let (missing, reason) = unavailable(message.write(text));
            assert_eq!(missing, "8BITMIME");
            assert!(reason.contains("line 2"), "{reason}");
        },
    );

    let mail = "MAIL FROM:<a@mail.test> BODY=8BITMIME";
    let script = begun(&["8BITMIME"], mail).expect_content().say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    // Cut inside a character.
    message.write(&text[..5]).unwrap();
    message.write(&text[5..]).unwrap();
    message.finish().unwrap();
    assert_eq!(server.finish().only().messages(), [text]);
}

// Conformance: 56
#[test]
fn a_message_that_exceeds_the_servers_limit_is_abandoned() {
    let limit = MESSAGE.len() as u64;
    let script = begun(&[&format!("SIZE {limit}")], "MAIL FROM:<a@mail.test>");
    let server = Server::start([script.expect_close()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    message.write(MESSAGE).unwrap();
    assert_eq!(message.write(b"x\r\n"), Err(Error::MessageTooLarge(limit)));
    server.wait_until_ended();
    server.finish();
}

// Conformance: 33
#[test]
fn a_refusal_in_the_middle_of_a_written_message_is_reported() {
    let no = "552 5.3.4 Too much";
    let script = begun(&[], "MAIL *")
        .expect_some_content(100_000)
        .interrupt(no);
    let server = Server::start([script.silence(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    let mut writes = (0..1_000).map(|_| message.write(&MESSAGE.repeat(4_000)));
    let error = writes.find_map(Result::err).expect("it is heard");
    assert_eq!(error, rejected(Phase::Content, no));
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn the_total_timeout_covers_all_calls_of_a_message() {
    let script = begun(&[], "MAIL *").expect_content().silence();
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_timeout(Timeout::Total, Duration::from_millis(300));
    let message = mailer.start_message(&to_b()).unwrap();
    message.write(MESSAGE).unwrap();
    let error = timed_out(Phase::Acceptance, Timeout::Total);
    assert_eq!(message.finish(), Err(error));
    server.finish();
}

#[test]
fn the_transcript_has_the_size_of_what_was_written() {
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_transcript_lines(100);
    let message = mailer.start_message(&to_b()).unwrap();
    let (first, second) = MESSAGE.split_at(10);
    message.write(first).unwrap();
    message.write(second).unwrap();
    message.finish().unwrap();
    let size = format!("<message of {} octets>", MESSAGE.len());
    let transcript = mailer.take_transcript();
    assert!(
        transcript.iter().any(|line| line.text == size),
        "{transcript:?}"
    );
    server.finish();
}
