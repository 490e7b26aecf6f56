//! A server on loopback that knows no protocol and follows a script, which [`Script`] describes step by
//! step.
//!
//! ```
//! use std::io::{BufRead, BufReader, Write};
//! use servers::scripted::{Server, Script};
//!
//! let server = Server::start([Script::new()
//!     .say("220 mail.test ESMTP")
//!     .expect("EHLO *")
//!     .say("250-mail.test\r\n250 PIPELINING")
//!     .expect("QUIT")
//!     .say("221 bye")
//!     .hang_up()]);
//!
//! let mut client = std::net::TcpStream::connect(server.address())?;
//! let mut replies = BufReader::new(client.try_clone()?).lines();
//! assert_eq!(replies.next().unwrap()?, "220 mail.test ESMTP");
//! client.write_all(b"EHLO [127.0.0.1]\r\n")?;
//! assert_eq!(replies.next().unwrap()?, "250-mail.test");
//! assert_eq!(replies.next().unwrap()?, "250 PIPELINING");
//! client.write_all(b"QUIT\r\n")?;
//! assert_eq!(replies.next().unwrap()?, "221 bye");
//!
//! assert_eq!(server.finish().only().commands(), ["EHLO [127.0.0.1]", "QUIT"]);
//! # Ok::<(), std::io::Error>(())
//! ```

mod conversation;
mod counting;
mod digest;
mod fault;
mod script;
mod transcript;

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

pub use digest::Digest;
pub(crate) use fault::Plan;
pub use fault::{Begun, Fault, PAUSE, Place, last_reply};
pub use script::Script;
pub use transcript::{Line, SessionRecord, Speaker, Transcript, unstuffed};

use crate::shutdown::{Shutdown, ShutdownStage, UNPOISONED};

/// Follows one script per connection, in the order in which the connections come.
///
/// Dropping ends it. If a panic drops it, it prints the conversations.
#[must_use = "only `finish` says whether all went by the script"]
pub struct Server {
    address: SocketAddr,
    state: Arc<State>,
    acceptor: Option<JoinHandle<()>>,
    scripts: usize,
}

struct State {
    shutdown: Arc<Shutdown>,
    connections: Mutex<Vec<Connection>>,
    /// The server's own last connection to itself, which ends its wait for others.
    last: Mutex<Option<SocketAddr>>,
    /// Makes the scripts of connections for which there is none.
    further: Option<Further>,
}

type Further = Box<dyn Fn() -> Script + Send + Sync>;

struct Connection {
    record: Arc<Mutex<SessionRecord>>,
    conversation: Option<JoinHandle<Outcome>>,
    outcome: Outcome,
}

type Outcome = Result<(), String>;

impl Server {
    /// Listens on a free port of 127.0.0.1.
    pub fn start(scripts: impl IntoIterator<Item = Script>) -> Server {
        Server::start_on(Ipv4Addr::LOCALHOST.into(), scripts, None)
    }

    /// Listens on a free port of 127.0.0.1. `further` makes the scripts of all connections after the first.
    pub fn start_with_further(
        first: Script,
        further: impl Fn() -> Script + Send + Sync + 'static,
    ) -> Server {
        let further: Further = Box::new(further);
        Server::start_on(Ipv4Addr::LOCALHOST.into(), [first], Some(further))
    }

