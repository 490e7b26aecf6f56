//! Which messages are signed, and which are refused.

use envoi_message::dkim::{HashedMessage, Hasher, SignError, Signer, sign_all};
use proptest::prelude::*;

use crate::verifier::is_verified;
use crate::{ED25519, MESSAGE, NOW, RSA, signer};

fn signed(message: &str) -> Result<String, SignError> {
    signer().sign(message.as_bytes(), NOW)
}

fn fields() -> impl Strategy<Value = Vec<String>> {
    let names = [
        "To",
        "subject",
        "Cc",
        "X-A",
        "List-Id",
        "Content-Type",
        "RECEIVED",
        "Resent-To",
    ];
    let parts = vec![
        "a", "é", " ", "\t", "\r\n ", "\r\n\t", ";", "=", ":", "\u{1}", "\0",
    ];
    // NUL is in fields that are not signed.
    let value =
        prop::collection::vec(prop::sample::select(parts), 0..12).prop_map(|parts| parts.concat());
    let field = (prop::sample::select(names.to_vec()), value).prop_map(|(name, value)| {
        let is_signed = !matches!(name, "X-A" | "RECEIVED");
        let value = if is_signed {
            value.replace('\0', "")
        } else {
            value
        };
        format!("{name}:{value}\r\n")
    });
    prop::collection::vec(field, 0..8)
}

fn messages() -> impl Strategy<Value = Vec<u8>> {
    let parts = vec!["a", "é", " ", "\t", "\r\n", ".", "\0", "From:", "\u{a0}"];
    let body =
        prop::collection::vec(prop::sample::select(parts), 0..40).prop_map(|parts| parts.concat());
    (fields(), body).prop_map(|(fields, body)| {
        let message = fields.concat() + "From: ann@example.org\r\n\r\n" + &body;
        message.into_bytes()
    })
}

proptest! {
    #[test]
    fn each_valid_message_is_signed_and_verified(message in messages()) {
        let signer = signer();
        let field = signer.sign(&message, NOW).unwrap();
        prop_assert!(is_verified(&signer, &field, &message), "{field}");
    }

    #[test]
    fn a_message_may_be_cut_anywhere(message in messages(), cut in any::<prop::sample::Index>()) {
        let (first, second) = message.split_at(cut.index(message.len()));
        let mut hasher = Hasher::default();
        for piece in [first, b"", second] {
            hasher.update(piece);
        }
        let cut = signer().sign_hashed(&hasher.finish().unwrap(), NOW);
        prop_assert_eq!(cut, signer().sign(&message, NOW));
    }

    #[test]
    fn no_octets_make_the_signer_panic(message in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = signer().sign(&message, NOW);
        let from = [b"From: a@example.org\r\n", &message[..]].concat();
        let _ = signer().sign(&from, NOW);
    }
}

#[test]
fn rsa_and_ed25519_sign_one_message_that_is_read_once() {
    let rsa = Signer::new("example.org", "rsa", RSA).unwrap();
    let ed25519 = Signer::new("example.org", "ed25519", ED25519).unwrap();
    let message = HashedMessage::new(MESSAGE).unwrap();
    let both = sign_all([&rsa, &ed25519], &message, NOW).unwrap();
    let second = both.rfind("DKIM-Signature:").unwrap();
    let (first, second) = both.split_at(second);
    assert!(is_verified(&rsa, first, MESSAGE));
    assert!(is_verified(&ed25519, second, MESSAGE));
    // The same message at the same time has the same signature.
    assert_eq!(first, rsa.sign(MESSAGE, NOW).unwrap());
    assert_ne!(first, rsa.sign(MESSAGE, NOW + 1).unwrap());
    assert_eq!(sign_all([], &message, NOW).unwrap(), "");
}

