//! Helpers for tests with published vectors.

use rustls::PeerMisbehaved;
use rustls::crypto::SupportedKxGroup;

/// Decodes hexadecimal digits, ignoring white space.
pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|c| c.to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// A platform whose randomness is the private key of a published vector.
macro_rules! platform {
    ($name:ident, $secret:expr) => {
        #[derive(Debug)]
        struct $name;
        impl Platform for $name {
            fn random(buffer: &mut [u8]) -> Result<(), $crate::tls::NoRandomness> {
                buffer.copy_from_slice(&$crate::tls::provider::vectors::hex($secret));
                Ok(())
            }
            fn unix_time() -> std::time::Duration {
                std::time::Duration::ZERO
            }
        }
    };
}
pub(super) use platform;

pub(super) fn agrees(group: &dyn SupportedKxGroup, public: &str, peer: &str, shared: &str) {
    let exchange = group.start().unwrap();
    assert_eq!(exchange.pub_key(), hex(public));
    assert_eq!(
        exchange.complete(&hex(peer)).unwrap().secret_bytes(),
        hex(shared)
    );
}

pub(super) fn refuses(group: &dyn SupportedKxGroup, peer: &[u8]) {
    let error = group.start().unwrap().complete(peer).err();
    assert_eq!(
        error,
        Some(PeerMisbehaved::InvalidKeyShare.into()),
        "{peer:?}"
    );
}
