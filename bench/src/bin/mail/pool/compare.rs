//! Many small messages through the pools of several clients, behind a long line.

use servers::real::{Kind, RealServer};
use wasmtime::Result;

use super::sample::{Sample, of};
use super::{DELAY, SIZE, Trust};
use crate::by_turns;
use crate::clients::{self, Client};
use crate::component::Compiled;
use crate::delay::DelayProxy;
use crate::plot;
use crate::sink::Sink;
use crate::task::Security;
use bench::page::{Page, table};

const RUNS: usize = 3;

/// Connections, and messages: over one connection, a peer takes 200 ms for each.
const CASES: &[(usize, usize)] = &[(1, 100), (8, 1000), (32, 1000)];

/// The first clients, which are this project's.
const OWN: usize = 3;

type Taken = Result<Vec<Sample>, String>;

pub(super) fn measure(page: &Page, compiled: &Compiled, trust: &Trust) -> Result<String> {
    let clients = clients::pools(compiled);
    let postfix = RealServer::start_if_available(Kind::Postfix, &trust.identity);
    let sink = Sink::start(&trust.identity, Security::ImplicitTls, true)?;
    let servers = [
        ("Postfix", postfix.as_ref().map(|server| server.tls_port)),
        ("discarded", Ok(sink.port)),
    ];
    let mut tables = Tables::new(&clients);
    for (server, port) in servers {
        for &(connections, messages) in CASES {
            let name = format!("{server}, {connections} × {messages}");
            let taken = match port {
                Ok(port) => run(&name, &clients, trust, (port, connections, messages))?,
                Err(why) => clients.iter().map(|_| Err(why.to_string())).collect(),
            };
            tables.add(&name, connections, &taken);
        }
    }
    tables.text(page)
}

/// Runs the clients in turns.
fn run(
    name: &str,
    clients: &[Client],
    trust: &Trust,
    (port, connections, messages): (u16, usize, usize),
) -> Result<Vec<Taken>> {
    let proxy = DelayProxy::start(port, DELAY)?;
    let task = trust.task(proxy.port, connections, messages);
    Ok(by_turns::run(name, clients, &task, RUNS, |client| {
        Sample::take(client, &task, || proxy.first_connection())
    }))
}

/// The rows and bars of all cases.
struct Tables {
    rates: Vec<Vec<String>>,
    memory: Vec<Vec<String>>,
    processor: Vec<Vec<String>>,
    bars: Vec<plot::Bar>,
}

impl Tables {
    fn new(clients: &[Client]) -> Tables {
        let names = clients.iter().map(|client| client.name.to_string());
        let head: Vec<_> = [String::new()].into_iter().chain(names).collect();
        let own = clients.iter().take(OWN);
        let ratios = own.map(|client| format!("{} ÷ the fastest peer", client.name));
        let ratios: Vec<_> = ratios.collect();
        let bar = |client: &Client| plot::Bar {
            name: client.name.into(),
            values: Vec::new(),
        };
        Tables {
            rates: vec![[&head[..], &ratios].concat()],
            memory: vec![head.clone()],
            processor: vec![head],
            bars: clients.iter().map(bar).collect(),
        }
    }

    fn add(&mut self, name: &str, connections: usize, taken: &[Taken]) {
        let row = |figure: fn(&Sample) -> f64, digits| {
            let cells = taken.iter().map(|taken| match taken {
                Ok(samples) => of(samples, figure).show(digits),
                Err(why) => why.clone(),
            });
            [name.to_string()]
                .into_iter()
                .chain(cells)
                .collect::<Vec<_>>()
        };
        self.rates
            .push([row(|sample| sample.rate, 1), ratios(taken)].concat());
        self.memory.push(row(|sample| sample.memory, 0));
        self.processor.push(row(|sample| sample.processor, 2));
        if name.starts_with("Postfix") {
            for (bar, taken) in self.bars.iter_mut().zip(taken) {
                let value = (format!("{connections} connections"), median_rate(taken));
                bar.values.push(value);
            }
        }
    }

    fn text(&self, page: &Page) -> Result<String> {
        let title = "messages a second: 2 kB, TLS, Postfix behind 25 ms each way";
        let plot = page.draw("pool.svg", title, &plot::bars(title, &self.bars))?;
        Ok(format!(
            "Messages of {SIZE} octets from one process, TLS from the first octet, behind a line of {} ms each \
             way. A row names the server, the most connections at the same time, and the messages: fewer over \
             one connection, because a client that waits for each reply takes 200 ms a message. Messages a \
             second, from the first connection to the last receipt; medians and ranges of {RUNS} runs, by \
             turns. `send` is a call for each message, 1,000 of them at the same time; `send-all` is one call. \
             `set-content-pipelining` lets a message leave with its own envelope. \
             Each peer sends as many messages at the same time as it has connections.\n\n{}\n{plot}\n\
             The process's memory at its most, MB:\n\n{}\n\
             Its processor time for each message, ms, its start included:\n\n{}",
            DELAY.as_millis(),
            table(&self.rates),
            table(&self.memory),
            table(&self.processor),
        ))
    }
}

/// How many times as many messages as the fastest peer each of this project's clients sends.
fn ratios(taken: &[Taken]) -> Vec<String> {
    let (own, peers) = taken.split_at(OWN);
    let fastest = peers.iter().map(median_rate).fold(0.0, f64::max);
    own.iter()
        .map(|own| format!("{:.2}", median_rate(own) / fastest))
        .collect()
}

/// Nothing without results.
fn median_rate(taken: &Taken) -> f64 {
    let samples = taken.as_ref().map_or(&[][..], Vec::as_slice);
    let median = of(samples, |sample| sample.rate).median();
    if median.is_nan() { 0.0 } else { median }
}
