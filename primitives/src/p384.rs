//! Signatures of ECDSA over P-384. Its field is generic code, which is compiled with the crate that uses
//! it; that of P-256 is not.

use p384::ecdsa::signature::hazmat::PrehashVerifier;
use p384::ecdsa::{Signature, VerifyingKey};

/// `None` unless the key, uncompressed or compressed, made the signature, in DER; the digest is of any
/// hash.
#[inline(never)]
pub fn verify_p384(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
    let key = VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = Signature::from_der(signature).ok()?;
    key.verify_prehash(digest, &signature).ok()
}
