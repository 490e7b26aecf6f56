//! ML-KEM-768 (FIPS 203), a post-quantum key encapsulation: the half of a TLS client.

use ml_kem::kem::{Decapsulate, KeyExport};
use ml_kem::ml_kem_768::{Ciphertext, DecapsulationKey};
use zeroize::Zeroizing;

/// A decapsulation key: the client's secret of one handshake, wiped on drop.
pub struct MlKem768(DecapsulationKey);

impl MlKem768 {
    /// Octets that the server sends: 1088 (FIPS 203, section 8).
    pub const CIPHERTEXT_LEN: usize = size_of::<Ciphertext>();

    /// `seed` is random: `d`, then `z` (FIPS 203, section 7.1). The same seed makes the same key.
    #[inline(never)]
    pub fn from_seed(seed: &[u8; 64]) -> Self {
        Self(DecapsulationKey::from_seed((*seed).into()))
    }

    /// The encapsulation key, 1184 octets: the client's share of the key exchange.
    #[inline(never)]
    pub fn public_key(&self) -> Vec<u8> {
        self.0.encapsulation_key().to_bytes().to_vec()
    }

    /// A ciphertext made for another key gives a different secret, not an error (FIPS 203, section 6.3).
    #[inline(never)]
    pub fn decapsulate(&self, ciphertext: &[u8; Self::CIPHERTEXT_LEN]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.decapsulate(ciphertext.into()).into())
    }
}
