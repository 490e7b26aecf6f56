//! Pinned keys: a server's certificate must contain one of them, besides being valid.

use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, Error};
use sha2::{Digest, Sha256};

/// The SHA-256 digest of a SubjectPublicKeyInfo (RFC 7469, section 2.4).
type Pin = [u8; 32];

/// If empty, every valid certificate is accepted.
#[derive(Clone, Debug, Default)]
pub struct Pins(Vec<Pin>);

impl Pins {
    /// Takes all or nothing. The error names the first malformed digest, counted from 1.
    pub fn new(digests: &[Vec<u8>]) -> Result<Self, String> {
        let pin = |(digest, number): (&Vec<u8>, usize)| {
            Pin::try_from(digest.as_slice()).map_err(|_| {
                format!(
                    "pinned key {number} has {} octets: a SHA-256 digest has 32",
                    digest.len()
                )
            })
        };
        let pins = digests.iter().zip(1..).map(pin);
        Ok(Self(pins.collect::<Result<_, _>>()?))
    }

    /// Whether the certificate's key is pinned, or no key is. Fails if the certificate cannot be read.
    pub fn hold(&self, certificate: &CertificateDer<'_>) -> Result<bool, Error> {
        Ok(self.0.is_empty() || self.0.contains(&pin(certificate)?))
    }
}

fn pin(certificate: &CertificateDer<'_>) -> Result<Pin, Error> {
    let certificate =
        webpki::EndEntityCert::try_from(certificate).map_err(|_| CertificateError::BadEncoding)?;
    Ok(Sha256::digest(certificate.subject_public_key_info()).into())
}
