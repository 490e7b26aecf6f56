//! An SMTP server on loopback that takes any number of messages and keeps none: it counts how often each has
//! arrived. Transactions may meet a mishap.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use rustls::ServerConfig;

use crate::shutdown::{Shutdown, ShutdownStage};
use crate::wire::Wire;

/// A running server; it ends when dropped. The subject of each message is its number.
pub struct Tally {
    port: u16,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

/// What happens to a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    None,
    /// 421 to MAIL, and the end of the connection.
    Unavailable,
    /// The connection ends without an answer to RCPT.
    CloseAtRecipient,
    RefusedRecipient,
    /// An answer to RCPT that is none.
    Garbage,
    /// 452 after the content.
    RefusedContent,
    /// The connection ends when the content has come, and the message is lost.
    Lost,
    /// The connection ends when the content has come, and the message has arrived.
    Unanswered,
    /// The connection ends after the message was accepted.
    CloseAfter,
}

type Fate = Box<dyn Fn(usize) -> Mishap + Send + Sync>;

struct Shared {
    tls: Option<Arc<ServerConfig>>,
    /// By the number of the transaction.
    fate: Fate,
    transactions: AtomicUsize,
    connections: AtomicUsize,
    arrived: Vec<AtomicU8>,
    shutdown: Arc<Shutdown>,
}

impl Tally {
    /// Counts messages with numbers below `messages`. With a configuration of TLS, STARTTLS is offered.
    pub fn start(
        messages: usize,
        tls: Option<Arc<ServerConfig>>,
        fate: impl Fn(usize) -> Mishap + Send + Sync + 'static,
    ) -> Tally {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let shared = Arc::new(Shared {
            tls,
            fate: Box::new(fate),
            transactions: AtomicUsize::default(),
            connections: AtomicUsize::default(),
            arrived: (0..messages).map(|_| AtomicU8::default()).collect(),
            shutdown: Arc::default(),
        });
        let acceptor = thread::spawn({
            let shared = shared.clone();
            move || shared.accept(listener)
        });
        Tally {
            port,
            shared,
            acceptor: Some(acceptor),
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// How often the message of this number has arrived.
    pub fn arrived(&self, number: usize) -> u8 {
        self.shared.arrived[number].load(Ordering::Relaxed)
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.shared.shutdown.advance_to(ShutdownStage::Aborted);
        // Wakes the acceptor; if that fails, the acceptor has ended already.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Shared {
    fn accept(self: Arc<Shared>, listener: TcpListener) {
        let mut sessions: Vec<JoinHandle<_>> = Vec::new();
        while let Ok((stream, _)) = listener.accept() {
            if self.shutdown.has_reached(ShutdownStage::Aborted) {
                break;
            }
            self.connections.fetch_add(1, Ordering::Relaxed);
            sessions.retain(|session| !session.is_finished());
            let shared = self.clone();
            // An error in a session is the client's to report.
            sessions.push(thread::spawn(move || shared.serve(stream).ok()));
        }
        for session in sessions {
            let _ = session.join();
        }
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut session = Session {
            wire: Wire::new(stream, self.shutdown.clone())?,
            shared: self,
            mishap: Mishap::None,
        };
        session.say("220 tally ESMTP")?;
        while let Some(line) = session.wire.read_line()? {
            if session.answer(&line)? == Next::Close {
                break;
            }
        }
        session.wire.hang_up();
        Ok(())
    }

    fn count(&self, content: &[u8]) {
        if let Some(arrived) = number(content).and_then(|number| self.arrived.get(number)) {
            arrived.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The number in the field Subject.
fn number(content: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(content);
    let field = text.lines().find_map(|line| line.strip_prefix("Subject: "));
    field?.parse().ok()
}

struct Session<'a> {
    wire: Wire,
    shared: &'a Shared,
    mishap: Mishap,
}

#[derive(PartialEq)]
enum Next {
    Continue,
    Close,
}

impl Session<'_> {
    fn answer(&mut self, line: &str) -> io::Result<Next> {
        let verb = line.get(..4).unwrap_or(line).to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => self.hello()?,
            "STAR" => {
                self.say("220 Go ahead")?;
                let tls = self.shared.tls.clone().ok_or(io::ErrorKind::InvalidData)?;
                self.wire.start_tls(tls)?;
            }
            "AUTH" => self.say("235 2.7.0 Welcome")?,
            "MAIL" => {
                let number = self.shared.transactions.fetch_add(1, Ordering::Relaxed);
                self.mishap = (self.shared.fate)(number);
                if self.mishap == Mishap::Unavailable {
                    self.say("421 4.3.2 Closing")?;
                    return Ok(Next::Close);
                }
                self.say("250 2.1.0 Ok")?;
            }
            "RCPT" => match self.mishap {
                Mishap::CloseAtRecipient => return Ok(Next::Close),
                Mishap::RefusedRecipient => self.say("550 5.1.1 Nobody")?,
                Mishap::Garbage => self.say("\u{1b}What?")?,
                _ => self.say("250 2.1.5 Ok")?,
            },
            "DATA" if self.mishap == Mishap::RefusedRecipient => self.say("554 5.5.1 To whom?")?,
            "DATA" => return self.content(),
            "QUIT" => {
                self.say("221 2.0.0 Bye")?;
                return Ok(Next::Close);
            }
            _ => self.say("250 2.0.0 Ok")?,
        }
        Ok(Next::Continue)
    }

    fn hello(&mut self) -> io::Result<()> {
        let extension = match &self.shared.tls {
            Some(_) if !self.wire.is_tls() => "STARTTLS",
            _ => "AUTH PLAIN",
        };
        self.say(&format!(
            "250-tally\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 {extension}"
        ))
    }

    fn content(&mut self) -> io::Result<Next> {
        self.say("354 Go ahead")?;
        let content = self.wire.read_content()?;
        if !content.ends_with(b".\r\n") || self.mishap == Mishap::Lost {
            return Ok(Next::Close);
        }
        if self.mishap == Mishap::RefusedContent {
            self.say("452 4.3.1 No room")?;
            return Ok(Next::Continue);
        }
        self.shared.count(&content);
        if self.mishap == Mishap::Unanswered {
            return Ok(Next::Close);
        }
        self.say("250 2.0.0 Ok")?;
        Ok(match self.mishap {
            Mishap::CloseAfter => Next::Close,
            _ => Next::Continue,
        })
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        self.wire.write(format!("{line}\r\n").as_bytes())
    }
}
