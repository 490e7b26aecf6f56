//! A fast server that accepts everything and discards it, so that the benchmark measures the client. It
//! offers PIPELINING, and CHUNKING if asked for.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use memchr::memmem;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use servers::authority::Identity;
use wasmtime::Result;

use crate::task::{Security, now};

const BUFFER: usize = 256 * 1024;
const END: &[u8] = b"\r\n.\r\n";

/// Runs until the process ends.
pub(crate) struct Sink {
    pub port: u16,
    /// The reads from sockets, of all connections.
    pub reads: Arc<AtomicU64>,
    pub octets: Arc<AtomicU64>,
    /// When the first client connected.
    first: Arc<OnceLock<u64>>,
}

/// How a server answers.
#[derive(Clone, Copy)]
struct Manner {
    security: Security,
    chunking: bool,
    /// Before each answer.
    wait: Duration,
}

/// A server that answers slowly on some connections.
#[derive(Clone, Copy)]
pub(crate) struct Slow {
    /// One connection in so many.
    pub one_in: usize,
    /// Before each answer.
    pub wait: Duration,
}

impl Sink {
    /// Starts without TLS, or with implicit TLS.
    pub(crate) fn start(identity: &Identity, security: Security, chunking: bool) -> Result<Sink> {
        let slow = Slow {
            one_in: 1,
            wait: Duration::ZERO,
        };
        Sink::start_slow(identity, security, chunking, slow)
    }

    pub(crate) fn start_slow(
        identity: &Identity,
        security: Security,
        chunking: bool,
        slow: Slow,
    ) -> Result<Sink> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let config = identity.server_config();
        let (reads, octets) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let counted = (reads.clone(), octets.clone());
        let first = Arc::<OnceLock<u64>>::default();
        let connected = first.clone();
        thread::spawn(move || {
            for (i, stream) in listener.incoming().flatten().enumerate() {
                connected.get_or_init(now);
                let (config, (reads, octets)) = (config.clone(), counted.clone());
                let manner = Manner {
                    security,
                    chunking,
                    wait: slow.wait_of(i),
                };
                let stream = CountingStream {
                    stream,
                    reads,
                    octets,
                };
                // The client reports a connection that breaks off.
                thread::spawn(move || serve_connection(stream, manner, config).ok());
            }
        });
        Ok(Sink {
            port,
            reads,
            octets,
            first,
        })
    }

    /// When the first client connected, in nanoseconds since 1970.
    pub(crate) fn first_connection(&self) -> Option<u64> {
        self.first.get().copied()
    }

    /// The reads and octets so far.
    pub(crate) fn seen(&self) -> (u64, u64) {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (load(&self.reads), load(&self.octets))
    }
}

impl Slow {
    /// The first connections are fast: a client may learn from them.
    fn wait_of(self, connection: usize) -> Duration {
        match connection % self.one_in {
            last if last + 1 == self.one_in => self.wait,
            _ => Duration::ZERO,
        }
    }
}

struct CountingStream {
    stream: TcpStream,
    reads: Arc<AtomicU64>,
    octets: Arc<AtomicU64>,
}

impl Read for CountingStream {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let octets = self.stream.read(buffer)?;
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.octets.fetch_add(octets as u64, Ordering::Relaxed);
        Ok(octets)
    }
}

impl Write for CountingStream {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

fn serve_connection(
    stream: CountingStream,
    manner: Manner,
    config: Arc<ServerConfig>,
) -> std::io::Result<()> {
    stream.stream.set_nodelay(true)?;
    match manner.security {
        Security::Plain => serve(stream, manner),
        _ => {
            let tls = ServerConnection::new(config).map_err(std::io::Error::other)?;
            serve(StreamOwned::new(tls, stream), manner)
        }
    }
}

fn serve(stream: impl Read + Write, manner: Manner) -> std::io::Result<()> {
    let mut wire = Wire {
        stream,
        wait: manner.wait,
        buffer: vec![0; BUFFER],
        begin: 0,
        end: 0,
        unsent: b"220 sink ESMTP\r\n".to_vec(),
    };
    loop {
        let line = wire.line()?;
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match &verb[..] {
            b"EHLO" => {
                wire.say("250-sink\r\n250-8BITMIME\r\n");
                if manner.chunking {
                    wire.say("250-CHUNKING\r\n");
                }
                wire.say("250-AUTH PLAIN\r\n250 PIPELINING\r\n");
            }
            b"AUTH" => wire.say("235 2.7.0 Welcome\r\n"),
            b"DATA" => {
                wire.say("354 Go ahead\r\n");
                wire.skip_message()?;
                wire.say("250 2.0.0 Taken\r\n");
            }
            b"BDAT" => {
                let size = String::from_utf8_lossy(&line);
                let size = size.split_whitespace().nth(1).and_then(|n| n.parse().ok());
                wire.skip(size.unwrap_or(0))?;
                wire.say("250 2.0.0 Taken\r\n");
            }
            b"QUIT" => {
                wire.say("221 2.0.0 Goodbye\r\n");
                return wire.flush();
            }
            _ => wire.say("250 2.0.0 Fine\r\n"),
        }
    }
}

/// Writes replies once nothing is left to read.
struct Wire<S> {
    stream: S,
    /// Before each write.
    wait: Duration,
    buffer: Vec<u8>,
    begin: usize,
    end: usize,
    unsent: Vec<u8>,
}

impl<S: Read + Write> Wire<S> {
    fn say(&mut self, reply: &str) {
        self.unsent.extend(reply.as_bytes());
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if !self.unsent.is_empty() {
            thread::sleep(self.wait);
            self.stream.write_all(&self.unsent)?;
            self.stream.flush()?;
            self.unsent.clear();
        }
        Ok(())
    }

    fn line(&mut self) -> std::io::Result<Vec<u8>> {
        loop {
            let unread = &self.buffer[self.begin..self.end];
            if let Some(at) = memchr::memchr(b'\n', unread) {
                let line = unread[..at].to_vec();
                self.begin += at + 1;
                return Ok(line);
            }
            self.fill()?;
        }
    }

    /// Skips the content up to its final dot.
    fn skip_message(&mut self) -> std::io::Result<()> {
        loop {
            let unread = &self.buffer[self.begin..self.end];
            if let Some(at) = memmem::find(unread, END) {
                self.begin += at + END.len();
                return Ok(());
            }
            // The end may come in two reads.
            self.begin = self.begin.max(self.end.saturating_sub(END.len() - 1));
            self.fill()?;
        }
    }

    fn skip(&mut self, mut octets: usize) -> std::io::Result<()> {
        loop {
            let here = octets.min(self.end - self.begin);
            self.begin += here;
            octets -= here;
            if octets == 0 {
                return Ok(());
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        self.flush()?;
        self.buffer.copy_within(self.begin..self.end, 0);
        self.end -= self.begin;
        self.begin = 0;
        let octets = self.stream.read(&mut self.buffer[self.end..])?;
        self.end += octets;
        match octets {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}
