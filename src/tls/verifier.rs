//! Verifies a server's certificate by webpki, then by the pinned keys.

use std::borrow::Cow;
use std::cell::Cell;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use webpki::{EndEntityCert, KeyUsage};

use super::pins::Pins;
use super::provider::SIGNATURES;
use super::trusted_certificate;

/// rustls has a verifier over the same functions, with 20 kB of code for revocation lists, which are not
/// used here.
#[derive(Debug)]
pub(super) struct Verifier {
    pub roots: RootCertStore,
    /// Added by the caller: each may be a server's own.
    pub added: Vec<CertificateDer<'static>>,
    pub pins: Pins,
}

thread_local! {
    /// Without `std`, rustls reports most errors of a chain as `Other` and drops webpki's error. It is kept
    /// here for the caller. A verifier per connection could hold it, but rustls resumes sessions only with
    /// the same verifier.
    static REFUSAL: Cell<Option<webpki::Error>> = const { Cell::new(None) };
}

/// webpki's error about the chain, after `CertificateError::Other`.
pub(super) fn take_refusal() -> Option<webpki::Error> {
    REFUSAL.take()
}

impl Verifier {
    fn is_added(&self, certificate: &CertificateDer<'_>) -> bool {
        self.added.iter().any(|added| added == certificate)
    }

    /// As webpki can read it. A certificate that was not added must be of version 3.
    fn readable<'a>(&self, certificate: &'a CertificateDer<'a>) -> Cow<'a, CertificateDer<'a>> {
        if self.is_added(certificate) {
            trusted_certificate::as_version_3(certificate)
        } else {
            Cow::Borrowed(certificate)
        }
    }

    /// Issued by a trusted authority, for a server, valid now, with this name.
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

    /// Verifies the chain a second time, for webpki's own error.
    fn refusal(
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
            trusted_certificate::verify(certificate, name, now)
        } else {
            self.verify_chain(certificate, intermediates, name, now)
        };
        if let Err(Error::InvalidCertificate(CertificateError::Other(_))) = &result {
            REFUSAL.set(self.refusal(certificate, intermediates, now).err());
        }
        result?;
        if self.pins.hold(&self.readable(certificate))? {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
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
