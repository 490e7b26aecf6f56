//! Senders and recipients, and the server's refusals.

use host_tests::{Envelope, Error, Phase};
use servers::scripted::{Script, Server};

use crate::support::*;

const NO: &str = "550 5.1.1 Nobody here";

/// The next message over a connection whose last transaction failed.
fn reset_and_message() -> Script {
    Script::new()
        .expect("RSET")
        .say("250 2.0.0 Ok")
        .followed_by(message())
}

#[test]
fn a_refused_sender_is_reported_and_the_connection_is_kept() {
    let no = "550 5.1.8 Not you";
    let server = Server::start([hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say(no)
        .followed_by(reset_and_message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    assert_eq!(
        mailer.send(&to_b(), MESSAGE),
        Err(rejected(Phase::Mail, no))
    );
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 31
#[test]
fn replies_to_a_group_are_matched_by_count_if_all_of_it_is_refused() {
    let no = "451 4.1.8 Try later";
    let server = Server::start([hello(&["PIPELINING"])
        .expect_group(&["MAIL *", "RCPT *", "DATA"])
        .say(no)
        .say("503 5.5.1 MAIL first")
        .say("503 5.5.1 RCPT first")
        .expect_group(&["RSET", "MAIL *", "RCPT *", "DATA"])
        .say("250 2.0.0 Ok\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok")
        .followed_by(content())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    assert_eq!(
        mailer.send(&to_b(), MESSAGE),
        Err(rejected(Phase::Mail, no))
    );
    expect_delivery(&mailer);
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

// Conformance: 32
#[test]
fn no_empty_message_is_sent_if_data_is_accepted_without_a_sender() {
    let no = "550 5.1.8 Not you";
    let error = send_error(
        hello(&["PIPELINING"])
            .expect_group(&["MAIL *", "RCPT *", "DATA"])
            .say(no)
            .say("250 2.1.5 Ok\r\n354 Go ahead")
            .expect_close(),
    );
    assert_eq!(error, rejected(Phase::Mail, no));
}

// Conformance: 32
#[test]
fn nothing_is_delivered_if_data_is_accepted_without_a_recipient() {
    let server = Server::start([hello(&["PIPELINING"])
        .expect_group(&["MAIL *", "RCPT *", "DATA"])
        .say("250 2.1.0 Ok")
        .say(NO)
        .say("354 Go ahead")
        .expect_content()
        .say("554 5.5.1 No valid recipients")
        .expect_group(&["RSET", "MAIL *", "RCPT *", "DATA"])
        .say("250 2.0.0 Ok\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok")
        .followed_by(content())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let refused = Error::RecipientsRefused(refusals(&[("b@mail.test", NO)]));
    assert_eq!(mailer.send(&to_b(), MESSAGE), Err(refused));
    expect_delivery(&mailer);
    let transcript = server.finish();
    assert_eq!(
        transcript.only().contents[0],
        b".\r\n",
        "a dot alone, and nothing of the message"
    );
    assert_eq!(transcript.only().messages()[1], MESSAGE);
}

// Conformance: 15
#[test]
fn data_is_not_sent_if_all_recipients_are_refused_one_by_one() {
    let other = "552 5.2.2 Full";
    let server = Server::start([hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say(NO)
        .expect("RCPT TO:<c@mail.test>")
        .say(other)
        .followed_by(reset_and_message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let refused = refusals(&[("b@mail.test", NO), ("c@mail.test", other)]);
    let sent = mailer.send(&to(&["b@mail.test", "c@mail.test"]), MESSAGE);
    assert_eq!(sent, Err(Error::RecipientsRefused(refused)));
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 16
#[test]
fn the_receipt_names_accepted_and_refused_recipients() {
    let server = Server::start([hello(&["PIPELINING"])
        .expect_group(&[
            "MAIL FROM:<a@mail.test>",
            "RCPT TO:<b@mail.test>",
            "RCPT TO:<c@mail.test>",
            "DATA",
        ])
        .say("250 2.1.0 Ok")
        .say(NO)
        .say("250 2.1.5 Ok")
        .followed_by(content())]);
    let instance = instance();
    let receipt = plain(&instance, &server).send(&to(&["b@mail.test", "c@mail.test"]), MESSAGE);
    assert_eq!(
        receipt,
        Ok(receipt_of(&["c@mail.test"], &[("b@mail.test", NO)]))
    );
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

#[test]
fn without_partial_delivery_one_refused_recipient_stops_the_message() {
    let server = Server::start([hello(&["PIPELINING"])
        .expect_group(&["MAIL *", "RCPT TO:<b@mail.test>", "RCPT TO:<c@mail.test>"])
        .say("250 2.1.0 Ok")
        .say(NO)
        .say("250 2.1.5 Ok")
        .expect_group(&["RSET", "MAIL *", "RCPT *", "DATA"])
        .say("250 2.0.0 Ok\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok")
        .followed_by(content())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_partial_delivery(false);
    let sent = mailer.send(&to(&["b@mail.test", "c@mail.test"]), MESSAGE);
    assert_eq!(
        sent,
        Err(Error::RecipientsRefused(refusals(&[("b@mail.test", NO)])))
    );
    expect_delivery(&mailer);
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

// Conformance: 15, 22
#[test]
fn a_refused_data_is_reported() {
    let no = "451 4.3.0 Not now";
    let server = Server::start([hello(&[])
        .followed_by(envelope())
        .expect("DATA")
        .say(no)
        .followed_by(reset_and_message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    assert_eq!(
        mailer.send(&to_b(), MESSAGE),
        Err(rejected(Phase::Data, no))
    );
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 22
#[test]
fn a_refused_message_is_reported_and_the_connection_is_kept() {
    let no = "554 5.7.1 Looks like spam";
    let server = Server::start([until_content()
        .expect_content()
        .say(no)
        .followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    assert_eq!(
        mailer.send(&to_b(), MESSAGE),
        Err(rejected(Phase::Acceptance, no))
    );
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn a_reply_of_an_unexpected_class_is_a_protocol_error() {
    let error = send_error(
        hello(&[])
            .expect("MAIL *")
            .say("354 Go ahead")
            .expect_close(),
    );
    assert!(
        matches!(error, Error::ProtocolError((Phase::Mail, _))),
        "{error:?}"
    );

    let script = hello(&[])
        .followed_by(envelope())
        .expect("DATA")
        .say("250 Ok")
        .expect_close();
    let error = send_error(script);
    assert!(
        matches!(error, Error::ProtocolError((Phase::Data, _))),
        "{error:?}"
    );
}

// Conformance: 23
#[test]
fn a_421_ends_the_session_in_every_phase() {
    let bye = "421 4.4.2 Closing";
    let mail = hello(&[]).expect("MAIL *").say(bye).expect_close();
    assert_eq!(send_error(mail), rejected(Phase::Mail, bye));

    let message = until_content().expect_content().say(bye).expect_close();
    assert_eq!(send_error(message), rejected(Phase::Acceptance, bye));
}

// Conformance: 28
#[test]
fn the_null_reverse_path_and_postmaster_can_be_sent() {
    let server = Server::start([hello(&[])
        .expect("MAIL FROM:<>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<postmaster>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .followed_by(content())]);
    let instance = instance();
    let envelope = Envelope {
        sender: None,
        recipients: vec!["postmaster".into()],
    };
    plain(&instance, &server).send(&envelope, MESSAGE).unwrap();
    server.finish();
}

#[test]
fn quoted_local_parts_and_address_literals_are_sent_unchanged() {
    let address = r#""a b\"c"@[192.0.2.1]"#;
    let server = Server::start([hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .expect(&format!("RCPT TO:<{address}>"))
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .followed_by(content())]);
    let instance = instance();
    plain(&instance, &server)
        .send(&to(&[address]), MESSAGE)
        .unwrap();
    server.finish();
}

// Conformance: 53, 54
#[test]
fn addresses_in_utf_8_need_smtputf8() {
    let envelope = to(&["grüße@mail.test"]);
    let server = Server::start([
        hello(&[]).followed_by(message()),
        hello(&["8BITMIME", "SMTPUTF8"])
            .expect("MAIL FROM:<a@mail.test> BODY=8BITMIME SMTPUTF8")
            .say("250 2.1.0 Ok")
            .expect("RCPT TO:<grüße@mail.test>")
            .say("250 2.1.5 Ok")
            .expect("DATA")
            .followed_by(content()),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let (missing, reason) = unavailable(mailer.send(&envelope, MESSAGE));
    assert_eq!(missing, "SMTPUTF8");
    assert!(reason.contains("`grüße@mail.test`"), "{reason}");
    expect_delivery(&mailer);

    plain(&instance, &server).send(&envelope, MESSAGE).unwrap();
    server.finish();
}

const GREETING: &[u8] = "Subject: Grüße\r\n\r\nHello\r\n".as_bytes();

// Conformance: 53, 54
#[test]
fn a_header_in_utf_8_needs_smtputf8() {
    let server = Server::start([
        hello(&["8BITMIME"]).followed_by(message_with("BODY=8BITMIME")),
        hello(&["8BITMIME", "SMTPUTF8"]).followed_by(message_with("BODY=8BITMIME SMTPUTF8")),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let (missing, reason) = unavailable(mailer.send(&to_b(), GREETING));
    assert_eq!(missing, "SMTPUTF8");
    assert!(
        reason.contains("`Subject`") && reason.contains("RFC 2047"),
        "{reason}"
    );
    expect_delivery(&mailer);

    plain(&instance, &server).send(&to_b(), GREETING).unwrap();
    server.finish();
}

// Conformance: 54, 55
#[test]
fn a_body_alone_in_utf_8_and_a_header_in_latin_1_need_8bitmime_alone() {
    let messages = [
        "Liebe Zoë,\r\n\r\nherzliche Grüße\r\n".as_bytes(),
        b"Subject: Facture re\xe7ue\r\n\r\nBonjour\r\n",
    ];
    let delivery = || message_with("BODY=8BITMIME");
    for offered in [&["8BITMIME"][..], &["8BITMIME", "SMTPUTF8"]] {
        let script = hello(offered).followed_by(delivery());
        let server = Server::start([script.followed_by(delivery())]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        for message in messages {
            mailer.send(&to_b(), message).unwrap();
        }
        assert_eq!(server.finish().only().messages(), messages);
    }
}

#[test]
fn unusual_addresses_are_left_to_the_server() {
    let addresses = ["b@my_host.test", "\"b>,<\"@mail.test", "\"\\> \"@-a.test"];
    let refused = "501 5.1.3 Bad syntax";
    let mut script = hello(&[]).expect("MAIL FROM:<a_@_x.test>").say("250 Ok");
    for (i, address) in addresses.iter().enumerate() {
        let answer = ["250 2.1.5 Ok", refused][i % 2];
        script = script.expect(&format!("RCPT TO:<{address}>")).say(answer);
    }
    let server = Server::start([script.expect("DATA").followed_by(content())]);
    let instance = instance();
    let envelope = Envelope {
        sender: Some("a_@_x.test".into()),
        ..to(&addresses)
    };
    let receipt = plain(&instance, &server).send(&envelope, MESSAGE);
    let accepted = [addresses[0], addresses[2]];
    let expected = receipt_of(&accepted, &[(addresses[1], refused)]);
    assert_eq!(receipt, Ok(expected));
    server.finish();
}

// Conformance: 53, 54
#[test]
fn a_written_utf_8_header_needs_set_smtputf8_beforehand() {
    let begun = |offered: &[&str], parameters: &str| {
        hello(offered)
            .expect(&format!("MAIL FROM:<a@mail.test>{parameters}"))
            .say("250 2.1.0 Ok")
            .expect("RCPT TO:<b@mail.test>")
            .say("250 2.1.5 Ok")
            .expect("DATA")
            .say("354 Go ahead")
    };
    let international = ["8BITMIME", "SMTPUTF8"];
    let server = Server::start([
        begun(&["8BITMIME"], " BODY=8BITMIME").expect_close(),
        begun(&international, " BODY=8BITMIME").expect_close(),
        begun(&international, " BODY=8BITMIME SMTPUTF8")
            .expect_content()
            .say(QUEUED),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    let (missing, _) = unavailable(message.write(GREETING));
    assert_eq!(missing, "SMTPUTF8");

    let message = mailer.start_message(&to_b()).unwrap();
    let written = message.write(GREETING);
    assert!(
        matches!(&written, Err(Error::InvalidArgument(why)) if why.contains("set-smtputf8")),
        "{written:?}"
    );

    let options = instance.options();
    options.set_smtputf8(true);
    let message = mailer.start_message_with(Some(&options), &to_b()).unwrap();
    message.write(GREETING).unwrap();
    message.finish().unwrap();
    assert_eq!(server.finish().sessions[2].messages(), [GREETING]);
}
