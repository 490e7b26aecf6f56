//! One whole message, compared with the component `wasm-smtp-component`.

use std::fs;
use std::time::Duration;

use bench::host::{Threads, engine};
use bench::page::table;
use bench::peer::{self, Peer, build};
use wasmtime::Result;
use wasmtime::component::Component;

use crate::component::{ComponentClient, Host};
use crate::cpu::{median, time};
use crate::server::Server;

const MESSAGES: usize = 101;
const MESSAGE: &str = "From: a@mail.test\r\nTo: b@mail.test\r\nSubject: one\r\n\r\nHello.\r\n";

/// The processor time of a message over a connection of its own: a full handshake, AUTH PLAIN, QUIT. The
/// clients take turns.
pub(crate) fn compare(hosts: &[(&str, &Host)], server: &Server) -> Result<String> {
    let mut peer = PeerComponent::load(server)?;
    let mut ours: Vec<ComponentClient> = hosts
        .iter()
        .map(|(_, host)| ComponentClient::new(host, server))
        .collect::<Result<_>>()?;
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); ours.len()];
    eprintln!("bench: {MESSAGES} rounds of one message");
    for _ in 0..MESSAGES {
        for (times, ours) in times.iter_mut().zip(&mut ours) {
            times.push(time(|| ours.message(MESSAGE.as_bytes()))?);
        }
        if let Some(peer) = &mut peer {
            peer.times.push(time(|| {
                let recipients = ["b@mail.test".into()];
                peer.client.send("a@mail.test", &recipients, MESSAGE)
            })?);
        }
    }
    let mut rows = vec![["one message".into(), "processor time".into(), "size".into()].to_vec()];
    rows.push(match peer {
        Some(peer) => row(&build::version(), peer.times, peer.size),
        None => vec![build::version(), "not here".into(), String::new()],
    });
    let ours = hosts.iter().zip(times);
    rows.extend(ours.map(|((name, host), times)| row(name, times, host.size)));
    Ok(table(&rows))
}

/// The component that ours is compared with.
struct PeerComponent {
    client: Peer,
    /// In octets.
    size: usize,
    times: Vec<Duration>,
}

impl PeerComponent {
    /// `None` if this machine cannot have it.
    fn load(server: &Server) -> Result<Option<PeerComponent>> {
        let Ok(component) = build::build() else {
            return Ok(None);
        };
        let wasm = fs::read(component)?;
        let engine = engine()?;
        let server = peer::Server {
            port: server.tls_port,
            security: "implicit",
            root: &server.root,
        };
        let component = Component::new(&engine, &wasm)?;
        Ok(Some(PeerComponent {
            client: Peer::new(&engine, &component, Threads::One, &server)?,
            size: wasm.len(),
            times: Vec::new(),
        }))
    }
}

fn row(name: &str, times: Vec<Duration>, octets: usize) -> Vec<String> {
    let milliseconds = median(times).as_secs_f64() * 1e3;
    vec![
        name.into(),
        format!("{milliseconds:.2} ms"),
        format!("{} kB", octets.div_ceil(1000)),
    ]
}
