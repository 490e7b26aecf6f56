//! This project's own core, built natively: the same sessions and the same TLS over a socket of std,
//! so that what WebAssembly costs can be seen.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use envoi::sasl::{Bearer, Credentials, MAX_ATTEMPTS, Mechanism, Nonce, Password};
use envoi::smtp::content_scan::scan;
use envoi::smtp::delivery::Content;
use envoi::smtp::envelope::Envelope;
use envoi::smtp::local_name::LocalName;
use envoi::smtp::options::Options;
use envoi::smtp::server_memory::ServerMemory;
use envoi::smtp::session::{
    AuthPipelining, Dialect, Goal, InitialResponse, PipeliningAfterMessage, Plan,
    Security as Secured, Session, Step,
};
use envoi::tls::{self, Policy, ServerName, Settings, Tls, Trust};
use wasmtime::{Result, bail, format_err};

use crate::task::{SENDER, Security, Task, now};

/// As the component has it.
const READ: usize = 8 * 1024;
const BLOCK: usize = 64 * 1024;

pub fn send(task: &Task) -> Result<Vec<u64>> {
    let mut connection = Connection::open(task)?;
    let recipients = task.recipients();
    let envelope = Envelope::parse(Some(SENDER), &recipients, Dialect::Smtp).map_err(failed)?;
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

/// A small message and a large one: when the first was done, and when the second.
pub fn send_bulk(task: &Task) -> Result<Vec<u64>> {
    let message = task.message();
    let mut connection = Connection::open(task)?;
    let envelope =
        Envelope::parse(Some(SENDER), &task.recipients(), Dialect::Smtp).map_err(failed)?;
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
            session: Session::new(plan(task)?),
            tls: None,
            stream,
            settings: settings(task)?,
            buffer: vec![0; READ],
        };
        if task.security == Security::ImplicitTls {
            connection.secure(true)?;
        }
        connection.run()?;
        Ok(connection)
    }

    fn send(&mut self, envelope: &Envelope, message: &[u8]) -> Result<()> {
        let content = Content::Whole(scan(message).map_err(failed)?);
        let options = Options::default();
        self.session
            .deliver(envelope.clone(), &options, content, true)
            .map_err(failed)?;
        self.run()?;
        for piece in message.chunks(BLOCK) {
            self.session.write(piece).map_err(failed)?;
            if self.session.outgoing().len() >= BLOCK {
                self.flush()?;
            }
            while self.session.is_ahead() {
                self.hear()?;
                self.session.hear_arrived().map_err(failed)?;
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
            match self.session.step().map_err(failed)? {
                Step::Await => self.hear()?,
                Step::Handshake => self.secure(false)?,
                Step::Done => return Ok(()),
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
        let open = std::mem::take(self.session.outgoing());
        self.session.leaving();
        let Some(tls) = &mut self.tls else {
            return Ok(self.stream.write_all(&open)?);
        };
        tls.send(&open).map_err(failed)?;
        let sealed = std::mem::take(tls.outgoing());
        Ok(self.stream.write_all(&sealed)?)
    }

    /// What lies in the buffer.
    fn take(&mut self, octets: usize) -> Result<()> {
        let bytes = &self.buffer[..octets];
        let Some(tls) = &mut self.tls else {
            return self.session.receive(bytes).map_err(failed);
        };
        tls.receive(bytes).map_err(failed)?;
        let plaintext = std::mem::take(tls.plaintext());
        self.session.receive(&plaintext).map_err(failed)
    }

    fn secure(&mut self, implicit: bool) -> Result<()> {
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
        if !implicit {
            self.session.secured().map_err(failed)?;
        }
        self.take(0)
    }
}

fn plan(task: &Task) -> Result<Plan> {
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
    Ok(Plan {
        dialect: Dialect::Smtp,
        goal: Goal::Message,
        host: "127.0.0.1".into(),
        port: task.port,
        local_name: Some(LocalName::literal(Ipv4Addr::LOCALHOST.into())),
        security: match task.security {
            Security::StartTls => Secured::StartTls,
            Security::ImplicitTls => Secured::ImplicitTls,
            Security::Plain => Secured::Plaintext,
        },
        loopback: true,
        credentials,
        mechanisms: mechanism.flatten().into_iter().collect(),
        initial_response: InitialResponse::Auto,
        after_message: PipeliningAfterMessage::AfterBdat,
        may_chunk: true,
        auth_pipelining: AuthPipelining::PlainAndExternal,
        plain_fallback: true,
        memory: ServerMemory::default(),
        // Nothing is at stake here.
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

impl tls::Host for System {
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
