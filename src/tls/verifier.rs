//! Checks a server's certificate: all that webpki does, and then the pins.

use std::cell::Cell;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use webpki::{EndEntityCert, KeyUsage};

use super::pins::Pins;
use super::provider::SIGNATURES;

#[derive(Debug)]
pub struct Verifier {
    webpki: Arc<WebPkiServerVerifier>,
    roots: Arc<RootCertStore>,
    pins: Pins,
}

thread_local! {
    /// rustls without `std` has one word for most faults of a chain. What webpki said waits here for
    /// the one who called rustls: no error can carry it, and a verifier for each connection would
    /// keep sessions from being resumed, as rustls compares verifiers first.
    static REFUSAL: Cell<Option<webpki::Error>> = const { Cell::new(None) };
}

/// After `CertificateError::Other`: what webpki had against the chain.
pub fn take_refusal() -> Option<webpki::Error> {
    REFUSAL.take()
}

impl Verifier {
    pub fn new(webpki: Arc<WebPkiServerVerifier>, roots: Arc<RootCertStore>, pins: Pins) -> Self {
        Self {
            webpki,
            roots,
            pins,
        }
    }

    fn ask_again(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), webpki::Error> {
        EndEntityCert::try_from(certificate)?
            .verify_for_usage(
                SIGNATURES.all,
                &self.roots.roots,
                intermediates,
                now,
                KeyUsage::server_auth(),
                None,
                None,
            )
            .map(drop)
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
        let result = self
            .webpki
            .verify_server_cert(certificate, intermediates, name, ocsp, now);
        if let Err(Error::InvalidCertificate(CertificateError::Other(_))) = &result {
            REFUSAL.set(self.ask_again(certificate, intermediates, now).err());
        }
        let verified = result?;
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
