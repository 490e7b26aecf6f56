//! The processor's time that this process takes, all its threads and the kernel for it included.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use wasmtime::Result;

/// The median of so many runs; the first, which warms caches, is left out.
pub fn median(runs: usize, mut run: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    run()?;
    let mut times = (0..runs).map(|_| run()).collect::<Result<Vec<_>>>()?;
    times.sort();
    Ok(times.get(runs / 2).copied().unwrap_or_default())
}

/// How long `work` computes.
pub fn time(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = now();
    work()?;
    Ok(now().saturating_sub(start))
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        time.tv_nsec.unsigned_abs() as u32,
    )
}
