//! Checks a server's certificate: all that webpki does, and then the pins.

use std::borrow::Cow;
use std::cell::Cell;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use webpki::{EndEntityCert, KeyUsage};

use super::own;
use super::pins::Pins;
use super::provider::SIGNATURES;

/// rustls has a verifier of its own over the same functions, with 20 KB for lists of revoked
/// certificates, of which there are none here.
#[derive(Debug)]
pub struct Verifier {
    pub roots: RootCertStore,
    /// Added by hand: each may be a server's own.
    pub added: Vec<CertificateDer<'static>>,
    pub pins: Pins,
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
    fn is_added(&self, certificate: &CertificateDer<'_>) -> bool {
        self.added.iter().any(|added| added == certificate)
    }

    /// As webpki can read it. Of certificates that were not added, version 3 alone will do.
    fn readable<'a>(&self, certificate: &'a CertificateDer<'a>) -> Cow<'a, CertificateDer<'a>> {
        match self.is_added(certificate) {
            true => own::as_version_3(certificate),
            false => Cow::Borrowed(certificate),
        }
    }

    /// By a trusted authority, for a server, valid now, of this name.
    fn verify_chain(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let parsed = ParsedCertificate::try_from(certificate)?;
        verify_server_cert_signed_by_trust_anchor(
            &parsed,
            &self.roots,
            intermediates,
            now,
            SIGNATURES.all,
        )?;
        verify_server_name(&parsed, name)
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
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let result = if self.is_added(certificate) {
            own::verify(certificate, name, now)
        } else {
            self.verify_chain(certificate, intermediates, name, now)
        };
        if let Err(Error::InvalidCertificate(CertificateError::Other(_))) = &result {
            REFUSAL.set(self.ask_again(certificate, intermediates, now).err());
        }
        result?;
        match self.pins.hold(&self.readable(certificate))? {
            true => Ok(ServerCertVerified::assertion()),
            false => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, &self.readable(certificate), signed, &SIGNATURES)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, &self.readable(certificate), signed, &SIGNATURES)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SIGNATURES.supported_schemes()
    }
}
