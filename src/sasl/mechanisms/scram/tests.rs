//! Whole exchanges of SCRAM.

use super::*;
use crate::sasl::ChannelBinding;

const SCRAM_SHA_1: Mechanism = Mechanism::SCRAM_SHA_1;
const SCRAM_SHA_1_PLUS: Mechanism = Mechanism::SCRAM_SHA_1_PLUS;
const SCRAM_SHA_256: Mechanism = Mechanism::SCRAM_SHA_256;
const SCRAM_SHA_256_PLUS: Mechanism = Mechanism::SCRAM_SHA_256_PLUS;

const SHA1_FIRST: &str = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";

fn password(username: &str, password: &str, authorization_id: Option<&str>) -> Password {
    Password {
        username: username.into(),
        password: password.into(),
        authorization_id: authorization_id.map(String::from),
    }
}

fn new(
    mechanism: Mechanism,
    password: &Password,
    nonce: &str,
    binding: Option<&ChannelBinding>,
    bound_offered: bool,
) -> Result<Scram, Error> {
    let hash = if [SCRAM_SHA_256, SCRAM_SHA_256_PLUS].contains(&mechanism) {
        Hash::Sha256
    } else {
        Hash::Sha1
    };
    let context = Context {
        nonce: [0; 18],
        binding,
        bound_offered,
        host: "mail.example.org",
        port: 587,
    };
    Scram::new(hash, mechanism, password, nonce.into(), &context)
}

fn scram(mechanism: Mechanism, nonce: &str) -> Scram {
    let user = password("user", "pencil", None);
    new(mechanism, &user, nonce, None, false).unwrap()
}

fn initial_response(scram: &mut Scram) -> String {
    String::from_utf8(scram.start().unwrap().to_vec()).unwrap()
}

fn answer(scram: &mut Scram, challenge: &str) -> String {
    String::from_utf8(scram.respond(challenge.as_bytes()).unwrap().to_vec()).unwrap()
}

fn proved() -> Scram {
    let mut scram = scram(SCRAM_SHA_1, "fyko+d2lbbFgONRv9qkxdawL");
    answer(&mut scram, SHA1_FIRST);
    scram
}

// Conformance: 51
#[test]
fn the_example_of_rfc_5802() {
    let mut scram = scram(SCRAM_SHA_1, "fyko+d2lbbFgONRv9qkxdawL");
    assert_eq!(
        initial_response(&mut scram),
        "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"
    );
    assert_eq!(
        answer(&mut scram, SHA1_FIRST),
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
    );
    assert!(scram.done().is_err());
    assert_eq!(answer(&mut scram, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), "");
    assert_eq!(scram.done(), Ok(()));
}

// Conformance: 51
#[test]
fn the_example_of_rfc_7677() {
    let mut scram = scram(SCRAM_SHA_256, "rOprNGfwEbeRWgbNEkqO");
    assert_eq!(
        initial_response(&mut scram),
        "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    );
    let first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                 s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    assert_eq!(
        answer(&mut scram, first),
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
         p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    );
    answer(&mut scram, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    assert_eq!(scram.done(), Ok(()));
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
        assert!(matches!(error, Error::ServerNotProved(_)), "{error}");
        assert!(error.to_string().contains("signature"), "{error}");
        assert!(scram.done().is_err());
    }
}

#[test]
fn an_error_of_the_servers_is_kept_and_verifies_nothing() {
    let mut scram = proved();
    assert_eq!(answer(&mut scram, "e=channel-bindings-dont-match"), "");
    assert_eq!(scram.failure(), Some("SCRAM: channel-bindings-dont-match"));
    assert!(scram.done().is_err());
    assert!(scram.respond(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").is_err());
}

#[test]
fn a_message_that_is_not_utf_8_is_an_error() {
    let mut scram = scram(SCRAM_SHA_1, "abc");
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
        new(mechanism, &user, "abc", binding, bound_offered).map(|scram| scram.gs2_header)
    };
    let expect = |flag: &str| Ok(format!("{flag},,"));
    for mechanism in [SCRAM_SHA_1_PLUS, SCRAM_SHA_256_PLUS] {
        assert_eq!(
            header(mechanism, Some(&binding), true),
            expect("p=tls-exporter")
        );
        assert!(header(mechanism, None, true).is_err());
    }
    for mechanism in [SCRAM_SHA_1, SCRAM_SHA_256] {
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
    let mut scram = new(SCRAM_SHA_256_PLUS, &user, "abc", Some(&binding), true).unwrap();
    let response = answer(&mut scram, "r=abcdef,s=QQ==,i=4096");
    let bound = encode(b"p=tls-exporter,a=ann,\xff\xff\xff").to_string();
    assert!(response.starts_with(&format!("c={bound},r=abcdef,p=")));
}

#[test]
fn names_are_prepared_and_escaped() {
    let initial = |user: &Password| {
        new(SCRAM_SHA_256, user, "abc", None, false).map(|mut scram| initial_response(&mut scram))
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
        assert!(matches!(error, Error::CannotCarry(_)), "{error}");
        assert!(error.to_string().contains("SASLprep refuses"), "{error}");
        assert!(initial(&password(refused, "pencil", None)).is_err());
    }
}

#[test]
fn a_password_is_hashed_as_prepared() {
    let proof = |text: &str| {
        let user = password("user", text, None);
        let mut scram = new(SCRAM_SHA_1, &user, "abc", None, false).unwrap();
        answer(&mut scram, "r=abcdef,s=QQ==,i=4096")
    };
    assert_eq!(proof("I\u{ad}X"), proof("IX"));
    assert_ne!(proof("IX"), proof("ix"));
}
