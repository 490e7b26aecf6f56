//! Loss and duplication: messages through Postfix and Exim while the server is killed, suspended and ended, while its disk
//! is full, and while connections break at any octet.
//!
//! At the end, the mailbox has each message that was reported accepted, once, and none that was reported refused or not
//! sent. What "may have been delivered" is not sent again: it is there once or not at all.

mod gate;
mod ledger;
mod link;
mod plan;

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, MutexGuard};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};
use std::vec::IntoIter;

use host_tests::{
    Envelope, Error, Grants, Host, Instance, Mailer, OutgoingMessage, PipeliningAfterMessage,
    Receipt, Security, Timeout,
};
use servers::authority::Authority;
use servers::hunt;
use servers::real::{Kind, RealServer};
use servers::report;

use crate::server_under_test::to;
use gate::Gate;
use ledger::{Counts, Ledger};
use link::Link;
use plan::{Fault, Job, Message};

/// Of each server.
const MESSAGES: (usize, usize) = (250, 10_000);
/// Messages from one fault of the server to the next.
const EVERY: (usize, usize) = (30, 40);

/// Instances of the component, and calls at the same time in each.
const INSTANCES: usize = if cfg!(feature = "p3") { 2 } else { 4 };
const CALLS: usize = if cfg!(feature = "p3") { 3 } else { 1 };

/// Of everything that the component waits for. Some suspensions of the server are longer, most are not.
const LIMIT: Duration = Duration::from_millis(1_500);

/// Room for some of the messages. Postfix refuses all if fewer than 45 MiB are free: one and a half times its limit.
const DISK: usize = 64 << 20;

/// Failed deliveries are tried again soon, a queue id is used once, and a transaction has four recipients at most.
const POSTFIX: &str = "debug_peer_list =
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
enable_long_queue_ids = yes
smtpd_recipient_limit = 4";

#[test]
fn postfix_gets_each_message_once_whatever_happens() {
    hunt_with(Kind::Postfix, POSTFIX);
}

#[test]
fn exim_gets_each_message_once_whatever_happens() {
    hunt_with(Kind::Exim, "");
}

fn hunt_with(kind: Kind, settings: &str) {
    let authority = Authority::new();
    let identity = authority.issue(&["localhost"]);
    let Ok(mut server) = RealServer::start_if_available_with(kind, &identity, settings) else {
        return;
    };
    server.limit_queue(DISK).unwrap();
    let (begun, seed) = (Instant::now(), hunt::seed());
    let hunt = Hunt::new(&server, &authority, seed);
    let faults = hunt.run(&mut server);
    let emptied = server.empty_queue();
    emptied.unwrap_or_else(|error| panic!("ENVOI_HUNT_SEED={seed}: {error}"));
    let counts = hunt.ledger().check(kind, seed, &server.inbox());
    let counts = counts.unwrap_or_else(|found| {
        let log = found.in_log(&server.log());
        panic!("{kind}, ENVOI_HUNT_SEED={seed}: {found}; the log says of it:\n{log}")
    });
    hunt.report(&server, &faults, &counts, begun.elapsed());
    let recipients = counts.accepted + counts.absent + counts.uncertain;
    assert!(
        counts.accepted * 4 > recipients,
        "few were accepted: see the report"
    );
}

struct Hunt {
    seed: u64,
    messages: usize,
    jobs: Mutex<IntoIter<Job>>,
    ledger: Mutex<Ledger>,
    gate: Gate,
    /// To the server's two ports.
    links: [Link; 2],
    authority: String,
}

impl Hunt {
    fn new(server: &RealServer, authority: &Authority, seed: u64) -> Hunt {
        let messages = hunt::amount(MESSAGES.0, MESSAGES.1);
        Hunt {
            seed,
            messages,
            jobs: Mutex::new(plan::jobs(seed, messages).into_iter()),
            ledger: Mutex::default(),
            gate: Gate::default(),
            links: [
                Link::to(server.port, seed),
                Link::to(server.tls_port, !seed),
            ],
            authority: authority.pem(),
        }
    }

    /// Sends all messages while the server has its faults; returns how many of each.
    fn run(&self, server: &mut RealServer) -> Vec<(Fault, usize)> {
        thread::scope(|scope| {
            let (done, told) = mpsc::channel();
            for number in 0..INSTANCES {
                let done = done.clone();
                scope.spawn(move || self.send_from_instance(number, &done));
            }
            drop(done);
            self.inflict(server, &told)
        })
    }

    fn inflict(&self, server: &mut RealServer, told: &Receiver<()>) -> Vec<(Fault, usize)> {
        let mut done = 0;
        let mut counts = Fault::ALL.map(|fault| (fault, 0));
        for due in plan::faults(self.seed, self.messages, hunt::amount(EVERY.0, EVERY.1)) {
            while done < due.after && told.recv().is_ok() {
                done += 1;
            }
            let closed = self.gate.close();
            let begun = inflict(server, due.fault);
            // Not to wait for something, but for as long as the plan says.
            let undone = begun.and_then(|()| {
                thread::sleep(due.length);
                undo(server, due.fault)
            });
            undone.unwrap();
            drop(closed);
            counts[due.fault as usize].1 += 1;
        }
        told.iter().for_each(drop);
        counts.to_vec()
    }

