//! Signatures of ECDSA, in DER, by uncompressed or compressed keys.

macro_rules! verify {
    ($name:ident, $curve:ident) => {
        /// Whether the key made the signature; the digest is of any hash.
        #[inline(never)]
        pub fn $name(key: &[u8], digest: &[u8], signature: &[u8]) -> bool {
            use $curve::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
            let (Ok(key), Ok(signature)) = (
                VerifyingKey::from_sec1_bytes(key),
                Signature::from_der(signature),
            ) else {
                return false;
            };
            key.verify_prehash(digest, &signature).is_ok()
        }
    };
}

verify!(verify_p256, p256);
verify!(verify_p384, p384);
