//! This project's core, built natively: the same sessions and the same TLS over a socket of std. The
//! difference to the component is what WebAssembly costs.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use envoi::sasl::{Bearer, Credentials, MAX_ATTEMPTS, Mechanism, Nonce, Password};
use envoi::smtp::config::{
    ConnectUntil, PartialDelivery, Protocol, Security as Secured, ServerConfig, SessionConfig,
};
use envoi::smtp::content_scan::scan;
use envoi::smtp::delivery::MessageInfo;
use envoi::smtp::envelope::Envelope;
use envoi::smtp::local_name::LocalName;
use envoi::smtp::parameters::Options;
use envoi::smtp::server_memory::ServerMemory;
use envoi::smtp::session::{Action, Session};
use envoi::tls::{self, Policy, ServerName, Settings, Tls, Trust};
use wasmtime::{Result, bail, format_err};

use crate::task::{SENDER, Security, Task, now};

/// The sizes that the component uses.
const READ: usize = 8 * 1024;
const BLOCK: usize = 64 * 1024;

pub(crate) fn send(task: &Task) -> Result<Vec<u64>> {
    let mut connection = Connection::open(task)?;
    let recipients = task.recipients();
    let envelope = Envelope::parse(Some(SENDER), &recipients, Protocol::Smtp).map_err(failed)?;
    let message = task.message();
    let mut receipts = Vec::with_capacity(task.count);
    for _ in 0..task.count {
        connection.send(&envelope, &message)?;
        receipts.push(now());
    }
    connection.session.quit().map_err(failed)?;
    connection.run()?;
    Ok(receipts)
}

/// Sends a small message, then a large one; returns the time at the end of each.
pub(crate) fn send_bulk(task: &Task) -> Result<Vec<u64>> {
    let message = task.message();
    let mut connection = Connection::open(task)?;
    let envelope =
        Envelope::parse(Some(SENDER), &task.recipients(), Protocol::Smtp).map_err(failed)?;
    connection.send(&envelope, b"Subject: bench\r\n\r\n")?;
    let begin = now();
    connection.send(&envelope, &message)?;
    Ok(vec![begin, now()])
}

struct Connection {
    session: Session,
    tls: Option<Tls>,
    stream: TcpStream,
    settings: Settings,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(task: &Task) -> Result<Connection> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, task.port))?;
        stream.set_nodelay(true)?;
        let mut connection = Connection {
            session: Session::new(config(task)?),
            tls: None,
            stream,
            settings: settings(task)?,
            buffer: vec![0; READ],
        };
        if task.security == Security::ImplicitTls {
            connection.secure()?;
        }
        connection.run()?;
        Ok(connection)
    }

    fn send(&mut self, envelope: &Envelope, message: &[u8]) -> Result<()> {
        let content = MessageInfo::Scanned(scan(message).map_err(failed)?);
        let options = Options::default();
        self.session
            .start_message(
                envelope.clone(),
                &options,
                content,
                PartialDelivery::Allowed,
            )
            .map_err(failed)?;
        self.run()?;
        for piece in message.chunks(BLOCK) {
            self.session.write(piece).map_err(failed)?;
            if self.session.output_len() >= BLOCK {
                self.flush()?;
            }
            while self.session.has_too_many_chunks() {
                self.hear()?;
                self.session.process_pending_replies().map_err(failed)?;
            }
        }
        self.session.finish();
        self.run()?;
        match self.session.take_receipt() {
            Some(receipt) if receipt.refused.is_empty() => Ok(()),
            _ => bail!("not all were accepted"),
        }
    }

    fn run(&mut self) -> Result<()> {
        loop {
            match self.session.next_action().map_err(failed)? {
                Action::NeedReply => self.hear()?,
                Action::NeedTls => self.secure()?,
                Action::Idle => return Ok(()),
            }
        }
    }

    fn hear(&mut self) -> Result<()> {
        self.flush()?;
        while !self.session.has_reply() {
            let octets = self.stream.read(&mut self.buffer)?;
            if octets == 0 {
                bail!("the server has left");
            }
            self.take(octets)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        let output = self.session.take_output();
        self.session.mark_message_sent();
        let plaintext = [&output.first[..], &output.after_message[..]].concat();
        let Some(tls) = &mut self.tls else {
            return Ok(self.stream.write_all(&plaintext)?);
        };
        if !plaintext.is_empty() {
            tls.send(&plaintext).map_err(failed)?;
        }
        let sealed = std::mem::take(tls.outgoing());
        Ok(self.stream.write_all(&sealed)?)
    }

    /// Handles the first octets of the buffer.
    fn take(&mut self, octets: usize) -> Result<()> {
        let bytes = &self.buffer[..octets];
        let Some(tls) = &mut self.tls else {
            return self.session.receive(bytes).map_err(failed);
        };
        tls.receive(bytes).map_err(failed)?;
        let plaintext = std::mem::take(tls.plaintext());
        self.session.receive(&plaintext).map_err(failed)
    }

    fn secure(&mut self) -> Result<()> {
        let name = ServerName::parse("127.0.0.1").map_err(failed)?;
        let mut tls = Tls::new(&self.settings, &name).map_err(failed)?;
        while tls.is_handshaking() {
            let flight = std::mem::take(tls.outgoing());
            self.stream.write_all(&flight)?;
            let octets = self.stream.read(&mut self.buffer)?;
            if octets == 0 {
                bail!("the server has left the handshake");
            }
            tls.receive(&self.buffer[..octets]).map_err(failed)?;
        }
        self.tls = Some(tls);
        self.session.secured(None).map_err(failed)?;
        self.take(0)
    }
}

