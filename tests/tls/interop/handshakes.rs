//! Client and server agree on every version, suite, group and key that both have.

use envoi::tls::{Failure, Identity, Policy, Settings};
use rcgen::{
    DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256,
};

use super::client::Client;
use super::make::Make;
use super::terms::{ClientCertificate, Terms, Version};
use super::{AT_ONCE, STEPS, talk};
use crate::peer::{AUTHORITY, TestPlatform, failure, key, params, rsa_4096};

const GROUPS: [&str; 3] = ["X25519", "secp256r1", "secp384r1"];
const SUITES: [&str; 3] = [
    "CHACHA20_POLY1305_SHA256",
    "AES_128_GCM_SHA256",
    "AES_256_GCM_SHA384",
];

/// Every group with every suite, in full handshakes. Names of suites of TLS 1.2 begin with
/// `TLS_ECDHE_…_WITH_`.
fn shakes_hands(key: &KeyPair, tls12: &str) {
    for make in Make::all() {
        for (terms, prefix) in [(Terms::TLS13, "TLS13_"), (Terms::TLS12, tls12)] {
            for group in GROUPS.map(Some) {
                let terms = Terms { group, ..terms };
                let suites = SUITES.map(Some).map(|suite| Terms { suite, ..terms });
                let mut suites = suites.to_vec();
                suites.retain(|terms| make.can(terms));
                if suites.is_empty() {
                    suites.push(terms);
                }
                suites
                    .iter()
                    .for_each(|terms| agrees(make, key, terms, prefix));
            }
        }
    }
}

fn agrees(make: Make, key: &KeyPair, terms: &Terms, prefix: &str) {
    let server = make.start(key, terms);
    for step in STEPS {
        let (state, hellos) = talk(&AUTHORITY.settings(), &server, step);
        assert_eq!(state.is_tls13, terms.version == Version::Tls13);
        assert_eq!(Some(&state.key_exchange[..]), terms.group);
        let suite = state.cipher_suite.strip_prefix(prefix);
        assert!(suite.is_some(), "{make:?} {}", state.cipher_suite);
        assert_eq!(suite, terms.suite.or(suite), "{make:?} {terms:?}");
        // Both key shares of the first ClientHello are over X25519; TLS 1.2 sends none.
        let asked_again = state.is_tls13 && terms.group != Some("X25519");
        assert_eq!(hellos, 1 + usize::from(asked_again), "{make:?} {terms:?}");
    }
}

const ECDSA: &str = "TLS_ECDHE_ECDSA_WITH_";
const RSA: &str = "TLS_ECDHE_RSA_WITH_";

#[test]
fn ecdsa_p256() {
    shakes_hands(&key(&PKCS_ECDSA_P256_SHA256), ECDSA);
}

#[test]
fn ecdsa_p384() {
    shakes_hands(&key(&PKCS_ECDSA_P384_SHA384), ECDSA);
}

#[test]
fn ed25519() {
    // The version of PKCS #8 that the others read; ring writes another.
    let pem = include_str!("../ed25519.pem");
    let key = KeyPair::from_pkcs8_pem_and_sign_algo(pem, &PKCS_ED25519).unwrap();
    shakes_hands(&key, ECDSA);
}

#[test]
fn rsa_of_2048_bits() {
    shakes_hands(&key(&PKCS_RSA_SHA256), RSA);
}

#[test]
fn rsa_of_4096_bits() {
    shakes_hands(&rsa_4096(), RSA);
}

#[test]
fn every_rsa_signature_scheme() {
    let key = key(&PKCS_RSA_SHA256);
    for (terms, signature) in [
        (Terms::TLS13, "rsa_pss_rsae_sha256"),
        (Terms::TLS13, "rsa_pss_rsae_sha384"),
        (Terms::TLS13, "rsa_pss_rsae_sha512"),
        (Terms::TLS12, "rsa_pss_rsae_sha256"),
        (Terms::TLS12, "rsa_pss_rsae_sha384"),
        (Terms::TLS12, "rsa_pss_rsae_sha512"),
        (Terms::TLS12, "rsa_pkcs1_sha256"),
        (Terms::TLS12, "rsa_pkcs1_sha384"),
        (Terms::TLS12, "rsa_pkcs1_sha512"),
    ] {
        let signature = Some(signature);
        let terms = Terms { signature, ..terms };
        for make in Make::all().filter(|make| make.can(&terms)) {
            talk(&AUTHORITY.settings(), &make.start(&key, &terms), AT_ONCE);
        }
    }
}

