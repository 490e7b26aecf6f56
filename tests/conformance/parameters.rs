//! Parameters of MAIL and RCPT on the wire, and options that stop a message.

use envoi::smtp::config::{PartialDelivery, Protocol, Security};
use envoi::smtp::content_scan::{ContentScan, scan};
use envoi::smtp::delivery::MessageInfo;
use envoi::smtp::envelope::Envelope;
use envoi::smtp::error::Error;
use envoi::smtp::parameters::{BodyType, DsnContents, Notify, Options};

use crate::conversation::{Conversation, Setup, both_ways, setup, unavailable};

fn starttls() -> Setup {
    Setup {
        security: Security::StartTls,
        ..setup()
    }
}

fn inside_tls() -> Setup {
    Setup {
        security: Security::ImplicitTls,
        ..setup()
    }
}

/// A message from a to b and c.
fn deliver(talk: &mut Conversation, options: &Options, survey: ContentScan) -> Result<(), Error> {
    let recipients = ["b@mail.test".into(), "c@mail.test".into()];
    let envelope = Envelope::parse(Some("a@client.test"), &recipients, Protocol::Smtp)?;
    let content = MessageInfo::Scanned(survey);
    talk.session
        .start_message(envelope, options, content, PartialDelivery::Allowed)
}

fn text() -> ContentScan {
    scan(b"x").unwrap()
}

