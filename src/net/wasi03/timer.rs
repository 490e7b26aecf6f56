//! Waits with a deadline.

use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;

use super::wasi::clocks::monotonic_clock;
use crate::net::{Deadline, Error};

pub(super) async fn sleep_until(deadline: Deadline) {
    let nanos = u64::try_from(deadline.moment().as_nanos()).unwrap_or(u64::MAX);
    monotonic_clock::wait_until(nanos).await;
}

/// Waits for an operation until `deadline`. The timer starts only if the operation does not complete at once.
pub(super) async fn within<T>(
    deadline: Deadline,
    operation: impl Future<Output = T>,
) -> Result<T, Error> {
    let mut operation = pin!(operation);
    let mut timer = pin!(sleep_until(deadline));
    poll_fn(|context| match operation.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Ok(output)),
        Poll::Pending => timer.as_mut().poll(context).map(|()| Err(Error::TimedOut)),
    })
    .await
}
