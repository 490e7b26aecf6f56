//! WASI 0.2: requests over wasi:http, and the clocks.

mod exchange;
mod fault;
mod timer;

use core::time::Duration;

use wasip2::clocks::{monotonic_clock, wall_clock};

pub use exchange::exchange;
pub use timer::Timer;

use crate::time::Now;

/// What the host's clocks show.
pub fn now() -> Now {
    Now {
        monotonic: Duration::from_nanos(monotonic_clock::now()),
        unix: wall_clock::now().seconds,
    }
}
