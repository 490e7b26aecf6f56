//! The processor time of this process: all threads, and the kernel's work for it.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use wasmtime::Result;

/// The processor time of `work`.
pub(crate) fn time(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = now();
    work()?;
    Ok(now().saturating_sub(start))
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        time.tv_nsec.unsigned_abs() as u32,
    )
}
