//! Chains: issuers and signature algorithms.

use std::sync::Arc;

use envoi::tls::{Failure, Policy, Settings, Trust};
use rcgen::{BasicConstraints, CertifiedIssuer, IsCa, PKCS_RSA_SHA384, PKCS_RSA_SHA512};

use crate::peer::{AUTHORITY, Authority, Identity, NAME, Pair, TestPlatform, failure, key, params};

fn refused(settings: &Settings, identity: Identity) -> (Failure, String) {
    let error = Pair::new(settings, &Arc::new(identity.config()))
        .exchange()
        .unwrap_err();
    (failure(&error), error.to_string())
}

#[test]
fn rsa_signatures_over_sha384_and_sha512_are_valid() {
    for algorithm in [&PKCS_RSA_SHA384, &PKCS_RSA_SHA512] {
        let authority = Authority::new(algorithm);
        let config = authority.issue(&params(NAME), key(algorithm)).config();
        let mut pair = Pair::new(&authority.settings(), &Arc::new(config));
        pair.exchange().unwrap();
        pair.talk();
    }
}

#[test]
fn another_authority_of_the_same_name_is_not_trusted() {
    for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ED25519] {
        let stranger = Authority::new(algorithm);
        let (failure, message) = refused(&AUTHORITY.settings(), stranger.issue_for(NAME));
        assert_eq!(failure, Failure::CertificateInvalid);
        assert!(
            message.contains("belongs to another authority of the same name"),
            "{message}"
        );
    }
}

#[test]
fn with_mozillas_roots_a_private_authority_is_unknown() {
    let settings = Settings::new::<TestPlatform>(&Policy::default()).unwrap();
    let (failure, message) = refused(&settings, AUTHORITY.issue_for(NAME));
    assert_eq!(failure, Failure::CertificateUnknownIssuer);
    assert!(
        message.contains(NAME) && message.contains("add-trust-anchors"),
        "{message}"
    );
}

#[test]
fn both_mozillas_roots_and_added_ones_can_be_trusted() {
    let mut trust = Trust::default();
    trust.add(AUTHORITY.pem().as_bytes()).unwrap();
    let settings = Settings::new::<TestPlatform>(&trust.into()).unwrap();
    let mut pair = Pair::new(&settings, &Arc::new(AUTHORITY.issue_for(NAME).config()));
    pair.exchange().unwrap();
    pair.talk();
}

#[test]
fn a_policy_that_trusts_nobody_is_refused() {
    let mut trust = Trust::default();
    trust.use_bundled(false);
    let error = Settings::new::<TestPlatform>(&trust.into()).err().unwrap();
    assert_eq!(failure(&error), Failure::CertificateUnknownIssuer);
    assert!(error.to_string().contains("add-trust-anchors"));
}

#[test]
fn a_self_signed_certificate_can_be_its_own_anchor() {
    let key = key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let certificate = params(NAME).self_signed(&key).unwrap();
    let mut trust = Trust::default();
    trust.add(certificate.der()).unwrap();
    let identity = Identity(vec![certificate.der().clone()], key.serialize_der());
    let settings = Settings::new::<TestPlatform>(&trust.into()).unwrap();
    let mut pair = Pair::new(&settings, &Arc::new(identity.config()));
    pair.exchange().unwrap();
    pair.talk();
}

#[test]
fn an_authority_is_not_a_server() {
    let key = key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut params = params(NAME);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let (failure, message) = refused(&AUTHORITY.settings(), AUTHORITY.issue(&params, key));
    assert_eq!(failure, Failure::CertificateInvalid);
    assert!(
        message.contains("is a certificate for an authority"),
        "{message}"
    );
}

#[test]
fn a_certificate_for_clients_is_not_a_server() {
    let mut params = params(NAME);
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let identity = AUTHORITY.issue(&params, key(&rcgen::PKCS_ECDSA_P256_SHA256));
    assert_eq!(
        refused(&AUTHORITY.settings(), identity).0,
        Failure::CertificateInvalid
    );
}

#[test]
fn a_server_cannot_issue_certificates() {
    let leaf = CertifiedIssuer::signed_by(
        params("leaf.example"),
        key(&rcgen::PKCS_ED25519),
        AUTHORITY.issuer(),
    )
    .unwrap();
    let key = key(&rcgen::PKCS_ED25519);
    let forged = params(NAME).signed_by(&key, &leaf).unwrap();
    let chain = vec![forged.der().clone(), leaf.der().clone()];
    let (failure, message) = refused(&AUTHORITY.settings(), Identity(chain, key.serialize_der()));
    assert_eq!(failure, Failure::CertificateInvalid, "{message}");
}

#[test]
fn an_intermediate_authority_is_followed() {
    let mut between = params("Intermediate");
    between.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let between = CertifiedIssuer::signed_by(
        between,
        key(&rcgen::PKCS_ECDSA_P384_SHA384),
        AUTHORITY.issuer(),
    )
    .unwrap();
    let key = key(&rcgen::PKCS_ED25519);
    let leaf = params(NAME).signed_by(&key, &between).unwrap();
    let chain = vec![leaf.der().clone(), between.der().clone()];
    let config = Identity(chain, key.serialize_der()).config();
    let mut pair = Pair::new(&AUTHORITY.settings(), &Arc::new(config));
    pair.exchange().unwrap();
    pair.talk();
}

#[test]
fn a_forged_signature_is_refused() {
    let mut identity = AUTHORITY.issue_for(NAME);
    let mut der = identity.0[0].to_vec();
    // Changes the last octet of the signature, which has no structure.
    *der.last_mut().unwrap() ^= 1;
    identity.0[0] = der.into();
    assert_eq!(
        refused(&AUTHORITY.settings(), identity).0,
        Failure::CertificateInvalid
    );
}
