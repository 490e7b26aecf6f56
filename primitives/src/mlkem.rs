//! Key agreement by ML-KEM-768 (FIPS 203), a client's half.

use ml_kem::kem::{Decapsulate, KeyExport};
use ml_kem::ml_kem_768::{Ciphertext, DecapsulationKey};
use zeroize::Zeroizing;

pub struct MlKem768(DecapsulationKey);

impl MlKem768 {
    pub const CIPHERTEXT_LEN: usize = size_of::<Ciphertext>();

    #[inline(never)]
    pub fn from_seed(seed: &[u8; 64]) -> Self {
        Self(DecapsulationKey::from_seed((*seed).into()))
    }

    #[inline(never)]
    pub fn public_key(&self) -> Vec<u8> {
        self.0.encapsulation_key().to_bytes().to_vec()
    }

    /// A ciphertext that was not made for this key gives another secret rather than an error (section
    /// 6.3).
    #[inline(never)]
    pub fn decapsulate(&self, ciphertext: &[u8; Self::CIPHERTEXT_LEN]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.decapsulate(ciphertext.into()).into())
    }
}
