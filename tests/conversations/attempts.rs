//! What follows a refused AUTH.

use envoi::sasl::{Credentials, MAX_ATTEMPTS, Mechanism, Password};
use envoi::smtp::config::InitialResponse;
use envoi::smtp::error::Error;
use envoi::smtp::server_memory::ServerMemory;
use envoi::smtp::session::Action;

use crate::conversation::{Conversation, Setup, both_ways, once, setup_with_password};

/// `\0user\0secret`.
const PLAIN: &str = "AHVzZXIAc2VjcmV0";
/// `n,,n=user,r=` and one of the setup's nonces.
const SCRAM: [&str; MAX_ATTEMPTS] = [
    "biwsbj11c2VyLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdM",
    "biwsbj11c2VyLHI9QVFFQkFRRUJBUUVCQVFFQkFRRUJBUUVC",
    "biwsbj11c2VyLHI9QWdJQ0FnSUNBZ0lDQWdJQ0FnSUNBZ0lD",
];

fn secret() -> Setup {
    setup_with_password("secret")
}

fn only(mechanisms: &[Mechanism]) -> Setup {
    Setup {
        mechanisms: mechanisms.to_vec(),
        ..secret()
    }
}

fn user() -> Credentials {
    Credentials::Password(Password {
        username: "user".into(),
        password: "secret".into(),
        authorization_id: None,
    })
}

fn hello(offered: &str) -> String {
    format!("S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250 AUTH {offered}\n")
}

/// Asserts that the script ends in a refusal with this code and text, that the error names all mechanisms of
/// the script, and that the session stays open.
fn is_refused(talk: &mut Conversation, script: &str, code: u16, text: &str) {
    let error = talk.expect_err(script);
    let Error::AuthRefused(reply, tried) = error else {
        panic!("{error:?}")
    };
    assert_eq!((reply.code, reply.lines), (code, vec![text.to_string()]));
    let said = script
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("C: AUTH "));
    let said: Vec<_> = said.filter_map(|line| line.split(' ').next()).collect();
    let tried: Vec<_> = tried.into_iter().map(Mechanism::name).collect();
    assert_eq!(tried, said);
    assert!(talk.session.is_open());
    assert_eq!(talk.said(), "");
}

// Conformance: 49
#[test]
fn plain_follows_a_refused_proof_of_the_password() {
    both_ways(secret, |talk| {
        let hello = hello("PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256");
        let done = talk.expect_ok(&format!(
            "{hello}C: AUTH SCRAM-SHA-256 {}
             S: 535 5.7.8 no
             C: AUTH PLAIN {PLAIN}
             S: 235 welcome",
            SCRAM[0],
        ));
        assert_eq!(done, Action::Idle);
        let transcript = talk.transcript();
        let event = "Event: PLAIN shows the server the password, as it refused the proof of \
                     SCRAM-SHA-256\nClient: AUTH PLAIN <hidden>\n";
        assert!(transcript.contains(event), "{transcript}");
    });
}

// Conformance: 49
#[test]
fn the_password_is_not_sent_after_a_refused_proof_unless_that_is_allowed() {
    let setup = || Setup {
        plain_fallback: false,
        ..secret()
    };
    both_ways(setup, |talk| {
        let script = format!(
            "{}C: AUTH SCRAM-SHA-256 {}\nS: 535 5.7.8 no",
            hello("PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256"),
            SCRAM[0],
        );
        is_refused(talk, &script, 535, "5.7.8 no");
    });
    // As Cyrus IMAP refuses.
    let proof_first = || Setup {
        plain_fallback: false,
        ..only(&[Mechanism::CRAM_MD5, Mechanism::PLAIN])
    };
    both_ways(proof_first, |talk| {
        let script = format!(
            "{}C: AUTH CRAM-MD5
             S: 334 PHg+
             C: dXNlciBkYWRlYmZlODFiZDljMTU2Yzk3OWY5NTkyOTNjNWVlYg==
             S: 501 5.5.4 undefined error!",
            hello("PLAIN CRAM-MD5"),
        );
        is_refused(talk, &script, 501, "5.5.4 undefined error!");
    });
    // The server refuses only the mechanism, not the proof.
    both_ways(setup, |talk| {
        talk.expect_ok(&format!(
            "{}C: AUTH SCRAM-SHA-256 {}\nS: 504 5.5.4 no\nC: AUTH PLAIN {PLAIN}\nS: 235 welcome",
            hello("PLAIN SCRAM-SHA-256"),
            SCRAM[0],
        ));
        assert!(!talk.transcript().contains("Event: "));
    });
}

