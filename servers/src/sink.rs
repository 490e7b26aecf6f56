//! A small SMTP server on loopback that keeps all mail in memory, for tests and demonstrations. It is a
//! submission server (RFC 6409) with STARTTLS, AUTH and PIPELINING, or an open one without STARTTLS and
//! AUTH, as a relay on the same machine may be.

mod auth;
mod command;
mod session;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustls::ServerConfig;

use crate::authority::Identity;
use crate::scripted::Speaker;
use crate::shutdown::{Shutdown, ShutdownStage, UNPOISONED};

/// A running server; it ends when dropped.
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

/// A user who may send.
pub struct Account {
    pub username: String,
    pub password: String,
}

/// A message with its envelope.
#[derive(Clone, PartialEq)]
pub struct Delivery {
    /// Empty for the null reverse-path.
    pub sender: String,
    pub recipients: Vec<String>,
    /// With the dot-stuffing undone.
    pub message: Vec<u8>,
    /// The authenticated user; empty if the server is open.
    pub username: String,
    pub tls: bool,
}

/// A line of a conversation. Secrets and contents of messages are replaced by a description.
pub struct ObservedLine<'a> {
    pub from: Speaker,
    pub text: &'a str,
    pub tls: bool,
    /// Since the server's start.
    pub elapsed: Duration,
}

type Observer = Box<dyn Fn(ObservedLine) + Send + Sync>;

/// The reply that refuses this recipient, such as `550 5.1.1 Unknown`; `None` to accept.
type Refusal = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

struct Shared {
    accounts: Vec<Account>,
    refusal: Refusal,
    /// `None` if the server is open.
    tls: Option<Arc<ServerConfig>>,
    observer: Observer,
    started: Instant,
    deliveries: Mutex<Vec<Delivery>>,
    shutdown: Arc<Shutdown>,
}

impl Sink {
    /// Listens on a free port of 127.0.0.1; any thread may call the observer, once for each line.
    pub fn start(
        identity: &Identity,
        accounts: Vec<Account>,
        observer: impl Fn(ObservedLine) + Send + Sync + 'static,
    ) -> Sink {
        Sink::start_refusing(identity, accounts, |_| None, observer)
    }

    /// As [`Sink::start`], but `refusal` returns the reply that refuses a recipient, if any.
    pub fn start_refusing(
        identity: &Identity,
        accounts: Vec<Account>,
        refusal: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        observer: impl Fn(ObservedLine) + Send + Sync + 'static,
    ) -> Sink {
        let tls = Some(identity.server_config());
        Sink::listen(tls, accounts, Box::new(refusal), Box::new(observer))
    }

    /// Accepts mail from everyone, without TLS.
    pub fn open(observer: impl Fn(ObservedLine) + Send + Sync + 'static) -> Sink {
        Sink::listen(None, Vec::new(), Box::new(|_| None), Box::new(observer))
    }

    /// As [`Sink::open`], but `refusal` returns the reply that refuses a recipient, if any.
    pub fn open_refusing(refusal: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Sink {
        Sink::listen(None, Vec::new(), Box::new(refusal), Box::new(|_| ()))
    }

    fn listen(
        tls: Option<Arc<ServerConfig>>,
        accounts: Vec<Account>,
        refusal: Refusal,
        observer: Observer,
    ) -> Sink {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            accounts,
            refusal,
            tls,
            observer,
            started: Instant::now(),
            deliveries: Mutex::default(),
            shutdown: Arc::default(),
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

    /// The messages so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.deliveries.lock().expect(UNPOISONED).clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.shutdown.advance_to(ShutdownStage::Aborted);
        // Wakes the acceptor; if that fails, the acceptor has ended already.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Shared {
    fn accept(self: Arc<Shared>, listener: TcpListener) {
        let mut sessions = Vec::new();
        while let Ok((stream, _)) = listener.accept() {
            if self.shutdown.has_reached(ShutdownStage::Aborted) {
                break;
            }
            let shared = self.clone();
            // An error in a session is the client's to report.
            sessions.push(thread::spawn(move || session::serve(stream, shared).ok()));
        }
        for session in sessions {
            let _ = session.join();
        }
    }

    fn observe(&self, from: Speaker, text: &str, tls: bool) {
        (self.observer)(ObservedLine {
            from,
            text,
            tls,
            elapsed: self.started.elapsed(),
        });
    }
}
