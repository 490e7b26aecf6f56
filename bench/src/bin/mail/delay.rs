//! A proxy that delays each direction by a fixed time, as a long line does. It records when the client
//! connects and when each flight passes.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use wasmtime::Result;

use crate::task::now;

const BUFFER: usize = 64 * 1024;

/// An event in the passage of a flight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mark {
    FromClient,
    ToServer,
    FromServer,
    ToClient,
}

/// What the proxy saw of one connection; times in nanoseconds since 1970.
#[derive(Clone, Default)]
pub(crate) struct ProxiedConnection {
    /// When the client connected.
    pub accepted: u64,
    /// In the order of the events.
    pub marks: Vec<(u64, Mark)>,
}

/// Runs until the process ends.
pub(crate) struct DelayProxy {
    pub port: u16,
    connections: Arc<Mutex<Vec<ProxiedConnection>>>,
}

impl DelayProxy {
    pub(crate) fn start(server: u16, delay: Duration) -> Result<DelayProxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let connections: Arc<Mutex<Vec<ProxiedConnection>>> = Arc::default();
        let seen = connections.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // The client reports a connection that breaks off.
                let _ = carry(client, server, delay, &seen);
            }
        });
        Ok(DelayProxy { port, connections })
    }

    /// When the first client of those since the last call connected, in nanoseconds since 1970.
    pub(crate) fn first_connection(&self) -> Option<u64> {
        let connections = self.take_connections();
        connections
            .iter()
            .map(|connection| connection.accepted)
            .min()
    }

    /// The connections since the last call.
    pub(crate) fn take_connections(&self) -> Vec<ProxiedConnection> {
        std::mem::take(&mut lock(&self.connections))
    }
}

fn carry(
    client: TcpStream,
    server: u16,
    delay: Duration,
    connections: &Arc<Mutex<Vec<ProxiedConnection>>>,
) -> std::io::Result<()> {
    let index = {
        let mut connections = lock(connections);
        connections.push(ProxiedConnection {
            accepted: now(),
            ..ProxiedConnection::default()
        });
        connections.len() - 1
    };
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server))?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let mark = |mark: Mark| {
        let connections = connections.clone();
        move || {
            if let Some(connection) = lock(&connections).get_mut(index) {
                connection.marks.push((now(), mark));
            }
        }
    };
    direction(
        (client.try_clone()?, mark(Mark::FromClient)),
        (server.try_clone()?, mark(Mark::ToServer)),
        delay,
    );
    direction(
        (server, mark(Mark::FromServer)),
        (client, mark(Mark::ToClient)),
        delay,
    );
    Ok(())
}

/// One thread reads and adds the due time; another waits and writes.
fn direction(
    (mut from, came): (TcpStream, impl Fn() + Send + 'static),
    (to, goes): (TcpStream, impl Fn() + Send + 'static),
    delay: Duration,
) {
    let (stamped, due) = mpsc::channel();
    thread::spawn(move || write_when_due(to, &due, goes));
    thread::spawn(move || {
        let mut buffer = vec![0; BUFFER];
        while let Ok(octets) = from.read(&mut buffer) {
            let piece = buffer[..octets].to_vec();
            if !stamp(&stamped, delay, piece) || octets == 0 {
                break;
            }
            came();
        }
    });
}

fn stamp(stamped: &Sender<(Instant, Vec<u8>)>, delay: Duration, piece: Vec<u8>) -> bool {
    stamped.send((Instant::now() + delay, piece)).is_ok()
}

/// An empty piece ends the direction.
fn write_when_due(mut to: TcpStream, due: &Receiver<(Instant, Vec<u8>)>, goes: impl Fn()) {
    for (when, piece) in due {
        thread::sleep(when.saturating_duration_since(Instant::now()));
        // Recorded before the other side can answer.
        goes();
        if piece.is_empty() || to.write_all(&piece).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

fn lock(
    connections: &Mutex<Vec<ProxiedConnection>>,
) -> std::sync::MutexGuard<'_, Vec<ProxiedConnection>> {
    connections
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_and_its_answer_take_twice_the_delay_and_the_octets_arrive_as_they_were() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = server.local_addr().unwrap().port();
        let echo = thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            let mut question = [0; 4];
            stream.read_exact(&mut question).unwrap();
            stream.write_all(&question).unwrap();
        });
        let delay = Duration::from_millis(20);
        let proxy = DelayProxy::start(port, delay).unwrap();
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port)).unwrap();
        let asked = Instant::now();
        client.write_all(b"ping").unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).unwrap();
        assert!(asked.elapsed() >= 2 * delay);
        assert_eq!(answer, b"ping");
        echo.join().unwrap();
        let [connection] = &proxy.take_connections()[..] else {
            panic!("one connection");
        };
        let (times, marks): (Vec<u64>, Vec<Mark>) = connection.marks.iter().copied().unzip();
        assert_eq!(
            marks[..4],
            [
                Mark::FromClient,
                Mark::ToServer,
                Mark::FromServer,
                Mark::ToClient
            ]
        );
        assert!(connection.accepted <= times[0]);
    }
}