#[test]
fn cram_md5_may_follow_scram_because_servers_check_it_against_another_secret() {
    both_ways(secret, |talk| {
        let script = format!(
            "{}C: AUTH SCRAM-SHA-256 {}
             S: 535 no
             C: AUTH CRAM-MD5
             S: 334 PHg+
             C: dXNlciBkYWRlYmZlODFiZDljMTU2Yzk3OWY5NTkyOTNjNWVlYg==
             S: 535 not either",
            hello("CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256"),
            SCRAM[0],
        );
        is_refused(talk, &script, 535, "no");
    });
}

// Conformance: 49
#[test]
fn the_first_refusal_is_the_result() {
    both_ways(secret, |talk| {
        let script = format!(
            "{}C: AUTH SCRAM-SHA-256 {}
             S: 535 the first
             C: AUTH PLAIN {PLAIN}
             S: 535 the second",
            hello("PLAIN LOGIN SCRAM-SHA-256"),
            SCRAM[0],
        );
        is_refused(talk, &script, 535, "the first");
    });
}

// Conformance: 22
#[test]
fn a_password_that_the_server_has_seen_is_not_sent_again() {
    both_ways(secret, |talk| {
        let hello = hello("PLAIN LOGIN CRAM-MD5");
        let script = format!("{hello}C: AUTH PLAIN {PLAIN}\nS: 535 wrong");
        is_refused(talk, &script, 535, "wrong");
    });
}

#[test]
fn only_allowed_mechanisms_are_used() {
    let setup = || only(&[Mechanism::SCRAM_SHA_256, Mechanism::SCRAM_SHA_1]);
    both_ways(setup, |talk| {
        let [first, second, _] = SCRAM;
        let script = format!(
            "{}C: AUTH SCRAM-SHA-256 {first}
             S: 504 no
             C: AUTH SCRAM-SHA-1 {second}
             S: 535 not either",
            hello("PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256"),
        );
        is_refused(talk, &script, 504, "no");
    });
}

#[test]
fn attempts_are_limited_so_that_no_account_is_locked() {
    let setup = || {
        only(&[
            Mechanism::CRAM_MD5,
            Mechanism::SCRAM_SHA_256,
            Mechanism::SCRAM_SHA_1,
            Mechanism::PLAIN,
            Mechanism::LOGIN,
        ])
    };
    both_ways(setup, |talk| {
        let script = format!(
            "{}C: AUTH CRAM-MD5
             S: 504 no
             C: AUTH SCRAM-SHA-256 {}
             S: 504 no
             C: AUTH PLAIN {PLAIN}
             S: 504 no",
            hello("PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256"),
            SCRAM[1],
        );
        is_refused(talk, &script, 504, "no");
    });
}

// Conformance: 49
#[test]
fn a_refusal_of_the_mechanism_leads_to_the_next() {
    for code in [432, 500, 501, 502, 503, 504, 534, 538, 550, 553, 554] {
        both_ways(secret, |talk| {
            talk.expect_ok(&format!(
                "{}C: AUTH PLAIN {PLAIN}
                 S: {code} not like this
                 C: AUTH LOGIN
                 S: 334 VXNlcm5hbWU6
                 C: dXNlcg==
                 S: 334 UGFzc3dvcmQ6
                 C: c2VjcmV0
                 S: 235 welcome",
                hello("PLAIN LOGIN")
            ));
        });
    }
}

#[test]
fn no_mechanism_follows_a_temporary_failure() {
    for code in [454, 450, 530] {
        both_ways(secret, |talk| {
            let script = format!(
                "{}C: AUTH SCRAM-SHA-1 {}\nS: {code} not now",
                hello("PLAIN SCRAM-SHA-1"),
                SCRAM[0]
            );
            is_refused(talk, &script, code, "not now");
        });
    }
    both_ways(secret, |talk| {
        let error = talk.expect_err(&format!(
            "{}C: AUTH SCRAM-SHA-1 {}\nS: 421 bye",
            hello("PLAIN SCRAM-SHA-1"),
            SCRAM[0]
        ));
        let tried = vec![Mechanism::SCRAM_SHA_1];
        assert!(matches!(error, Error::AuthRefused(reply, t) if reply.code == 421 && t == tried));
        assert!(!talk.session.is_open());
    });
}

#[test]
fn a_mechanism_that_cannot_carry_the_password_is_skipped() {
    // SASLprep forbids the tab, so SCRAM cannot carry this password.
    both_ways(
        || setup_with_password("sec\tret"),
        |talk| {
            talk.expect_ok(&format!(
                "{}C: AUTH PLAIN AHVzZXIAc2VjCXJldA==\nS: 235 welcome",
                hello("PLAIN SCRAM-SHA-256")
            ));
        },
    );
    both_ways(
        || setup_with_password("sec\tret"),
        |talk| {
            let error = talk.expect_err(&hello("SCRAM-SHA-256"));
            assert!(
                matches!(&error, Error::InvalidArgument(why) if why.contains("password") && !why.contains("ret")),
                "{error:?}"
            );
        },
    );
}

