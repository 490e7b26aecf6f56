use super::*;
use crate::smtp::error::{Phase, RecipientReply, Timeout, TlsFailure};
use crate::smtp::reply::{EnhancedCode, Reply};

const PHASES: [Phase; 14] = [
    Phase::Lookup,
    Phase::Connect,
    Phase::Tls,
    Phase::Greeting,
    Phase::Hello,
    Phase::StartTls,
    Phase::Auth,
    Phase::Mail,
    Phase::Rcpt,
    Phase::Data,
    Phase::Content,
    Phase::Acceptance,
    Phase::Quit,
    Phase::Other,
];

fn reply(code: u16, words: &str) -> Reply {
    Reply {
        code,
        enhanced: None,
        lines: vec![words.into()],
    }
}

fn rejected(phase: Phase, code: u16) -> Error {
    Error::Rejected(phase, reply(code, "No"))
}

fn refused(codes: &[u16]) -> Error {
    let refusals = codes.iter().map(|&code| RecipientReply {
        recipient: format!("user{code}@example.org"),
        reply: reply(code, "No"),
    });
    Error::RecipientsRefused(refusals.collect())
}

#[test]
fn delivery_is_unknown_only_after_silence_at_acceptance() {
    for phase in PHASES {
        let unknown = phase == Phase::Acceptance;
        for error in [
            Error::Timeout(phase, Timeout::Command),
            Error::Timeout(phase, Timeout::Total),
            Error::Disconnected(phase),
            Error::Protocol(phase, "no reply code".into()),
        ] {
            assert_eq!(error.may_have_been_delivered(), unknown, "{error:?}");
            let explanation = error.explain();
            let (outcome, words) = match explanation.outcome {
                Outcome::NotSent => (false, "nothing was delivered"),
                Outcome::MayHaveBeenDelivered => (true, "may have been delivered"),
            };
            assert_eq!(outcome, unknown, "{error:?}");
            assert!(explanation.sentence.contains(words), "{explanation:?}");
        }
        assert!(!rejected(phase, 554).may_have_been_delivered(), "{phase:?}");
        assert!(!rejected(phase, 421).may_have_been_delivered(), "{phase:?}");
    }
    assert!(!refused(&[550]).may_have_been_delivered());
}

#[test]
fn a_4yz_reply_is_worth_another_try_in_any_phase() {
    for phase in PHASES {
        for code in [421, 450, 452, 454] {
            let error = rejected(phase, code);
            assert_eq!(error.explain().retry, Retry::Later, "{error:?}");
            assert!(error.is_transient(), "{error:?}");
        }
    }
}

#[test]
fn a_5yz_reply_is_about_the_message_only_in_the_phases_of_the_message() {
    for phase in PHASES {
        let expected = match phase {
            Phase::Mail | Phase::Rcpt | Phase::Data | Phase::Content | Phase::Acceptance => {
                Retry::Never
            }
            _ => Retry::AfterAChange,
        };
        let error = rejected(phase, 554);
        assert_eq!(error.explain().retry, expected, "{error:?}");
        assert!(!error.is_transient(), "{error:?}");
        assert_eq!(error.is_permanent(), expected == Retry::Never, "{error:?}");
    }
}

#[test]
fn only_an_error_with_one_reply_has_a_reply() {
    let reply = reply(550, "No");
    assert_eq!(rejected(Phase::Mail, 550).reply(), Some(&reply));
    let refused_login = Error::AuthRefused(reply.clone(), Vec::new());
    assert_eq!(refused_login.reply(), Some(&reply));
    assert_eq!(refused(&[550]).reply(), None);
    assert_eq!(Error::Disconnected(Phase::Mail).reply(), None);
}

#[test]
fn a_refused_login_waits_for_other_credentials() {
    for code in [500, 501, 504, 534, 535, 550, 553] {
        let explanation = rejected(Phase::Auth, code).explain();
        assert_eq!(explanation.retry, Retry::AfterAChange, "{code}");
        for word in ["at AUTH", "user name", "password", "token"] {
            assert!(explanation.sentence.contains(word), "{explanation:?}");
        }
    }
    for code in [530, 535, 538] {
        for phase in [Phase::Mail, Phase::Rcpt, Phase::Acceptance] {
            let error = rejected(phase, code);
            assert_eq!(error.explain().retry, Retry::AfterAChange, "{error:?}");
        }
    }
    let sentence = rejected(Phase::Mail, 530).explain().sentence;
    assert!(sentence.contains("give user and password"), "{sentence}");
}

#[test]
fn one_recipient_to_try_again_decides_for_all() {
    let retry = |codes: &[u16]| refused(codes).explain().retry;
    assert_eq!(retry(&[550, 450, 553]), Retry::Later);
    assert_eq!(retry(&[550, 553]), Retry::Never);
    assert_eq!(retry(&[550, 530]), Retry::AfterAChange);
    assert_eq!(retry(&[]), Retry::Never);
}

#[test]
fn refused_recipients_are_named_with_their_replies_and_many_are_counted() {
    assert_eq!(
        refused(&[550, 450]).explain().sentence,
        "the server refused recipients: user550@example.org: 550 No; user450@example.org: 450 No; \
         nothing was delivered; try again later, with growing pauses"
    );
    let many = refused(&[550; 100]).explain().sentence;
    assert!(many.contains("550 No; and 97 more; nothing"), "{many}");
}

