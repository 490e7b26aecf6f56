//! Replaces the host's clocks in a test.

#[cfg(not(feature = "p3"))]
mod wasi02;
#[cfg(feature = "p3")]
mod wasi03;

use std::sync::Arc;

#[cfg(not(feature = "p3"))]
pub(crate) use wasi02::add_to_linker;
#[cfg(feature = "p3")]
pub(crate) use wasi03::add_to_linker;

/// What the clocks say.
#[derive(Clone)]
pub struct Clock {
    /// The time that the monotonic clock shows, made of the right one. `None` is a trap.
    pub now: Arc<dyn Fn(u64) -> Option<u64> + Send + Sync>,
    /// The right time at which a timer ends, made of the time that it was set to.
    pub timer: Arc<dyn Fn(u64) -> u64 + Send + Sync>,
    /// Seconds since 1970, and nanoseconds. `None` is the right time.
    pub date: Option<(i64, u32)>,
}

impl Clock {
    /// The right time.
    pub fn right() -> Clock {
        Clock {
            now: Arc::new(Some),
            timer: Arc::new(|set| set),
            date: None,
        }
    }
}
