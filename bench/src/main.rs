//! Compares the component with native code, and writes bench/results.md.
//!
//! `cargo xtask bench tls` starts it. It measures processor time, not wall-clock time, so that other work
//! on the machine matters little. This is no test: nothing fails because it is slow.

mod client;
mod component;
mod cpu;
mod message;
mod native;
mod report;
mod server;

use std::env;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bench::machine;
use bench::page::Page;
use client::Client;
use component::{ComponentClient, Host};
use cpu::{median, time};
use native::Native;
use report::{Column, Component, Report};
use server::Server;
use wasmtime::{Result, bail};

/// The number of connections of each kind.
const CONNECTIONS: usize = 201;
/// The number of messages of 100 MB.
const BULK_ROUNDS: usize = 5;
const INSTANCES: usize = 501;

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [portable, wide, page] = arguments.as_slice() else {
        bail!("usage: bench PORTABLE.wasm WIDE.wasm PAGE.md");
    };
    let server = Server::start()?;
    eprintln!("bench: compiling the components");
    let (portable, wide) = (Host::load(portable)?, Host::load(wide)?);
    let mut subjects = [
        Subject::new("rustls and ring, native", Native::new(&server)?, None),
        Subject::new(
            "envoi.wasm",
            ComponentClient::new(&portable, &server)?,
            Some(&portable),
        ),
        Subject::new(
            "envoi-wide.wasm",
            ComponentClient::new(&wide, &server)?,
            Some(&wide),
        ),
    ];
    measure(&mut subjects)?;
    let columns = subjects
        .into_iter()
        .map(Subject::column)
        .collect::<Result<_>>()?;
    let machine = format!(
        "{}; {} as the server, a chain of two certificates of ECDSA P-256, X25519, TLS 1.3, \
         ChaCha20-Poly1305.",
        machine::describe(),
        server.version
    );
    let report = Report::new(columns, machine);
    let ours = [("envoi.wasm", &portable), ("envoi-wide.wasm", &wide)];
    let message = message::compare(&ours, &server)?;
    Page::at(page).write("tls", &format!("{report}\n{message}"))
}

/// Measures all subjects in each round, so that other work on the machine affects all of them alike.
fn measure(subjects: &mut [Subject]) -> Result<()> {
    eprintln!("bench: {CONNECTIONS} rounds of connections");
    for _ in 0..CONNECTIONS {
        subjects.iter_mut().try_for_each(Subject::connect)?;
    }
    eprintln!("bench: {BULK_ROUNDS} rounds of 100 MB");
    for _ in 0..BULK_ROUNDS {
        subjects.iter_mut().try_for_each(Subject::send)?;
    }
    Ok(())
}

struct Subject<'a> {
    name: &'static str,
    client: Box<dyn Client + 'a>,
    host: Option<&'a Host>,
    full: Vec<Duration>,
    resumed: Vec<Duration>,
    plain: Vec<Duration>,
    bulk: Vec<Duration>,
    bulk_plain: Vec<Duration>,
}

impl<'a> Subject<'a> {
    fn new(name: &'static str, client: impl Client + 'a, host: Option<&'a Host>) -> Self {
        Self {
            name,
            client: Box::new(client),
            host,
            full: Vec::new(),
            resumed: Vec::new(),
            plain: Vec::new(),
            bulk: Vec::new(),
            bulk_plain: Vec::new(),
        }
    }

    fn connect(&mut self) -> Result<()> {
        self.client.forget_sessions()?;
        self.full.push(time(|| self.client.full_handshake())?);
        self.resumed.push(time(|| self.client.resumed_handshake())?);
        self.plain.push(time(|| self.client.without_tls())?);
        Ok(())
    }

    fn send(&mut self) -> Result<()> {
        self.client.forget_sessions()?;
        self.bulk.push(time(|| self.client.bulk())?);
        self.bulk_plain
            .push(time(|| self.client.bulk_without_tls())?);
        Ok(())
    }

    fn column(self) -> Result<Column> {
        Ok(Column {
            name: self.name,
            plain: median(self.plain),
            full: median(self.full),
            resumed: median(self.resumed),
            bulk: median(self.bulk),
            bulk_plain: median(self.bulk_plain),
            component: self.host.map(component).transpose()?,
        })
    }
}

fn component(host: &Host) -> Result<Component> {
    let instances = (0..INSTANCES).map(|_| instantiation(host));
    Ok(Component {
        size: host.size,
        compilation: host.compilation,
        instantiation: median(instances.collect::<Result<_>>()?),
    })
}

/// In wall-clock time, because nothing else runs. The end of the instance is not counted.
fn instantiation(host: &Host) -> Result<Duration> {
    let start = Instant::now();
    let instance = host.instantiate()?;
    let elapsed = start.elapsed();
    drop(instance);
    Ok(elapsed)
}
