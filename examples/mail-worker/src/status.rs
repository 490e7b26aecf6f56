//! Counts the jobs that wait, that are being sent, and that are dead, for each mail server.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use async_nats::jetstream::stream::Stream;
use futures_util::TryStreamExt;

use crate::queue::{Queue, consumer_name, dead_subject, job_subject, server_of};

#[derive(Default)]
pub struct Status {
    /// The server's jobs in the queue. A finished job is removed.
    pub jobs: usize,
    /// Of these, the jobs that a host has or that wait for another attempt. None if no host has ever asked for
    /// this server's jobs.
    pub taken: Option<usize>,
    pub dead: usize,
}

pub async fn status(queue: &Queue) -> Result<BTreeMap<String, Status>> {
    let mut servers: BTreeMap<String, Status> = BTreeMap::new();
    for (subject, jobs) in count(&queue.jobs, &job_subject("*")).await? {
        let server = server_of(&subject);
        let taken = queue.jobs.consumer_info(consumer_name(server)).await;
        let status = servers.entry(server.into()).or_default();
        status.jobs = jobs;
        status.taken = taken.ok().map(|consumer| consumer.num_ack_pending);
    }
    for (subject, dead) in count(&queue.dead, &dead_subject("*")).await? {
        servers.entry(server_of(&subject).into()).or_default().dead = dead;
    }
    Ok(servers)
}

pub fn show(servers: &BTreeMap<String, Status>) {
    println!(
        "{:<16} {:>8} {:>8} {:>8}",
        "server", "waiting", "taken", "dead"
    );
    for (server, Status { jobs, taken, dead }) in servers {
        let waiting = jobs.saturating_sub(taken.unwrap_or_default());
        let taken = match taken {
            Some(taken) => taken.to_string(),
            None if *jobs == 0 => "0".into(),
            None => "no host".into(),
        };
        println!("{server:<16} {waiting:>8} {taken:>8} {dead:>8}");
    }
}

async fn count(stream: &Stream, subjects: &str) -> Result<HashMap<String, usize>> {
    let info = stream.info_with_subjects(subjects).await?;
    Ok(info.try_collect().await?)
}
