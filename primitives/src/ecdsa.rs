//! Signatures of ECDSA, in DER, by uncompressed or compressed keys.

/// Whether the key made the signature; the digest is of any hash.
#[inline(never)]
pub fn verify_p256(key: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    use p256::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
    let (Ok(key), Ok(signature)) = (
        VerifyingKey::from_sec1_bytes(key),
        Signature::from_der(signature),
    ) else {
        return false;
    };
    key.verify_prehash(digest, &signature).is_ok()
}

/// As `verify_p256`.
#[inline(never)]
pub fn verify_p384(key: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    use p384::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
    let (Ok(key), Ok(signature)) = (
        VerifyingKey::from_sec1_bytes(key),
        Signature::from_der(signature),
    ) else {
        return false;
    };
    key.verify_prehash(digest, &signature).is_ok()
}
