//! One attempt at a job.
//!
//! ```text
//! ledger: who is left?  ->  rate limit  ->  handler  ->  dead letters  ->  ledger  ->  acknowledged, or put off
//! ```
//!
//! What has to be written down after an answer of the server is tried until the queue takes it, as
//! otherwise the message would be sent again.

use std::time::{Duration, Instant};

use anyhow::{Error, Result, anyhow};
use async_nats::jetstream::message::Info;
use async_nats::jetstream::{AckKind, Message};
use tokio::time::sleep;
use tracing::{info, warn};

use crate::dead;
use crate::handler::Verdict;
use crate::job::Job;
use crate::outcome::{Outcome, later};
use crate::relay::Relay;
use crate::work::{PAUSE, Worker};

pub struct Attempt<'a> {
    worker: &'a Worker,
    relay: &'a Relay,
    message: &'a Message,
    info: Info<'a>,
}

impl<'a> Attempt<'a> {
    pub async fn make(worker: &'a Worker, relay: &'a Relay, message: &'a Message) -> Result<()> {
        let info = message.info().map_err(|error| anyhow!(error))?;
        if info.delivered > 1 {
            worker.metrics.redelivered(&relay.name);
        }
        let attempt = Attempt {
            worker,
            relay,
            message,
            info,
        };
        match Job::read(message.headers.as_ref(), &message.payload) {
            Ok(job) => attempt.see_to(job).await,
            Err(fault) => attempt.bury_unreadable(&fault).await,
        }
    }

    async fn see_to(&self, job: Job) -> Result<()> {
        let recipients = job.recipients.len();
        let left = self.worker.queue.ledger.unsettled(job).await?;
        let spared = recipients - left.recipients.len();
        self.worker.metrics.spared(&self.relay.name, spared);
        if left.recipients.is_empty() {
            info!(id = left.id, server = self.relay.name, "settled before");
            return self.acknowledge(AckKind::Ack).await;
        }
        self.relay.pace.turn().await;
        let outcome = self.send(&left).await;
        while let Err(error) = self.write_down(&left, &outcome).await {
            warn!("the queue fails, and is asked again: {error:#}");
            sleep(PAUSE).await;
        }
        self.acknowledge(match outcome.again {
            Some(delay) => AckKind::Nak(Some(delay)),
            None => AckKind::Ack,
        })
        .await
    }

    async fn send(&self, job: &Job) -> Outcome {
        let (worker, relay) = (self.worker, self.relay);
        let started = Instant::now();
        let verdicts = worker.handler.deliver(&relay.server, job).await;
        let took = started.elapsed();
        let verdicts = verdicts.unwrap_or_else(|error| trapped(job, &error));
        let age = async_nats::datetime::now() - self.info.published;
        let age = age.try_into().unwrap_or_default();
        let delay = worker.retry.delay(self.number(), age);
        let outcome = Outcome::new(&job.recipients, verdicts, delay);
        worker.metrics.attempt(&relay.name, took, &outcome);
        self.log(job, took, &outcome);
        outcome
    }

    /// The dead letters first: who is in the ledger is never looked at again.
    async fn write_down(&self, job: &Job, outcome: &Outcome) -> Result<()> {
        let (queue, number) = (&self.worker.queue, self.info.stream_sequence);
        if !outcome.dead.is_empty() {
            dead::bury(queue, &self.relay.name, job, &outcome.dead, number).await?;
        }
        queue.ledger.settle(job, &outcome.settled()).await
    }

    async fn bury_unreadable(&self, fault: &Error) -> Result<()> {
        let (queue, server) = (&self.worker.queue, &self.relay.name);
        let number = self.info.stream_sequence;
        warn!(server, number, "dead: no job: {fault:#}");
        dead::bury_unreadable(queue, server, &self.message.payload, number, fault).await?;
        self.acknowledge(AckKind::Ack).await
    }

    async fn acknowledge(&self, kind: AckKind) -> Result<()> {
        let acknowledged = self.message.ack_with(kind).await;
        acknowledged.map_err(|error| anyhow!(error))
    }

    /// From 1; it counts those too that a host did not live to end.
    fn number(&self) -> u32 {
        u32::try_from(self.info.delivered).unwrap_or(u32::MAX)
    }

    /// One line a recipient. What the server says is quoted, as it may hold anything.
    fn log(&self, job: &Job, took: Duration, outcome: &Outcome) {
        let (id, server) = (&job.id, &self.relay.name);
        let (attempt, ms) = (self.number(), took.as_millis());
        for Verdict {
            recipient: to,
            reply,
            ..
        } in &outcome.accepted
        {
            info!(id, ?to, server, attempt, ms, ?reply, "accepted");
        }
        for Verdict {
            recipient: to,
            reply,
            ..
        } in &outcome.dead
        {
            warn!(id, ?to, server, attempt, ms, ?reply, "dead");
        }
        let seconds = outcome.again.unwrap_or_default().as_secs_f32();
        for Verdict {
            recipient: to,
            reply,
            ..
        } in &outcome.open
        {
            warn!(id, ?to, server, attempt, ms, ?reply, "again in {seconds} s");
        }
    }
}

/// A trap is a defect of the handler's: the job waits for a better one.
fn trapped(job: &Job, error: &wasmtime::Error) -> Vec<Verdict> {
    let why = format!("the handler failed: {}", error.root_cause());
    let verdicts = job
        .recipients
        .iter()
        .map(|recipient| later(recipient, &why));
    verdicts.collect()
}
