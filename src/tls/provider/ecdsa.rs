//! Signatures of ECDSA, in DER, by uncompressed or compressed keys.

macro_rules! verify {
    ($curve:ident) => {
        /// `None` unless the key made the signature; the digest is of any hash.
        pub fn $curve(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
            use $curve::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
            let key = VerifyingKey::from_sec1_bytes(key).ok()?;
            let signature = Signature::from_der(signature).ok()?;
            key.verify_prehash(digest, &signature).ok()
        }
    };
}

verify!(p256);
verify!(p384);
