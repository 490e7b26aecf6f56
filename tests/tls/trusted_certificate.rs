//! Certificates made by OpenSSL that the caller added as the server's own.
//!
//! ```text
//! openssl ca -selfsign -keyfile own-key.pem ... -out own-version-1.pem            version 1
//! openssl ca -selfsign -keyfile own-key.pem -extensions x ... -out own-ca-true.pem   CA:TRUE
//! ```

use std::sync::Arc;

use envoi::tls::{Failure, Pins, Policy, Settings, Trust};
use rcgen::PublicKeyData;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, SupportedProtocolVersion};
use sha2::{Digest, Sha256};

use crate::peer::{NAME, Pair, TestPlatform, failure};

const CERTIFICATES: [&str; 2] = [
    include_str!("own-version-1.pem"),
    include_str!("own-ca-true.pem"),
];
const KEY: &str = include_str!("own-key.pem");
const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

fn policy(certificate: &str) -> Policy {
    let mut trust = Trust::default();
    trust.add(certificate.as_bytes()).unwrap();
    trust.into()
}

/// A server that shows this certificate and signs with this key, even if they do not match.
fn server(
    certificate: &str,
    key: PrivateKeyDer<'static>,
    version: &'static SupportedProtocolVersion,
) -> Arc<ServerConfig> {
    let provider = ring::default_provider();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let certified = CertifiedKey::new(chain, key);
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    Arc::new(config)
}

fn own_key() -> PrivateKeyDer<'static> {
    PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap()
}

fn connect(
    policy: &Policy,
    certificate: &str,
    key: PrivateKeyDer<'static>,
    version: &'static SupportedProtocolVersion,
) -> Result<Pair, Failure> {
    let settings = Settings::new::<TestPlatform>(policy).unwrap();
    let mut pair = Pair::new(&settings, &server(certificate, key, version));
    pair.exchange().map_err(|error| failure(&error))?;
    pair.talk();
    Ok(pair)
}

fn each(mut check: impl FnMut(&'static str, &'static SupportedProtocolVersion)) {
    for certificate in CERTIFICATES {
        for version in VERSIONS {
            check(certificate, version);
        }
    }
}

// Conformance: 43
#[test]
fn a_certificate_of_openssl_is_trusted_as_the_servers_own() {
    each(|certificate, version| {
        let Ok(pair) = connect(&policy(certificate), certificate, own_key(), version) else {
            panic!("it was added");
        };
        assert!(pair.client.channel_binding().is_some());
    });
}

#[test]
fn one_of_several_added_certificates_may_be_the_servers() {
    let both = policy(&CERTIFICATES.concat());
    each(|certificate, version| {
        assert!(connect(&both, certificate, own_key(), version).is_ok());
    });
}

#[test]
fn another_certificate_with_the_same_key_and_name_is_refused() {
    for (shown, added) in [(0, 1), (1, 0)] {
        for version in VERSIONS {
            let policy = policy(CERTIFICATES[added]);
            let refused = connect(&policy, CERTIFICATES[shown], own_key(), version);
            assert_eq!(refused.err(), Some(Failure::CertificateInvalid));
        }
    }
}

#[test]
fn a_server_without_the_certificates_key_is_refused() {
    each(|certificate, version| {
        let stranger = rcgen::KeyPair::generate().unwrap().serialize_der();
        let stranger = PrivateKeyDer::Pkcs8(stranger.into());
        let refused = connect(&policy(certificate), certificate, stranger, version);
        assert_eq!(refused.err(), Some(Failure::CertificateInvalid));
    });
}

#[test]
fn an_added_certificate_must_still_have_a_pinned_key() {
    let key = rcgen::KeyPair::from_pem(KEY).unwrap();
    let own = Sha256::digest(key.subject_public_key_info()).to_vec();
    each(|certificate, version| {
        let pinned = |digest: &[u8]| Policy {
            pins: Pins::new(&[digest.to_vec()]).unwrap(),
            ..policy(certificate)
        };
        assert!(connect(&pinned(&own), certificate, own_key(), version).is_ok());
        let refused = connect(&pinned(&[7; 32]), certificate, own_key(), version);
        assert_eq!(refused.err(), Some(Failure::CertificateNotPinned));
    });
}

#[test]
fn a_session_of_such_a_certificate_is_resumed() {
    each(|certificate, version| {
        let settings = Settings::new::<TestPlatform>(&policy(certificate)).unwrap();
        let config = server(certificate, own_key(), version);
        for resumed in [false, true] {
            let mut pair = Pair::named(&settings, &config, NAME);
            pair.exchange().unwrap();
            pair.talk();
            assert_eq!(pair.client.state().resumed, resumed, "{version:?}");
        }
    });
}
