//! A message that is written piece by piece.

use std::time::Duration;

use host_tests::{Error, Mailer, Phase, Timeout};
use servers::scripted::{Server, Session};

use crate::support::*;

/// What a server gets of these pieces, its dots still stuffed.
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

/// As far as the content.
fn begun(keywords: &[&str], mail: &str) -> Session {
    hello(keywords)
        .expect(mail)
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .say("354 Go ahead")
}

/// Of a first message, which `write` begins and makes fail; the server has not all of it, and the
/// next one goes over a new connection.
#[track_caller]
fn fails(script: Session, write: impl FnOnce(&Mailer)) {
    let server = Server::start([script, delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    write(&mailer);
    delivers(&mailer);
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
fn dots_are_stuffed_where_a_line_begins_and_not_where_a_piece_does() {
    assert_eq!(
        arrives(&[b".", b".a\r\n", b".b", b".c\r", b"\n", b".\r\n"]),
        b"...a\r\n..b.c\r\n..\r\n.\r\n"
    );
}

#[test]
fn who_was_refused_is_known_from_the_start() {
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
fn nothing_begins_where_all_are_refused() {
    let no = "550 5.1.1 No such user";
    let script = hello(&[]).expect("MAIL *").say("250 Ok").expect("RCPT *");
    let reset = script.say(no).expect("RSET").say("250 Ok");
    let server = Server::start([reset.followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let refused = mailer.start_message(&to_b()).err();
    let expected = Error::RecipientsRefused(refusals(&[("b@mail.test", no)]));
    assert_eq!(refused, Some(expected));
    delivers(&mailer);
    server.finish();
}

#[test]
fn the_kept_connection_is_used_before_and_after() {
    let script = delivery().followed_by(message()).followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    delivers(&mailer);
    let message = mailer.start_message(&to_b()).unwrap();
    message.write(MESSAGE).unwrap();
    message.finish().unwrap();
    delivers(&mailer);
    server.finish();
}

#[test]
fn a_kept_connection_that_is_gone_is_made_anew() {
    let server = Server::start([delivery().expect("MAIL *").hang_up(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    delivers(&mailer);
    let message = mailer.start_message(&to_b()).unwrap();
    message.write(MESSAGE).unwrap();
    message.finish().unwrap();
    server.finish();
}

#[test]
fn a_message_meanwhile_goes_over_another_connection() {
    let server = Server::start([delivery(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    delivers(&mailer);
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
fn an_unfinished_message_that_is_dropped_is_not_delivered() {
    fails(begun(&[], "MAIL *").closed(), |mailer| {
        let message = mailer.start_message(&to_b()).unwrap();
        message.write(MESSAGE).unwrap();
    });
    fails(begun(&[], "MAIL *").silence(), |mailer| {
        let message = mailer.start_message(&to_b()).unwrap();
        message.write(&MESSAGE.repeat(10_000)).unwrap();
    });
}

// Conformance: 20, 21
#[test]
fn nul_and_long_lines_are_found_when_they_are_written_and_close_the_connection() {
    let cases: [&[&[u8]]; 3] = [
        &[b"a\r\n", b"b\0c"],
        &[&[b'x'; 500], &[b'x'; 499]],
        &[b"\0"],
    ];
    for pieces in cases {
        fails(begun(&[], "MAIL *").closed(), |mailer| {
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
fn eight_bits_are_declared_where_offered_and_not_written_where_not() {
    let text = "\r\nGrüße\r\n".as_bytes();
    fails(begun(&[], "MAIL FROM:<a@mail.test>").closed(), |mailer| {
        let message = mailer.start_message(&to_b()).unwrap();
        let (missing, reason) = unavailable(message.write(text));
        assert_eq!(missing, "8BITMIME");
        assert!(reason.contains("line 2"), "{reason}");
    });

    let mail = "MAIL FROM:<a@mail.test> BODY=8BITMIME";
    let script = begun(&["8BITMIME"], mail).content().say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    // Cut within a character.
    message.write(&text[..5]).unwrap();
    message.write(&text[5..]).unwrap();
    message.finish().unwrap();
    assert_eq!(server.finish().only().messages(), [text]);
}

// Conformance: 56
#[test]
fn a_message_that_grows_beyond_the_servers_limit_is_given_up() {
    let limit = MESSAGE.len() as u64;
    let script = begun(&[&format!("SIZE {limit}")], "MAIL FROM:<a@mail.test>");
    let server = Server::start([script.closed()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    message.write(MESSAGE).unwrap();
    assert_eq!(message.write(b"x\r\n"), Err(Error::MessageTooLarge(limit)));
    server.until_ended();
    server.finish();
}

// Conformance: 33
#[test]
fn a_server_that_refuses_in_the_middle_is_heard() {
    let no = "552 5.3.4 Too much";
    let script = begun(&[], "MAIL *").some_content(100_000).interrupt(no);
    let server = Server::start([script.silence(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    let mut writes = (0..1_000).map(|_| message.write(&MESSAGE.repeat(4_000)));
    let error = writes.find_map(Result::err).expect("it is heard");
    assert_eq!(error, rejected(Phase::Content, no));
    delivers(&mailer);
    server.finish();
}

#[test]
fn the_time_of_the_whole_runs_from_the_start_to_the_end() {
    let script = begun(&[], "MAIL *").content().silence();
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
