//! What the caller asks of TLS.

use super::identity::Identity;
use super::pins::Pins;
use super::trust::Trust;

/// Trust, versions, pins and the client's certificate. By default Mozilla's roots, TLS 1.2 and 1.3.
#[derive(Clone, Default)]
pub struct Policy {
    /// What makes a server's certificate valid.
    pub trust: Trust,
    /// Refuses TLS 1.2.
    pub only_tls13: bool,
    /// Keys of which a valid certificate must also have one.
    pub pins: Pins,
    /// Sent if the server asks for a certificate.
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
