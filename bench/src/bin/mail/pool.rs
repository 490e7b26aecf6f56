//! The pool of connections of the component for WASI 0.3, beside the pools of other clients.

mod compare;
mod growth;
mod kept;
mod sample;

use std::path::PathBuf;
use std::time::Duration;

use servers::authority::Identity;
use wasmtime::Result;

use crate::bulk;
use crate::clients;
use crate::component::Compiled;
use crate::task::{Security, Task, authority};
use bench::page::{Page, table};

/// In each direction.
const DELAY: Duration = Duration::from_millis(25);

/// Octets of a message.
const SIZE: usize = 2000;

pub(crate) fn measure(page: &Page, compiled: &Compiled, machine: &str) -> Result<()> {
    let trust = Trust::new(compiled)?;
    let text = [
        compare::measure(page, compiled, &trust)?,
        stream(compiled, &trust)?,
        kept::measure(compiled, &trust)?,
        growth::measure(page, compiled, &trust)?,
        format!("{machine}; {}.\n", clients::versions()),
    ];
    page.write("pool", &text.join("\n"))
}

/// The servers' certificate, and the file with its authority.
struct Trust {
    identity: Identity,
    root: PathBuf,
}

impl Trust {
    fn new(compiled: &Compiled) -> Result<Trust> {
        let (authority, root) = authority(&compiled.p3)?;
        let identity = authority.issue(&["localhost", "127.0.0.1"]);
        Ok(Trust { identity, root })
    }

    /// With TLS from the first octet.
    fn task(&self, port: u16, connections: usize, count: usize) -> Task {
        Task {
            port,
            security: Security::ImplicitTls,
            mechanism: None,
            recipients: 1,
            size: SIZE,
            count,
            connections,
            root: self.root.display().to_string(),
        }
    }
}

/// One message of 100 MB.
fn stream(compiled: &Compiled, trust: &Trust) -> Result<String> {
    let written = clients::own("WASI 0.2, written in pieces", "bulk", &compiled.portable);
    let streamed = clients::own("WASI 0.3, `stream<u8>`", "stream", &compiled.p3);
    let rows = bulk::compare([&written, &streamed], &trust.identity, &trust.root)?;
    Ok(format!(
        "One message of 100 MB to a server on loopback, from the host: `send-stream` of the component for \
         WASI 0.3, and `write` of the one for WASI 0.2, in pieces of a megabyte. Medians and ranges of {} \
         runs. Memory is that of the process with the stream.\n\n{}",
        bulk::RUNS,
        table(&rows)
    ))
}
