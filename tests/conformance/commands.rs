//! The order of commands (RFC 5321, section 4.1.4), and their length.

use envoi::smtp::config::Security;
use envoi::smtp::error::{Error, Phase};

use crate::conversation::{Conversation, Setup, both_ways, setup, unavailable};
use crate::steps::{in_a_transaction, mail, rcpt};

/// Octets of a command line with its CRLF (RFC 5321, section 4.5.3.1.4).
const MAX_LINE: usize = 512;

/// Further octets of MAIL with SIZE (RFC 1870, section 3), SMTPUTF8 (RFC 6531, section 3.4) and 8BITMIME (RFC
/// 6152, section 2).
const EXTENSIONS: usize = 26 + 10 + 17;

// Conformance: 11
#[test]
fn the_longest_envelope_stays_within_the_line() {
    let local_part = "é".repeat(32);
    let domain = [&*"d".repeat(60); 3].join(".") + ".test";
    let address = format!("{local_part}@{domain}");
    assert!(address.len() > 250);
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8"]);
        talk.deliver(&address, &[&address], "é".as_bytes(), true)
            .unwrap();
        talk.session.next_action().unwrap();
        let said = talk.said();
        let lengths: Vec<_> = said.split_inclusive("\r\n").map(str::len).collect();
        assert!(said.contains(&format!("MAIL FROM:<{address}> SIZE=")));
        assert!(lengths[0] <= MAX_LINE + EXTENSIONS, "{lengths:?}");
        assert!(lengths[1] <= MAX_LINE, "{lengths:?}");
    });
}

// Conformance: 11
#[test]
fn a_raw_command_is_no_longer_than_a_line() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        let error = talk.session.raw(&"X".repeat(MAX_LINE - 1)).unwrap_err();
        assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
        talk.session.raw(&"X".repeat(MAX_LINE - 2)).unwrap();
        talk.session.next_action().unwrap();
        assert_eq!(talk.said().len(), MAX_LINE);
    });
}

// Conformance: 13
#[test]
fn mail_is_refused_within_a_transaction() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        in_a_transaction(talk);
        assert!(matches!(mail(talk), Err(Error::WrongState(_))));
        let message = talk.deliver("a@client.test", &["b@mail.test"], b"x", true);
        assert!(matches!(message, Err(Error::WrongState(_))));
        talk.session.reset().unwrap();
        talk.expect_ok("C: RSET\nS: 250 ok");
        in_a_transaction(talk);
    });
}

// Conformance: 13, 27
#[test]
fn rset_follows_a_refused_data() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        in_a_transaction(talk);
        rcpt(talk, "b@mail.test").unwrap();
        talk.expect_ok("C: RCPT TO:<b@mail.test>\nS: 250 ok");
        talk.session.data().unwrap();
        let error = talk.expect_err("C: DATA\nS: 451 4.3.0 not now");
        assert!(
            matches!(error, Error::Rejected(Phase::Data, _)),
            "{error:?}"
        );
        mail(talk).unwrap();
        talk.expect_ok("C: RSET\nS: 250 ok\nC: MAIL FROM:<a@client.test>\nS: 250 ok");
    });
}

// Conformance: 15
#[test]
fn data_is_refused_before_an_accepted_recipient() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        in_a_transaction(talk);
        rcpt(talk, "b@mail.test").unwrap();
        talk.expect_err("C: RCPT TO:<b@mail.test>\nS: 550 no");
        assert!(matches!(talk.session.data(), Err(Error::WrongState(_))));
        rcpt(talk, "c@mail.test").unwrap();
        talk.expect_ok("C: RCPT TO:<c@mail.test>\nS: 251 will forward");
        talk.session.data().unwrap();
        talk.expect_ok("C: DATA\nS: 354 go");
    });
}

// Conformance: 25
#[test]
fn quit_is_possible_between_any_commands() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        in_a_transaction(talk);
        talk.session.quit().unwrap();
        talk.expect_ok("C: QUIT\nS: 221 bye");
        assert!(!talk.session.is_open());
    });
}

