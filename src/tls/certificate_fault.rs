//! Describes what is wrong with a certificate, or with one above it in the chain.

use rustls::CertificateError;
use webpki::Error as Refusal;

/// Continues the sentence "the certificate of mail.example …". `refusal` is webpki's error, if rustls has
/// no variant for it.
pub fn fault(error: &CertificateError, refusal: Option<Refusal>) -> String {
    match error {
        CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "or its use bears a false signature: it is forged, an RSA key is shorter than 2048 bits, \
             or the trust anchor is another authority's of the same name"
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. } => {
            "or one above it is signed in a way that is not taken: only ECDSA over P-256 and P-384, \
             Ed25519 and RSA are, the hash no older than SHA-256"
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
            "is one of an authority, which serves nobody: the server needs one that says CA:FALSE; or if \
             it is the server's own, as `openssl req -x509` makes them, add this very one with \
             add-trust-anchors"
        }
        Some(Refusal::EndEntityUsedAsCa) => "is issued by one that is not an authority's",
        Some(Refusal::PathLenConstraintViolated) => {
            "has more authorities above it than one of them allows"
        }
        Some(Refusal::MaximumPathDepthExceeded) => "has more than six authorities above it",
        Some(Refusal::NameConstraintViolation) => {
            "bears a name that an authority above it is not allowed to give"
        }
        Some(Refusal::UnsupportedCriticalExtension) => {
            "or one above it has a critical extension that is unknown here"
        }
        Some(Refusal::UnsupportedCertVersion) => {
            "or one above it is not of X.509's version 3; if it is the server's own of version 1, add \
             this very one with add-trust-anchors"
        }
        Some(fault) => return format!("or one above it is malformed: {fault:?}"),
        None => "or one above it is malformed",
    }
    .into()
}
