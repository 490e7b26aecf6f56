//! One message from a cold start: the time of each step.

use std::path::Path;
use std::time::Instant;

use wasmtime::{Result, bail};

use crate::component::{Host, envelope};
use crate::sink::Sink;
use crate::task::{Security, Task, authority};
use bench::host::Threads;
use bench::page::{Page, table};
use bench::stats::Runs;

const RUNS: usize = 21;

/// Each step of `send`, and the transcript line that ends it.
const STEPS: &[(&str, &str)] = &[
    (
        "`send` until it connects: roots and keys made ready",
        "connecting to",
    ),
    ("TCP", "connected to"),
    ("TLS handshake", "TLS 1"),
    ("greeting", "220 "),
    ("EHLO, with the end of the handshake", "250 PIPELINING"),
    ("MAIL, RCPT, DATA", "354 "),
    ("content and receipt", "250 2.0.0 Taken"),
];

pub(crate) fn measure(page: &Page, compiled: &Path, machine: &str) -> Result<()> {
    let (authority, root) = authority(compiled)?;
    let identity = authority.issue(&["127.0.0.1"]);
    let sink = Sink::start(&identity, Security::ImplicitTls, false)?;
    let task = Task {
        port: sink.port,
        security: Security::ImplicitTls,
        mechanism: None,
        recipients: 1,
        size: 1000,
        count: 1,
        connections: 1,
        root: root.display().to_string(),
    };
    let mut samples: Vec<Vec<f64>> = Vec::new();
    for _ in 0..RUNS {
        samples.push(once(compiled, &task)?);
    }
    let before = [
        "the compiled component loaded",
        "an instance of it",
        "a mailer set up",
    ];
    let names = before.iter().chain(STEPS.iter().map(|(name, _)| name));
    let mut rows = vec![vec!["step".to_string(), "ms".into()]];
    for (i, name) in names
        .chain(&["QUIT", "the instance ended", "**in all**"])
        .enumerate()
    {
        let values = samples.iter().filter_map(|sample| sample.get(i).copied());
        rows.push(vec![name.to_string(), Runs::new(values.collect()).show(2)]);
    }
    let text = format!(
        "TLS from the first octet, 1 kB, a server on loopback; medians and ranges of {RUNS} \
         runs.\n\n{}\n{machine}.\n",
        table(&rows)
    );
    page.write("cold", &text)
}

/// The milliseconds of each step, and of all together.
fn once(compiled: &Path, task: &Task) -> Result<Vec<f64>> {
    let mut steps = Vec::new();
    let start = Instant::now();
    let mut since = start;
    let mut step = |steps: &mut Vec<f64>| {
        steps.push(milliseconds(since));
        since = Instant::now();
    };
    let host = Host::load(compiled, Threads::One)?;
    step(&mut steps);
    let mut instance = host.instantiate()?;
    step(&mut steps);
    let mailer = instance.mailer(task)?;
    instance.keep_transcript(mailer)?;
    step(&mut steps);
    let (envelope, message) = (envelope(task), task.message());
    let sending = Instant::now();
    instance.send(mailer, &envelope, &message)?;
    let sent = milliseconds(sending);
    let mut said = Vec::new();
    for (elapsed, text) in instance.transcript(mailer)? {
        said.push((elapsed as f64 / 1e6, text));
    }
    steps.extend(within(sent, &said)?);
    step(&mut Vec::new());
    instance.close(mailer)?;
    step(&mut steps);
    drop((instance, host));
    step(&mut steps);
    steps.push(milliseconds(start));
    Ok(steps)
}

/// The steps of `send`. Its first transcript line comes when it connects.
fn within(sent: f64, said: &[(f64, String)]) -> Result<Vec<f64>> {
    let Some((last, _)) = said.last() else {
        bail!("nothing was said");
    };
    let mut before = 0.0;
    let mut steps = Vec::new();
    for (name, begin) in STEPS {
        let Some((end, _)) = said.iter().find(|(_, text)| text.starts_with(begin)) else {
            bail!("no end of `{name}` was said");
        };
        steps.push(if steps.is_empty() {
            sent - last
        } else {
            end - before
        });
        before = *end;
    }
    Ok(steps)
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
