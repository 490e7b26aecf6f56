//! The component in wasmtime, as one of the clients.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bench::async_host;
use bench::host::bindings::exports::envoi::mail::smtp::{
    BearerCredentials, Credentials, Envelope, OutgoingMessage, PasswordCredentials, Security,
};
use bench::host::{self, Threads, engine, expect_ok};
use bench::lines::lines;
use wasmtime::component::{Component, ResourceAny};
use wasmtime::error::Context;
use wasmtime::{Engine, Result, bail};

use crate::task::PIECE;
use crate::task::{SENDER, Security as Secured, Task, now};

/// The builds of the component, as files for [`Host::load`].
pub(crate) struct Compiled {
    pub portable: PathBuf,
    pub wide: PathBuf,
    /// For WASI 0.3: [`crate::async_component::Host::load`].
    pub p3: PathBuf,
    /// The octets of the portable component, and of that for WASI 0.3.
    pub sizes: [u64; 2],
    /// Their folder, also for other temporary files.
    pub folder: PathBuf,
}

/// The component, compiled.
pub(crate) struct Host(host::Host);

impl Compiled {
    /// Compiles the builds into a folder.
    pub(crate) fn new([portable, wide, p3]: [&Path; 3], folder: &Path) -> Result<Compiled> {
        Ok(Compiled {
            portable: compile(&engine()?, portable, folder.join("envoi.cwasm"))?,
            wide: compile(&engine()?, wide, folder.join("envoi-wide.cwasm"))?,
            p3: compile(&async_host::engine()?, p3, folder.join("envoi-p3.cwasm"))?,
            sizes: [fs::metadata(portable)?.len(), fs::metadata(p3)?.len()],
            folder: folder.into(),
        })
    }
}

/// Compiles a component into a file for [`load`].
pub(crate) fn compile(engine: &Engine, component: &Path, compiled: PathBuf) -> Result<PathBuf> {
    let wasm = fs::read(component).with_context(|| format!("no {}", component.display()))?;
    fs::write(&compiled, engine.precompile_component(&wasm)?)?;
    Ok(compiled)
}

/// Loads what [`compile`] wrote for an engine of this kind. Nothing is compiled here.
#[allow(unsafe_code, reason = "code compiled before")]
pub(crate) fn load(engine: &Engine, compiled: &Path) -> Result<Component> {
    // SAFETY: this program compiled it.
    unsafe { Component::deserialize_file(engine, compiled) }
}

impl Host {
    pub(crate) fn load(compiled: &Path, threads: Threads) -> Result<Host> {
        let engine = engine()?;
        let component = load(&engine, compiled)?;
        host::Host::new(engine, &component, threads).map(Host)
    }

    pub(crate) fn instantiate(&self) -> Result<Instance> {
        self.0.instantiate().map(Instance)
    }
}

pub(crate) struct Instance(host::Instance);

impl Instance {
    pub(crate) fn count_host_calls(&mut self) -> Arc<AtomicU64> {
        self.0.count_host_calls()
    }

    /// Creates a mailer for the task's server.
    pub(crate) fn mailer(&mut self, task: &Task) -> Result<ResourceAny> {
        let root = fs::read(&task.root)?;
        let security = match task.security {
            Secured::StartTls => Security::Starttls,
            Secured::ImplicitTls => Security::ImplicitTls,
            Secured::Plain => Security::Plaintext,
        };
        let username = servers::real::USER.into();
        let credentials = if task.mechanism.as_deref() == Some("XOAUTH2") {
            let token = servers::real::token();
            Credentials::Bearer(BearerCredentials { username, token })
        } else {
            Credentials::Password(PasswordCredentials {
                username,
                password: servers::real::PASSWORD.into(),
                authorization_id: None,
            })
        };
        self.0.call(async |smtp, store| {
            let calls = smtp.mailer();
            let mailer = calls.call_constructor(&mut *store, "127.0.0.1").await?;
            calls
                .call_set_port(&mut *store, mailer, Some(task.port))
                .await?;
            calls
                .call_set_security(&mut *store, mailer, security)
                .await?;
            let added = calls.call_add_trust_anchors(&mut *store, mailer, &root);
            expect_ok(added.await?)?;
            if let Some(mechanism) = &task.mechanism {
                let mechanisms = [mechanism.clone()];
                expect_ok(
                    calls
                        .call_set_mechanisms(&mut *store, mailer, &mechanisms)
                        .await?,
                )?;
                calls
                    .call_set_credentials(&mut *store, mailer, Some(&credentials))
                    .await?;
            }
            Ok(mailer)
        })
    }

