//! The time of a message over a kept connection on loopback.

use std::path::Path;

use servers::real::{Kind, RealServer, Unavailable};
use wasmtime::Result;

use crate::by_turns;
use crate::clients::{self, Client};
use crate::component::Compiled;
use crate::plot;
use crate::sink::Sink;
use crate::task::{Security, Task, authority};
use bench::page::{Page, table};
use bench::stats::Runs;

const RUNS: usize = 5;

struct Case {
    name: &'static str,
    security: Security,
    size: usize,
    /// Messages over one connection.
    count: usize,
    postfix: bool,
}

const CASES: &[Case] = &[
    case("TLS, 1 kB", Security::ImplicitTls, 1000, 200, false),
    case("plain, 1 kB", Security::Plain, 1000, 200, false),
    case("TLS, 100 kB", Security::ImplicitTls, 100_000, 100, false),
    case("plain, 100 kB", Security::Plain, 100_000, 100, false),
    case("TLS, 1 kB, Postfix", Security::ImplicitTls, 1000, 100, true),
    case("plain, 1 kB, Postfix", Security::Plain, 1000, 100, true),
];

const fn case(
    name: &'static str,
    security: Security,
    size: usize,
    count: usize,
    postfix: bool,
) -> Case {
    Case {
        name,
        security,
        size,
        count,
        postfix,
    }
}

pub(crate) fn measure(page: &Page, compiled: &Compiled, machine: &str) -> Result<()> {
    let portable = &compiled.portable;
    let mut clients = Vec::from(clients::one_by_one(compiled));
    clients.push(clients::own(
        "envoi, a host of several threads",
        "send-threads",
        portable,
    ));
    clients.push(clients::own("envoi, next at hand", "at-hand", portable));
    clients.extend(clients::peers(&compiled.folder));
    let (authority, root) = authority(portable)?;
    let identity = authority.issue(&["localhost", "127.0.0.1"]);
    let names = clients.iter().map(|client| client.name.to_string());
    let mut rows = vec![[String::new()].into_iter().chain(names).collect::<Vec<_>>()];
    let mut bars = Vec::new();
    let postfix = RealServer::start_if_available(Kind::Postfix, &identity);
    for case in CASES {
        let sink = Sink::start(&identity, case.security, false)?;
        let taken: Vec<Result<Runs, String>> = match case.port(&sink, &postfix) {
            Ok(port) => run(case.name, &clients, &case.task(port, &root)),
            Err(why) => clients.iter().map(|_| Err(why.clone())).collect(),
        };
        let cells = taken.iter().map(|taken| match taken {
            Ok(runs) => runs.show(3),
            Err(why) => why.clone(),
        });
        rows.push([case.name.to_string()].into_iter().chain(cells).collect());
        if bars.is_empty() {
            let both = clients.iter().zip(&taken);
            bars.extend(both.filter_map(|(client, runs)| bar(client, runs.as_ref().ok()?)));
        }
    }
    write(page, machine, &rows, &bars)
}

impl Case {
    fn port(&self, sink: &Sink, postfix: &Result<RealServer, Unavailable>) -> Result<u16, String> {
        match (postfix, self.postfix, self.security) {
            (_, false, _) => Ok(sink.port),
            (Ok(server), true, Security::ImplicitTls) => Ok(server.tls_port),
            (Ok(server), true, _) => Ok(server.port),
            (Err(_), true, _) => Err("not here".to_string()),
        }
    }

    fn task(&self, port: u16, root: &Path) -> Task {
        Task {
            port,
            security: self.security,
            mechanism: None,
            recipients: 1,
            size: self.size,
            count: self.count,
            connections: 1,
            root: root.display().to_string(),
        }
    }
}

fn write(page: &Page, machine: &str, rows: &[Vec<String>], bars: &[plot::Bar]) -> Result<()> {
    let title = "milliseconds a message: TLS, 1 kB, kept connection";
    let plot = page.draw("throughput.svg", title, &plot::bars(title, bars))?;
    let text = format!(
        "Milliseconds from receipt to receipt, in the mean of a connection; medians and ranges of {RUNS} \
         connections. The server accepts everything and discards it, except Postfix, which takes most of \
         the time itself. wasm-smtp-component connects and authenticates again for each message.\n\n{}\n{plot}\n{machine}; {}.\n",
        table(rows),
        clients::versions(),
    );
    page.write("throughput", &text)
}

fn bar(client: &Client, runs: &Runs) -> Option<plot::Bar> {
    Some(plot::Bar {
        name: client.name.into(),
        values: vec![("ms a message".into(), runs.median())],
    })
}

/// Runs the clients in turns.
fn run(name: &str, clients: &[Client], task: &Task) -> Vec<Result<Runs, String>> {
    let taken = by_turns::run(name, clients, task, RUNS, |client| once(client, task));
    taken
        .into_iter()
        .map(|taken| taken.map(Runs::new))
        .collect()
}

/// Milliseconds from receipt to receipt.
pub(crate) fn once(client: &Client, task: &Task) -> Result<f64> {
    let receipts = client.run(task)?.receipts;
    let (first, last) = (receipts.first(), receipts.last());
    let span = last.zip(first).map_or(0, |(last, first)| last - first);
    Ok(span as f64 / 1e6 / (task.count - 1) as f64)
}