/// See also the server in `groups`.
#[test]
fn x25519mlkem768_if_the_server_has_it() {
    const NAME: &str = "X25519MLKEM768";
    let key = key(&PKCS_ECDSA_P256_SHA256);
    let terms = Terms {
        group: Some(NAME),
        ..Terms::TLS13
    };
    for make in Make::all().filter(|make| make.has_x25519mlkem768()) {
        let server = make.start(&key, &terms);
        for step in STEPS {
            let (state, hellos) = talk(&AUTHORITY.settings(), &server, step);
            assert_eq!((&state.key_exchange[..], hellos), (NAME, 1), "{make:?}");
        }
    }
}

/// A client certificate, issued by the servers' authority.
fn identity() -> Identity {
    let key = key(&PKCS_ECDSA_P256_SHA256);
    let mut params = params("client.example");
    // Another name than the authority's: otherwise OpenSSL takes it for its own issuer.
    params
        .distinguished_name
        .push(DnType::CommonName, "A client");
    let chain = params.signed_by(&key, AUTHORITY.issuer()).unwrap().pem();
    Identity::new::<TestPlatform>(chain.as_bytes(), key.serialize_pem().as_bytes()).unwrap()
}

#[test]
fn a_client_certificate_is_sent_if_the_server_asks() {
    let policy = Policy {
        identity: Some(identity()),
        ..AUTHORITY.trust().into()
    };
    let showing = Settings::new::<TestPlatform>(&policy).unwrap();
    let key = key(&PKCS_ECDSA_P256_SHA256);
    for make in Make::all() {
        for terms in [Terms::TLS13, Terms::TLS12] {
            let [wanting, needing] =
                [ClientCertificate::Wanted, ClientCertificate::Required].map(|wish| {
                    let client_certificate = wish;
                    let terms = Terms {
                        client_certificate,
                        ..terms
                    };
                    make.start(&key, &terms)
                });
            for step in STEPS {
                talk(&showing, &wanting, step);
                talk(&showing, &needing, step);
                talk(&AUTHORITY.settings(), &wanting, step);
            }
            let none = Client::connect(&AUTHORITY.settings(), needing.port, AT_ONCE);
            // In TLS 1.3 the alert comes after the handshake. TLS 1.2 has no special alert: the one of
            // OpenSSL and Go can also mean that nothing is in common (RFC 5246, section 7.4.6).
            let refused = none.and_then(|mut client| client.line());
            let failure = failure(&refused.unwrap_err());
            let vague = make != Make::GnuTLS && terms.version == Version::Tls12;
            assert_eq!(
                failure == Failure::Incompatible,
                vague,
                "{make:?} {terms:?}"
            );
            assert_eq!(
                failure == Failure::HandshakeFailed,
                !vague,
                "{make:?} {terms:?}"
            );
        }
    }
}

#[test]
fn nothing_in_common_is_incompatible() {
    let key = key(&PKCS_ECDSA_P256_SHA256);
    for terms in [
        Terms {
            group: Some("secp521r1"),
            ..Terms::TLS13
        },
        Terms {
            suite: Some("AES_128_CCM_SHA256"),
            ..Terms::TLS13
        },
        Terms {
            suite: Some("AES_128_CBC_SHA256"),
            ..Terms::TLS12
        },
        Terms::TLS11,
    ] {
        for make in Make::all().filter(|make| make.can(&terms)) {
            let server = make.start(&key, &terms);
            let error = Client::connect(&AUTHORITY.settings(), server.port, AT_ONCE).err();
            let failure = failure(&error.unwrap());
            assert_eq!(failure, Failure::Incompatible, "{make:?} {terms:?}");
        }
    }
}
