//! Deadlines: moments at which waiting ends.

use core::time::Duration;

use super::Network;

/// A moment on the clock of a [`Network`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Duration);

impl Deadline {
    /// `limit` from now.
    pub fn after(network: &impl Network, limit: Duration) -> Self {
        Self::at(network.now().saturating_add(limit))
    }

    /// `moment` as [`Network::now`] counts.
    pub fn at(moment: Duration) -> Self {
        Self(moment)
    }

    /// The moment as [`Network::now`] counts.
    pub fn moment(self) -> Duration {
        self.0
    }

    /// The earlier of the two.
    #[must_use]
    pub fn or(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| other.min(self))
    }

    /// Whether the network's clock has reached the moment.
    pub fn has_passed(self, network: &impl Network) -> bool {
        self.0 <= network.now()
    }
}