    fn send_from_instance(&self, number: usize, done: &Sender<()>) {
        let instance = Host::shared().instance(Grants::all());
        let mailer = self.mailer(&instance, number);
        thread::scope(|scope: &Scope| {
            for _ in 0..CALLS {
                let (done, mailer, instance) = (done.clone(), &mailer, &instance);
                scope.spawn(move || self.send(instance, mailer, &done));
            }
        });
    }

    /// Each instance has its own way.
    fn mailer<'a>(&self, instance: &'a Instance, number: usize) -> Mailer<'a> {
        let mailer = instance.mailer("localhost");
        let (security, link) = match number {
            1 => (Security::Starttls, &self.links[0]),
            3 => (Security::ImplicitTls, &self.links[1]),
            _ => (Security::Plaintext, &self.links[0]),
        };
        mailer.set_security(security);
        mailer.set_port(link.port);
        mailer.set_bundled_roots(false);
        mailer.add_trust_anchors(self.authority.as_bytes()).unwrap();
        if number != 0 {
            mailer.set_pipelining_after_message(PipeliningAfterMessage::Always);
        }
        mailer.set_content_pipelining(number == 2);
        mailer.set_chunking(number != 3);
        for timeout in [
            Timeout::Connect,
            Timeout::Tls,
            Timeout::Greeting,
            Timeout::Command,
            Timeout::Data,
            Timeout::Block,
            Timeout::Acceptance,
        ] {
            mailer.set_timeout(timeout, LIMIT);
        }
        #[cfg(feature = "p3")]
        mailer.set_connections(3);
        mailer
    }

    /// Sends messages until none is left. After a failure, it waits for the end of the server's fault.
    fn send(&self, instance: &Instance, mailer: &Mailer, done: &Sender<()>) {
        while let Some(job) = self.next() {
            let (messages, outcomes) = self.call(mailer, job);
            let mut complete = true;
            for (message, outcome) in messages.iter().zip(outcomes) {
                complete &= self.ledger().note(instance, message, outcome);
                done.send(()).expect("the faults last until the end");
            }
            if !complete {
                self.gate.wait();
            }
        }
    }

    fn next(&self) -> Option<Job> {
        self.jobs.lock().unwrap().next()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    fn call(&self, mailer: &Mailer, job: Job) -> (Vec<Message>, Vec<Result<Receipt, Error>>) {
        let message = |number| Message::new(self.seed, number);
        match job {
            Job::Send(number) => {
                let message = message(number);
                let outcome = mailer.send(&envelope(&message), &message.content);
                (vec![message], vec![outcome])
            }
            Job::SendAll(numbers) => {
                let messages: Vec<Message> = numbers.map(message).collect();
                let letters: Vec<OutgoingMessage> = messages.iter().map(letter).collect();
                let outcomes = mailer.send_all(&letters);
                assert_eq!(outcomes.len(), messages.len());
                (messages, outcomes)
            }
            Job::Pieces(number, octets) => {
                let message = message(number);
                let outcome = in_pieces(mailer, &message, octets);
                (vec![message], vec![outcome])
            }
        }
    }

    fn report(
        &self,
        server: &RealServer,
        faults: &[(Fault, usize)],
        counts: &Counts,
        time: Duration,
    ) {
        let [plain, tls] = [&self.links[0], &self.links[1]].map(Link::counts);
        let faults: Vec<String> = faults
            .iter()
            .map(|(fault, count)| format!("{count} {fault:?}"))
            .collect();
        let kind = server.kind;
        report::measured(
            &format!("loss and duplication, {kind}"),
            &format!(
                "{} messages, seed {}; {}; {} of {} connections broken; recipients: {} accepted, all there once; {} refused \
                 or not sent, none there; {} may have been delivered, {} of them there; {} further copies by the server \
                 itself; {:.0} s",
                self.messages,
                self.seed,
                faults.join(", "),
                plain.1 + tls.1,
                plain.0 + tls.0,
                counts.accepted,
                counts.absent,
                counts.uncertain,
                counts.uncertain_arrived,
                counts.copied_by_server,
                time.as_secs_f64()
            ),
        );
    }
}

fn inflict(server: &mut RealServer, fault: Fault) -> Result<(), String> {
    match fault {
        Fault::Kill => server.kill(),
        Fault::Suspend => server.suspend(),
        Fault::Restart => server.end(),
        Fault::FullDisk => server.fill_queue(),
    }
}

fn undo(server: &mut RealServer, fault: Fault) -> Result<(), String> {
    match fault {
        Fault::Kill | Fault::Restart => server.start_again(),
        Fault::Suspend => server.resume(),
        Fault::FullDisk => server.free_queue(),
    }
}

fn envelope(message: &Message) -> Envelope {
    let recipients: Vec<&str> = message.recipients.iter().map(String::as_str).collect();
    to(&recipients)
}

fn letter(message: &Message) -> OutgoingMessage {
    OutgoingMessage {
        envelope: envelope(message),
        message: message.content.clone(),
    }
}

/// What the server refused before the content is refused in the receipt too.
fn in_pieces(mailer: &Mailer, message: &Message, octets: usize) -> Result<Receipt, Error> {
    let writer = mailer.start_message(&envelope(message))?;
    for piece in message.content.chunks(octets) {
        writer.write(piece)?;
    }
    writer.finish()
}
