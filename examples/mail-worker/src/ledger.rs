//! The ledger: the settled recipients of each message, in a bucket of JetStream's key-value store. The key is the
//! digest of the Message-ID.
//!
//! It is read before a job is sent, and written after each answer of the server. A settled recipient is not sent
//! to again, by any host, however often the job comes. Two hosts that write at once do not lose each other's
//! entries: an entry replaces only the entry that was read.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result};
use async_nats::jetstream::Context;
use async_nats::jetstream::kv::{Store, UpdateErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy};

use crate::job::Job;

/// Longer than jobs are tried, and than the same message is submitted again.
const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

pub struct Ledger {
    entries: Store,
}

impl Ledger {
    pub async fn open(context: &Context) -> Result<Ledger> {
        const BUCKET: &str = "mail-settled";
        // The stream below a bucket, made by hand: async-nats' call for buckets needs a newer server than Debian's.
        let stream = Config {
            name: format!("KV_{BUCKET}"),
            subjects: vec![format!("$KV.{BUCKET}.>")],
            max_messages_per_subject: 1,
            max_age: KEPT,
            discard: DiscardPolicy::New,
            allow_direct: true,
            allow_rollup: true,
            deny_delete: true,
            ..Config::default()
        };
        let made = context.get_or_create_stream(stream).await;
        made.context("the ledger cannot be made")?;
        let entries = context.get_key_value(BUCKET).await;
        Ok(Ledger {
            entries: entries.context("the ledger is no key-value store")?,
        })
    }

    /// The job with the recipients that are not settled.
    pub async fn unsettled(&self, mut job: Job) -> Result<Job> {
        let (settled, _) = self.read(&job).await?;
        job.recipients.retain(|one| !settled.contains(one));
        Ok(job)
    }

    pub async fn settle(&self, job: &Job, recipients: &[String]) -> Result<()> {
        if recipients.is_empty() {
            return Ok(());
        }
        self.change(job, |settled| settled.extend(recipients.iter().cloned()))
            .await
    }

    /// Removes the job's recipients, so that they are sent to again.
    pub async fn reopen(&self, job: &Job) -> Result<()> {
        self.change(job, |settled| {
            settled.retain(|one| !job.recipients.contains(one))
        })
        .await
    }

    async fn change(&self, job: &Job, change: impl Fn(&mut BTreeSet<String>)) -> Result<()> {
        loop {
            let (mut settled, revision) = self.read(job).await?;
            change(&mut settled);
            let value = serde_json::to_vec(&settled)?;
            match self.entries.update(job.key(), value.into(), revision).await {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => {}
                Err(error) => return Err(error).context("the ledger cannot be written"),
            }
        }
    }

    /// Also returns the entry's revision, which is 0 if there is none.
    async fn read(&self, job: &Job) -> Result<(BTreeSet<String>, u64)> {
        let entry = self
            .entries
            .entry(job.key())
            .await
            .context("the ledger cannot be read")?;
        match entry {
            Some(entry) => Ok((serde_json::from_slice(&entry.value)?, entry.revision)),
            None => Ok((BTreeSet::new(), 0)),
        }
    }
}
