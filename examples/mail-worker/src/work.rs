//! A host: takes jobs, so many at once for each mail server, and sees each to its end.
//!
//! ```text
//! next job  ->  ledger: who is left?  ->  rate limit  ->  handler  ->  dead letters  ->  ledger  ->  acknowledged,
//!                                                                                                or put off
//! ```
//!
//! Jobs are asked for one by one, when there is a place for one: what a host had in store would be
//! redelivered while it waits there. What has to be written down after an answer of the server is
//! tried until the queue takes it, as otherwise the message would be sent again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::{AckKind, Message, message::Info};
use futures_util::StreamExt;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::dead;
use crate::handler::{Handler, Verdict};
use crate::job::Job;
use crate::metrics::Metrics;
use crate::outcome::{Outcome, later};
use crate::queue::Queue;
use crate::relay::Relay;
use crate::retry::Retry;

/// How long an idle host's question for a job stands; a queue that was away has forgotten it.
const ASKING: Duration = Duration::from_secs(5);

/// Where the queue does not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// For what is under way when the host is told to end; Kubernetes grants 30 seconds.
const GRACE: Duration = Duration::from_secs(25);

pub struct Worker {
    pub queue: Queue,
    pub handler: Handler,
    pub retry: Retry,
    /// In which the queue hears of a job, lest it gives it to another host.
    pub ack_wait: Duration,
    pub metrics: Arc<Metrics>,
}

/// Until SIGTERM or SIGINT, then finishes what is under way.
pub async fn work(worker: Worker, relays: Vec<Relay>, at_once: usize) -> Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let worker = Arc::new(worker);
    let (stop, stopping) = watch::channel(false);
    let mut places = JoinSet::new();
    for relay in relays {
        let consumer = worker.queue.consumer(&relay.name, worker.ack_wait).await?;
        info!(server = relay.name, at_once, "taking jobs");
        let relay = Arc::new(relay);
        for _ in 0..at_once {
            let place = Place {
                worker: worker.clone(),
                relay: relay.clone(),
                consumer: consumer.clone(),
            };
            places.spawn(place.run(stopping.clone()));
        }
    }
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    info!(under_way = worker.metrics.under_way.get(), "stopping");
    stop.send(true)?;
    let all = async { while places.join_next().await.is_some() {} };
    if timeout(GRACE, all).await.is_err() {
        warn!(
            under_way = worker.metrics.under_way.get(),
            "stopped; the queue gives these to another host"
        );
    }
    // Acknowledgements leave in the background.
    worker.queue.client.flush().await?;
    Ok(())
}

/// For one job at a time.
struct Place {
    worker: Arc<Worker>,
    relay: Arc<Relay>,
    consumer: PullConsumer,
}

