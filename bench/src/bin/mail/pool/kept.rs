//! What one message costs over a kept connection, in the components for WASI 0.2 and 0.3.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bench::host::Threads;
use bench::page::table;
use bench::stats::Runs;
use wasmtime::Result;

use super::Trust;
use crate::component::{self, Compiled};
use crate::sink::Sink;
use crate::task::{Security, Task};
use crate::{async_component, by_turns, clients, throughput};

const RUNS: usize = 5;
/// Instances that are made.
const INSTANCES: usize = 101;
/// Messages whose host calls are counted.
const COUNTED: usize = 100;

pub(super) fn measure(compiled: &Compiled, trust: &Trust) -> Result<String> {
    let mut rows = vec![vec![String::new(), "WASI 0.2".into(), "WASI 0.3".into()]];
    rows.push(times(compiled, trust)?);
    let calls = [
        sync_calls(&compiled.portable, trust)?,
        async_calls(&compiled.p3, trust)?,
    ];
    rows.push(row("calls of the host for a message", calls, 2));
    let instances = [
        sync_instance(&compiled.portable)?,
        async_instance(&compiled.p3)?,
    ];
    rows.push(row("an instance of what is compiled, µs", instances, 0));
    let kilobytes = |octets: u64| octets as f64 / 1e3;
    rows.push(row("the component, kB", compiled.sizes.map(kilobytes), 0));
    let files = [&compiled.portable, &compiled.p3].map(std::fs::metadata);
    let [portable, p3] = files.map(|file| file.map_or(0, |file| file.len()));
    rows.push(row("compiled, kB", [portable, p3].map(kilobytes), 0));
    Ok(format!(
        "One message of 2 kB after the other over a kept connection with TLS on loopback, each in a call of \
         its own; the medians and ranges of {RUNS} connections. Calls of the host are all that the component \
         and its code make: functions of WASI, and those of the component model for streams, tasks and \
         resources; the mean of {COUNTED} messages.\n\n{}",
        table(&rows)
    ))
}

fn row(name: &str, values: [f64; 2], digits: usize) -> Vec<String> {
    let [sync, concurrent] = values.map(|value| format!("{value:.digits$}"));
    vec![name.into(), sync, concurrent]
}

fn sink(trust: &Trust) -> Result<Sink> {
    Sink::start(&trust.identity, Security::ImplicitTls, true)
}

fn times(compiled: &Compiled, trust: &Trust) -> Result<Vec<String>> {
    let clients = [
        clients::own("WASI 0.2", "send", &compiled.portable),
        clients::own("WASI 0.3", "pool-in-order", &compiled.p3),
    ];
    let task = trust.task(sink(trust)?.port, 1, 200);
    let taken = by_turns::run("kept connection", &clients, &task, RUNS, |client| {
        throughput::once(client, &task)
    });
    let cells = taken.into_iter().map(|taken| match taken {
        Ok(milliseconds) => Runs::new(milliseconds).show(3),
        Err(why) => why,
    });
    Ok(["ms a message".to_string()]
        .into_iter()
        .chain(cells)
        .collect())
}

/// The calls of the host for each message.
fn sync_calls(compiled: &Path, trust: &Trust) -> Result<f64> {
    let host = component::Host::load(compiled, Threads::One)?;
    let task = trust.task(sink(trust)?.port, 1, 1);
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(&task)?;
    let (envelope, message) = (component::envelope(&task), task.message());
    instance.send(mailer, &envelope, &message)?;
    let calls = instance.count_host_calls();
    for _ in 0..COUNTED {
        instance.send(mailer, &envelope, &message)?;
    }
    Ok(mean(&calls))
}

fn async_calls(compiled: &Path, trust: &Trust) -> Result<f64> {
    let host = async_component::Host::load(compiled)?;
    let task = trust.task(sink(trust)?.port, 1, 1);
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(&task)?;
    instance.send_each(mailer, &task, 1)?;
    let calls = instance.count_host_calls();
    let counted = Task {
        count: COUNTED,
        ..task
    };
    instance.send_each(mailer, &counted, 1)?;
    Ok(mean(&calls))
}

fn mean(calls: &AtomicU64) -> f64 {
    calls.load(Ordering::Relaxed) as f64 / COUNTED as f64
}

/// Microseconds.
fn sync_instance(compiled: &Path) -> Result<f64> {
    let host = component::Host::load(compiled, Threads::One)?;
    instantiation(|| host.instantiate().map(drop))
}

/// Microseconds.
fn async_instance(compiled: &Path) -> Result<f64> {
    let host = async_component::Host::load(compiled)?;
    instantiation(|| host.instantiate().map(drop))
}

/// The median, the end of the instance included.
fn instantiation(instantiate: impl Fn() -> Result<()>) -> Result<f64> {
    let mut taken = Vec::new();
    for _ in 0..INSTANCES {
        let start = Instant::now();
        instantiate()?;
        taken.push(start.elapsed().as_secs_f64() * 1e6);
    }
    Ok(Runs::new(taken).median())
}
