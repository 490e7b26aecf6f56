//! Pinned keys: what a server's certificate must bear besides being valid.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use sha2::{Digest, Sha256};

/// SHA-256 of a SubjectPublicKeyInfo (RFC 7469, section 2.4).
type Pin = [u8; 32];

/// None pinned: every valid certificate will do.
#[derive(Clone, Debug, Default)]
pub struct Pins(Vec<Pin>);

impl Pins {
    /// All or none; the error names the first that is no digest, counting from 1.
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

    fn hold(&self, certificate: &CertificateDer<'_>) -> Result<bool, Error> {
        Ok(self.0.is_empty() || self.0.contains(&pin(certificate)?))
    }
}

/// Checks all that webpki does, and then the pins.
#[derive(Debug)]
pub struct Verifier {
    webpki: Arc<WebPkiServerVerifier>,
    pins: Pins,
}

impl Verifier {
    pub fn new(webpki: Arc<WebPkiServerVerifier>, pins: Pins) -> Self {
        Self { webpki, pins }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified =
            self.webpki
                .verify_server_cert(certificate, intermediates, name, ocsp, now)?;
        match self.pins.hold(certificate)? {
            true => Ok(verified),
            false => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

fn pin(certificate: &CertificateDer<'_>) -> Result<Pin, Error> {
    let certificate =
        webpki::EndEntityCert::try_from(certificate).map_err(|_| CertificateError::BadEncoding)?;
    Ok(Sha256::digest(certificate.subject_public_key_info()).into())
}
