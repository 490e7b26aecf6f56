//! The component for WASI 0.3 in wasmtime, as one of the clients.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bench::async_host::bindings::exports::envoi::mail::smtp_async::{
    Envelope, Guest, OutgoingMessage, Security,
};
use bench::async_host::{self, engine, expect_ok};
use bench::host::State;
use futures_util::StreamExt;
use futures_util::stream::{self, TryStreamExt};
use wasmtime::component::{Accessor, ResourceAny, StreamReader};
use wasmtime::{Result, bail};

use crate::component::load;
use crate::lines_source::Lines;
use crate::task::{SENDER, Security as Secured, Task, now};

/// The calls of `send` that run at the same time: the component's own limit of calls that wait.
const CALLS: usize = 1000;

/// The most messages of one call of `send-all`.
const LETTERS: usize = 1000;

/// The calls of `send-all` that run at the same time, so that no connection waits for the next call.
const CALLS_OF_ALL: usize = 2;

/// The component, compiled.
pub(crate) struct Host(async_host::Host);

impl Host {
    pub(crate) fn load(compiled: &Path) -> Result<Host> {
        let engine = engine()?;
        let component = load(&engine, compiled)?;
        async_host::Host::new(engine, &component).map(Host)
    }

    pub(crate) fn instantiate(&self) -> Result<Instance> {
        let instance = self.0.instantiate()?;
        Ok(Instance(instance))
    }
}

pub(crate) struct Instance(async_host::Instance);

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
        let connections = u32::try_from(task.connections)?;
        self.0.run(async |smtp, store| {
            let calls = smtp.mailer();
            let mailer = calls
                .call_constructor(store, "127.0.0.1".to_string())
                .await?;
            calls.call_set_port(store, mailer, Some(task.port)).await?;
            calls.call_set_security(store, mailer, security).await?;
            calls
                .call_set_connections(store, mailer, connections)
                .await?;
            let added = calls.call_add_trust_anchors(store, mailer, root);
            expect_ok(added.await?)?;
            Ok(mailer)
        })
    }

    /// Lets the content of a message leave together with its envelope.
    pub(crate) fn pipeline_content(&mut self, mailer: ResourceAny) -> Result<()> {
        self.0.run(async |smtp, store| {
            let calls = smtp.mailer();
            calls.call_set_content_pipelining(store, mailer, true).await
        })
    }

    /// Sends messages, each in a call of its own; so many at the same time. Returns when each was done.
    pub(crate) fn send_each(
        &mut self,
        mailer: ResourceAny,
        task: &Task,
        at_once: usize,
    ) -> Result<Vec<u64>> {
        let letter = letter(task);
        self.0.run(async |smtp, store| {
            let sent = (0..task.count).map(|_| send(smtp, store, mailer, letter.clone()));
            stream::iter(sent)
                .buffer_unordered(at_once)
                .try_collect()
                .await
        })
    }

    /// Sends all messages with `send-all`. Returns when each was done.
    pub(crate) fn send_all(&mut self, mailer: ResourceAny, task: &Task) -> Result<Vec<u64>> {
        let letter = letter(task);
        let sizes = (0..task.count)
            .step_by(LETTERS)
            .map(|begin| LETTERS.min(task.count - begin));
        self.0.run(async |smtp, store| {
            let sent =
                sizes.map(|size| send_letters(smtp, store, mailer, vec![letter.clone(); size]));
            let receipts: Vec<Vec<u64>> = stream::iter(sent)
                .buffer_unordered(CALLS_OF_ALL)
                .try_collect()
                .await?;
            Ok(receipts.concat())
        })
    }

    /// Sends one message from a stream of the host's.
    pub(crate) fn stream(&mut self, mailer: ResourceAny, task: &Task) -> Result<()> {
        let OutgoingMessage { envelope, .. } = letter(&Task {
            size: 0,
            ..task.clone()
        });
        self.0.run(async |smtp, store| {
            let content = store.with(|store| StreamReader::new(store, Lines::new(task.size)))?;
            let calls = smtp.mailer();
            let sent = calls.call_send_stream(store, mailer, envelope, content, None, None);
            expect_ok(sent.await?).map(drop)
        })
    }

    pub(crate) fn close(&mut self, mailer: ResourceAny) -> Result<()> {
        self.0
            .run(async |smtp, store| smtp.mailer().call_close(store, mailer).await)
    }
}

async fn send(
    smtp: &Guest,
    store: &Accessor<State>,
    mailer: ResourceAny,
    letter: OutgoingMessage,
) -> Result<u64> {
    let calls = smtp.mailer();
    let sent = calls.call_send(store, mailer, letter.envelope, letter.message, None);
    let receipt = expect_ok(sent.await?)?;
    if !receipt.refused.is_empty() {
        bail!("refused: {:?}", receipt.refused);
    }
    Ok(now())
}

/// All have the time at which the call was done.
async fn send_letters(
    smtp: &Guest,
    store: &Accessor<State>,
    mailer: ResourceAny,
    letters: Vec<OutgoingMessage>,
) -> Result<Vec<u64>> {
    let calls = smtp.mailer();
    let outcomes = calls.call_send_all(store, mailer, letters, None).await?;
    let done = now();
    outcomes
        .into_iter()
        .map(|outcome| expect_ok(outcome).map(|_| done))
        .collect()
}

fn letter(task: &Task) -> OutgoingMessage {
    OutgoingMessage {
        envelope: Envelope {
            sender: Some(SENDER.into()),
            recipients: task.recipients(),
        },
        message: task.message(),
    }
}

/// Sends the task's messages with one call each, many of them at the same time.
pub(crate) fn send_each(host: &Host, task: &Task) -> Result<Vec<u64>> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    let receipts = instance.send_each(mailer, task, CALLS)?;
    instance.close(mailer)?;
    Ok(receipts)
}

/// As [`send_each`], with content pipelining.
pub(crate) fn send_each_early(host: &Host, task: &Task) -> Result<Vec<u64>> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    instance.pipeline_content(mailer)?;
    let receipts = instance.send_each(mailer, task, CALLS)?;
    instance.close(mailer)?;
    Ok(receipts)
}

/// Sends the task's messages, one call after the other.
pub(crate) fn send_in_order(host: &Host, task: &Task) -> Result<Vec<u64>> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    let receipts = instance.send_each(mailer, task, 1)?;
    instance.close(mailer)?;
    Ok(receipts)
}

/// Sends the task's messages with `send-all`.
pub(crate) fn send_all(host: &Host, task: &Task) -> Result<Vec<u64>> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    let receipts = instance.send_all(mailer, task)?;
    instance.close(mailer)?;
    Ok(receipts)
}

/// Sends a small message, then a large one from a stream; returns the time at the end of each.
pub(crate) fn send_stream(host: &Host, task: &Task) -> Result<Vec<u64>> {
    let mut instance = host.instantiate()?;
    let mailer = instance.mailer(task)?;
    let small = Task {
        size: 0,
        count: 1,
        ..task.clone()
    };
    let mut times = instance.send_each(mailer, &small, 1)?;
    instance.stream(mailer, task)?;
    times.push(now());
    Ok(times)
}
