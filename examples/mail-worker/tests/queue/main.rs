//! Runs the worker as processes, with Debian's nats-server as the queue, and a mail server on loopback with TLS and
//! a password.

mod host;
mod jobs;
mod kill;
mod mail;
mod nats;
mod outages;
mod wait;

use mail_worker::job::Job;

/// A job from ada to these recipients, with its own Message-ID.
fn job(number: usize, recipients: &[String]) -> Job {
    let message = format!(
        "From: ada@mail.test\r\nMessage-ID: <{number}@mail.test>\r\nSubject: Message {number}\r\n\r\nHello\r\n"
    );
    Job::new("ada@mail.test", recipients, message.into()).expect("a message")
}
