//! The names and the validity period of a certificate.

use std::net::IpAddr;
use std::sync::Arc;

use envoi::tls::{Error, Failure};
use rcgen::{CertificateParams, SanType, date_time_ymd};

use crate::peer::{AUTHORITY, NAME, Pair, failure, key, params};

fn connect(params: &CertificateParams, name: &str) -> Result<(), Error> {
    let config = AUTHORITY
        .issue(params, key(&rcgen::PKCS_ECDSA_P256_SHA256))
        .config();
    let mut pair = Pair::named(&AUTHORITY.settings(), &Arc::new(config), name);
    pair.exchange()?;
    pair.talk();
    Ok(())
}

#[test]
fn an_expired_certificate_is_named_with_its_date() {
    let mut params = params(NAME);
    params.not_after = date_time_ymd(2026, 11, 23);
    let error = connect(&params, NAME).unwrap_err();
    assert_eq!(failure(&error), Failure::CertificateExpired);
    assert!(
        error
            .to_string()
            .starts_with("the certificate of mail.example.org expired on 2026-11-23 00:00 UTC"),
        "{error}"
    );
    assert!(
        error.to_string().contains("2026-11-24 12:00 UTC now"),
        "{error}"
    );
}

#[test]
fn a_certificate_not_yet_valid_is_named_with_its_date() {
    let mut params = params(NAME);
    params.not_before = date_time_ymd(2026, 12, 1);
    let error = connect(&params, NAME).unwrap_err();
    assert_eq!(failure(&error), Failure::CertificateNotYetValid);
    assert!(
        error
            .to_string()
            .contains("valid from 2026-12-01 00:00 UTC only"),
        "{error}"
    );
}

// Conformance: 43
#[test]
fn the_names_in_a_wrong_certificate_are_listed() {
    let error = connect(&params("other.example.org"), NAME).unwrap_err();
    assert_eq!(failure(&error), Failure::CertificateWrongName);
    assert!(
        error
            .to_string()
            .contains("certificate of mail.example.org has other names: other.example.org;"),
        "{error}"
    );
}

#[test]
fn of_very_many_names_only_some_are_listed() {
    let names: Vec<String> = (0..300).map(|i| format!("host{i}.example")).collect();
    let error = connect(&CertificateParams::new(names).unwrap(), NAME).unwrap_err();
    assert_eq!(failure(&error), Failure::CertificateWrongName);
    assert!(
        error.to_string().contains("host4.example, others"),
        "{error}"
    );
    assert!(error.to_string().len() < 300);
}

#[test]
fn a_certificate_may_have_no_name() {
    let error = connect(&CertificateParams::new(vec![]).unwrap(), NAME).unwrap_err();
    assert_eq!(failure(&error), Failure::CertificateWrongName);
    assert!(error.to_string().contains("no name at all"), "{error}");
}

// Conformance: 43
#[test]
fn a_wildcard_matches_one_label() {
    connect(&params("*.example.org"), NAME).unwrap();
    assert_eq!(
        failure(&connect(&params("*.org"), NAME).unwrap_err()),
        Failure::CertificateWrongName
    );
}

#[test]
fn an_address_can_be_the_name() {
    for address in ["192.0.2.1", "2001:db8::1"] {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.subject_alt_names = vec![SanType::IpAddress(address.parse::<IpAddr>().unwrap())];
        connect(&params, address).unwrap();
        let error = connect(&params, "192.0.2.7").unwrap_err();
        assert_eq!(failure(&error), Failure::CertificateWrongName);
        assert!(
            error
                .to_string()
                .contains(&format!("has other names: {address};")),
            "{error}"
        );
    }
}

#[test]
fn a_name_does_not_match_an_address() {
    assert_eq!(
        failure(&connect(&params(NAME), "192.0.2.1").unwrap_err()),
        Failure::CertificateWrongName
    );
}

#[test]
fn an_alert_tells_the_server_why() {
    let config = Arc::new(AUTHORITY.issue_for("other.example.org").config());
    let mut pair = Pair::new(&AUTHORITY.settings(), &config);
    let error = pair.exchange().unwrap_err();
    let alert = std::mem::take(pair.client.outgoing());
    pair.server.read_tls(&mut &alert[..]).unwrap();
    let learnt = pair.server.process_new_packets().unwrap_err();
    assert_eq!(
        learnt,
        rustls::Error::AlertReceived(rustls::AlertDescription::BadCertificate)
    );
    // The connection stays failed.
    assert_eq!(pair.client.receive(b"more").unwrap_err(), error);
    assert_eq!(pair.client.send(b"more").unwrap_err(), error);
    assert!(pair.client.outgoing().is_empty());
}