impl Place {
    async fn run(self, mut stopping: watch::Receiver<bool>) {
        loop {
            let next = tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => return,
                next = self.next() => next,
            };
            let done = match next {
                Ok(Some(message)) => self.see_to(message).await,
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
        let asked = self
            .consumer
            .batch()
            .max_messages(1)
            .expires(ASKING)
            .messages()
            .await;
        asked?
            .next()
            .await
            .transpose()
            .map_err(|error| anyhow!(error))
    }

    async fn see_to(&self, message: Message) -> Result<()> {
        self.worker.metrics.under_way.inc();
        let done = tokio::select! {
            done = self.attempt(&message) => done,
            () = keep_alive(&message, self.worker.ack_wait / 3) => Ok(()),
        };
        self.worker.metrics.under_way.dec();
        done
    }

    async fn attempt(&self, message: &Message) -> Result<()> {
        let (worker, server) = (&self.worker, &self.relay.name);
        let info = message.info().map_err(|error| anyhow!(error))?;
        let job = match Job::read(message.headers.as_ref(), &message.payload) {
            Ok(job) => job,
            Err(fault) => return self.bury_unreadable(message, &info, &fault).await,
        };
        if info.delivered > 1 {
            worker.metrics.redelivered(server);
        }
        let left = worker.queue.ledger.unsettled(&job).await?;
        let spared = job.recipients.len() - left.recipients.len();
        worker.metrics.spared(server, spared);
        if left.recipients.is_empty() {
            info!(id = job.id, server, spared, "settled before");
            return acknowledge(message, AckKind::Ack).await;
        }
        self.relay.pace.turn().await;
        let outcome = self.send(&left, &info).await;
        until_written(|| self.write_down(&left, &info, &outcome)).await;
        acknowledge(
            message,
            outcome
                .again
                .map_or(AckKind::Ack, |delay| AckKind::Nak(Some(delay))),
        )
        .await
    }

    async fn send(&self, job: &Job, info: &Info<'_>) -> Outcome {
        let started = Instant::now();
        let verdicts = self.worker.handler.deliver(&self.relay.server, job).await;
        let took = started.elapsed();
        self.worker.metrics.attempt(&self.relay.name, took);
        let verdicts = verdicts.unwrap_or_else(|error| trapped(job, &error));
        let age = async_nats::datetime::now() - info.published;
        let attempts = u32::try_from(info.delivered).unwrap_or(u32::MAX);
        let delay = self
            .worker
            .retry
            .delay(attempts, age.try_into().unwrap_or_default());
        let outcome = Outcome::new(&job.recipients, verdicts, delay);
        self.worker.metrics.outcome(&self.relay.name, &outcome);
        self.log(job, attempts, took, &outcome);
        outcome
    }

    /// The dead letters first: who is in the ledger is never looked at again.
    async fn write_down(&self, job: &Job, info: &Info<'_>, outcome: &Outcome) -> Result<()> {
        let queue = &self.worker.queue;
        if !outcome.dead.is_empty() {
            dead::bury(
                queue,
                &self.relay.name,
                job,
                &outcome.dead,
                info.stream_sequence,
            )
            .await?;
        }
        queue.ledger.settle(job, &outcome.settled()).await
    }

    async fn bury_unreadable(
        &self,
        message: &Message,
        info: &Info<'_>,
        fault: &anyhow::Error,
    ) -> Result<()> {
        warn!(
            server = self.relay.name,
            number = info.stream_sequence,
            "dead: no job: {fault:#}"
        );
        dead::bury_unreadable(
            &self.worker.queue,
            &self.relay.name,
            message,
            info.stream_sequence,
            fault,
        )
        .await?;
        acknowledge(message, AckKind::Ack).await
    }

    /// One line a recipient. What the server says is quoted, as it may hold anything.
    fn log(&self, job: &Job, attempt: u32, took: Duration, outcome: &Outcome) {
        let (id, server, ms) = (&job.id, &self.relay.name, took.as_millis());
        for Verdict {
            recipient, reply, ..
        } in &outcome.accepted
        {
            info!(id, to = ?recipient, server, attempt, ms, ?reply, "accepted");
        }
        for Verdict {
            recipient, reply, ..
        } in &outcome.dead
        {
            warn!(id, to = ?recipient, server, attempt, ms, ?reply, "dead");
        }
        let seconds = outcome.again.unwrap_or_default().as_secs_f32();
        for Verdict {
            recipient,
            fate,
            reply,
        } in &outcome.open
        {
            warn!(id, to = ?recipient, server, attempt, ms, ?fate, ?reply, "again in {seconds} s");
        }
    }
}

/// Never returns.
async fn keep_alive(message: &Message, every: Duration) {
    loop {
        sleep(every).await;
        // Lost with the connection, which comes back or not.
        let _ = message.ack_with(AckKind::Progress).await;
    }
}

async fn until_written<F: Future<Output = Result<()>>>(write: impl Fn() -> F) {
    while let Err(error) = write().await {
        warn!("the queue fails, and is asked again: {error:#}");
        sleep(PAUSE).await;
    }
}

async fn acknowledge(message: &Message, kind: AckKind) -> Result<()> {
    message.ack_with(kind).await.map_err(|error| anyhow!(error))
}

/// A trap is a defect of the handler's: the job waits for a better one.
fn trapped(job: &Job, error: &wasmtime::Error) -> Vec<Verdict> {
    let why = format!("the handler failed: {}", error.root_cause());
    job.recipients
        .iter()
        .map(|recipient| later(recipient, &why))
        .collect()
}
