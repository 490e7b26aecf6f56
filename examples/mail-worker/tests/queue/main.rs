//! The worker as its own processes, with Debian's nats-server for a queue and a mail server on
//! loopback, over TLS and with a password.

mod host;
mod kill;
mod letters;
mod mail;
mod nats;
mod outages;
mod wait;

use mail_worker::job::Job;

/// From ada to these, with a Message-ID of its own.
fn job(number: usize, recipients: &[String]) -> Job {
    let message = format!(
        "From: ada@mail.test\r\nMessage-ID: <{number}@mail.test>\r\nSubject: Message {number}\r\n\r\nHello\r\n"
    );
    Job::new("ada@mail.test", recipients, message.into()).expect("a message")
}
