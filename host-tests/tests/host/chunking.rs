//! Messages in chunks, if the server offers CHUNKING (RFC 3030).

use host_tests::{BodyType, Error, Mailer, Phase};
use servers::scripted::{Script, Server};

use crate::support::*;

/// The script up to the first chunk.
fn begun(keywords: &[&str]) -> Script {
    hello(keywords).followed_by(envelope())
}

/// A message of 160 KB, which is three chunks.
fn large() -> Vec<u8> {
    let line = format!(".{}\r\n", "x".repeat(61));
    line.repeat(2560).into_bytes()
}

const FIRST: &str = "BDAT 65536";
const LAST: &str = "BDAT 32768 LAST";

/// What the server receives for this message, in one chunk with this line.
fn arrives(message: &[u8], line: &str) -> Vec<u8> {
    let script = begun(&["CHUNKING"]).expect_chunk(line).say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let receipt = plain(&instance, &server).send(&to_b(), message);
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    server.finish().only().contents[0].clone()
}

#[test]
fn a_chunk_is_the_message_without_dot_stuffing() {
    assert_eq!(arrives(MESSAGE, "BDAT 25 LAST"), MESSAGE);
    let dots = b".\r\n..a\r\n.\r\n";
    assert_eq!(arrives(dots, "BDAT 11 LAST"), dots);
    assert_eq!(arrives(b"", "BDAT 0 LAST"), b"");
}

#[test]
fn line_ends_are_repaired_before_they_are_counted() {
    assert_eq!(arrives(b"a\nb\rc", "BDAT 9 LAST"), b"a\r\nb\r\nc\r\n");
    assert_eq!(arrives(b".\n\r", "BDAT 5 LAST"), b".\r\n\r\n");
}

