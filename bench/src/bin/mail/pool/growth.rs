//! How the pool grows with its connections and with the messages, and what a slow server does to it.

use std::time::Duration;

use bench::page::{Page, table};
use wasmtime::Result;

use super::sample::{Sample, of};
use super::{DELAY, Trust};
use crate::clients::{self, Client};
use crate::component::Compiled;
use crate::delay::DelayProxy;
use crate::plot;
use crate::sink::{Sink, Slow};
use crate::task::Security;

const RUNS: usize = 3;

const CONNECTIONS: &[usize] = &[1, 4, 16, 64, 256];
const MESSAGES_A_CONNECTION: usize = 100;

const MESSAGES: &[usize] = &[1, 10, 100, 1000, 10_000, 100_000];
/// While the number of messages grows.
const FIXED_CONNECTIONS: usize = 32;

/// One connection in ten.
const SLOW: Slow = Slow {
    one_in: 10,
    wait: Duration::from_millis(500),
};
const SLOW_MESSAGES: usize = 1000;
/// The first clients: this project's and the fastest peer. The others take minutes.
const SLOWED_CLIENTS: usize = 4;

pub(super) fn measure(page: &Page, compiled: &Compiled, trust: &Trust) -> Result<String> {
    let client = clients::own("envoi, send-all", "pool-send-all", &compiled.p3);
    Ok([
        connections(page, &client, trust)?,
        messages(&client, trust)?,
        slow(compiled, trust)?,
    ]
    .join("\n"))
}

fn connections(page: &Page, client: &Client, trust: &Trust) -> Result<String> {
    let mut rows = vec![head("connections")];
    let mut bars = Vec::new();
    for &connections in CONNECTIONS {
        let count = connections * MESSAGES_A_CONNECTION;
        let samples = repeated(&format!("{connections} connections"), || {
            behind_a_line(client, trust, (connections, count), None)
        })?;
        bars.push(plot::Bar {
            name: format!("{connections} connections"),
            values: vec![(
                "messages a second".into(),
                of(&samples, |s| s.rate).median(),
            )],
        });
        rows.push(row(connections, &samples));
    }
    let title = "messages a second, by connections: 2 kB, TLS, 25 ms each way";
    let plot = page.draw("pool-connections.svg", title, &plot::bars(title, &bars))?;
    Ok(format!(
        "`send-all` with more and more connections, {MESSAGES_A_CONNECTION} messages of 2 kB for each, behind \
         25 ms each way, to a server that discards them; medians and ranges of {RUNS} runs:\n\n{}\n{plot}",
        table(&rows)
    ))
}

fn messages(client: &Client, trust: &Trust) -> Result<String> {
    let mut rows = vec![head("messages")];
    for &count in MESSAGES {
        let samples = repeated(&format!("{count} messages"), || {
            let sink = Sink::start(&trust.identity, Security::ImplicitTls, true)?;
            let task = trust.task(sink.port, FIXED_CONNECTIONS, count);
            Sample::take(client, &task, || sink.first_connection())
        })?;
        rows.push(row(count, &samples));
    }
    Ok(format!(
        "More and more messages over at most {FIXED_CONNECTIONS} connections to the same server on loopback, in \
         calls of `send-all` with up to 1,000 messages, two at the same time:\n\n{}",
        table(&rows)
    ))
}

fn slow(compiled: &Compiled, trust: &Trust) -> Result<String> {
    let mut clients = clients::pools(compiled);
    clients.truncate(SLOWED_CLIENTS);
    let connections = SLOW.one_in;
    let head = ["messages a second", "none slow", "one slow", "ratio"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for client in clients.iter().filter(|client| client.missing().is_none()) {
        let run = |slow| {
            repeated(&format!("a slow connection: {}", client.name), || {
                behind_a_line(client, trust, (connections, SLOW_MESSAGES), slow)
            })
        };
        let [none, one] = [run(None)?, run(Some(SLOW))?].map(|samples| of(&samples, |s| s.rate));
        rows.push(vec![
            client.name.into(),
            none.show(1),
            one.show(1),
            format!("{:.2}", one.median() / none.median()),
        ]);
    }
    Ok(format!(
        "{SLOW_MESSAGES} messages over {connections} connections, 25 ms each way, to a server that waits {} ms \
         before each answer on one of them:\n\n{}",
        SLOW.wait.as_millis(),
        table(&rows)
    ))
}

fn repeated(name: &str, run: impl Fn() -> Result<Sample>) -> Result<Vec<Sample>> {
    (0..RUNS)
        .map(|_| {
            eprintln!("bench: {name}");
            run()
        })
        .collect()
}

fn behind_a_line(
    client: &Client,
    trust: &Trust,
    (connections, count): (usize, usize),
    slow: Option<Slow>,
) -> Result<Sample> {
    let (identity, security) = (&trust.identity, Security::ImplicitTls);
    let sink = match slow {
        Some(slow) => Sink::start_slow(identity, security, true, slow)?,
        None => Sink::start(identity, security, true)?,
    };
    let proxy = DelayProxy::start(sink.port, DELAY)?;
    let task = trust.task(proxy.port, connections, count);
    Sample::take(client, &task, || proxy.first_connection())
}

fn head(first: &str) -> Vec<String> {
    [
        first,
        "messages a second",
        "memory, MB",
        "processor time a message, ms",
    ]
    .map(String::from)
    .to_vec()
}

fn row(number: usize, samples: &[Sample]) -> Vec<String> {
    vec![
        number.to_string(),
        of(samples, |sample| sample.rate).show(1),
        of(samples, |sample| sample.memory).show(0),
        of(samples, |sample| sample.processor).show(3),
    ]
}
