//! The component `wasm-smtp-component`, as one of the clients.

use std::fs;
use std::path::Path;

use bench::host::{Threads, engine};
use bench::peer::{Peer, Server};
use wasmtime::{Result, bail};

use crate::component::load;
use crate::task::{SENDER, Security, Task, now};

/// Sends the task's messages, with a connection and a call each.
pub(crate) fn send(compiled: &Path, task: &Task) -> Result<Vec<u64>> {
    let engine = engine()?;
    let component = load(&engine, compiled)?;
    let server = Server {
        port: task.port,
        security: match task.security {
            Security::StartTls => "starttls",
            Security::ImplicitTls => "implicit",
            Security::Plain => bail!("it has no way without TLS"),
        },
        root: &fs::read_to_string(&task.root)?,
    };
    let mut peer = Peer::new(&engine, &component, Threads::One, &server)?;
    let (recipients, message) = (task.recipients(), String::from_utf8(task.message())?);
    let mut receipts = Vec::with_capacity(task.count);
    for _ in 0..task.count {
        peer.send(SENDER, &recipients, &message)?;
        receipts.push(now());
    }
    Ok(receipts)
}
