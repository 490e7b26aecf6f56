//! One message of 100 MB: its speed and the memory that it takes.

use std::path::Path;

use wasmtime::{Result, bail};

use crate::clients::{self, Client};
use crate::sink::Sink;
use crate::task::{Security, Task, authority};
use bench::page::{Page, table};
use bench::stats::Runs;

const SIZE: usize = 100_000_000;
/// The size of the message whose memory is compared.
const SMALL: usize = 2_000_000;
const RUNS: usize = 3;

#[allow(clippy::too_many_lines, reason = "a table")]
pub(crate) fn measure(page: &Page, compiled: &Path, machine: &str) -> Result<()> {
    let own = clients::own("envoi", "bulk", compiled);
    let native = clients::own("envoi's core, native", "native-bulk", compiled);
    let (authority, root) = authority(compiled)?;
    let identity = authority.issue(&["127.0.0.1"]);
    let head = [
        "",
        "native, MB/s",
        "envoi, MB/s",
        "ratio",
        "memory, MB",
        "of 2 MB",
    ];
    let mut rows = vec![head.map(String::from).to_vec()];
    for (name, security, chunking) in [
        ("plain, DATA", Security::Plain, false),
        ("plain, BDAT", Security::Plain, true),
        ("TLS, DATA", Security::ImplicitTls, false),
        ("TLS, BDAT", Security::ImplicitTls, true),
    ] {
        let sink = Sink::start(&identity, security, chunking)?;
        let task = Task {
            port: sink.port,
            security,
            mechanism: None,
            recipients: 1,
            size: SIZE,
            count: 2,
            root: root.display().to_string(),
        };
        let (mut native_rates, mut rates, mut peak) = (Vec::new(), Vec::new(), 0);
        for _ in 0..RUNS {
            eprintln!("bench: {name}");
            native_rates.push(once(&native, &task)?.0);
            let (rate, octets) = once(&own, &task)?;
            rates.push(rate);
            peak = octets.max(peak);
        }
        let small = Task {
            size: SMALL,
            ..task.clone()
        };
        let (_, small) = once(&own, &small)?;
        let (native_rates, rates) = (Runs::new(native_rates), Runs::new(rates));
        let ratio = rates.median() / native_rates.median();
        rows.push(vec![
            name.into(),
            native_rates.show(0),
            rates.show(0),
            format!("{ratio:.2}"),
            format!("{:.0}", peak as f64 / 1e6),
            format!("{:.0}", small as f64 / 1e6),
        ]);
    }
    let text = format!(
        "100 MB in pieces of a megabyte, to a server on loopback; medians of {RUNS}, the least and the \
         most behind them. Memory is the whole process's at its most, wasmtime's and the compiled \
         component's included, and what the same process takes for a message of 2 MB.\n\n{}\n{machine}.\n",
        table(&rows)
    );
    page.write("bulk", &text)
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