fn config(task: &Task) -> Result<SessionConfig> {
    let credentials = task.mechanism.as_deref().map(|mechanism| {
        let username = servers::real::USER.into();
        if mechanism == "XOAUTH2" {
            let token = servers::real::token();
            return Credentials::Bearer(Bearer { username, token });
        }
        Credentials::Password(Password {
            username,
            password: servers::real::PASSWORD.into(),
            authorization_id: None,
        })
    });
    let mechanism = task.mechanism.as_deref().map(Mechanism::from_name);
    let server = ServerConfig {
        port: Some(task.port),
        security: match task.security {
            Security::StartTls => Secured::StartTls,
            Security::ImplicitTls => Secured::ImplicitTls,
            Security::Plain => Secured::Plaintext,
        },
        credentials,
        mechanisms: mechanism.flatten().into_iter().collect(),
        ..ServerConfig::new("127.0.0.1".into())
    };
    Ok(SessionConfig {
        host: server.host.clone(),
        server: Rc::new(server),
        local_name: Some(LocalName::literal(Ipv4Addr::LOCALHOST.into())),
        is_loopback: true,
        until: ConnectUntil::FirstMessage,
        memory: ServerMemory::default(),
        // These nonces protect nothing.
        nonces: [Nonce::default(); MAX_ATTEMPTS],
    })
}

fn settings(task: &Task) -> Result<Settings> {
    let mut trust = Trust::default();
    trust.add(&fs::read(&task.root)?).map_err(failed)?;
    Settings::new::<System>(&Policy::from(trust)).map_err(failed)
}

#[derive(Debug)]
struct System;

impl tls::Platform for System {
    fn random(buffer: &mut [u8]) -> Result<(), tls::NoRandomness> {
        let mut left = buffer;
        while !left.is_empty() {
            let Ok(octets) =
                rustix::rand::getrandom(&mut *left, rustix::rand::GetRandomFlags::empty())
            else {
                panic!("the system has no randomness");
            };
            left = &mut left[octets..];
        }
        Ok(())
    }

    fn unix_time() -> Duration {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    }
}

fn failed(error: impl std::fmt::Debug) -> wasmtime::Error {
    format_err!("{error:?}")
}
