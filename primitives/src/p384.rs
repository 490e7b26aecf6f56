//! Verifies ECDSA over P-384. Its field arithmetic is generic code, compiled with the crate that uses it;
//! the arithmetic of P-256 is not generic.

use p384::ecdsa::signature::hazmat::PrehashVerifier;
use p384::ecdsa::{Signature, VerifyingKey};

/// `None` if the signature, in DER, does not verify. The key is a SEC 1 point, compressed or not; the
/// digest may be of any hash.
#[inline(never)]
pub fn verify_p384(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
    let key = VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = Signature::from_der(signature).ok()?;
    key.verify_prehash(digest, &signature).ok()
}
