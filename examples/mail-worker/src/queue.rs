//! The queue: two streams of NATS JetStream. `MAIL` is a work queue, which removes acknowledged jobs. Each mail
//! server has its own subject, and a consumer that all hosts share, so that a slow or limited server does not
//! delay jobs of another. `MAIL_DEAD` has the dead letters.
//!
//! A host acknowledges a job, or reports progress, within `ack_wait`, however long a server takes. So the jobs of
//! a dead host reach another one after that time. A job is given up by its age, because the number of its
//! deliveries means nothing (hosts may be restarted often): `max_deliver` is unlimited. `max_ack_pending` is
//! unlimited too: it also counts jobs that wait for their next attempt, and a thousand of these stop the queue.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, RetentionPolicy, Stream};
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions, HeaderMap, ServerAddr};
use percent_encoding::percent_decode_str;

use crate::dead;
use crate::job::Job;
use crate::ledger::Ledger;

/// The time in which the queue itself refuses a second submission of a job. The ledger finds later ones.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(2 * 3600);

/// The maximum of hosts times jobs at once.
const MOST_WAITING: i64 = 4096;

/// The octets that NATS adds to a message's headers.
const OTHERS: usize = 200;

pub struct Queue {
    pub client: Client,
    pub jobs: Stream,
    pub dead: Stream,
    pub ledger: Ledger,
    context: Context,
}

impl Queue {
    /// Creates missing streams. It does not change existing ones, so an operator may set replicas, for example.
    pub async fn open(url: &str) -> Result<Queue> {
        let client = options(url).connect(url).await;
        // Without the URL's user and password.
        let url = url.rsplit('@').next().unwrap_or(url);
        let client = client.with_context(|| {
            format!(
                "no connection to NATS at {url}: start a server (`nats-server -js -a 127.0.0.1`), or \
                 name one (--nats, NATS_URL)"
            )
        })?;
        let context = jetstream::new(client.clone());
        let jobs = Config {
            name: "MAIL".into(),
            subjects: vec![job_subject("*")],
            retention: RetentionPolicy::WorkQueue,
            duplicate_window: DUPLICATE_WINDOW,
            ..Config::default()
        };
        let dead = Config {
            name: "MAIL_DEAD".into(),
            subjects: vec![dead_subject("*")],
            duplicate_window: DUPLICATE_WINDOW,
            ..Config::default()
        };
        let hint =
            || format!("{url} keeps no streams: start it with JetStream (`nats-server -js`)");
        let made = context.get_or_create_stream(jobs).await;
        let jobs = made.with_context(hint)?;
        let made = context.get_or_create_stream(dead).await;
        let dead = made.with_context(hint)?;
        let ledger = Ledger::open(&context).await?;
        Ok(Queue {
            client,
            jobs,
            dead,
            ledger,
            context,
        })
    }

    /// The consumer of a server's jobs, which gives each job to one host.
    pub async fn consumer(&self, server: &str, ack_wait: Duration) -> Result<PullConsumer> {
        let config = pull::Config {
            durable_name: Some(consumer_name(server)),
            filter_subject: job_subject(server),
            ack_policy: AckPolicy::Explicit,
            ack_wait,
            max_deliver: -1,
            max_ack_pending: -1,
            max_waiting: MOST_WAITING,
            ..pull::Config::default()
        };
        let consumer = self.jobs.create_consumer(config).await;
        consumer.with_context(|| format!("the queue makes no consumer for {server}"))
    }

    /// Returns whether the job is new, or was submitted before.
    pub async fn submit(&self, server: &str, job: &Job) -> Result<bool> {
        let headers = job.headers()?;
        let room = OTHERS + job.recipients.len() * dead::LONGEST_REPLY;
        let size = job.message.len() + size(&headers) + room;
        let limit = self.client.server_info().max_payload;
        ensure!(
            size <= limit,
            "the message is too large: with its envelope, and room for the replies to it, it has \
             {size} octets, and NATS takes {limit}: raise its max_payload (64MB at most)"
        );
        let subject = job_subject(server);
        self.publish(subject, headers, &job.message, job.submission())
            .await
    }

    /// Puts a dead letter back as a job. Its number distinguishes it from the first submission.
    pub async fn put_back(&self, server: &str, job: &Job, number: u64) -> Result<()> {
        let (subject, headers) = (job_subject(server), job.headers()?);
        let id = format!("{}-{number}", job.submission());
        let published = self.publish(subject, headers, &job.message, id).await;
        published.map(drop)
    }

    /// Stores a dead letter, only once for the same `id`.
    pub async fn bury(
        &self,
        server: &str,
        headers: HeaderMap,
        message: &[u8],
        id: String,
    ) -> Result<()> {
        let subject = dead_subject(server);
        self.publish(subject, headers, message, id).await.map(drop)
    }

    async fn publish(
        &self,
        subject: String,
        headers: HeaderMap,
        message: &[u8],
        id: String,
    ) -> Result<bool> {
        let message = PublishMessage::build()
            .payload(message.to_vec().into())
            .headers(headers)
            .message_id(id);
        let sent = self.context.send_publish(subject, message).await;
        let stored = sent.context("the queue cannot be reached")?.await;
        Ok(!stored.context("the queue did not take it")?.duplicate)
    }
}

/// The connection options with the URL's user and password, or token: async-nats does not read these itself.
fn options(url: &str) -> ConnectOptions {
    let options = ConnectOptions::new().name("mail-worker");
    // The connection reports errors in the URL.
    let Ok(address) = url.parse::<ServerAddr>() else {
        return options;
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    match (address.username(), address.password()) {
        (Some(user), Some(password)) => options.user_and_password(decoded(user), decoded(password)),
        (Some(token), None) => options.token(decoded(token)),
        _ => options,
    }
}

/// The size in octets.
fn size(headers: &HeaderMap) -> usize {
    const PUNCTUATION: usize = ": \r\n".len();
    let lines = headers.iter().flat_map(|(name, values)| {
        let name = name.to_string().len() + PUNCTUATION;
        values.iter().map(move |value| name + value.as_str().len())
    });
    lines.sum()
}

pub fn job_subject(server: &str) -> String {
    format!("mail.jobs.{server}")
}

pub fn dead_subject(server: &str) -> String {
    format!("mail.dead.{server}")
}

pub fn consumer_name(server: &str) -> String {
    format!("workers-{server}")
}

/// The server's name in a subject such as `mail.jobs.default`.
pub fn server_of(subject: &str) -> &str {
    subject.rsplit('.').next().unwrap_or(subject)
}