    /// Sends one message.
    pub(crate) fn send(
        &mut self,
        mailer: ResourceAny,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<()> {
        let receipt = self.0.call(async |smtp, store| {
            let calls = smtp.mailer();
            let sent = calls.call_send(store, mailer, envelope, message, None);
            expect_ok(sent.await?)
        })?;
        if !receipt.refused.is_empty() {
            bail!("refused: {:?}", receipt.refused);
        }
        Ok(())
    }

    /// Sends several messages in one call.
    pub(crate) fn send_all(
        &mut self,
        mailer: ResourceAny,
        letters: &[OutgoingMessage],
    ) -> Result<()> {
        let outcomes = self.0.call(async |smtp, store| {
            let calls = smtp.mailer();
            calls.call_send_all(store, mailer, letters, None).await
        })?;
        for outcome in outcomes {
            expect_ok(outcome)?;
        }
        Ok(())
    }

    /// Sends one message in pieces of a megabyte.
    pub(crate) fn stream(
        &mut self,
        mailer: ResourceAny,
        envelope: &Envelope,
        size: usize,
    ) -> Result<()> {
        let piece = lines(PIECE);
        let message = self.0.call(async |smtp, store| {
            let calls = smtp.mailer();
            let started = calls.call_start_message(store, mailer, envelope, None);
            expect_ok(started.await?)
        })?;
        for _ in 0..size / piece.len() {
            self.0.call(async |smtp, store| {
                expect_ok(
                    smtp.message_writer()
                        .call_write(store, message, &piece)
                        .await?,
                )
            })?;
        }
        self.0.call(async |smtp, store| {
            expect_ok(smtp.message_writer().call_finish(store, message).await?)
        })?;
        Ok(())
    }

    pub(crate) fn transcript(&mut self, mailer: ResourceAny) -> Result<Vec<(u64, String)>> {
        let lines = self
            .0
            .call(async |smtp, store| smtp.mailer().call_take_transcript(store, mailer).await)?;
        Ok(lines.into_iter().map(|l| (l.elapsed, l.text)).collect())
    }

    pub(crate) fn keep_transcript(&mut self, mailer: ResourceAny) -> Result<()> {
        self.0.call(async |smtp, store| {
            let calls = smtp.mailer();
            calls.call_set_transcript_lines(store, mailer, 1000).await
        })
    }

    pub(crate) fn close(&mut self, mailer: ResourceAny) -> Result<()> {
        self.0
            .call(async |smtp, store| smtp.mailer().call_close(store, mailer).await)
    }
}

pub(crate) fn envelope(task: &Task) -> Envelope {
    Envelope {
        sender: Some(SENDER.into()),
        recipients: task.recipients(),
    }
}

/// The task's message, this many times.
pub(crate) fn letters(task: &Task, count: usize) -> Vec<OutgoingMessage> {
    let letter = OutgoingMessage {
        envelope: envelope(task),
        message: task.message(),
    };
    vec![letter; count]
}

/// Sends the task's messages, one call each.
pub(crate) fn send(host: &Host, task: &Task) -> Result<Vec<u64>> {
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

/// Messages in the last call of [`send_at_hand`].
const AT_HAND: usize = 20;

/// Sends one message, then one with `send-all`, then many with one `send-all`. The returned times are
/// spread by what each further message of the last call takes.
pub(crate) fn send_at_hand(host: &Host, task: &Task) -> Result<Vec<u64>> {
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

/// Sends a small message, then a large one in pieces; returns the time at the end of each.
pub(crate) fn send_bulk(host: &Host, task: &Task) -> Result<Vec<u64>> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    instance.send(mailer, &envelope(task), b"Subject: bench\r\n\r\n")?;
    let begin = now();
    instance.stream(mailer, &envelope(task), task.size)?;
    Ok(vec![begin, now()])
}

/// Prints the transcript with the time since its first line.
pub(crate) fn explain(host: &Host, task: &Task) -> Result<()> {
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
