//! The deadlines of one call of the public interface.

#[cfg(feature = "pool")]
use core::pin::pin;
use core::time::Duration;

#[cfg(feature = "pool")]
use futures_util::future::{Either, select};

use crate::net::{Deadline, Network};
use crate::smtp::error::{Error, Phase};
use crate::timeouts::{Timeout, Timeouts};

/// The limits of each wait, and the end of the whole call.
#[derive(Clone)]
pub(crate) struct CallDeadlines<N> {
    pub network: N,
    pub timeouts: Timeouts,
    /// The end of the whole call.
    pub total: Option<Deadline>,
}

impl<N: Network> CallDeadlines<N> {
    /// For a call that begins now.
    pub(crate) fn start(network: &N, timeouts: &Timeouts) -> Self {
        let total = timeouts.total;
        Self {
            network: network.clone(),
            timeouts: timeouts.clone(),
            total: total.map(|limit| Deadline::after(network, limit)),
        }
    }

    /// Whether the time of the whole call has run out.
    pub(crate) fn is_over(&self) -> bool {
        self.total
            .is_some_and(|total| total.has_passed(&self.network))
    }

    /// Waits for `operation` until the end of the call. `None` if that comes first.
    #[cfg(feature = "pool")]
    pub(crate) async fn until_total<T>(&self, operation: impl Future<Output = T>) -> Option<T> {
        let Some(total) = self.total else {
            return Some(operation.await);
        };
        let (operation, sleep) = (pin!(operation), pin!(self.network.sleep_until(total)));
        match select(operation, sleep).await {
            Either::Left((output, _)) => Some(output),
            Either::Right(_) => None,
        }
    }

    /// `limit` from now, or the end of the call if that is earlier.
    pub(crate) fn limit(&self, limit: Duration) -> Deadline {
        Deadline::after(&self.network, limit).or(self.total)
    }

    /// The error of a wait in this phase that `limit` or the total has ended.
    pub(crate) fn timed_out(&self, phase: Phase, limit: Timeout) -> Error {
        if self.is_over() {
            Error::Timeout(phase, Timeout::Total)
        } else {
            Error::Timeout(phase, limit)
        }
    }
}