#[test]
fn the_test_verifier_finds_a_changed_octet() {
    let signer = signer();
    let field = signer.sign(MESSAGE, NOW).unwrap();
    for at in 0..MESSAGE.len() {
        let mut changed = MESSAGE.to_vec();
        changed[at] ^= 1;
        let is_readable = changed.windows(4).any(|octets| octets == b"\r\n\r\n");
        // A field whose name changed is another field; white space at ends makes no difference.
        if is_readable && changed[at].is_ascii_lowercase() && MESSAGE[at].is_ascii_lowercase() {
            assert!(!is_verified(&signer, &field, &changed), "{at}");
        }
    }
}

#[test]
fn a_last_line_without_crlf_is_signed_as_with_it() {
    let text = "From: a@example.org\r\n\r\nHello.";
    assert_eq!(signed(text), signed(&(text.to_owned() + "\r\n")));
}

#[test]
fn a_cr_or_lf_alone_is_refused_with_its_line() {
    for (message, line) in [
        ("From: a@example.org\n\nHello.\n", 1),
        ("From: a@example.org\r\n\r\nHello\r.\r\n", 3),
        ("From: a@example.org\r\n\r\nHello.\r\r\n", 3),
        ("From: a@example.org\r\n\r\n\r\nHello.\n", 4),
        ("From: a@example.org\r\n\r\nHello.\r", 3),
        ("From: a@example.org\r\n\r", 2),
        ("From: a@example.org\r\nX-A: \r b\r\n\r\n", 2),
    ] {
        assert_eq!(
            signed(message),
            Err(SignError::LineEnd(line)),
            "{message:?}"
        );
    }
}

#[test]
fn a_header_without_a_blank_line_behind_it_is_refused() {
    for message in [
        "",
        "From: a@example.org",
        "From: a@example.org\r\n",
        "From: a@example.org\r\n ",
    ] {
        assert_eq!(signed(message), Err(SignError::NoBlankLine), "{message:?}");
    }
    assert!(signed("From: a@example.org\r\n\r\n").is_ok());
}

#[test]
fn a_message_has_one_from() {
    for message in [
        "\r\nHello.\r\n",
        "\r\n\r\n",
        "To: b@example.org\r\n\r\n",
        "From: a@b\r\nFROM: c@d\r\n\r\n",
    ] {
        assert_eq!(signed(message), Err(SignError::From), "{message:?}");
    }
}

#[test]
fn a_line_of_the_header_that_is_no_field_is_refused() {
    for (message, line) in [
        ("From ann@example.org Mon\r\nFrom: a@b\r\n\r\n", 1),
        ("From: a@b\r\nSubject : c\r\n\r\n", 2),
        ("From: a@b\r\n d\r\nHello\r\n\r\n", 3),
    ] {
        assert_eq!(
            signed(message),
            Err(SignError::NotAField(line)),
            "{message:?}"
        );
    }
}

#[test]
fn what_verifiers_misread_in_a_signed_field_is_refused() {
    for octet in ["\0", "\x0b", "\x0c"] {
        let with = |name: &str| format!("From: a@b\r\n{name}: a{octet}b\r\n\r\n{octet}\r\n");
        let refused = Err(SignError::ControlCharacter("Subject".into()));
        assert_eq!(signed(&with("Subject")), refused);
        assert!(signed(&with("X-A")).is_ok());
    }
}

#[test]
fn a_header_that_no_server_takes_is_refused() {
    let with = |length| format!("From: a@b\r\nX-A: {}\r\n\r\n", "x".repeat(length));
    assert!(signed(&with(200_000)).is_ok());
    assert_eq!(signed(&with(300_000)), Err(SignError::HeaderTooLong));
    let many = "X-A: b\r\n".repeat(1000) + "From: a@b\r\n\r\n";
    assert_eq!(signed(&many), Err(SignError::HeaderTooLong));
}

#[test]
fn the_first_error_of_a_message_in_pieces_is_the_one_that_is_said() {
    let mut hasher = Hasher::default();
    hasher.update(b"From: a@b\n");
    hasher.update(b"\r\r\r\r");
    assert_eq!(hasher.finish().err(), Some(SignError::LineEnd(1)));
    assert!(HashedMessage::new(MESSAGE).is_ok());
}
