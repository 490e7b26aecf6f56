//! Options of a message: parameters of MAIL and RCPT if the server offers the extension, an error
//! otherwise.

use host_tests::{BodyType, DsnContents, DsnNotify, Error, Options};
use servers::scripted::{Script, Server};

use crate::support::*;

const ALL: &[&str] = &[
    "PIPELINING",
    "SIZE 1000",
    "8BITMIME",
    "SMTPUTF8",
    "DSN",
    "DELIVERBY 60",
    "MT-PRIORITY MIXER",
    "FUTURERELEASE 86400 2030-01-01T00:00:00Z",
    "AUTH PLAIN",
];

/// All options except those that need TLS or BDAT.
fn ask_for_all(options: &Options) {
    options.set_smtputf8(true);
    options.set_dsn_contents(DsnContents::Headers);
    options.set_envelope_id("QQ+314159").unwrap();
    options.set_notify(None, DsnNotify::FAILURE).unwrap();
    options
        .set_notify(Some("c@mail.test"), DsnNotify::SUCCESS | DsnNotify::DELAY)
        .unwrap();
    options
        .set_original_recipient("c@mail.test", "rfc822", "old+c@mail.test")
        .unwrap();
    options.set_deliver_by(120, true, true).unwrap();
    options.set_priority(3).unwrap();
    options.set_hold_for(3600).unwrap();
    options.set_submitter(Some("ada@mail.test")).unwrap();
    options.add_parameter("XTRACE", Some("1")).unwrap();
    options
        .add_recipient_parameter(Some("b@mail.test"), "XFIRST", None)
        .unwrap();
}

// Conformance: 57, 58
#[test]
fn each_option_is_a_parameter_of_mail_or_rcpt() {
    let server = Server::start([hello(ALL)
        .expect_group(&[
            "MAIL FROM:<a@mail.test> SIZE=25 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ+2B314159 \
             BY=120;RT MT-PRIORITY=3 HOLDFOR=3600 AUTH=ada@mail.test XTRACE=1",
            "RCPT TO:<b@mail.test> NOTIFY=FAILURE XFIRST",
            "RCPT TO:<c@mail.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;old+2Bc@mail.test",
            "DATA",
        ])
        .say("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok")
        .followed_by(content())]);
    let instance = instance();
    let options = instance.options();
    ask_for_all(&options);
    let recipients = ["b@mail.test", "c@mail.test"];
    plain(&instance, &server)
        .send_with(Some(&options), &to(&recipients), MESSAGE)
        .unwrap();
    server.finish();
}

