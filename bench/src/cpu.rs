//! Measures processor time.

use std::time::Duration;

use bench::machine::processor_time;
use wasmtime::Result;

/// The processor time of `work`.
pub(crate) fn time(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = processor_time();
    work()?;
    Ok(processor_time().saturating_sub(start))
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
