//! One run of one client.

use bench::stats::Runs;
use wasmtime::Result;
use wasmtime::error::Context;

use crate::clients::Client;
use crate::task::Task;

pub(super) struct Sample {
    /// Messages a second, from the first connection to the last receipt.
    pub rate: f64,
    /// The peak memory of the process, in MB.
    pub memory: f64,
    /// Milliseconds of processor time for each message, the start of the process included.
    pub processor: f64,
}

impl Sample {
    /// Runs a client. `begin` returns when it connected.
    pub(super) fn take(
        client: &Client,
        task: &Task,
        begin: impl FnOnce() -> Option<u64>,
    ) -> Result<Sample> {
        let measured = client.run(task)?;
        let begin = begin().context("no connection")?;
        let last = measured.receipts.iter().max().context("no receipt")?;
        let seconds = last.saturating_sub(begin) as f64 / 1e9;
        let peak = measured.peak.context("the client prints no memory")?;
        let processor = measured.processor.context("nor its processor time")?;
        Ok(Sample {
            rate: task.count as f64 / seconds,
            memory: peak as f64 / 1e6,
            processor: processor as f64 / 1e6 / task.count as f64,
        })
    }
}

/// One figure of all runs.
pub(super) fn of(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> Runs {
    Runs::new(samples.iter().map(figure).collect())
}
