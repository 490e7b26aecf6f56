//! One attempt at a job.
//!
//! ```text
//! ledger: recipients left  ->  rate limit  ->  handler  ->  dead letters  ->  ledger  ->  acknowledge, or delay
//! ```
//!
//! After the server's answer, the results are written until the queue accepts them: otherwise the message is
//! sent again.

use std::time::{Duration, Instant};

use anyhow::{Error, Result, anyhow};
use async_nats::jetstream::message::Info;
use async_nats::jetstream::{AckKind, Message};
use tokio::time::sleep;
use tracing::{info, warn};

use crate::dead;
use crate::delivery;
use crate::handler::Verdict;
use crate::job::Job;
use crate::outcome::Outcome;
use crate::relay::Relay;
use crate::work::{PAUSE, Worker};

pub(crate) struct Attempt<'a> {
    worker: &'a Worker,
    relay: &'a Relay,
    message: &'a Message,
    info: Info<'a>,
}

impl<'a> Attempt<'a> {
    pub(crate) async fn make(
        worker: &'a Worker,
        relay: &'a Relay,
        message: &'a Message,
    ) -> Result<()> {
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
            Ok(job) => attempt.process(job).await,
            Err(fault) => attempt.bury_unreadable(&fault).await,
        }
    }

    async fn process(&self, job: Job) -> Result<()> {
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
        while let Err(error) = self.record(&left, &outcome).await {
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
        let tokens = worker.tokens.get(&relay.name);
        let verdicts = delivery::deliver(&worker.handler, &relay.server, tokens, job).await;
        let took = started.elapsed();
        let age = async_nats::datetime::now() - self.info.published;
        let age = age.try_into().unwrap_or_default();
        let delay = worker.retry.delay(self.number(), age);
        let outcome = Outcome::new(&job.recipients, verdicts, delay);
        worker.metrics.attempt(&relay.name, took, &outcome);
        self.log(job, took, &outcome);
        outcome
    }

    /// Writes the dead letters first, because recipients in the ledger are not looked at again.
    async fn record(&self, job: &Job, outcome: &Outcome) -> Result<()> {
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

    /// The number of the attempt, from 1. Attempts of a host that died count too.
    fn number(&self) -> u32 {
        u32::try_from(self.info.delivered).unwrap_or(u32::MAX)
    }

    /// Logs a line for each recipient. The server's words are quoted, because they may contain anything.
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
