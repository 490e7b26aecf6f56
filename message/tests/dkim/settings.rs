//! Domain, selector, identity and expiry.

use std::num::NonZeroU32;

use envoi_message::dkim::{SetupError, Signer};

use crate::verifier::is_verified;
use crate::{ED25519, MESSAGE, NOW, signer, tag};

#[test]
fn a_domain_is_in_a_labels_and_in_lower_case() {
    let signer = Signer::new("Bücher.Example", "Mail", ED25519).unwrap();
    let field = signer.sign(MESSAGE, NOW).unwrap();
    assert_eq!(tag(&field, "d").unwrap(), "xn--bcher-kva.example");
    assert_eq!(
        signer.record_name(),
        "mail._domainkey.xn--bcher-kva.example"
    );
}

#[test]
fn an_identity_is_in_the_domain_or_below_it() {
    for (identity, written) in [
        ("@example.org", "@example.org"),
        ("ann+x@example.org", "ann+x@example.org"),
        ("Ann.B@News.EXAMPLE.org", "Ann.B@news.example.org"),
    ] {
        let mut signer = signer();
        signer.set_identity(identity).unwrap();
        let field = signer.sign(MESSAGE, NOW).unwrap();
        assert_eq!(tag(&field, "i").unwrap(), written);
        assert!(is_verified(&signer, &field, MESSAGE));
    }
    for identity in [
        "",
        "@",
        "ann",
        "example.org",
        "ann@example.com",
        "ann@notexample.org",
        "ann@org",
        "a b@example.org",
        "a;b@example.org",
        "a=b@example.org",
        "a\r\n@example.org",
        "ü@example.org",
        "ann@.example.org",
        "a@b@example.org",
    ] {
        let refused = signer().set_identity(identity);
        assert_eq!(refused, Err(SetupError::Identity(identity.into())));
    }
}

#[test]
fn an_expiry_is_counted_from_signing() {
    let mut signer = signer();
    signer.set_expiry(NonZeroU32::new(86_400));
    let field = signer.sign(MESSAGE, NOW).unwrap();
    assert_eq!(tag(&field, "t").unwrap(), "1796000000");
    assert_eq!(tag(&field, "x").unwrap(), "1796086400");
    let field = signer.sign(MESSAGE, u64::MAX).unwrap();
    assert_eq!(tag(&field, "x").unwrap(), u64::MAX.to_string());
    signer.set_expiry(None);
    assert_eq!(tag(&signer.sign(MESSAGE, NOW).unwrap(), "x"), None);
}

#[test]
fn debug_shows_domain_and_selector_only() {
    let shown = format!("{:?}", signer());
    assert_eq!(
        shown,
        r#"Signer { domain: "example.org", selector: "mail2026", .. }"#
    );
}

#[test]
fn errors_say_what_is_wrong_on_one_line() {
    let mut signer = signer();
    let long = "x".repeat(300);
    for error in [
        Signer::new("a\r\nb", "k", ED25519).unwrap_err(),
        Signer::new("example.org", "a\r\nb", ED25519).unwrap_err(),
        Signer::new("example.org", &long, ED25519).unwrap_err(),
        signer.set_identity("a\r\nb").unwrap_err(),
        signer.set_headers(&["a\r\nb".into()]).unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(!text.contains(['\r', '\n']) && text.contains('`'), "{text}");
    }
}
