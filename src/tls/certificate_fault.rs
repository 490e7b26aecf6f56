//! Describes what is wrong with a certificate, or with one above it in the chain.

use rustls::CertificateError;
use webpki::Error as Refusal;

/// Continues the sentence "the certificate of mail.example …". `refusal` is webpki's error, if rustls has
/// no variant for it.
pub(super) fn fault(error: &CertificateError, refusal: Option<Refusal>) -> String {
    match error {
        CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "or its use has a wrong signature: it is forged, an RSA key is shorter than 2048 bits, or the \
             trust anchor belongs to another authority of the same name"
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. } => {
            "or one above it is signed with an algorithm that is not accepted: accepted are ECDSA over P-256 and \
             P-384, Ed25519 and RSA, with SHA-256 or newer"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "or one above it is for other purposes than a server's: its extended key usage lacks \
             serverAuth"
        }
        CertificateError::Other(_) => return of_chain(refusal),
        CertificateError::BadEncoding => "or one above it is malformed",
        error => return format!("is not valid: {error}"),
    }
    .into()
}

fn of_chain(refusal: Option<Refusal>) -> String {
    match refusal {
        Some(Refusal::CaUsedAsEndEntity) => {
            "is a certificate for an authority (CA:TRUE), not for a server: the server needs another one; or, if \
             `openssl req -x509` made it as the server's own, add this certificate with \
             add-trust-anchors"
        }
        Some(Refusal::EndEntityUsedAsCa) => "is issued by a certificate that is not an authority's",
        Some(Refusal::PathLenConstraintViolated) => {
            "has more authorities above it than one of them allows"
        }
        Some(Refusal::MaximumPathDepthExceeded) => "has more than six authorities above it",
        Some(Refusal::NameConstraintViolation) => {
            "has a name that an authority above it is not allowed to give"
        }
        Some(Refusal::UnsupportedCriticalExtension) => {
            "or one above it has a critical extension that is unknown here"
        }
        Some(Refusal::UnsupportedCertVersion) => {
            "or one above it is not of X.509's version 3; if it is the server's own of version 1, add this \
             certificate with add-trust-anchors"
        }
        Some(fault) => return format!("or one above it is malformed: {fault:?}"),
        None => "or one above it is malformed",
    }
    .into()
}