#[test]
fn without_pipelining_each_chunk_waits_for_the_reply_to_the_one_before() {
    let script = begun(&["CHUNKING"])
        .expect_chunk(FIRST)
        .say("250 2.0.0 Ok")
        .expect_chunk(FIRST)
        .say("250 2.0.0 Ok")
        .expect_chunk(LAST)
        .say(QUEUED);
    let server = Server::start([script.followed_by(quit())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.send(&to_b(), &large()).unwrap();
    mailer.close();
    assert!(server.finish().only().contents.concat() == large());
}

#[test]
fn the_reply_to_a_chunk_is_not_awaited_behind_what_is_no_reply() {
    let script = hello(&["CHUNKING"])
        .expect("MAIL *")
        .say("250 2.1.0 Ok")
        .expect("RCPT *")
        .say("250 2.1.5 Ok\r\nnot SMTP");
    let server = Server::start([script.silence()]);
    let instance = instance();
    let error = plain(&instance, &server)
        .send(&to_b(), &large())
        .unwrap_err();
    let is_right = matches!(error, Error::ProtocolError((Phase::Content, _)));
    assert!(is_right, "{error:?}");
    server.finish();
}

#[test]
fn with_pipelining_chunks_do_not_wait_for_replies() {
    let script = hello(&["CHUNKING", "PIPELINING"])
        .expect_group(&["MAIL FROM:<a@mail.test>", "RCPT TO:<b@mail.test>"])
        .say("250 2.1.0 Ok\r\n250 2.1.5 Ok")
        .expect_chunk(FIRST)
        .expect_chunk(FIRST)
        .expect_chunk(LAST)
        .say(&format!("250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n{QUEUED}"));
    let server = Server::start([script.followed_by(quit())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let receipt = mailer.send(&to_b(), &large());
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    mailer.close();
    assert!(server.finish().only().contents.concat() == large());
}

#[test]
fn pieces_are_collected_into_chunks() {
    let script = begun(&["CHUNKING"]).expect_chunk("BDAT 8 LAST").say(QUEUED);
    let server = Server::start([script.followed_by(quit())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    for piece in [&b".a"[..], b"\r", b"\n", b".b"] {
        message.write(piece).unwrap();
    }
    message.finish().unwrap();
    mailer.close();
    assert_eq!(server.finish().only().contents, [b".a\r\n.b\r\n"]);
}

#[test]
fn a_refused_chunk_ends_the_message_and_the_next_begins_with_rset() {
    let no = "552 5.3.4 Too much";
    let script = begun(&["CHUNKING"])
        .expect_chunk(FIRST)
        .say("250 2.0.0 Ok")
        .expect_chunk(FIRST)
        .say(no)
        .expect("RSET")
        .say("250 2.0.0 Ok")
        .followed_by(envelope())
        .expect_chunk("BDAT 25 LAST")
        .say(QUEUED);
    assert_eq!(large_error(script, None), rejected(Phase::Content, no));
}

#[test]
fn a_refused_chunk_with_others_in_flight_ends_the_connection() {
    let no = "552 5.3.4 Too much";
    let script = hello(&["CHUNKING", "PIPELINING"])
        .expect_group(&["MAIL *", "RCPT *"])
        .say("250 2.1.0 Ok\r\n250 2.1.5 Ok")
        .expect_chunk(FIRST)
        .expect_chunk(FIRST)
        .expect_chunk(LAST)
        .interrupt(no)
        .silence();
    let error = large_error(script, Some(delivery()));
    assert_eq!(error, rejected(Phase::Content, no));
}

#[test]
fn the_reply_to_the_last_chunk_is_the_reply_to_the_message() {
    let no = "554 5.6.0 Spam";
    let script = begun(&["CHUNKING"]).expect_chunk("BDAT 25 LAST").say(no);
    let script = script
        .followed_by(envelope())
        .expect_chunk("BDAT 25 LAST")
        .say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let refused = mailer.send(&to_b(), MESSAGE);
    assert_eq!(refused, Err(rejected(Phase::Acceptance, no)));
    expect_delivery(&mailer);
    server.finish();

    let script = begun(&["CHUNKING"]).expect_chunk("BDAT 25 LAST").hang_up();
    let error = {
        let server = Server::start([script]);
        let error = plain(&instance, &server).send(&to_b(), MESSAGE);
        server.finish();
        error
    };
    assert_eq!(error, Err(Error::Disconnected(Phase::Acceptance)));
}

#[test]
fn if_the_caller_forbids_chunking_data_is_used() {
    let offered = ["CHUNKING", "BINARYMIME", "PIPELINING"];
    let server = Server::start([hello(&offered)
        .expect_group(&["MAIL FROM:<a@mail.test>", "RCPT TO:<b@mail.test>", "DATA"])
        .say("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go")
        .expect_content()
        .say(QUEUED)
        .followed_by(quit())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_chunking(false);
    let receipt = mailer.send(&to_b(), b".\r\n");
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    // DATA cannot carry binary content.
    let options = instance.options();
    options.set_body_type(BodyType::BinaryMime);
    let (missing, reason) = unavailable(mailer.send_with(Some(&options), &to_b(), b"\0"));
    assert_eq!(missing, "CHUNKING");
    assert!(reason.contains("set-chunking"), "{reason}");
    mailer.close();
    assert_eq!(server.finish().only().messages(), [b".\r\n"]);
}

#[test]
fn without_recipients_no_chunk_is_sent() {
    let no = "550 5.1.1 No such user";
    let script = hello(&["CHUNKING"]).expect("MAIL *").say("250 Ok");
    let refused = script.expect("RCPT *").say(no).expect("RSET").say("250 Ok");
    let again = envelope().expect_chunk("BDAT 25 LAST").say(QUEUED);
    let server = Server::start([refused.followed_by(again)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let expected = Error::RecipientsRefused(refusals(&[("b@mail.test", no)]));
    assert_eq!(mailer.send(&to_b(), MESSAGE), Err(expected));
    expect_delivery(&mailer);
    server.finish();
}

/// The error of a large message with this script; the next message is delivered.
#[track_caller]
fn large_error(script: Script, next: Option<Script>) -> Error {
    let server = Server::start(std::iter::once(script).chain(next));
    let instance = instance();
    let mailer: Mailer = plain(&instance, &server);
    let error = mailer.send(&to_b(), &large()).unwrap_err();
    expect_delivery(&mailer);
    server.finish();
    error
}
