//! Very many messages through one instance, whose server often closes and sometimes fails: nothing grows.

use std::time::Instant;

use host_tests::{
    Error, Grants, Host, Instance, Mailer, Outcome, OutgoingMessage, Receipt, Security,
};
use servers::authority::Authority;
use servers::hunt;
use servers::report;
use servers::tally::{Mishap, Tally};

use crate::compose::address;
use crate::process;
use crate::support::*;
use crate::tls::LOOPBACK;

/// The allocator may grow by one page.
const ALLOWED_LINEAR: usize = 64 * 1024;
/// What the allocator of this process may take anew. A message that leaves 100 octets behind takes 5 MB of the
/// long form.
const ALLOWED_RESIDENT: usize = 4 << 20;

/// How the messages go, by turns.
const WAYS: usize = 6;

#[test]
fn memory_and_handles_stay_the_same_over_many_messages() {
    process::in_own_process(
        "soak::memory_and_handles_stay_the_same_over_many_messages",
        "hard",
        many_messages,
    );
}

fn many_messages() {
    let messages = hunt::amount(3_000, 100_000);
    soak("the component", Host::shared(), messages);
    #[cfg(not(feature = "p3"))]
    if hunt::is_long() {
        soak("the wide component", Host::wide(), messages);
    }
}

fn soak(name: &str, host: &'static Host, messages: usize) {
    let began = Instant::now();
    let authority = Authority::new();
    let tls = authority.issue(LOOPBACK).server_config();
    let servers = [None, Some(tls)].map(|tls| Tally::start(messages, tls, fate));
    let instance = host.instance(Grants::all());
    let mailers = [
        mailer(&instance, &servers[0], None),
        mailer(&instance, &servers[1], Some(&authority)),
    ];
    let mut said = vec![Said::NotSent; messages];
    let (first, second) = said.split_at_mut(messages / 2);
    send(&instance, &mailers, first, 0);
    let half = Figures::of(&instance, &mailers);
    send(&instance, &mailers, second, messages / 2);
    let end = Figures::of(&instance, &mailers);
    let counts = compare(&said, &servers);
    half.assert_still(&end);
    let connections = servers.iter().map(Tally::connections).sum::<usize>();
    report::measured(
        &format!("soak of {name}"),
        &format!(
            "{messages} messages over {connections} connections, {counts}; at half {half:?}, at the end \
             {end:?}; {:.1} s",
            began.elapsed().as_secs_f32()
        ),
    );
}

/// Each fifth transaction meets something.
fn fate(transaction: usize) -> Mishap {
    match transaction % 40 {
        4 => Mishap::CloseAfter,
        9 => Mishap::RefusedRecipient,
        14 => Mishap::Unavailable,
        19 => Mishap::RefusedContent,
        24 => Mishap::CloseAtRecipient,
        29 => Mishap::Lost,
        34 => Mishap::Garbage,
        39 => Mishap::Unanswered,
        _ => Mishap::None,
    }
}

fn mailer<'a>(instance: &'a Instance, server: &Tally, tls: Option<&Authority>) -> Mailer<'a> {
    let mailer = instance.mailer("127.0.0.1");
    mailer.set_port(server.port());
    mailer.set_password("ada", "sesame");
    mailer.set_transcript_lines(100);
    match tls {
        None => mailer.set_security(Security::Plaintext),
        Some(authority) => mailer.add_trust_anchors(authority.der()).unwrap(),
    }
    mailer
}

/// What envoi says of a message.
#[derive(Clone, Copy, PartialEq)]
enum Said {
    Sent,
    NotSent,
    MayHaveBeenDelivered,
}

fn send(instance: &Instance, mailers: &[Mailer; 2], said: &mut [Said], first: usize) {
    for (place, said) in said.iter_mut().enumerate() {
        let number = first + place;
        let result = send_one(instance, server_of(mailers, number), number);
        *said = match result {
            Ok(receipt) if !receipt.accepted.is_empty() => Said::Sent,
            Ok(receipt) if !receipt.unknown.is_empty() => Said::MayHaveBeenDelivered,
            Ok(_) => Said::NotSent,
            Err(error) => match instance.explain(&error).outcome {
                Outcome::NotSent => Said::NotSent,
                Outcome::MayHaveBeenDelivered => Said::MayHaveBeenDelivered,
            },
        };
    }
}

/// Ten messages to the one server, ten to the other.
fn server_of<T>(servers: &[T; 2], number: usize) -> &T {
    &servers[number / 10 % 2]
}

fn send_one(instance: &Instance, mailer: &Mailer, number: usize) -> Result<Receipt, Error> {
    let message = format!("Subject: {number}\r\n\r\n.Hello\r\n").into_bytes();
    match number % WAYS {
        0 => {
            let envelope = to_b();
            mailer
                .send_all(&[OutgoingMessage { envelope, message }])
                .remove(0)
        }
        1 => {
            let pieces = mailer.start_message(&to_b())?;
            message
                .chunks(9)
                .try_for_each(|piece| pieces.write(piece))?;
            pieces.finish()
        }
        2 => {
            let session = mailer.connect()?;
            let receipt = session.send(&to_b(), &message);
            // The server may have closed.
            let _ = session.quit();
            receipt
        }
        3 => {
            let draft = instance.draft();
            draft.set_from(&[address(None, "a@mail.test")]).unwrap();
            draft.set_to(&[address(None, "b@mail.test")]).unwrap();
            draft.set_subject(&number.to_string()).unwrap();
            draft.set_text("Hello");
            mailer.send_draft(&draft)
        }
        4 => {
            let lines = mailer.take_transcript();
            assert!(lines.len() <= 100, "{} lines", lines.len());
            mailer.send(&to_b(), &message)
        }
        _ => mailer.send(&to_b(), &message),
    }
}

/// What envoi says is what the servers have seen.
fn compare(said: &[Said], servers: &[Tally; 2]) -> String {
    for (number, said) in said.iter().enumerate() {
        let arrived = server_of(servers, number).arrived(number);
        let is_right = match said {
            Said::Sent => arrived == 1,
            Said::NotSent => arrived == 0,
            Said::MayHaveBeenDelivered => arrived <= 1,
        };
        assert!(is_right, "message {number} has arrived {arrived} times");
    }
    let count = |wanted| said.iter().filter(|said| **said == wanted).count();
    let (sent, unknown) = (count(Said::Sent), count(Said::MayHaveBeenDelivered));
    assert!(
        sent > said.len() / 2 && unknown > 0,
        "{sent} sent, {unknown} unknown"
    );
    format!("{sent} accepted, {unknown} perhaps delivered")
}

#[derive(Debug)]
struct Figures {
    linear_memory: usize,
    handles: usize,
    files: usize,
    resident: usize,
}

impl Figures {
    fn of(instance: &Instance, mailers: &[Mailer; 2]) -> Figures {
        mailers.iter().for_each(Mailer::close);
        Figures {
            linear_memory: instance.memory(),
            handles: instance.handles(),
            files: process::open_files(),
            resident: process::resident(),
        }
    }

    fn assert_still(&self, end: &Figures) {
        let linear = end.linear_memory - self.linear_memory;
        assert!(linear <= ALLOWED_LINEAR, "{linear} octets of linear memory");
        assert_eq!(self.handles, end.handles);
        // A session of a server may end a little later.
        assert!(end.files <= self.files + 4, "{self:?} {end:?}");
        assert!(
            end.resident <= self.resident + ALLOWED_RESIDENT,
            "{self:?} {end:?}"
        );
    }
}
