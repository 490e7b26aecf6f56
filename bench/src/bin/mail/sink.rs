//! A server that takes all that comes and forgets it, fast, so that the client is what is measured.
//! PIPELINING always, CHUNKING where asked for.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use memchr::memmem;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use servers::authority::Identity;
use wasmtime::Result;

use crate::task::Security;

const BUFFER: usize = 256 * 1024;
const END: &[u8] = b"\r\n.\r\n";

/// Ends with its process.
pub struct Sink {
    pub port: u16,
    /// Reads from the socket that brought something, of all visits.
    pub reads: Arc<AtomicU64>,
    pub octets: Arc<AtomicU64>,
}

impl Sink {
    /// In clear, or inside TLS from the first octet.
    pub fn start(identity: &Identity, security: Security, chunking: bool) -> Result<Sink> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let config = identity.server_config();
        let (reads, octets) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let counted = (reads.clone(), octets.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, (reads, octets)) = (config.clone(), counted.clone());
                let counting = Counting {
                    stream,
                    reads,
                    octets,
                };
                // A visit that breaks off shows in the client.
                thread::spawn(move || visit(counting, security, chunking, config).ok());
            }
        });
        Ok(Sink {
            port,
            reads,
            octets,
        })
    }

    /// Reads and octets so far.
    pub fn seen(&self) -> (u64, u64) {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (load(&self.reads), load(&self.octets))
    }
}

struct Counting {
    stream: TcpStream,
    reads: Arc<AtomicU64>,
    octets: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let octets = self.stream.read(buffer)?;
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.octets.fetch_add(octets as u64, Ordering::Relaxed);
        Ok(octets)
    }
}

impl Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

fn visit(
    counting: Counting,
    security: Security,
    chunking: bool,
    config: Arc<ServerConfig>,
) -> std::io::Result<()> {
    counting.stream.set_nodelay(true)?;
    match security {
        Security::Plain => serve(counting, chunking),
        _ => {
            let tls = ServerConnection::new(config).map_err(std::io::Error::other)?;
            serve(StreamOwned::new(tls, counting), chunking)
        }
    }
}

fn serve(stream: impl Read + Write, chunking: bool) -> std::io::Result<()> {
    let mut wire = Wire {
        stream,
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
                if chunking {
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

/// Replies leave once there is nothing left to read.
struct Wire<S> {
    stream: S,
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

    /// Up to the dot that ends it.
    fn skip_message(&mut self) -> std::io::Result<()> {
        loop {
            let unread = &self.buffer[self.begin..self.end];
            if let Some(at) = memmem::find(unread, END) {
                self.begin += at + END.len();
                return Ok(());
            }
            // The end may lie across two reads.
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
