//! Whole exchanges.

use super::*;
use Mechanism::{ScramSha1, ScramSha1Plus, ScramSha256, ScramSha256Plus};

const SHA1_FIRST: &str = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";

fn password(username: &str, password: &str, authorization_id: Option<&str>) -> Password {
    Password {
        username: username.into(),
        password: password.into(),
        authorization_id: authorization_id.map(String::from),
    }
}

fn scram(mechanism: Mechanism, nonce: &str) -> Scram {
    Scram::new(
        mechanism,
        &password("user", "pencil", None),
        nonce.into(),
        None,
        false,
    )
    .unwrap()
}

fn answer(scram: &mut Scram, challenge: &str) -> String {
    String::from_utf8(scram.respond(challenge.as_bytes()).unwrap().to_vec()).unwrap()
}

fn proved() -> Scram {
    let mut scram = scram(ScramSha1, "fyko+d2lbbFgONRv9qkxdawL");
    answer(&mut scram, SHA1_FIRST);
    scram
}

// Conformance: 51
#[test]
fn the_example_of_rfc_5802() {
    let mut scram = scram(ScramSha1, "fyko+d2lbbFgONRv9qkxdawL");
    assert_eq!(
        scram.initial_response(),
        "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"
    );
    assert_eq!(
        answer(&mut scram, SHA1_FIRST),
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
    );
    assert!(!scram.is_verified());
    assert_eq!(answer(&mut scram, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), "");
    assert!(scram.is_verified());
}

// Conformance: 51
#[test]
fn the_example_of_rfc_7677() {
    let mut scram = scram(ScramSha256, "rOprNGfwEbeRWgbNEkqO");
    assert_eq!(scram.initial_response(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    let first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                 s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    assert_eq!(
        answer(&mut scram, first),
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
         p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    );
    answer(&mut scram, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    assert!(scram.is_verified());
}

#[test]
fn a_wrong_signature_is_an_error() {
    for signature in [
        "rmF9pqV8S7suAoZWja4dJRkFsKU=",
        "rmF9pqV8S7suAoZWja4dJRkFsA==",
        "cm1GOXBxVjhTN3N1QW9aV2phNGRKUmtGc0tRPXg=",
    ] {
        let mut scram = proved();
        let error = scram
            .respond(format!("v={signature}").as_bytes())
            .unwrap_err();
        assert!(error.contains("signature"), "{error}");
        assert!(!scram.is_verified());
    }
}

#[test]
fn an_error_of_the_servers_is_kept_and_verifies_nothing() {
    let mut scram = proved();
    assert_eq!(answer(&mut scram, "e=channel-bindings-dont-match"), "");
    assert_eq!(scram.failure(), Some("channel-bindings-dont-match"));
    assert!(!scram.is_verified());
    assert!(scram.respond(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").is_err());
}

#[test]
fn a_message_that_is_not_utf_8_is_an_error() {
    let mut scram = scram(ScramSha1, "abc");
    assert!(scram.respond(b"r=abc\xff,s=QQ==,i=4096").is_err());
}

// Conformance: 51
#[test]
fn the_flag_says_what_both_sides_can() {
    let binding = ChannelBinding {
        name: "tls-exporter",
        data: vec![1, 2, 3],
    };
    let header = |mechanism, binding, bound_offered| {
        let user = password("user", "pencil", None);
        Scram::new(mechanism, &user, "abc".into(), binding, bound_offered).map(|s| s.header)
    };
    let expect = |flag: &str| Ok(format!("{flag},,"));
    for mechanism in [ScramSha1Plus, ScramSha256Plus] {
        assert_eq!(
            header(mechanism, Some(&binding), true),
            expect("p=tls-exporter")
        );
        assert!(header(mechanism, None, true).is_err());
    }
    for mechanism in [ScramSha1, ScramSha256] {
        assert_eq!(header(mechanism, Some(&binding), false), expect("y"));
        assert_eq!(header(mechanism, Some(&binding), true), expect("n"));
        assert_eq!(header(mechanism, None, false), expect("n"));
    }
}

#[test]
fn a_bound_proof_holds_the_binding() {
    let binding = ChannelBinding {
        name: "tls-exporter",
        data: vec![0xff; 3],
    };
    let user = password("user", "pencil", Some("ann"));
    let mut scram = Scram::new(ScramSha256Plus, &user, "abc".into(), Some(&binding), true).unwrap();
    let response = answer(&mut scram, "r=abcdef,s=QQ==,i=4096");
    let bound = encode(b"p=tls-exporter,a=ann,\xff\xff\xff").to_string();
    assert!(response.starts_with(&format!("c={bound},r=abcdef,p=")));
}

#[test]
fn names_are_prepared_and_escaped() {
    let initial = |user: &Password| {
        Scram::new(ScramSha256, user, "abc".into(), None, false).map(|s| s.initial_response())
    };
    // RFC 4013, section 3, and RFC 5802, section 5.1.
    for (name, expected) in [
        ("I\u{ad}X", "IX"),
        ("user", "user"),
        ("USER", "USER"),
        ("\u{aa}", "a"),
        ("\u{2168}", "IX"),
        ("a,b=c", "a=2Cb=3Dc"),
        ("=2C", "=3D2C"),
    ] {
        assert_eq!(
            initial(&password(name, "pencil", None)),
            Ok(format!("n,,n={expected},r=abc"))
        );
    }
    assert_eq!(
        initial(&password("user", "pencil", Some("a,b"))),
        Ok("n,a=a=2Cb,n=user,r=abc".into())
    );
    for refused in ["\u{7}", "\u{627}\u{31}", "\u{ad}"] {
        let error = initial(&password("user", refused, None)).unwrap_err();
        assert!(error.contains("SASLprep refuses"), "{error}");
        assert!(initial(&password(refused, "pencil", None)).is_err());
    }
}

#[test]
fn a_password_is_hashed_as_prepared() {
    let proof = |text: &str| {
        let user = password("user", text, None);
        let mut scram = Scram::new(ScramSha1, &user, "abc".into(), None, false).unwrap();
        answer(&mut scram, "r=abcdef,s=QQ==,i=4096")
    };
    assert_eq!(proof("I\u{ad}X"), proof("IX"));
    assert_ne!(proof("IX"), proof("ix"));
}
