//! A host: takes jobs, several at once for each mail server, and processes each to its end.
//!
//! A slot asks for one job at a time: the queue redelivers jobs that a host has but does not process.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::{AckKind, Message};
use futures_util::StreamExt;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::attempt::Attempt;
use crate::handler::Handler;
use crate::metrics::Metrics;
use crate::queue::Queue;
use crate::relay::Relay;
use crate::retry::Retry;
use crate::tokens::Source;

/// How long an idle host waits for a job before it asks again, because a restarted queue forgets the question.
const ASKING: Duration = Duration::from_secs(5);

/// The pause if the queue does not answer.
pub const PAUSE: Duration = Duration::from_secs(1);

/// The time for jobs that are being sent when the host is told to end. Kubernetes allows 30 seconds.
const GRACE: Duration = Duration::from_secs(25);

pub struct Worker {
    pub queue: Queue,
    pub handler: Handler,
    /// By the names of the servers that take tokens.
    pub tokens: BTreeMap<String, Source>,
    pub retry: Retry,
    /// The time within which a host must report on a job. After it, the queue gives the job to another host.
    pub ack_wait: Duration,
    pub metrics: Arc<Metrics>,
}

/// Works until SIGTERM or SIGINT, then finishes the jobs that are being sent.
pub async fn work(worker: Worker, relays: Vec<Relay>, at_once: usize) -> Result<()> {
    let worker = Arc::new(worker);
    let (stop, stopping) = watch::channel(false);
    let mut slots = JoinSet::new();
    for relay in relays {
        let consumer = worker.queue.consumer(&relay.name, worker.ack_wait).await?;
        info!(server = relay.name, at_once, "taking jobs");
        let slot = Slot {
            worker: worker.clone(),
            relay: Arc::new(relay),
            consumer,
        };
        for _ in 0..at_once {
            slots.spawn(slot.clone().run(stopping.clone()));
        }
    }
    told_to_end().await?;
    info!(under_way = worker.metrics.under_way.get(), "stopping");
    stop.send(true)?;
    let all = async { while slots.join_next().await.is_some() {} };
    if timeout(GRACE, all).await.is_err() {
        let under_way = worker.metrics.under_way.get();
        warn!(under_way, "stopped; the queue gives these to another host");
    }
    // Acknowledgements are sent in the background.
    worker.queue.client.flush().await?;
    Ok(())
}

async fn told_to_end() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    Ok(())
}

/// Processes one job at a time.
#[derive(Clone)]
struct Slot {
    worker: Arc<Worker>,
    relay: Arc<Relay>,
    consumer: PullConsumer,
}

impl Slot {
    async fn run(self, mut stopping: watch::Receiver<bool>) {
        loop {
            let next = tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => return,
                next = self.next() => next,
            };
            let done = match next {
                Ok(Some(message)) => self.process(message).await,
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                warn!(server = self.relay.name, "the queue fails: {error:#}");
                sleep(PAUSE).await;
            }
        }
    }

    async fn next(&self) -> Result<Option<Message>> {
        let asked = self.consumer.batch().max_messages(1).expires(ASKING);
        let mut answer = asked.messages().await?;
        let message = answer.next().await.transpose();
        message.map_err(|error| anyhow!(error))
    }

    async fn process(&self, message: Message) -> Result<()> {
        self.worker.metrics.under_way.inc();
        let done = tokio::select! {
            done = Attempt::make(&self.worker, &self.relay, &message) => done,
            () = keep_alive(&message, self.worker.ack_wait / 3) => Ok(()),
        };
        self.worker.metrics.under_way.dec();
        done
    }
}

/// Reports progress, and never returns.
async fn keep_alive(message: &Message, every: Duration) {
    loop {
        sleep(every).await;
        // The report is lost if the connection is lost; the next one follows.
        let _ = message.ack_with(AckKind::Progress).await;
    }
}
