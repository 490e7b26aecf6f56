//! Trust anchors: the authorities that may have issued a server's certificate, and the certificates that
//! are trusted as a server's own.

use std::rc::Rc;

use rustls::RootCertStore;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, TrustAnchor};

/// An operating system's bundle holds some 400 certificates.
const MAX_ADDED: usize = 1024;
/// An operating system's bundle is some 500 kB of PEM.
const MAX_SIZE: usize = 4 << 20;

/// Mozilla's roots, bundled at build time; certificates that the caller added; or both.
#[derive(Clone)]
pub struct Trust {
    bundled: bool,
    /// Shared, because a pool copies the settings for each turn of a connection.
    added: Vec<Rc<Added>>,
}

/// A certificate that the caller added: an authority's, or the server's own.
struct Added {
    certificate: CertificateDer<'static>,
    anchor: TrustAnchor<'static>,
}

impl Default for Trust {
    /// Mozilla's roots.
    fn default() -> Self {
        Self {
            bundled: true,
            added: Vec::new(),
        }
    }
}

impl Trust {
    /// Whether to trust Mozilla's roots.
    pub fn use_bundled(&mut self, bundled: bool) {
        self.bundled = bundled;
    }

    /// Adds the certificates in a PEM text, or one in DER. Adds all or nothing; the error names the first
    /// bad one, counted from 1.
    pub fn add(&mut self, certificates: &[u8]) -> Result<(), String> {
        if certificates.len() > MAX_SIZE {
            return Err(format!("more than {} MiB of trust anchors", MAX_SIZE >> 20));
        }
        let added = self::certificates(certificates, "trust anchor")?
            .into_iter()
            .zip(1..)
            .map(|(certificate, number)| added(certificate, number))
            .collect::<Result<Vec<_>, _>>()?;
        if self.added.len() + added.len() > MAX_ADDED {
            return Err(format!("more than {MAX_ADDED} trust anchors"));
        }
        self.added.extend(added);
        Ok(())
    }

    pub(super) fn roots(&self) -> RootCertStore {
        let bundled = if self.bundled {
            webpki_roots::TLS_SERVER_ROOTS
        } else {
            &[]
        };
        let added = self.added.iter().map(|added| &added.anchor);
        bundled.iter().chain(added).cloned().collect()
    }

    pub(super) fn added(&self) -> Vec<CertificateDer<'static>> {
        let added = self.added.iter();
        added.map(|added| added.certificate.clone()).collect()
    }
}

/// The certificates in a PEM text, at least one, or the one in DER. `what` names their purpose in errors.
pub(super) fn certificates(
    octets: &[u8],
    what: &str,
) -> Result<Vec<CertificateDer<'static>>, String> {
    if is_der(octets) {
        return Ok(vec![CertificateDer::from(octets.to_vec())]);
    }
    let certificates = CertificateDer::pem_slice_iter(octets)
        .zip(1..)
        .map(|(certificate, number)| {
            certificate
                .map_err(|error| format!("{what} {number} is not PEM: {}", pem_fault(&error)))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if certificates.is_empty() {
        return Err(format!(
            "the {what} is neither a certificate in DER nor a BEGIN CERTIFICATE of PEM"
        ));
    }
    Ok(certificates)
}

/// Every certificate and key begins with a SEQUENCE (RFC 5280, section 4.1); text does not.
pub(super) fn is_der(octets: &[u8]) -> bool {
    octets.first() == Some(&0x30)
}

fn added(certificate: CertificateDer<'static>, number: usize) -> Result<Rc<Added>, String> {
    match webpki::anchor_from_trusted_cert(&certificate).map(|anchor| anchor.to_owned()) {
        Ok(anchor) => Ok(Rc::new(Added {
            certificate,
            anchor,
        })),
        Err(error) => Err(format!(
            "trust anchor {number} is not an X.509 certificate: {error}"
        )),
    }
}

fn pem_fault(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "it has no END line",
        pem::Error::IllegalSectionStart { .. } => "its BEGIN line is malformed",
        pem::Error::Base64Decode(_) => "its base64 is malformed",
        _ => "it is malformed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate() -> rcgen::Certificate {
        let key = rcgen::KeyPair::generate().unwrap();
        rcgen::CertificateParams::new(vec!["ca.example".into()])
            .unwrap()
            .self_signed(&key)
            .unwrap()
    }

    fn nothing_but(bundled: bool) -> Trust {
        Trust {
            bundled,
            added: Vec::new(),
        }
    }

    #[test]
    fn mozillas_roots_are_the_default() {
        assert_eq!(
            Trust::default().roots().len(),
            webpki_roots::TLS_SERVER_ROOTS.len()
        );
        assert!(nothing_but(false).roots().is_empty());
    }

    #[test]
    fn der_and_pem_with_several_are_added() {
        let mut trust = nothing_but(false);
        trust.add(certificate().der()).unwrap();
        trust
            .add(format!("# two\r\n{}\n{}", certificate().pem(), certificate().pem()).as_bytes())
            .unwrap();
        assert_eq!(trust.roots().len(), 3);
    }

    #[test]
    fn keys_beside_certificates_are_ignored() {
        let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
        let mut trust = nothing_but(false);
        trust.add((key + &certificate().pem()).as_bytes()).unwrap();
        assert_eq!(trust.roots().len(), 1);
    }

    #[test]
    fn one_bad_certificate_keeps_all_out_and_is_named() {
        let good = certificate().pem();
        let not_base64 = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
        let not_x509 = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let unended = "-----BEGIN CERTIFICATE-----\nAAAA\n";
        for (bad, why) in [
            (not_base64, "trust anchor 2 is not PEM: its base64"),
            (not_x509, "trust anchor 2 is not an X.509 certificate"),
            (unended, "trust anchor 2 is not PEM: it has no END line"),
        ] {
            let mut trust = nothing_but(false);
            let error = trust.add(format!("{good}{bad}").as_bytes()).unwrap_err();
            assert!(error.starts_with(why), "{error}");
            assert!(trust.roots().is_empty());
        }
    }

    #[test]
    fn nothing_is_not_a_certificate() {
        for nothing in [
            &b""[..],
            b"\n",
            b"hello",
            b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        ] {
            assert!(
                nothing_but(true)
                    .add(nothing)
                    .unwrap_err()
                    .contains("neither")
            );
        }
    }

    #[test]
    fn der_with_something_behind_it_or_cut_short_is_refused() {
        let der = certificate().der().to_vec();
        let longer = [&der[..], b"\0"].concat();
        for bad in [&longer[..], &der[..der.len() - 1], b"0"] {
            assert!(
                nothing_but(true)
                    .add(bad)
                    .unwrap_err()
                    .starts_with("trust anchor 1")
            );
        }
    }

    #[test]
    fn size_and_number_are_limited() {
        let mut trust = nothing_but(false);
        assert!(
            trust
                .add(&vec![b' '; MAX_SIZE + 1])
                .unwrap_err()
                .contains("4 MiB")
        );
        let many = certificate().pem().repeat(MAX_ADDED);
        trust.add(many.as_bytes()).unwrap();
        assert!(trust.add(certificate().der()).unwrap_err().contains("1024"));
    }
}