#[test]
fn a_mistrusted_certificate_waits_for_a_change_and_an_expired_one_for_time() {
    for (failure, retry) in [
        (TlsFailure::CertificateExpired, Retry::Later),
        (TlsFailure::CertificateNotYetValid, Retry::AfterAChange),
        (TlsFailure::CertificateUnknownIssuer, Retry::AfterAChange),
        (TlsFailure::CertificateWrongName, Retry::AfterAChange),
        (TlsFailure::CertificateRevoked, Retry::AfterAChange),
        (TlsFailure::CertificateInvalid, Retry::AfterAChange),
        (TlsFailure::CertificateNotPinned, Retry::AfterAChange),
        (TlsFailure::Incompatible, Retry::AfterAChange),
        (TlsFailure::HandshakeFailed, Retry::AfterAChange),
    ] {
        let explanation = Error::TlsFailed(failure, "the reason".into()).explain();
        assert_eq!(explanation.outcome, Outcome::NotSent, "{failure:?}");
        assert_eq!(explanation.retry, retry, "{failure:?}");
        let sentence = explanation.sentence;
        assert!(
            sentence.contains("TLS connection could be made: the reason;"),
            "{sentence}"
        );
    }
}

#[test]
fn an_error_before_any_reply_says_whether_a_change_or_time_cures_it() {
    let denied = Error::AccessDenied(Phase::Lookup).explain();
    assert_eq!(denied.retry, Retry::AfterAChange);
    assert!(
        denied.sentence.contains("allow-ip-name-lookup"),
        "{denied:?}"
    );
    let denied = Error::AccessDenied(Phase::Connect).explain().sentence;
    assert!(denied.contains("inherit-network"), "{denied}");

    for (error, retry) in [
        (Error::InvalidArgument("no".into()), Retry::Never),
        (Error::WrongState("no".into()), Retry::Never),
        (
            Error::unavailable("DSN", "which set-notify asks for"),
            Retry::Never,
        ),
        (Error::MessageTooLarge(1000), Retry::Never),
        (Error::LookupFailed("no".into()), Retry::Later),
        (Error::ConnectFailed("no".into()), Retry::Later),
        (Error::Other("no".into()), Retry::Later),
        (Error::StartTlsUnavailable, Retry::AfterAChange),
        (Error::AuthNeedsTls, Retry::AfterAChange),
        (Error::AuthUnavailable(vec![]), Retry::AfterAChange),
    ] {
        let explanation = error.explain();
        assert_eq!(explanation.retry, retry, "{error:?}");
        assert_eq!(explanation.outcome, Outcome::NotSent, "{error:?}");
    }
}

#[test]
fn a_timeout_names_its_limit_and_its_step() {
    let sentence = |limit| Error::Timeout(Phase::Mail, limit).explain().sentence;
    assert_eq!(
        sentence(Timeout::Command),
        "the server did not answer within the limit `command` at MAIL (the sender); \
         nothing was delivered; try again later"
    );
    assert_eq!(
        sentence(Timeout::Total),
        "the time for the whole call (the limit `total`) was over at MAIL (the sender); \
         nothing was delivered; allow more time, or try again later"
    );
}

#[test]
fn a_policy_that_refuses_a_recipient_may_want_a_login() {
    let mut reply = reply(554, "5.7.1 Relay access denied");
    let code = |subject| EnhancedCode {
        class: 5,
        subject,
        detail: 1,
    };
    reply.enhanced = Some(code(7));
    let sentence = Error::Rejected(Phase::Rcpt, reply.clone())
        .explain()
        .sentence;
    assert!(sentence.contains("login"), "{sentence}");
    reply.enhanced = Some(code(1));
    let sentence = Error::Rejected(Phase::Rcpt, reply).explain().sentence;
    assert!(!sentence.contains("login"), "{sentence}");
}

#[test]
fn a_sentence_is_one_short_line_with_any_text_of_the_server() {
    let hostile = "\r\n\x1b[31m\u{202e}\u{feff}ü".repeat(5000);
    let mut reply = reply(550, &hostile);
    reply.lines.push(hostile.clone());
    let one = RecipientReply {
        recipient: hostile.clone(),
        reply: reply.clone(),
    };
    for error in [
        Error::InvalidArgument(hostile.clone()),
        Error::LookupFailed(hostile.clone()),
        Error::TlsFailed(TlsFailure::CertificateUnknownIssuer, hostile.clone()),
        Error::AuthUnavailable(vec![hostile.clone(); 20]),
        Error::unavailable(&hostile, &hostile),
        Error::Rejected(Phase::Acceptance, reply),
        Error::RecipientsRefused(vec![one; 20]),
        Error::Protocol(Phase::Acceptance, hostile),
    ] {
        let sentence = error.explain().sentence;
        assert!(sentence.chars().count() <= 1000, "{sentence}");
        let disturbs = |c: char| c.is_control() || matches!(c, '\u{202e}' | '\u{feff}');
        assert!(!sentence.contains(disturbs), "{sentence:?}");
        assert!(
            sentence.contains('ü') && sentence.contains('…'),
            "{sentence}"
        );
    }
}
