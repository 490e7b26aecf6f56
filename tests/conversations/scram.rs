//! AUTH by SCRAM. The server's messages were computed by another implementation, or come from the RFC.

use envoi::sasl::{ChannelBinding, Mechanism};
use envoi::smtp::error::{Error, Phase};
use envoi::smtp::session::Action;

use crate::conversation::{Conversation, Setup, both_ways, setup_with_password};

/// RFC 5802, section 5.
const SHA1: [&str; 4] = [
    "biwsbj11c2VyLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdM",
    "cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0wzcmZjTkhZSlkxWlZ2V1ZzN2oscz1RU1hDUitRNnNlazhiZjkyLGk9NDA5Ng==",
    "Yz1iaXdzLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdMM3JmY05IWUpZMVpWdldWczdqLHA9djBYOHYzQnoyVDBDSkdiSlF5RjBYK0hJNFRzPQ==",
    "dj1ybUY5cHFWOFM3c3VBb1pXamE0ZEpSa0ZzS1E9",
];
const SHA256_FIRST: &str = "cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0xzcnYscz1jMkZzZEE9PSxpPTQwOTY=";
/// The client has no channel binding.
const SHA256: [&str; 4] = [
    "biwsbj11c2VyLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdM",
    SHA256_FIRST,
    "Yz1iaXdzLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdMc3J2LHA9ZnBKZmlKMHNPV29maXVnbGlQbElxeWV3K21kL1M2R0dFV2Y3VlBnc0R4TT0=",
    "dj1uZlV6RjBubXAwd0xDQ3c0eDRIUkpmOXFHUlk2UjFOWlNDcElzWTV3aUFzPQ==",
];
/// The client has one, and the server does not offer to use it.
const SHA256_UNUSED: [&str; 4] = [
    "eSwsbj11c2VyLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdM",
    SHA256_FIRST,
    "Yz1lU3dzLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdMc3J2LHA9ZVcxL3ZYSFNXWUdTb1krRkE4L253eXNPOFNxeDNEcWY2N2tNNWd1dEhCZz0=",
    "dj1PdDZoYVZ3emJZVUk3UnpWU0RDdVBsUktpRkdaNUFQM01KUlRIcGJBR1lzPQ==",
];
const SHA256_PLUS: [&str; 4] = [
    "cD10bHMtZXhwb3J0ZXIsLG49dXNlcixyPWZ5a28rZDJsYmJGZ09OUnY5cWt4ZGF3TA==",
    SHA256_FIRST,
    "Yz1jRDEwYkhNdFpYaHdiM0owWlhJc0xBQUJBZ01FQlFZSENBa0tDd3dORGc4UUVSSVRGQlVXRnhnWkdoc2NIUjRmLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdMc3J2LHA9eEhTb1FIblJlZzVWMEh4T1k3a3ppVUN6aEFkcGkrSWEzc29jVzlER0MwZz0=",
    "dj16Yi96TDc4SGFianVhMGlSWVBRQjljOVVxNHFSTE9wNjRHM2NUcmVjYUVZPQ==",
];

fn pencil() -> Setup {
    setup_with_password("pencil")
}

fn binding() -> ChannelBinding {
    ChannelBinding {
        name: "tls-exporter",
        data: (0..32).collect(),
    }
}

fn hello(offered: &str) -> String {
    format!("S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250 AUTH {offered}\n")
}

/// From AUTH to the server's proof.
fn exchange(mechanism: &str, [initial, first, proof, signature]: [&str; 4]) -> String {
    format!(
        "C: AUTH {mechanism} {initial}
         S: 334 {first}
         C: {proof}
         S: 334 {signature}\n"
    )
}

fn is_protocol_error(error: &Error, words: &str) -> bool {
    matches!(error, Error::Protocol(Phase::Auth, text) if text.contains(words))
}

// Conformance: 51
#[test]
fn scram_sha_1_follows_the_example_of_its_rfc() {
    both_ways(pencil, |talk| {
        let script = exchange("SCRAM-SHA-1", SHA1);
        let hello = hello("PLAIN SCRAM-SHA-1");
        let done = talk.expect_ok(&format!("{hello}{script}C: \nS: 235 welcome"));
        assert_eq!(done, Action::Idle);
        talk.deliver_to(&["b@mail.test"]);
    });
}

#[test]
fn scram_sha_256_is_preferred() {
    both_ways(pencil, |talk| {
        let script = exchange("SCRAM-SHA-256", SHA256);
        let hello = hello("PLAIN SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-256-PLUS");
        talk.expect_ok(&format!("{hello}{script}C: \nS: 235 welcome"));
    });
}

// Conformance: 51
#[test]
fn inside_tls_scram_is_bound_to_it() {
    both_ways(pencil, |talk| {
        talk.session.secured(Some(binding())).unwrap();
        let script = exchange("SCRAM-SHA-256-PLUS", SHA256_PLUS);
        let hello = hello("PLAIN SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-256-PLUS");
        talk.expect_ok(&format!("{hello}{script}C: \nS: 235 welcome"));
    });
}

// Conformance: 51
#[test]
fn the_server_is_told_about_a_binding_that_it_does_not_offer() {
    both_ways(pencil, |talk| {
        talk.session.secured(Some(binding())).unwrap();
        let script = exchange("SCRAM-SHA-256", SHA256_UNUSED);
        let hello = hello("PLAIN SCRAM-SHA-256");
        talk.expect_ok(&format!("{hello}{script}C: \nS: 235 welcome"));
    });
}

