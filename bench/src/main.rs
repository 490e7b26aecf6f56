//! Measures what the component costs, beside native code, and writes docs/performance.md.
//!
//! `cargo xtask bench tls` starts it. It compares processor time and no wall clock's, so that other
//! work on the machine does little; and it is no test, as nothing fails by being slow.

mod client;
mod component;
mod cpu;
mod machine;
mod native;
mod report;
mod server;

use std::env;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use client::Client;
use component::{Host, InWasm};
use native::Native;
use report::{Column, Report};
use server::Server;
use wasmtime::{Result, bail};

/// Of each kind of connection.
const CONNECTIONS: usize = 201;
/// Of 100 MB.
const BULKS: usize = 5;
const INSTANCES: usize = 501;

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [portable, wide, page] = arguments.as_slice() else {
        bail!("usage: bench PORTABLE.wasm WIDE.wasm PAGE.md");
    };
    let server = Server::start()?;
    let columns = vec![
        native(&server)?,
        component("envoi.wasm", portable, &server)?,
        component("envoi-wide.wasm", wide, &server)?,
    ];
    let report = Report::new(columns, machine::describe(&server)?);
    println!("{report}");
    report.write_into(page)
}

fn native(server: &Server) -> Result<Column> {
    eprintln!("bench: rustls over ring");
    let mut client = Native::new(server)?;
    let full = cpu::median(CONNECTIONS, || cpu::time(|| client.full()))?;
    let resumed = cpu::median(CONNECTIONS, || cpu::time(|| client.resumed()))?;
    let bulk = cpu::median(BULKS, || cpu::time(|| client.bulk()))?;
    let plain = cpu::median(CONNECTIONS, || cpu::time(|| client.without_tls()))?;
    Ok(Column {
        name: "rustls and ring, native",
        plain,
        full,
        resumed,
        bulk,
        component: None,
    })
}

fn component(name: &'static str, path: &Path, server: &Server) -> Result<Column> {
    eprintln!("bench: {name}");
    let host = Host::load(path)?;
    let mut client = InWasm::new(&host, server)?;
    let full = cpu::median(CONNECTIONS, || {
        client.forget()?;
        cpu::time(|| client.full())
    })?;
    let resumed = cpu::median(CONNECTIONS, || cpu::time(|| client.resumed()))?;
    let bulk = cpu::median(BULKS, || {
        client.forget()?;
        cpu::time(|| client.bulk())
    })?;
    let plain = cpu::median(CONNECTIONS, || cpu::time(|| client.without_tls()))?;
    Ok(Column {
        name,
        plain,
        full,
        resumed,
        bulk,
        component: Some(report::Component {
            size: host.size,
            compilation: host.compilation,
            instantiation: instantiation(&host)?,
        }),
    })
}

/// By the wall clock, as it computes alone; the store's end is not counted.
fn instantiation(host: &Host) -> Result<Duration> {
    cpu::median(INSTANCES, || {
        let start = Instant::now();
        let instance = host.instantiate()?;
        let elapsed = start.elapsed();
        drop(instance);
        Ok(elapsed)
    })
}
