//! One message of 100 MB: its speed and the memory that it takes.

use std::path::Path;

use servers::authority::Identity;
use wasmtime::{Result, bail};

use crate::clients::{self, Client};
use crate::sink::Sink;
use crate::task::{Security, Task, authority};
use bench::page::{Page, table};
use bench::stats::Runs;

const SIZE: usize = 100_000_000;
/// The size of the message whose memory is compared.
const SMALL: usize = 2_000_000;
pub(crate) const RUNS: usize = 3;

/// The security, and whether the server offers CHUNKING.
const CASES: &[(&str, Security, bool)] = &[
    ("plain, DATA", Security::Plain, false),
    ("plain, BDAT", Security::Plain, true),
    ("TLS, DATA", Security::ImplicitTls, false),
    ("TLS, BDAT", Security::ImplicitTls, true),
];

pub(crate) fn measure(page: &Page, compiled: &Path, machine: &str) -> Result<()> {
    let own = clients::own("envoi", "bulk", compiled);
    let native = clients::own("envoi's core, native", "native-bulk", compiled);
    let (authority, root) = authority(compiled)?;
    let identity = authority.issue(&["127.0.0.1"]);
    let rows = compare([&native, &own], &identity, &root)?;
    let text = format!(
        "100 MB in pieces of a megabyte, to a server on loopback; medians and ranges of {RUNS} \
         runs. Memory is the whole process's at its most, wasmtime's and the compiled \
         component's included, and what the same process takes for a message of 2 MB.\n\n{}\n{machine}.\n",
        table(&rows)
    );
    page.write("bulk", &text)
}

/// A table of two clients, and of the memory of the second one.
pub(crate) fn compare(
    clients: [&Client; 2],
    identity: &Identity,
    root: &Path,
) -> Result<Vec<Vec<String>>> {
    let mut head = vec![String::new()];
    head.extend(clients.map(|client| format!("{}, MB/s", client.name)));
    head.extend(["ratio", "memory, MB", "of 2 MB"].map(String::from));
    let mut rows = vec![head];
    for &(name, security, chunking) in CASES {
        eprintln!("bench: {name}");
        let sink = Sink::start(identity, security, chunking)?;
        let task = Task {
            port: sink.port,
            security,
            mechanism: None,
            recipients: 1,
            size: SIZE,
            count: 2,
            connections: 1,
            root: root.display().to_string(),
        };
        rows.push(row(name, clients, &task)?);
    }
    Ok(rows)
}

fn row(name: &str, [first, second]: [&Client; 2], task: &Task) -> Result<Vec<String>> {
    let (mut first_rates, mut rates, mut peak) = (Vec::new(), Vec::new(), 0);
    for _ in 0..RUNS {
        first_rates.push(once(first, task)?.0);
        let (rate, octets) = once(second, task)?;
        rates.push(rate);
        peak = octets.max(peak);
    }
    let small = Task {
        size: SMALL,
        ..task.clone()
    };
    let (_, small) = once(second, &small)?;
    let (first_rates, rates) = (Runs::new(first_rates), Runs::new(rates));
    let ratio = rates.median() / first_rates.median();
    Ok(vec![
        name.into(),
        first_rates.show(0),
        rates.show(0),
        format!("{ratio:.2}"),
        format!("{:.0}", peak as f64 / 1e6),
        format!("{:.0}", small as f64 / 1e6),
    ])
}

/// MB/s, and the peak memory.
fn once(client: &Client, task: &Task) -> Result<(f64, u64)> {
    let measured = client.run(task)?;
    let [begin, end] = measured.receipts[..] else {
        bail!("two times were expected");
    };
    let seconds = (end - begin) as f64 / 1e9;
    Ok((task.size as f64 / 1e6 / seconds, measured.peak.unwrap_or(0)))
}