// Conformance: 14, 58
#[test]
fn an_option_without_its_extension_is_named_and_nothing_is_sent() {
    type Ask = fn(&Options);
    let asks: [(&str, &str, Ask); 8] = [
        ("DSN", "set-dsn-contents", |o| {
            o.set_dsn_contents(DsnContents::Full)
        }),
        ("DSN", "set-notify", |o| {
            o.set_notify(None, DsnNotify::NEVER).unwrap()
        }),
        ("SMTPUTF8", "set-smtputf8", |o| o.set_smtputf8(true)),
        ("CHUNKING", "binary-mime", |o| {
            o.set_body_type(BodyType::BinaryMime)
        }),
        ("REQUIRETLS", "set-require-tls", |o| o.set_require_tls(true)),
        ("DELIVERBY", "set-deliver-by", |o| {
            o.set_deliver_by(60, false, false).unwrap()
        }),
        ("MT-PRIORITY", "set-priority", |o| {
            o.set_priority(-9).unwrap()
        }),
        ("FUTURERELEASE", "set-hold-for", |o| {
            o.set_hold_for(60).unwrap()
        }),
    ];
    let server = Server::start([hello(&[]).followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    for (extension, option, ask) in asks {
        let options = instance.options();
        ask(&options);
        let sent = mailer.send_with(Some(&options), &to_b(), MESSAGE);
        let (missing, reason) = unavailable(sent);
        assert_eq!(missing, extension);
        assert!(reason.contains(option), "{reason}");
    }
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn options_for_someone_who_is_no_recipient_are_refused() {
    let instance = instance();
    let options = instance.options();
    let stranger = Some("stranger@mail.test");
    options.set_notify(stranger, DsnNotify::NEVER).unwrap();
    let error = instance
        .mailer("127.0.0.1")
        .send_with(Some(&options), &to_b(), MESSAGE)
        .unwrap_err();
    assert!(
        matches!(&error, Error::InvalidArgument(why) if why.contains("stranger@mail.test")),
        "{error:?}"
    );
}

#[test]
fn invalid_options_are_refused_when_set() {
    let instance = instance();
    let options = instance.options();
    let notify = DsnNotify::NEVER | DsnNotify::DELAY;
    for refused in [
        options.set_envelope_id("line\r\nbreak"),
        options.set_envelope_id(&"x".repeat(101)),
        options.set_notify(None, notify),
        options.set_priority(10),
        options.set_hold_for(0),
        options.set_submitter(Some("no address")),
        options.add_parameter("SIZE", Some("1")),
        options.add_parameter("X", Some("a b")),
        options.add_parameter("X\r\nRSET", None),
        options.set_original_recipient("b@mail.test", "rfc 822", "x@mail.test"),
    ] {
        assert!(
            matches!(refused, Err(Error::InvalidArgument(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn single_commands_accept_options() {
    let server = Server::start([hello(&["DSN"])
        .expect("MAIL FROM:<a@mail.test> RET=FULL")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test> NOTIFY=NEVER")
        .say("250 2.1.5 Ok")]);
    let instance = instance();
    let client = plain(&instance, &server).connect().unwrap();
    let options = instance.options();
    options.set_dsn_contents(DsnContents::Full);
    options.set_notify(None, DsnNotify::NEVER).unwrap();
    client
        .mail_with(Some(&options), Some("a@mail.test"))
        .unwrap();
    client.rcpt_with(Some(&options), "b@mail.test").unwrap();
    drop(client);
    server.finish();
}

// Conformance: 38
#[test]
fn binary_content_is_sent_unchanged() {
    let body = b"Subject: x\r\n\r\n\0 bare \r and \n and \x80".to_vec();
    let chunk = format!("BDAT {} LAST", body.len());
    let server = Server::start([hello(&["CHUNKING", "BINARYMIME", "8BITMIME"])
        .expect("MAIL FROM:<a@mail.test> BODY=BINARYMIME")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect_chunk(&chunk)
        .say("250 2.0.0 Ok: queued as 4711")]);
    let instance = instance();
    let options = instance.options();
    options.set_body_type(BodyType::BinaryMime);
    plain(&instance, &server)
        .send_with(Some(&options), &to_b(), &body)
        .unwrap();
    assert_eq!(server.finish().only().messages(), [body]);
}

// Conformance: 53
#[test]
fn a_domain_in_another_script_has_a_labels_for_a_server_without_smtputf8() {
    let server = Server::start([hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<ben@xn--bcher-kva.example>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .followed_by(content())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let receipt = mailer.send(&to(&["ben@bücher.example"]), MESSAGE).unwrap();
    assert_eq!(receipt.accepted[0].recipient, "ben@bücher.example");
    server.finish();
}

// Conformance: 17, 61
#[test]
fn recipients_above_the_announced_limit_get_further_transactions_and_one_receipt() {
    let transaction = |names: &[&str]| {
        let mut session = Script::new()
            .expect("MAIL FROM:<a@mail.test>")
            .say("250 2.1.0 Ok");
        for name in names {
            session = session
                .expect(&format!("RCPT TO:<{name}>"))
                .say("250 2.1.5 Ok");
        }
        session.expect("DATA").followed_by(content())
    };
    let names = ["b@mail.test", "c@mail.test", "d@mail.test"];
    let server = Server::start([hello(&["LIMITS RCPTMAX=2"])
        .followed_by(transaction(&names[..2]))
        .followed_by(transaction(&names[2..]))]);
    let instance = instance();
    let receipt = plain(&instance, &server)
        .send(&to(&names), MESSAGE)
        .unwrap();
    assert_eq!(receipt, receipt_of(&names, &[]));
    server.finish();
}

// Conformance: 17
#[test]
fn recipients_refused_as_too_many_get_the_next_transaction() {
    let server = Server::start([hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("RCPT TO:<c@mail.test>")
        .say("452 4.5.3 Too many recipients")
        .expect("DATA")
        .followed_by(content())
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<c@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .followed_by(content())]);
    let instance = instance();
    let names = ["b@mail.test", "c@mail.test"];
    let receipt = plain(&instance, &server)
        .send(&to(&names), MESSAGE)
        .unwrap();
    assert_eq!(receipt, receipt_of(&names, &[]));
    server.finish();
}
