//! `explain`: whether the message may have been delivered, whether to try again, and a sentence that
//! names the step.

use host_tests::{
    Error, Outcome, Phase, RecipientReply, Retry, Timeout, TlsFailure, UnavailableExtension,
};
use servers::scripted::Server;

use crate::support::*;

use Outcome::{MayHaveBeenDelivered, NotSent};
use Retry::{AfterAChange, Later, Never};

fn refused(lines: &[&str]) -> Error {
    let refusals = lines.iter().map(|line| RecipientReply {
        recipient: "b@mail.test".into(),
        reply: reply(line),
    });
    Error::RecipientsRefused(refusals.collect())
}

/// Every case of `error` with its explanation, and words of the sentence that name the step.
#[allow(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<(Error, Outcome, Retry, &'static str)> {
    let text = || "the reason".to_string();
    vec![
        (Error::InvalidArgument(text()), NotSent, Never, "the reason"),
        (
            Error::AccessDenied(Phase::Lookup),
            NotSent,
            AfterAChange,
            "allow-ip-name-lookup",
        ),
        (
            Error::AccessDenied(Phase::Connect),
            NotSent,
            AfterAChange,
            "inherit-network",
        ),
        (Error::LookupFailed(text()), NotSent, Later, "looked up"),
        (Error::ConnectFailed(text()), NotSent, Later, "connection"),
        (
            timed_out(Phase::Greeting, Timeout::Greeting),
            NotSent,
            Later,
            "at the greeting",
        ),
        (
            timed_out(Phase::Content, Timeout::Block),
            NotSent,
            Later,
            "in the middle of the message",
        ),
        (
            timed_out(Phase::Acceptance, Timeout::Total),
            MayHaveBeenDelivered,
            Later,
            "after the end of the message",
        ),
        (
            Error::Disconnected(Phase::Data),
            NotSent,
            Later,
            "ended at DATA",
        ),
        (
            Error::Disconnected(Phase::Acceptance),
            MayHaveBeenDelivered,
            Later,
            "after the end of the message",
        ),
        (
            Error::TlsFailed((TlsFailure::CertificateExpired, text())),
            NotSent,
            Later,
            "TLS",
        ),
        (
            Error::TlsFailed((TlsFailure::CertificateUnknownIssuer, text())),
            NotSent,
            AfterAChange,
            "trust anchor",
        ),
        (
            Error::StarttlsUnavailable,
            NotSent,
            AfterAChange,
            "STARTTLS",
        ),
        (
            Error::AuthUnavailable(vec!["GSSAPI".into()]),
            NotSent,
            AfterAChange,
            "only GSSAPI",
        ),
        (Error::AuthNeedsTls, NotSent, AfterAChange, "AUTH"),
        (
            Error::ExtensionUnavailable(UnavailableExtension {
                keyword: "SMTPUTF8".into(),
                reason: "the server does not offer SMTPUTF8".into(),
            }),
            NotSent,
            Never,
            "SMTPUTF8",
        ),
        (Error::MessageTooLarge(1000), NotSent, Never, "1000 octets"),
        (
            rejected(Phase::Mail, "451 4.3.0 Busy"),
            NotSent,
            Later,
            "at MAIL (the sender): 451 4.3.0 Busy",
        ),
        (
            rejected(Phase::Auth, "501 5.5.4 No"),
            NotSent,
            AfterAChange,
            "at AUTH: 501 5.5.4 No",
        ),
        (
            rejected(Phase::Mail, "530 5.7.0 Log in first"),
            NotSent,
            AfterAChange,
            "at MAIL",
        ),
        (
            rejected(Phase::Acceptance, "554 5.7.1 Spam"),
            NotSent,
            Never,
            "after the end of the message: 554 5.7.1 Spam",
        ),
        (
            rejected(Phase::Acceptance, "421 4.3.2 Shutting down"),
            NotSent,
            Later,
            "after the end of the message: 421",
        ),
        (
            refused(&["550 5.1.1 Nobody", "452 4.2.2 Full"]),
            NotSent,
            Later,
            "b@mail.test: 452 4.2.2 Full",
        ),
        (
            refused(&["550 5.1.1 Nobody"]),
            NotSent,
            Never,
            "recipients: b@mail.test: 550",
        ),
        (
            Error::ProtocolError((Phase::Greeting, text())),
            NotSent,
            Later,
            "at the greeting: the reason",
        ),
        (
            Error::ProtocolError((Phase::Acceptance, text())),
            MayHaveBeenDelivered,
            Later,
            "after the end of the message: the reason",
        ),
        (
            Error::WrongState(text()),
            NotSent,
            Never,
            "the reason; correct the order of the calls",
        ),
        (Error::Other(text()), NotSent, Later, "the reason"),
    ]
}

#[test]
fn each_error_has_an_outcome_a_retry_and_its_step() {
    let instance = instance();
    for (error, outcome, retry, words) in cases() {
        let explanation = instance.explain(&error);
        assert_eq!(explanation.outcome, outcome, "{error:?}");
        assert_eq!(explanation.retry, retry, "{error:?}");
        let fate = match outcome {
            NotSent => "nothing was delivered",
            MayHaveBeenDelivered => "may have been delivered",
        };
        let sentence = explanation.sentence;
        assert!(sentence.contains(words), "no {words:?} in {sentence:?}");
        let says_fate = sentence.contains(fate) || matches!(error, Error::WrongState(_));
        assert!(says_fate, "no {fate:?} in {sentence:?}");
    }
}

#[test]
fn a_servers_text_is_one_harmless_line_of_the_sentence() {
    let instance = instance();
    let long = format!("550 {}", "\u{1b}[2J\u{202e}no ".repeat(5000));
    let sentence = instance.explain(&rejected(Phase::Rcpt, &long)).sentence;
    assert!(sentence.chars().count() <= 1000, "{sentence}");
    let disturbs = |c: char| c.is_control() || c == '\u{202e}';
    assert!(!sentence.contains(disturbs), "{sentence:?}");
}

#[test]
fn the_component_explains_an_error_that_it_returned() {
    let server = Server::start([until_content().expect_content().hang_up()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
    assert_eq!(error, Error::Disconnected(Phase::Acceptance));
    assert_eq!(instance.explain(&error).outcome, MayHaveBeenDelivered);
    server.finish();
}
