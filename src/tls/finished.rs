//! `tls-unique`, the channel binding of TLS 1.2: the first Finished message of the handshake (RFC 5929,
//! section 3). SCRAM uses it by default (RFC 5802, section 6).
//!
//! rustls does not expose it. But rustls computes each Finished with the PRF of the cipher suite, which is
//! ours, for one connection at a time.

use std::cell::Cell;

use rustls::Error;
use rustls::crypto::ActiveKeyExchange;
use rustls::crypto::tls12::{Prf, PrfUsingHmac};

/// RFC 5246, section 7.4.9.
const VERIFY_DATA: usize = 12;

/// What the PRF has seen of one connection.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Finished {
    /// The client's in a full handshake, the server's in a resumed one.
    first: Option<[u8; VERIFY_DATA]>,
    /// The handshake has the extended master secret (RFC 7627). Without it, a man in the middle can make
    /// two connections with the same Finished.
    is_extended: bool,
}

thread_local! {
    /// The connection that rustls is processing.
    static CURRENT: Cell<Finished> = const {
        Cell::new(Finished {
            first: None,
            is_extended: false,
        })
    };
}

impl Finished {
    /// Runs `drive`, which processes this connection.
    pub(super) fn watch<T>(&mut self, drive: impl FnOnce() -> T) -> T {
        let before = CURRENT.replace(*self);
        let result = drive();
        *self = CURRENT.replace(before);
        result
    }

    /// `None` if another connection could have the same.
    pub(super) fn unique(&self) -> Option<[u8; VERIFY_DATA]> {
        self.first.filter(|_| self.is_extended)
    }

    fn computed_master_secret(&mut self, label: &[u8]) {
        self.is_extended = label == b"extended master secret";
    }

    fn computed(&mut self, label: &[u8], output: &[u8]) {
        if self.first.is_some() || !label.ends_with(b" finished") {
            return;
        }
        self.first = output.try_into().ok();
        // The server's comes first if it resumes a session. The store keeps only extended sessions.
        self.is_extended |= label == b"server finished";
    }
}

/// Whether the current connection's session may be resumed. A session without extended master secret may
/// not: two resumptions can have the same `tls-unique` (RFC 7627, section 5.4).
pub(super) fn is_extended() -> bool {
    CURRENT.get().is_extended
}

/// The PRF of TLS 1.2, recording what passes through it.
pub(super) struct WatchedPrf(pub PrfUsingHmac<'static>);

impl Prf for WatchedPrf {
    fn for_key_exchange(
        &self,
        output: &mut [u8; 48],
        exchange: Box<dyn ActiveKeyExchange>,
        peer_key: &[u8],
        label: &[u8],
        seed: &[u8],
    ) -> Result<(), Error> {
        let mut current = CURRENT.get();
        current.computed_master_secret(label);
        CURRENT.set(current);
        self.0
            .for_key_exchange(output, exchange, peer_key, label, seed)
    }

    fn for_secret(&self, output: &mut [u8], secret: &[u8], label: &[u8], seed: &[u8]) {
        self.0.for_secret(output, secret, label, seed);
        let mut current = CURRENT.get();
        current.computed(label, output);
        CURRENT.set(current);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unique(steps: &[(&str, u8)]) -> Option<[u8; VERIFY_DATA]> {
        let mut finished = Finished::default();
        for (label, octet) in steps {
            if label.ends_with("master secret") {
                finished.computed_master_secret(label.as_bytes());
            } else {
                finished.computed(label.as_bytes(), &[*octet; VERIFY_DATA]);
            }
        }
        finished.unique()
    }

    #[test]
    fn the_first_finished_is_the_clients_unless_a_session_is_resumed() {
        let full = [
            ("extended master secret", 0),
            ("key expansion", 1),
            ("client finished", 2),
            ("server finished", 3),
        ];
        assert_eq!(unique(&full), Some([2; VERIFY_DATA]));
        let resumed = [
            ("key expansion", 1),
            ("server finished", 3),
            ("client finished", 2),
        ];
        assert_eq!(unique(&resumed), Some([3; VERIFY_DATA]));
        assert_eq!(unique(&full[..2]), None);
    }

    #[test]
    fn a_handshake_without_extended_master_secret_has_no_binding() {
        let full = [("master secret", 0), ("client finished", 2)];
        assert_eq!(unique(&full), None);
    }

    #[test]
    fn connections_side_by_side_are_told_apart() {
        let (mut one, mut other) = (Finished::default(), Finished::default());
        one.watch(|| {
            CURRENT.set(Finished {
                first: Some([1; VERIFY_DATA]),
                is_extended: true,
            });
        });
        other.watch(|| assert!(!is_extended()));
        one.watch(|| assert!(is_extended()));
        assert_eq!(one.unique(), Some([1; VERIFY_DATA]));
        assert_eq!(other.unique(), None);
    }
}
