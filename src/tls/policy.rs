//! What the caller asks of TLS.

use super::identity::Identity;
use super::pins::Pins;
use super::trust::Trust;

/// Whom to trust and how far, and what to show; the defaults are Mozilla's roots and TLS 1.2.
#[derive(Clone, Default)]
pub struct Policy {
    pub trust: Trust,
    /// Whether TLS 1.2 is not good enough.
    pub only_tls13: bool,
    pub pins: Pins,
    /// Shown where the server asks for one.
    pub identity: Option<Identity>,
}

impl From<Trust> for Policy {
    fn from(trust: Trust) -> Self {
        Self {
            trust,
            ..Self::default()
        }
    }
}