    /// Listens on a free port of ::1.
    pub fn start_v6(scripts: impl IntoIterator<Item = Script>) -> Server {
        Server::start_on(Ipv6Addr::LOCALHOST.into(), scripts, None)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Waits until every open connection has reached the end of its script.
    pub fn wait_until_ended(&self) {
        self.state
            .connections()
            .iter_mut()
            .for_each(Connection::join);
    }

    /// Ends the server, and returns what it saw.
    ///
    /// # Panics
    /// If a connection deviated from its script, is missing, or has no script.
    pub fn finish(self) -> Transcript {
        self.try_finish()
            .unwrap_or_else(|report| panic!("{report}"))
    }

    /// As [`Server::finish`], but returns what is wrong.
    pub fn try_finish(mut self) -> Result<Transcript, String> {
        self.shut_down(ShutdownStage::Finishing);
        let connections = std::mem::take(&mut *self.state.connections());
        if let Some(report) = report(&connections, self.scripts) {
            return Err(report);
        }
        let sessions = connections.iter().map(Connection::record).collect();
        Ok(Transcript { sessions })
    }

    fn start_on(
        ip: IpAddr,
        scripts: impl IntoIterator<Item = Script>,
        further: Option<Further>,
    ) -> Server {
        let listener = TcpListener::bind((ip, 0)).expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let scripts: Vec<Script> = scripts.into_iter().collect();
        let state = Arc::new(State {
            shutdown: Arc::default(),
            connections: Mutex::default(),
            last: Mutex::default(),
            further,
        });
        let count = scripts.len();
        let acceptor = thread::spawn({
            let state = state.clone();
            move || state.accept(listener, scripts.into_iter())
        });
        Server {
            address,
            state,
            acceptor: Some(acceptor),
            scripts: count,
        }
    }

    fn shut_down(&mut self, stage: ShutdownStage) {
        let Some(acceptor) = self.acceptor.take() else {
            return;
        };
        let mut last = self.state.last.lock().expect(UNPOISONED);
        self.state.shutdown.advance_to(stage);
        let connection = TcpStream::connect(self.address).and_then(|stream| stream.local_addr());
        *last = Some(connection.expect("it still listens"));
        drop(last);
        acceptor.join().expect("accepting does not panic");
        self.wait_until_ended();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shut_down(ShutdownStage::Aborted);
        if thread::panicking() {
            for (number, connection) in (1..).zip(self.state.connections().iter()) {
                eprintln!("  session {number} of the server:\n{}", connection.record());
            }
        }
    }
}

impl State {
    fn accept(&self, listener: TcpListener, mut scripts: impl Iterator<Item = Script>) {
        loop {
            let Ok((stream, peer)) = listener.accept() else {
                continue;
            };
            if self.shutdown.has_reached(ShutdownStage::Finishing)
                && *self.last.lock().expect(UNPOISONED) == Some(peer)
            {
                return;
            }
            // Locked until the thread is in the list, so that nobody who waits for all connections misses
            // it.
            let mut connections = self.connections();
            let further = || self.further.as_ref().map(|script| script());
            let connection = match scripts.next().or_else(further) {
                Some(script) => Connection::start(stream, script, self.shutdown.clone()),
                None => Connection::unwanted(),
            };
            connections.push(connection);
        }
    }

    fn connections(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.connections.lock().expect(UNPOISONED)
    }
}

impl Connection {
    fn start(stream: TcpStream, script: Script, shutdown: Arc<Shutdown>) -> Connection {
        let record = Arc::new(Mutex::new(SessionRecord::default()));
        let conversation = thread::spawn({
            let record = record.clone();
            move || conversation::run(stream, script, shutdown, record)
        });
        Connection {
            record,
            conversation: Some(conversation),
            outcome: Ok(()),
        }
    }

    fn unwanted() -> Connection {
        let outcome = Err("a connection for which there is no script".into());
        Connection {
            record: Arc::default(),
            conversation: None,
            outcome,
        }
    }

    fn join(&mut self) {
        if let Some(conversation) = self.conversation.take() {
            let outcome = conversation.join();
            self.outcome =
                outcome.unwrap_or_else(|_| Err("the script's own check panicked".into()));
        }
    }

    fn record(&self) -> SessionRecord {
        self.record.lock().expect(UNPOISONED).clone()
    }
}

/// The deviations from the scripts.
fn report(connections: &[Connection], scripts: usize) -> Option<String> {
    let mut report = String::new();
    for (number, connection) in (1..).zip(connections) {
        if let Err(failure) = &connection.outcome {
            let record = connection.record();
            let _ = write!(
                report,
                "\n  session {number}, {failure}\n  so far:\n{record}"
            );
        }
    }
    for number in connections.len()..scripts {
        let _ = write!(report, "\n  session {}: nobody connected", number + 1);
    }
    (!report.is_empty()).then(|| format!("the script was not kept:{report}"))
}
