//! A mail job. In the queue, the message is the payload, and the envelope is in headers. Nothing is encoded, so
//! nothing grows, and every tool for NATS shows the content.

use std::str::FromStr;

use anyhow::{Context, Result, bail, ensure};
use async_nats::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

const ID: &str = "Mail-Id";
const SENDER: &str = "Mail-From";
const RECIPIENT: &str = "Mail-To";

#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// The Message-ID, which identifies duplicates.
    pub id: String,
    /// Empty for the null reverse-path.
    pub sender: String,
    /// Without duplicates.
    pub recipients: Vec<String>,
    pub message: Vec<u8>,
}

impl Job {
    pub fn new(sender: &str, recipients: &[String], message: Vec<u8>) -> Result<Job> {
        let id = message_id(&message).context(
            "the message has no Message-ID, by which doubles are known: add a line such as \
             `Message-ID: <4711@shop.example>` to its header, another for each message",
        )?;
        Job::with_id(id, sender.into(), recipients.iter().cloned(), message)
    }

    /// Reads a job from the queue's headers and payload.
    pub fn read(headers: Option<&HeaderMap>, message: &[u8]) -> Result<Job> {
        let headers = headers.context("the job has no headers")?;
        let one = |name| {
            let value = headers.get(name).map(|value| value.as_str().to_owned());
            value.with_context(|| format!("the job has no header {name}"))
        };
        let recipients = headers
            .get_all(RECIPIENT)
            .map(|value| value.as_str().to_owned());
        Job::with_id(one(ID)?, one(SENDER)?, recipients, message.into())
    }

    pub fn headers(&self) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        headers.insert(ID, value(&self.id)?);
        headers.insert(SENDER, value(&self.sender)?);
        for recipient in &self.recipients {
            headers.append(RECIPIENT, value(recipient)?);
        }
        Ok(headers)
    }

    /// The same job with these recipients only.
    pub fn only_for(&self, recipients: Vec<String>) -> Job {
        Job {
            recipients,
            ..self.clone()
        }
    }

    /// The message's key in the ledger. It is a digest, because a Message-ID may have characters that a key may
    /// not.
    pub fn key(&self) -> String {
        digest([&self.id])
    }

    /// The job's id in the queue. A message may be in several jobs, for different recipients.
    pub fn submission(&self) -> String {
        let mut parts = self.recipients.clone();
        parts.sort();
        parts.push(self.id.clone());
        digest(&parts)
    }

    fn with_id(
        id: String,
        sender: String,
        given: impl Iterator<Item = String>,
        message: Vec<u8>,
    ) -> Result<Job> {
        let mut recipients = Vec::new();
        for recipient in given {
            if !recipients.contains(&recipient) {
                recipients.push(recipient);
            }
        }
        ensure!(!recipients.is_empty(), "the job has no recipients");
        Ok(Job {
            id,
            sender,
            recipients,
            message,
        })
    }
}

/// Fails if the value has a line break.
fn value(text: &str) -> Result<HeaderValue> {
    match HeaderValue::from_str(text) {
        Ok(value) => Ok(value),
        Err(_) => bail!("{text:?} has a line break, which no address has"),
    }
}

fn digest(parts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_ref());
        // No part contains a line break.
        hasher.update(b"\n");
    }
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The Message-ID of a header. It may be on the line after its name (RFC 5322, section 2.2.3).
fn message_id(message: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(message);
    let mut header = text.lines().take_while(|line| !line.is_empty());
    let value = header.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("Message-ID")
            .then(|| value.trim())
    })?;
    let id = match value {
        "" => header
            .next()
            .filter(|line| line.starts_with([' ', '\t']))?
            .trim(),
        id => id,
    };
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(header: &str, recipients: &[&str]) -> Result<Job> {
        let recipients: Vec<_> = recipients.iter().map(|&to| to.to_owned()).collect();
        Job::new(
            "a@mail.test",
            &recipients,
            format!("{header}\r\n\r\nHello\r\n").into(),
        )
    }

    #[test]
    fn a_job_comes_out_of_the_queue_as_it_went_in() {
        let job = job(
            "Message-ID: <1@mail.test>",
            &["b@mail.test", "grün@mail.test"],
        )
        .unwrap();
        let read = Job::read(Some(&job.headers().unwrap()), &job.message).unwrap();
        assert_eq!(read, job);
    }

    #[test]
    fn the_message_id_is_found_wherever_the_header_has_it() {
        for header in [
            "message-id:<1@mail.test>",
            "Subject: x\r\nMessage-ID:\r\n <1@mail.test>\r\nTo: y",
        ] {
            assert_eq!(job(header, &["b@mail.test"]).unwrap().id, "<1@mail.test>");
        }
    }

    #[test]
    fn a_message_without_message_id_is_told_what_to_add() {
        let error = job(
            "Subject: x\r\n\r\nMessage-ID: <1@mail.test>",
            &["b@mail.test"],
        )
        .unwrap_err();
        assert!(error.to_string().contains("add a line"), "{error}");
    }

    #[test]
    fn the_same_message_for_others_is_another_submission_of_the_same_message() {
        let header = "Message-ID: <1@mail.test>";
        let both = job(header, &["b@mail.test", "c@mail.test", "b@mail.test"]).unwrap();
        let turned = job(header, &["c@mail.test", "b@mail.test"]).unwrap();
        let one = job(header, &["c@mail.test"]).unwrap();
        assert_eq!(both.submission(), turned.submission());
        assert_ne!(both.submission(), one.submission());
        assert_eq!(both.key(), one.key());
    }

    #[test]
    fn an_address_with_a_line_break_goes_nowhere() {
        let job = job(
            "Message-ID: <1@mail.test>",
            &["b@mail.test\r\nMail-To: c@mail.test"],
        )
        .unwrap();
        assert!(job.headers().is_err());
        assert!(Job::read(None, b"").is_err());
    }
}