// Conformance: 51
#[test]
fn a_server_that_does_not_prove_itself_is_not_trusted() {
    let [initial, first, proof, _] = SHA1;
    let unproved = |talk: &mut Conversation, script: &str| {
        let hello = hello("SCRAM-SHA-1");
        let error = talk.expect_err(&format!("{hello}{script}S: 235 welcome"));
        assert!(is_protocol_error(&error, "not proved"), "{error:?}");
        assert!(!talk.session.is_open());
    };
    let after_nothing = format!("C: AUTH SCRAM-SHA-1 {initial}\n");
    let after_our_proof = format!("{after_nothing}S: 334 {first}\nC: {proof}\n");
    // `e=invalid-proof`
    let after_error = format!("{after_our_proof}S: 334 ZT1pbnZhbGlkLXByb29m\nC: \n");
    for script in [after_nothing, after_our_proof, after_error] {
        both_ways(pencil, |talk| unproved(talk, &script));
    }
}

// Conformance: 51
#[test]
fn a_wrong_signature_ends_the_session() {
    let [initial, first, proof, _] = SHA1;
    both_ways(pencil, |talk| {
        let hello = hello("SCRAM-SHA-1 PLAIN");
        let error = talk.expect_err(&format!(
            "{hello}C: AUTH SCRAM-SHA-1 {initial}
             S: 334 {first}
             C: {proof}
             S: 334 dj1BQUFB
             C: *
             S: 501 cancelled"
        ));
        assert!(is_protocol_error(&error, "signature"), "{error:?}");
        assert!(!talk.session.is_open());
    });
}

// Conformance: 51
#[test]
fn no_proof_is_sent_for_a_challenge_that_weakens_it() {
    for (challenge, words) in [
        // `r=other,s=c2FsdA==,i=4096`, and our nonce without the server's part.
        ("cj1vdGhlcixzPWMyRnNkQT09LGk9NDA5Ng==", "nonce"),
        (
            "cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0wscz1jMkZzZEE9PSxpPTQwOTY=",
            "nonce",
        ),
        // 4095 and 2000001 iterations.
        (
            "cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0xzcnYscz1jMkZzZEE9PSxpPTQwOTU=",
            "iteration count",
        ),
        (
            "cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0xzcnYscz1jMkZzZEE9PSxpPTIwMDAwMDE=",
            "iteration count",
        ),
        ("", "malformed"),
    ] {
        both_ways(pencil, |talk| {
            let hello = hello("SCRAM-SHA-1 PLAIN");
            let error = talk.expect_err(&format!(
                "{hello}C: AUTH SCRAM-SHA-1 {}\nS: 334 {challenge}\nC: *\nS: 501 cancelled",
                SHA1[0]
            ));
            assert!(is_protocol_error(&error, words), "{error:?}");
        });
    }
}

#[test]
fn a_refusal_carries_the_servers_reason() {
    let [initial, first, proof, _] = SHA1;
    let setup = || Setup {
        mechanisms: vec![Mechanism::SCRAM_SHA_1],
        ..pencil()
    };
    both_ways(setup, |talk| {
        let hello = hello("SCRAM-SHA-1 PLAIN");
        let error = talk.expect_err(&format!(
            "{hello}C: AUTH SCRAM-SHA-1 {initial}
             S: 334 {first}
             C: {proof}
             S: 334 ZT1pbnZhbGlkLXByb29m
             C: \nS: 535 5.7.8 no"
        ));
        let Error::AuthRefused(reply, _) = error else {
            panic!("{error:?}")
        };
        assert_eq!(reply.lines, ["5.7.8 no", "SCRAM: invalid-proof"]);
        assert!(talk.session.is_open());
    });
}

#[test]
fn scram_without_binding_follows_a_refused_binding() {
    both_ways(pencil, |talk| {
        talk.session.secured(Some(binding())).unwrap();
        let [initial, first, proof, _] = SHA256_PLUS;
        let hello = hello("PLAIN SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-256-PLUS");
        // `e=channel-bindings-dont-match`
        talk.expect_ok(&format!(
            "{hello}C: AUTH SCRAM-SHA-256-PLUS {initial}
             S: 334 {first}
             C: {proof}
             S: 334 ZT1jaGFubmVsLWJpbmRpbmdzLWRvbnQtbWF0Y2g=
             C: \nS: 535 5.7.8 no"
        ));
        // `n,,n=user,r=` and the second nonce.
        talk.expect_ok("C: AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9QVFFQkFRRUJBUUVCQVFFQkFRRUJBUUVC");
    });
}

#[test]
fn the_transcript_shows_neither_proof() {
    both_ways(pencil, |talk| {
        let script = exchange("SCRAM-SHA-1", SHA1);
        talk.expect_ok(&format!(
            "{}{script}C: \nS: 235 welcome",
            hello("SCRAM-SHA-1")
        ));
        let transcript = talk.transcript();
        for secret in SHA1 {
            assert!(!transcript.contains(&secret[..20]), "{transcript}");
        }
        assert!(
            transcript.ends_with(
                "Client: AUTH SCRAM-SHA-1 <hidden>\nServer: 334 <hidden>\nClient: <hidden>\n\
                 Server: 334 <hidden>\nClient: \nServer: 235 welcome\n"
            ),
            "{transcript}"
        );
    });
}
