//! The DKIM-Signature field.

use std::num::NonZeroU32;

use crate::verifier::is_verified;
use crate::{MESSAGE, NOW, RSA, signer, tag};
use envoi_message::dkim::Signer;

#[test]
fn it_says_version_algorithm_canonical_forms_domain_selector_and_time() {
    let field = signer().sign(MESSAGE, NOW).unwrap();
    let start = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.org;\r\n s=mail2026; \
        t=1796000000; h=From:From:";
    assert!(field.starts_with(start), "{field}");
    assert!(field.ends_with("\r\n"));
    let rsa = Signer::new("example.org", "mail2026", RSA).unwrap();
    let field = rsa.sign(MESSAGE, NOW).unwrap();
    assert_eq!(tag(&field, "a").unwrap(), "rsa-sha256");
}

#[test]
fn it_never_limits_the_length_of_the_body_and_by_default_never_expires() {
    let field = signer().sign(MESSAGE, NOW).unwrap();
    for name in ["l", "x", "i", "q", "z"] {
        assert_eq!(tag(&field, name), None, "{field}");
    }
}

#[test]
fn the_hash_of_an_empty_body_is_that_of_nothing() {
    // RFC 6376, section 3.4.4.
    let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    for message in [
        "From: a@b\r\n\r\n",
        "From: a@b\r\n\r\n\r\n\r\n",
        "From: a@b\r\n\r\n \t\r\n",
    ] {
        let field = signer().sign(message.as_bytes(), NOW).unwrap();
        assert_eq!(tag(&field, "bh").unwrap(), empty);
    }
}

#[test]
fn its_lines_have_at_most_76_characters_and_no_blank_around_an_equals_sign() {
    let list =
        "List-Unsubscribe-Post: a\r\nContent-Transfer-Encoding: b\r\nList-Unsubscribe: c\r\n"
            .repeat(9);
    let message = [list.as_bytes(), MESSAGE].concat();
    for length in 1..=50 {
        let selector = "s".repeat(length);
        for key in [RSA, crate::ED25519] {
            let mut signer = Signer::new("example.org", &selector, key).unwrap();
            signer.set_expiry(NonZeroU32::new(60));
            let field = signer.sign(&message, NOW).unwrap();
            let lines: Vec<&str> = field.split_terminator("\r\n").collect();
            assert!(lines.iter().all(|line| line.len() <= 76), "{field}");
            assert!(
                lines.iter().skip(1).all(|line| line.starts_with(' ')),
                "{field}"
            );
            assert!(lines.iter().all(|line| !line.ends_with(' ')), "{field}");
            assert!(!field.contains(" =") && !field.contains("= "), "{field}");
            assert!(is_verified(&signer, &field, &message), "{field}");
        }
    }
}

#[test]
fn a_name_that_is_longer_than_a_line_is_not_cut() {
    let domain = ["d".repeat(63), "d".repeat(63), "example".into()].join(".");
    let signer = Signer::new(&domain, &"s".repeat(63), crate::ED25519).unwrap();
    let field = signer.sign(MESSAGE, NOW).unwrap();
    assert!(field.contains(&format!(" d={domain};\r\n s=")), "{field}");
    assert!(is_verified(&signer, &field, MESSAGE));
}