// Conformance: 29
#[test]
fn each_line_of_the_reply_to_vrfy_expn_and_help_is_returned() {
    for code in [250, 251, 252] {
        for command in ["VRFY", "EXPN", "HELP"] {
            both_ways(setup, |talk| {
                talk.open(&[]);
                talk.session.ask(command, Some("list")).unwrap();
                talk.expect_ok(&format!(
                    "C: {command} list\nS: {code}-Ann <ann@mail.test>\nS: {code} Bob"
                ));
                let answer = talk.session.take_answer().unwrap();
                assert_eq!(answer.code, code);
                assert_eq!(answer.lines, ["Ann <ann@mail.test>", "Bob"]);
            });
        }
    }
}

// Conformance: 22, 29
#[test]
fn the_session_goes_on_after_vrfy_of_an_unknown_address() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        talk.session.ask("VRFY", Some("nobody")).unwrap();
        let error = talk.expect_err("C: VRFY nobody\nS: 550 5.1.1 unknown");
        assert!(
            matches!(&error, Error::Rejected(Phase::Other, reply) if reply.is_permanent()),
            "{error:?}"
        );
        talk.session.noop().unwrap();
        talk.expect_ok("C: NOOP\nS: 250 ok");
    });
}

// Conformance: 54
#[test]
fn vrfy_and_expn_declare_smtputf8_if_it_is_needed_and_offered() {
    both_ways(setup, |talk| {
        talk.open(&["SMTPUTF8"]);
        talk.session.ask("VRFY", Some("jörg")).unwrap();
        talk.expect_ok("C: VRFY jörg SMTPUTF8\nS: 252 jörg perhaps");
        assert_eq!(talk.session.take_answer().unwrap().lines, ["jörg perhaps"]);
        talk.session.ask("EXPN", Some("list")).unwrap();
        talk.expect_ok("C: EXPN list\nS: 250 ok");
    });
    both_ways(setup, |talk| {
        talk.open(&[]);
        let (missing, reason) = unavailable(talk.session.ask("EXPN", Some("jörg")));
        assert_eq!(missing, "SMTPUTF8");
        assert!(reason.contains("argument of EXPN"), "{reason}");
    });
}

// Conformance: 40
#[test]
fn starttls_is_refused_inside_tls() {
    let inside = || Setup {
        security: Security::ImplicitTls,
        ..setup()
    };
    both_ways(inside, |talk| {
        talk.open(&["STARTTLS"]);
        assert!(matches!(
            talk.session.start_tls(),
            Err(Error::WrongState(_))
        ));
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 39
#[test]
fn starttls_is_not_sent_if_it_is_not_offered() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        assert_eq!(talk.session.start_tls(), Err(Error::StartTlsUnavailable));
        assert_eq!(talk.said(), "");
    });
}

#[test]
fn a_raw_command_that_has_its_own_function_is_refused_in_any_case_and_after_spaces() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        for line in ["DATA", "data", " DATA", "  bdat 5", "Mail FROM:<>"] {
            let error = talk.session.raw(line).unwrap_err();
            assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
        }
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 30
#[test]
fn a_command_that_has_to_end_a_group_does() {
    type Ask = fn(&mut Conversation) -> Result<(), Error>;
    let last: [(&str, Ask); 5] = [
        ("NOOP", |talk| talk.session.noop()),
        ("VRFY b", |talk| talk.session.ask("VRFY", Some("b"))),
        ("EXPN b", |talk| talk.session.ask("EXPN", Some("b"))),
        ("HELP", |talk| talk.session.ask("HELP", None)),
        ("X-OTHER", |talk| talk.session.raw("X-OTHER")),
    ];
    for (command, ask) in last {
        both_ways(setup, |talk| {
            talk.open(&["PIPELINING"]);
            ask(talk).unwrap();
            talk.deliver_to(&["b@mail.test"]);
            talk.expect_ok(&format!(
                "C: {command}
                 S: 250 ok
                 C: MAIL FROM:<a@client.test>
                 C: RCPT TO:<b@mail.test>
                 C: DATA"
            ));
        });
    }
}
