//! Host calls: how often a message calls functions of WASI, and how much it writes to the network.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use wasmtime::Result;

use crate::component::{Host, envelope, letters};
use crate::sink::Sink;
use crate::task::{Security, Task, authority};
use bench::host::Threads;
use bench::page::{Page, table};

/// Messages over one connection, after the first one.
const MESSAGES: u64 = 100;

struct Case {
    name: &'static str,
    security: Security,
    chunking: bool,
    size: usize,
    at_hand: bool,
}

const CASES: &[Case] = &[
    case("plain, 1 kB", Security::Plain, false, 1000, false),
    case("TLS, 1 kB", Security::ImplicitTls, false, 1000, false),
    case("TLS, 1 kB, BDAT", Security::ImplicitTls, true, 1000, false),
    case(
        "TLS, 1 kB, at hand",
        Security::ImplicitTls,
        false,
        1000,
        true,
    ),
    case("TLS, 100 kB", Security::ImplicitTls, false, 100_000, false),
];

const fn case(
    name: &'static str,
    security: Security,
    chunking: bool,
    size: usize,
    at_hand: bool,
) -> Case {
    Case {
        name,
        security,
        chunking,
        size,
        at_hand,
    }
}

/// The counts of all messages of a case.
struct Share {
    calls: BTreeMap<String, u64>,
    reads: u64,
    octets: u64,
}

pub(crate) fn measure(page: &Page, compiled: &Path, machine: &str) -> Result<()> {
    tracing::subscriber::set_global_default(Counter)?;
    let host = Host::load(compiled, Threads::One)?;
    let (authority, root) = authority(compiled)?;
    let mut shares = Vec::new();
    for case in CASES {
        let identity = authority.issue(&["127.0.0.1"]);
        let sink = Sink::start(&identity, case.security, case.chunking)?;
        let task = Task {
            port: sink.port,
            security: case.security,
            mechanism: None,
            recipients: 1,
            size: case.size,
            count: 1,
            connections: 1,
            root: root.display().to_string(),
        };
        shares.push(share(&host, &task, &sink, case.at_hand)?);
    }
    let mut text = String::new();
    writeln!(
        text,
        "Calls per message over a kept connection with one recipient, the mean of {MESSAGES}; dropping a \
         resource is not counted. The server's reads that returned octets are about the client's writes.\n\n{}\n{machine}.",
        table(&rows(&shares))
    )?;
    page.write("calls", &text)
}

fn rows(shares: &[Share]) -> Vec<Vec<String>> {
    let line = |name: &str, value: &dyn Fn(&Share) -> u64| {
        let cells = shares.iter().map(|share| {
            let value = value(share) as f64 / MESSAGES as f64;
            match value {
                0.0 => "–".into(),
                value if value < 1000.0 => format!("{value:.2}"),
                value => format!("{value:.0}"),
            }
        });
        [name.to_string()].into_iter().chain(cells).collect()
    };
    let names = CASES.iter().map(|case| case.name.to_string());
    let mut rows = vec![[String::new()].into_iter().chain(names).collect::<Vec<_>>()];
    rows.push(line("**host calls**", &|share| share.calls.values().sum()));
    let functions: std::collections::BTreeSet<_> =
        shares.iter().flat_map(|share| share.calls.keys()).collect();
    for function in functions {
        let count = |share: &Share| share.calls.get(function).copied().unwrap_or(0);
        rows.push(line(&format!("`{function}`"), &count));
    }
    rows.push(line("server's reads", &|share| share.reads));
    rows.push(line("octets", &|share| share.octets));
    rows
}

fn share(host: &Host, task: &Task, sink: &Sink, at_hand: bool) -> Result<Share> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    let (envelope, message) = (envelope(task), task.message());
    instance.send(mailer, &envelope, &message)?;
    let letters = letters(task, MESSAGES as usize);
    take_calls();
    let before = sink.seen();
    if at_hand {
        instance.send_all(mailer, &letters)?;
    } else {
        for _ in 0..MESSAGES {
            instance.send(mailer, &envelope, &message)?;
        }
    }
    let calls = take_calls();
    let after = sink.seen();
    instance.close(mailer)?;
    Ok(Share {
        calls,
        reads: after.0 - before.0,
        octets: after.1 - before.1,
    })
}

static CALLS: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

fn calls() -> MutexGuard<'static, BTreeMap<String, u64>> {
    CALLS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take_calls() -> BTreeMap<String, u64> {
    std::mem::take(&mut calls())
}

/// Counts host calls by name: wasmtime-wasi opens a span for each.
struct Counter;

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.name() == "wit-bindgen import"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut name = Name::default();
        span.record(&mut name);
        *calls().entry(name.0).or_default() += 1;
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Name(String);

impl Visit for Name {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "function" {
            self.0 = value.into();
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
