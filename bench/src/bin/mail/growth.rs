//! How time and memory grow with recipients, with size, and with the number of instances.

use std::path::Path;
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use servers::authority::Identity;
use wasmtime::Result;
use wasmtime::error::Context;

use crate::component::{Host, Instance, envelope};
use crate::delay::DelayProxy;
use crate::sink::Sink;
use crate::task::PIECE;
use crate::task::{Security, Task, authority};
use bench::host::Threads;
use bench::machine;
use bench::page::{Page, table};
use bench::stats::Runs;

const RUNS: usize = 5;
/// In each direction.
const DELAY: Duration = Duration::from_millis(25);
const RECIPIENTS: &[usize] = &[1, 10, 100, 1000];
const SIZES: &[usize] = &[1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];
const INSTANCES: &[usize] = &[1, 10, 100, 1000];

pub(crate) fn measure(page: &Page, compiled: &Path, machine: &str) -> Result<()> {
    let host = Host::load(compiled, Threads::Several)?;
    let (authority, root) = authority(compiled)?;
    let identity = authority.issue(&["127.0.0.1"]);
    let root = root.display().to_string();
    let instances = instances(&host, &identity, &root)?;
    let recipients = recipients(&host, &identity, &root)?;
    let sizes = sizes(&host, &identity, &root)?;
    let text = format!(
        "Recipients of one message over a kept connection, 25 ms each way, TLS:\n\n{}\n\
         Size of one message over a kept connection on loopback, ms:\n\n{}\n\
         Instances in one process at the same time; each has a thread, opens a connection with TLS and sends \
         1 kB:\n\n{}\n{machine}. Medians and ranges of {RUNS} runs.\n",
        table(&recipients),
        table(&sizes),
        table(&instances)
    );
    page.write("growth", &text)
}

fn task(port: u16, security: Security, root: &str) -> Task {
    Task {
        port,
        security,
        mechanism: None,
        recipients: 1,
        size: 1000,
        count: 1,
        connections: 1,
        root: root.into(),
    }
}

fn recipients(host: &Host, identity: &Identity, root: &str) -> Result<Vec<Vec<String>>> {
    let sink = Sink::start(identity, Security::ImplicitTls, false)?;
    let proxy = DelayProxy::start(sink.port, DELAY)?;
    let mut rows = vec![vec!["recipients".to_string(), "round trips".into()]];
    for &recipients in RECIPIENTS {
        let task = Task {
            recipients,
            ..task(proxy.port, Security::ImplicitTls, root)
        };
        let taken = repeated(host, &task, |instance, mailer| {
            instance.send(mailer, &envelope(&task), &task.message())
        })?;
        let round_trip = 2.0 * DELAY.as_secs_f64() * 1e3;
        let trips = Runs::new(taken.iter().map(|ms| ms / round_trip).collect());
        rows.push(vec![recipients.to_string(), trips.show(2)]);
    }
    Ok(rows)
}

fn sizes(host: &Host, identity: &Identity, root: &str) -> Result<Vec<Vec<String>>> {
    let mut rows = vec![["octets", "plain", "TLS"].map(String::from).to_vec()];
    for &size in SIZES {
        let mut row = vec![size.to_string()];
        for security in [Security::Plain, Security::ImplicitTls] {
            let sink = Sink::start(identity, security, false)?;
            let task = Task {
                size,
                ..task(sink.port, security, root)
            };
            let message = (size <= PIECE).then(|| task.message());
            let taken = repeated(host, &task, |instance, mailer| match &message {
                Some(message) => instance.send(mailer, &envelope(&task), message),
                None => instance.stream(mailer, &envelope(&task), size),
            })?;
            row.push(Runs::new(taken).show(2));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The milliseconds of each run, after one that is not counted.
fn repeated(
    host: &Host,
    task: &Task,
    mut send: impl FnMut(&mut Instance, wasmtime::component::ResourceAny) -> Result<()>,
) -> Result<Vec<f64>> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    send(&mut instance, mailer)?;
    let mut taken = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        send(&mut instance, mailer)?;
        taken.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(taken)
}

fn instances(host: &Host, identity: &Identity, root: &str) -> Result<Vec<Vec<String>>> {
    let head = ["instances", "all done, ms", "ms each", "memory, MB"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for &count in INSTANCES {
        let sink = Sink::start(identity, Security::ImplicitTls, false)?;
        let task = task(sink.port, Security::ImplicitTls, root);
        let mut taken = Vec::new();
        for _ in 0..RUNS {
            taken.push(at_once(host, &task, count)?);
        }
        let taken = Runs::new(taken);
        let memory =
            machine::peak().map_or("–".into(), |peak| format!("{:.0}", peak as f64 / 1e6));
        rows.push(vec![
            count.to_string(),
            taken.show(1),
            format!("{:.2}", taken.median() / count as f64),
            memory,
        ]);
    }
    Ok(rows)
}

/// All instances start together, and none ends before all have sent.
fn at_once(host: &Host, task: &Task, count: usize) -> Result<f64> {
    let (begin, end) = (Barrier::new(count + 1), Barrier::new(count + 1));
    let failure = Mutex::new(None);
    let elapsed = thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                begin.wait();
                let sent = send_one(host, task);
                end.wait();
                if let Err(error) = sent {
                    *failure.lock().unwrap_or_else(|e| e.into_inner()) = Some(error);
                }
            });
        }
        begin.wait();
        let start = Instant::now();
        end.wait();
        start.elapsed()
    });
    let failure = failure.into_inner().unwrap_or_else(|e| e.into_inner());
    match failure {
        Some(error) => Err(error).context("an instance has failed"),
        None => Ok(elapsed.as_secs_f64() * 1e3),
    }
}

/// Returns the instance, which keeps_connection its connection.
fn send_one(host: &Host, task: &Task) -> Result<Instance> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    instance.send(mailer, &envelope(task), &task.message())?;
    Ok(instance)
}