// Conformance: 57, 58
#[test]
fn notifications_are_requested_in_xtext_each_parameter_once() {
    let mut options = Options::default();
    options.set_dsn_contents(DsnContents::Headers);
    options.set_envelope_id("id+1=a b").unwrap();
    let never = Notify {
        never: true,
        ..Notify::default()
    };
    options.set_notify(None, never).unwrap();
    options
        .set_original_recipient("c@mail.test", "rfc822", "c+d@old.test")
        .unwrap();
    both_ways(setup, |talk| {
        talk.open(&["DSN", "PIPELINING"]);
        deliver(talk, &options, text()).unwrap();
        talk.expect_ok(
            "C: MAIL FROM:<a@client.test> RET=HDRS ENVID=id+2B1+3Da+20b
             C: RCPT TO:<b@mail.test> NOTIFY=NEVER
             C: RCPT TO:<c@mail.test> NOTIFY=NEVER ORCPT=rfc822;c+2Bd@old.test
             C: DATA",
        );
    });
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING"]);
        let (missing, reason) = unavailable(deliver(talk, &options, text()));
        assert_eq!(missing, "DSN");
        assert!(reason.contains("set-dsn-contents"), "{reason}");
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 60
#[test]
fn a_message_that_requires_tls_is_not_sent_without_requiretls_inside_tls() {
    let mut options = Options::default();
    options.set_require_tls(true);
    let is_refused = |talk: &mut Conversation| {
        let (missing, reason) = unavailable(deliver(talk, &options, text()));
        assert_eq!(missing, "REQUIRETLS");
        assert!(reason.contains("set-require-tls"), "{reason}");
        assert_eq!(talk.said(), "");
    };
    both_ways(setup, |talk| {
        talk.open(&["REQUIRETLS"]);
        is_refused(talk);
    });
    // An offer from before TLS does not count.
    both_ways(starttls, |talk| {
        talk.expect_ok(
            "S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250-REQUIRETLS\nS: 250 STARTTLS",
        );
        talk.expect_ok("C: STARTTLS\nS: 220 go");
        talk.session.secured(None).unwrap();
        talk.expect_ok("C: EHLO client.test\nS: 250 x");
        is_refused(talk);
    });
    both_ways(inside_tls, |talk| {
        talk.open(&["REQUIRETLS"]);
        deliver(talk, &options, text()).unwrap();
        talk.expect_ok("C: MAIL FROM:<a@client.test> REQUIRETLS");
    });
}

// Conformance: 50
#[test]
fn the_submitter_is_xtext_or_unknown() {
    for (submitter, value) in [
        (Some("ann+x@client.test"), "ann+2Bx@client.test"),
        (None, "<>"),
    ] {
        let mut options = Options::default();
        options.set_submitter(submitter).unwrap();
        both_ways(inside_tls, |talk| {
            talk.open(&["AUTH PLAIN"]);
            deliver(talk, &options, text()).unwrap();
            talk.expect_ok(&format!("C: MAIL FROM:<a@client.test> AUTH={value}"));
        });
    }
}

// Conformance: 38
#[test]
fn binary_content_is_sent_unchanged_and_only_by_bdat() {
    let mut options = Options::default();
    options.set_body(BodyType::BinaryMime);
    let message = b"\0\n.\r";
    both_ways(setup, |talk| {
        talk.open(&["BINARYMIME", "CHUNKING"]);
        deliver(talk, &options, ContentScan::binary(message)).unwrap();
        talk.expect_ok(
            "C: MAIL FROM:<a@client.test> BODY=BINARYMIME
             S: 250 ok
             C: RCPT TO:<b@mail.test>
             S: 250 ok
             C: RCPT TO:<c@mail.test>
             S: 250 ok",
        );
        talk.session.write(message).unwrap();
        talk.session.finish();
        assert_eq!(talk.said(), "BDAT 4 LAST\r\n\0\n.\r");
    });
    both_ways(setup, |talk| {
        talk.open(&["BINARYMIME"]);
        let (missing, _) = unavailable(deliver(talk, &options, ContentScan::binary(message)));
        assert_eq!(missing, "CHUNKING");
    });
}

// Conformance: 61
#[test]
fn the_limits_of_the_last_ehlo_count() {
    both_ways(starttls, |talk| {
        talk.expect_ok(
            "S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250-LIMITS RCPTMAX=1\nS: 250 STARTTLS",
        );
        let recipients = ["b@mail.test".into(), "c@mail.test".into()];
        let envelope = Envelope::parse(None, &recipients, Protocol::Smtp).unwrap();
        assert_eq!(talk.session.batches(&envelope.recipients, None).len(), 2);
        talk.expect_ok("C: STARTTLS\nS: 220 go");
        talk.session.secured(None).unwrap();
        talk.expect_ok("C: EHLO client.test\nS: 250 x");
        assert_eq!(talk.session.batches(&envelope.recipients, None).len(), 1);
    });
}

// Conformance: 54
#[test]
fn a_single_rcpt_that_needs_smtputf8_is_refused_unless_mail_declared_it() {
    both_ways(setup, |talk| {
        talk.open(&["SMTPUTF8"]);
        crate::steps::in_a_transaction(talk);
        let error = crate::steps::rcpt(talk, "jörg@mail.test").unwrap_err();
        assert!(matches!(error, Error::WrongState(_)), "{error:?}");
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 61
#[test]
fn a_session_sends_no_more_messages_than_its_server_allows() {
    both_ways(setup, |talk| {
        talk.open(&["LIMITS MAILMAX=1", "PIPELINING"]);
        assert!(talk.session.takes_more());
        talk.deliver_to(&["b@mail.test"]);
        talk.expect_ok("C: MAIL FROM:<a@client.test>\nC: RCPT TO:<b@mail.test>\nC: DATA");
        assert!(!talk.session.takes_more());
    });
}

// Conformance: 56
#[test]
fn a_message_in_pieces_ends_when_it_exceeds_the_servers_limit() {
    both_ways(setup, |talk| {
        talk.open(&["SIZE 10", "PIPELINING"]);
        let recipients = ["b@mail.test".into()];
        let envelope = Envelope::parse(None, &recipients, Protocol::Smtp).unwrap();
        talk.session
            .start_message(
                envelope,
                &Options::default(),
                MessageInfo::Unknown,
                PartialDelivery::Allowed,
            )
            .unwrap();
        talk.expect_ok(
            "C: MAIL FROM:<>\nC: RCPT TO:<b@mail.test>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go",
        );
        // With its line end, 10 octets.
        talk.session.write(b"12345678").unwrap();
        let error = talk.session.write(b"9").unwrap_err();
        assert_eq!(error, Error::MessageTooLarge(10));
        assert!(!talk.session.is_open());
    });
}
