//! A small SMTP server that takes mail on loopback and hands it over: a submission server
//! (RFC 6409) with STARTTLS, AUTH and PIPELINING, or an open one without the first two, as there may
//! be beside a program on the same machine. It keeps all that it takes in memory.

mod auth;
mod command;
mod visit;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustls::ServerConfig;

use crate::authority::Identity;
use crate::ending::{End, Ending, UNPOISONED};
use crate::scripted::Speaker;

/// A running server; it ends when dropped.
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

/// Who may send.
pub struct Account {
    pub username: String,
    pub password: String,
}

/// A message, and how it came.
#[derive(Clone, PartialEq)]
pub struct Delivery {
    /// Empty for the null reverse-path.
    pub sender: String,
    pub recipients: Vec<String>,
    /// With the dots unstuffed.
    pub message: Vec<u8>,
    /// Who was authenticated; empty where the server is open.
    pub username: String,
    pub tls: bool,
}

/// A line as it is said. Secrets and messages' contents are left out and named instead.
pub struct Saying<'a> {
    pub from: Speaker,
    pub text: &'a str,
    pub tls: bool,
    /// Since the server's start.
    pub elapsed: Duration,
}

type Observer = Box<dyn Fn(Saying) + Send + Sync>;

struct Shared {
    accounts: Vec<Account>,
    /// Where there is none, the server is open.
    tls: Option<Arc<ServerConfig>>,
    observer: Observer,
    started: Instant,
    deliveries: Mutex<Vec<Delivery>>,
    ending: Arc<Ending>,
}

impl Sink {
    /// On a free port of 127.0.0.1; the observer is called with each line, from any thread.
    pub fn start(
        identity: &Identity,
        accounts: Vec<Account>,
        observer: impl Fn(Saying) + Send + Sync + 'static,
    ) -> Sink {
        Sink::listen(Some(identity.server_config()), accounts, Box::new(observer))
    }

    /// Takes mail from everyone, in clear.
    pub fn open(observer: impl Fn(Saying) + Send + Sync + 'static) -> Sink {
        Sink::listen(None, Vec::new(), Box::new(observer))
    }

    fn listen(tls: Option<Arc<ServerConfig>>, accounts: Vec<Account>, observer: Observer) -> Sink {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            accounts,
            tls,
            observer,
            started: Instant::now(),
            deliveries: Mutex::default(),
            ending: Arc::default(),
        });
        let acceptor = thread::spawn({
            let shared = shared.clone();
            move || shared.accept(listener)
        });
        Sink {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What has come so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.deliveries.lock().expect(UNPOISONED).clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.ending.set(End::Aborted);
        // Wakes the acceptor; where it cannot, nothing waits.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Shared {
    fn accept(self: Arc<Shared>, listener: TcpListener) {
        let mut visits = Vec::new();
        while let Ok((stream, _)) = listener.accept() {
            if self.ending.is(End::Aborted) {
                break;
            }
            let shared = self.clone();
            // A visit that breaks off is the client's affair.
            visits.push(thread::spawn(move || visit::serve(stream, shared).ok()));
        }
        for visit in visits {
            let _ = visit.join();
        }
    }

    fn observe(&self, from: Speaker, text: &str, tls: bool) {
        (self.observer)(Saying {
            from,
            text,
            tls,
            elapsed: self.started.elapsed(),
        });
    }
}