#[test]
fn the_next_session_begins_with_the_mechanism_that_worked() {
    let memory = ServerMemory::default();
    let setup = || Setup {
        memory: memory.clone(),
        ..secret()
    };
    let hello = hello("PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256");
    let fallback = |talk: &mut Conversation| {
        talk.expect_ok(&format!(
            "{hello}C: AUTH SCRAM-SHA-256 {}\nS: 501 5.5.4 no\nC: AUTH SCRAM-SHA-1 {}\nS: 535 no
             C: AUTH PLAIN {PLAIN}\nS: 235 welcome",
            SCRAM[0], SCRAM[1],
        ));
    };
    once(setup, fallback);
    assert_eq!(memory.mechanism(), Some(Mechanism::PLAIN));
    both_ways(setup, |talk| {
        talk.expect_ok(&format!("{hello}C: AUTH PLAIN {PLAIN}\nS: 235 welcome"));
    });
    memory.forget_mechanism();
    once(setup, fallback);
}

#[test]
fn a_first_mechanism_that_works_is_not_remembered() {
    let memory = ServerMemory::default();
    let setup = || Setup {
        memory: memory.clone(),
        ..secret()
    };
    both_ways(setup, |talk| {
        let hello = hello("PLAIN");
        talk.expect_ok(&format!("{hello}C: AUTH PLAIN {PLAIN}\nS: 235 welcome"));
    });
    assert_eq!(memory.mechanism(), None);
}

#[test]
fn a_mechanism_that_worked_for_the_callers_credentials_is_not_remembered() {
    let memory = ServerMemory::default();
    memory.learn_mechanism(Mechanism::LOGIN);
    let nobody = || Setup {
        credentials: None,
        memory: memory.clone(),
        ..only(&[Mechanism::SCRAM_SHA_1, Mechanism::PLAIN, Mechanism::LOGIN])
    };
    both_ways(nobody, |talk| {
        talk.expect_ok(&hello("PLAIN LOGIN SCRAM-SHA-1"));
        talk.session.authenticate_as(user(), [[1; 18]; 3]).unwrap();
        talk.expect_ok(&format!(
            "C: AUTH SCRAM-SHA-1 {}\nS: 535 no\nC: AUTH PLAIN {PLAIN}\nS: 235 welcome",
            SCRAM[1]
        ));
    });
    assert_eq!(memory.mechanism(), Some(Mechanism::LOGIN));
}

// Conformance: 49
#[test]
fn other_credentials_may_follow() {
    let nobody = || Setup {
        credentials: None,
        ..only(&[Mechanism::SCRAM_SHA_1])
    };
    both_ways(nobody, |talk| {
        talk.expect_ok(&hello("SCRAM-SHA-1"));
        let [_, second, third] = SCRAM;
        talk.session.authenticate_as(user(), [[1; 18]; 3]).unwrap();
        is_refused(
            talk,
            &format!("C: AUTH SCRAM-SHA-1 {second}\nS: 535 wrong"),
            535,
            "wrong",
        );
        talk.session.authenticate_as(user(), [[2; 18]; 3]).unwrap();
        is_refused(
            talk,
            &format!("C: AUTH SCRAM-SHA-1 {third}\nS: 535 wrong again"),
            535,
            "wrong again",
        );
    });
}

// Conformance: 46
#[test]
fn the_initial_response_may_wait_for_the_challenge() {
    let setup = || Setup {
        initial_response: InitialResponse::Never,
        ..secret()
    };
    both_ways(setup, |talk| {
        talk.expect_ok(&format!(
            "{}C: AUTH PLAIN\nS: 334 \nC: {PLAIN}\nS: 235 welcome",
            hello("PLAIN")
        ));
    });
    both_ways(setup, |talk| {
        talk.expect_ok(&format!(
            "{}C: AUTH SCRAM-SHA-1\nS: 334 \nC: {}\nS: 535 no\nC: AUTH PLAIN",
            hello("SCRAM-SHA-1 PLAIN"),
            SCRAM[0]
        ));
    });
}

// Conformance: 46
#[test]
fn the_initial_response_may_go_with_auth_whatever_its_length() {
    let setup = || Setup {
        initial_response: InitialResponse::Always,
        ..setup_with_password(&"x".repeat(1000))
    };
    both_ways(setup, |talk| {
        talk.expect_ok(&hello("PLAIN"));
        let said = talk.said();
        assert!(said.starts_with("AUTH PLAIN AHVzZXIAeHh4") && said.len() > 1300);
        talk.expect_ok("S: 235 welcome");
    });
}
