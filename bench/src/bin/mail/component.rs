//! The component in wasmtime, as a client like the others.

use std::fs;
use std::path::Path;

use bench::host::bindings::Envoi;
use bench::host::bindings::exports::envoi::mail::smtp::{
    Credentials, Envelope, Letter, PasswordCredentials, Security,
};
use bench::host::{self, State, fine};
use bench::lines::lines;
use wasmtime::component::{Component, ResourceAny};
use wasmtime::error::Context;
use wasmtime::{Result, Store, bail};

use crate::pieces::PIECE;
use crate::task::{SENDER, Security as Secured, Task, now};

/// The component, compiled.
pub struct Host(host::Host);

/// Compiles the component into a file for [`Host::load`].
pub fn compile(component: &Path, compiled: &Path) -> Result<()> {
    let wasm = fs::read(component).with_context(|| format!("no {}", component.display()))?;
    fs::write(compiled, host::engine()?.precompile_component(&wasm)?)?;
    Ok(())
}

impl Host {
    pub fn load(compiled: &Path) -> Result<Host> {
        let engine = host::engine()?;
        // SAFETY: this program compiled it, for this engine.
        let component = unsafe { Component::deserialize_file(&engine, compiled)? };
        host::Host::new(engine, &component).map(Host)
    }

    pub fn instantiate(&self) -> Result<Instance> {
        let (store, world) = self.0.instantiate()?;
        Ok(Instance { store, world })
    }
}

pub struct Instance {
    store: Store<State>,
    world: Envoi,
}

impl Instance {
    /// A mailer for the task's server.
    pub fn mailer(&mut self, task: &Task) -> Result<ResourceAny> {
        let Instance { store, world } = self;
        let calls = world.envoi_mail_smtp().mailer();
        let mailer = calls.call_constructor(&mut *store, "127.0.0.1")?;
        calls.call_set_port(&mut *store, mailer, task.port)?;
        let security = match task.security {
            Secured::StartTls => Security::Starttls,
            Secured::ImplicitTls => Security::ImplicitTls,
            Secured::Plain => Security::Plaintext,
        };
        calls.call_set_security(&mut *store, mailer, security)?;
        let root = fs::read(&task.root)?;
        fine(calls.call_add_trust_anchors(&mut *store, mailer, &root)?)?;
        if let Some(mechanism) = &task.mechanism {
            let mechanism = mechanism.clone();
            fine(calls.call_set_mechanisms(&mut *store, mailer, &[mechanism])?)?;
            let credentials = Credentials::Password(PasswordCredentials {
                username: servers::real::USER.into(),
                password: servers::real::PASSWORD.into(),
                authorization_id: None,
            });
            calls.call_set_credentials(&mut *store, mailer, Some(&credentials))?;
        }
        Ok(mailer)
    }

    /// Sends one message.
    pub fn send(&mut self, mailer: ResourceAny, envelope: &Envelope, message: &[u8]) -> Result<()> {
        let Instance { store, world } = self;
        let calls = world.envoi_mail_smtp().mailer();
        let receipt = fine(calls.call_send(&mut *store, mailer, envelope, message, None)?)?;
        match receipt.refused.is_empty() {
            true => Ok(()),
            false => bail!("refused: {:?}", receipt.refused),
        }
    }

    /// Sends several in one call.
    pub fn send_all(&mut self, mailer: ResourceAny, letters: &[Letter]) -> Result<()> {
        let Instance { store, world } = self;
        let calls = world.envoi_mail_smtp().mailer();
        for outcome in calls.call_send_all(&mut *store, mailer, letters, None)? {
            fine(outcome)?;
        }
        Ok(())
    }

    /// Sends one in pieces of a megabyte.
    pub fn stream(&mut self, mailer: ResourceAny, envelope: &Envelope, size: usize) -> Result<()> {
        let piece = lines(PIECE);
        let Instance { store, world } = self;
        let smtp = world.envoi_mail_smtp();
        let started = smtp
            .mailer()
            .call_start_message(&mut *store, mailer, envelope, None)?;
        let message = fine(started)?;
        for _ in 0..size / piece.len() {
            fine(smtp.message().call_write(&mut *store, message, &piece)?)?;
        }
        fine(smtp.message().call_finish(&mut *store, message)?)?;
        Ok(())
    }

    pub fn transcript(&mut self, mailer: ResourceAny) -> Result<Vec<(u64, String)>> {
        let Instance { store, world } = self;
        let calls = world.envoi_mail_smtp().mailer();
        let lines = calls.call_transcript(&mut *store, mailer)?;
        Ok(lines.into_iter().map(|l| (l.elapsed, l.text)).collect())
    }

    pub fn keep_transcript(&mut self, mailer: ResourceAny) -> Result<()> {
        let Instance { store, world } = self;
        let calls = world.envoi_mail_smtp().mailer();
        calls.call_set_transcript(&mut *store, mailer, 1000)
    }

    pub fn close(&mut self, mailer: ResourceAny) -> Result<()> {
        let Instance { store, world } = self;
        let calls = world.envoi_mail_smtp().mailer();
        calls.call_close(&mut *store, mailer)
    }
}

pub fn envelope(task: &Task) -> Envelope {
    Envelope {
        sender: Some(SENDER.into()),
        recipients: task.recipients(),
    }
}

/// So many, each with the task's message.
pub fn letters(task: &Task, count: usize) -> Vec<Letter> {
    let letter = Letter {
        envelope: envelope(task),
        message: task.message(),
    };
    vec![letter; count]
}

/// Sends what the task says, a call a message.
pub fn send(host: &Host, task: &Task) -> Result<Vec<u64>> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    let (envelope, message) = (envelope(task), task.message());
    let mut receipts = Vec::with_capacity(task.count);
    for _ in 0..task.count {
        instance.send(mailer, &envelope, &message)?;
        receipts.push(now());
    }
    instance.close(mailer)?;
    Ok(receipts)
}

/// Messages that are at hand together.
const AT_HAND: usize = 20;

/// Sends the first, then one alone in a call, then many in one: what each of these takes besides the
/// first of them stands between the receipts told after the first.
pub fn send_at_hand(host: &Host, task: &Task) -> Result<Vec<u64>> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    instance.send(mailer, &envelope(task), &task.message())?;
    let first = now();
    instance.send_all(mailer, &letters(task, 1))?;
    let second = now();
    instance.send_all(mailer, &letters(task, 1 + AT_HAND))?;
    let last = now();
    instance.close(mailer)?;
    let alone = second - first;
    let step = (last - second).saturating_sub(alone) / AT_HAND as u64;
    Ok((0..task.count as u64).map(|i| first + i * step).collect())
}

/// A small message, and a large one in pieces: when the first was done, and when the second.
pub fn send_bulk(host: &Host, task: &Task) -> Result<Vec<u64>> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    instance.send(mailer, &envelope(task), b"Subject: bench\r\n\r\n")?;
    let begin = now();
    instance.stream(mailer, &envelope(task), task.size)?;
    Ok(vec![begin, now()])
}

/// What was said, line by line, with the time since the first.
pub fn explain(host: &Host, task: &Task) -> Result<()> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    instance.keep_transcript(mailer)?;
    for _ in 0..task.count {
        instance.send(mailer, &envelope(task), &task.message())?;
    }
    for (elapsed, text) in instance.transcript(mailer)? {
        println!("{:8.2} ms  {text}", elapsed as f64 / 1e6);
    }
    Ok(())
}
