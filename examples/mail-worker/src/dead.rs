//! Dead letters: jobs for recipients that the server refused permanently, or for too long. A dead letter is
//! the job with these recipients only, and the server's reply to each.

use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::RawMessageErrorKind;
use async_nats::{HeaderMap, HeaderValue};
use time::format_description::well_known::Rfc3339;

use crate::handler::Verdict;
use crate::job::Job;
use crate::queue::{Queue, dead_subject, server_of};

const REPLY: &str = "Mail-Reply";

/// The longest reply, in octets, with the header's name: a dead letter must fit where the job fitted.
pub const LONGEST_REPLY: usize = 512;

/// Stores a dead letter. `number` is the job's number in its stream, so that a repeated call stores nothing
/// twice.
pub async fn bury(
    queue: &Queue,
    server: &str,
    job: &Job,
    dead: &[Verdict],
    number: u64,
) -> Result<()> {
    let recipients = dead.iter().map(|verdict| verdict.recipient.clone());
    let job = job.only_for(recipients.collect());
    let mut headers = job.headers()?;
    for verdict in dead {
        headers.append(REPLY, one_line(&verdict.reply));
    }
    let id = format!("{}-{number}", job.submission());
    queue.bury(server, headers, &job.message, id).await
}

/// Stores an entry of the queue that is not a job.
pub async fn bury_unreadable(
    queue: &Queue,
    server: &str,
    payload: &[u8],
    number: u64,
    fault: &anyhow::Error,
) -> Result<()> {
    let mut headers = HeaderMap::new();
    headers.insert(REPLY, one_line(&format!("no job: {fault:#}")));
    let id = format!("unreadable-{number}");
    queue.bury(server, headers, payload, id).await
}

/// A dead letter, for people.
pub struct DeadLetter {
    pub number: u64,
    pub server: String,
    /// The time at which it was stored, in UTC.
    pub since: String,
    /// None if it is not a job.
    pub job: Option<Job>,
    pub replies: Vec<String>,
}

impl DeadLetter {
    fn read(message: &StreamMessage) -> DeadLetter {
        let since = message.time.truncate_to_second();
        let replies = message.headers.get_all(REPLY);
        DeadLetter {
            number: message.sequence,
            server: server_of(&message.subject).into(),
            since: since.format(&Rfc3339).unwrap_or_default(),
            job: Job::read(Some(&message.headers), &message.payload).ok(),
            replies: replies.map(|reply| reply.as_str().into()).collect(),
        }
    }
}

/// All dead letters, the oldest first.
pub async fn list(queue: &Queue) -> Result<Vec<DeadLetter>> {
    let mut letters = Vec::new();
    let mut from = 0;
    loop {
        let next = queue.dead.raw_message_builder().sequence(from);
        match next.next_by_subject(dead_subject("*")).send().await {
            Ok(message) => {
                from = message.sequence + 1;
                letters.push(DeadLetter::read(&message));
            }
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => {
                return Ok(letters);
            }
            Err(error) => return Err(error).context("the dead letters cannot be read"),
        }
    }
}

/// Puts dead letters back into the queue as jobs.
pub async fn put_back(queue: &Queue, letters: &[DeadLetter]) -> Result<()> {
    for letter in letters {
        let number = letter.number;
        let job = letter.job.as_ref();
        let job = job.with_context(|| format!("dead letter {number} is no job to put back"))?;
        queue.ledger.reopen(job).await?;
        queue.put_back(&letter.server, job, number).await?;
        let removed = queue.dead.delete_message(number).await;
        removed.with_context(|| {
            format!("dead letter {number} is in the queue again, and cannot be removed")
        })?;
    }
    Ok(())
}

/// The dead letters with these numbers; all of them if there are no numbers.
pub fn chosen(letters: Vec<DeadLetter>, numbers: &[u64]) -> Result<Vec<DeadLetter>> {
    for number in numbers {
        let there = letters.iter().any(|letter| letter.number == *number);
        ensure!(
            there,
            "there is no dead letter {number}: `mail-worker dead` lists them"
        );
    }
    let all = numbers.is_empty();
    let chosen = |letter: &DeadLetter| all || numbers.contains(&letter.number);
    Ok(letters.into_iter().filter(chosen).collect())
}

pub fn show(letter: &DeadLetter) {
    let DeadLetter {
        number,
        server,
        since,
        job,
        replies,
    } = letter;
    match job {
        Some(job) => {
            println!(
                "{number}  {} from <{}> by {server}, dead since {since}",
                job.id, job.sender
            );
            for (recipient, reply) in job.recipients.iter().zip(replies) {
                println!("    <{recipient}>: {reply}");
            }
        }
        None => println!(
            "{number}  by {server}, dead since {since}: {}",
            replies.join("; ")
        ),
    }
}

/// Replaces control characters of a server's words, for terminals and headers.
fn one_line(text: &str) -> HeaderValue {
    let mut printable = text.replace(char::is_control, " ");
    printable.truncate(printable.floor_char_boundary(LONGEST_REPLY - 16));
    HeaderValue::from_str(&printable).expect("no line break is left")
}
