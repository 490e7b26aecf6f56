//! Many instances in one process, at the same time.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use host_tests::{Grants, Host, Security};
use servers::report;
use servers::scripted::Speaker;
use servers::sink::{ObservedLine, Sink};

use crate::process;
use crate::support::*;

const INSTANCES: usize = 500;

/// Shorter than a call may take.
const LIMIT: Duration = Duration::from_secs(100);

/// Fewer than a listener's queue takes: of more, the system forgets some on a busy machine.
const CONNECTING: usize = 50;

/// Holds each message back until all have come.
#[derive(Default)]
struct Gate {
    seen: Mutex<Seen>,
    changed: Condvar,
}

#[derive(Default)]
struct Seen {
    begun: usize,
    greeted: usize,
    messages: usize,
}

impl Gate {
    /// Before a call of `send`.
    fn begin(&self) {
        let is_full = |seen: &mut Seen| seen.begun >= seen.greeted + CONNECTING;
        let seen = self.changed.wait_while(self.seen.lock().unwrap(), is_full);
        seen.unwrap().begun += 1;
    }

    fn observe(&self, line: &ObservedLine) {
        if line.from == Speaker::Server {
            return;
        }
        let mut seen = self.seen.lock().unwrap();
        if line.text.starts_with("EHLO ") {
            seen.greeted += 1;
            self.changed.notify_all();
        } else if line.text.starts_with("(message, ") {
            seen.messages += 1;
            self.changed.notify_all();
            let too_few = |seen: &mut Seen| seen.messages < INSTANCES;
            let waited = self.changed.wait_timeout_while(seen, LIMIT, too_few);
            assert!(
                !waited.unwrap().1.timed_out(),
                "they do not come at the same time"
            );
        }
    }
}

#[test]
fn five_hundred_instances_deliver_at_the_same_time() {
    process::in_own_process(
        "many_instances::five_hundred_instances_deliver_at_the_same_time",
        "hard",
        all_deliver,
    );
}

fn all_deliver() {
    deliver("the component", Host::shared());
    #[cfg(not(feature = "p3"))]
    if servers::hunt::is_long() {
        deliver("the wide component", Host::wide());
    }
}

fn deliver(name: &str, host: &'static Host) {
    let began = Instant::now();
    let gate = Arc::<Gate>::default();
    let sink = Sink::open({
        let gate = gate.clone();
        move |line| gate.observe(&line)
    });
    let before = process::resident();
    let linear: Vec<usize> = thread::scope(|scope| {
        let (port, gate) = (sink.port(), &*gate);
        let all = (0..INSTANCES).map(|number| scope.spawn(move || send(host, port, number, gate)));
        let all: Vec<_> = all.collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let each = process::most_resident().saturating_sub(before) / INSTANCES / 1024;
    let mut messages: Vec<_> = sink
        .deliveries()
        .into_iter()
        .map(|one| one.message)
        .collect();
    messages.sort();
    messages.dedup();
    assert_eq!(messages.len(), INSTANCES, "each once");
    let most = linear.iter().max().unwrap() / 1024;
    report::measured(
        &format!("{INSTANCES} instances of {name} at once"),
        &format!(
            "all messages arrived; {most} KiB of linear memory each at most, {each} KiB of the process, \
             its threads and the server's included; {:.1} s",
            began.elapsed().as_secs_f32()
        ),
    );
}

/// Returns the octets of linear memory.
fn send(host: &'static Host, port: u16, number: usize, gate: &Gate) -> usize {
    let instance = host.instance(Grants::all());
    let mailer = instance.mailer("127.0.0.1");
    mailer.set_port(port);
    mailer.set_security(Security::Plaintext);
    gate.begin();
    let message = format!("Subject: {number}\r\n\r\nHello\r\n");
    mailer.send(&to_b(), message.as_bytes()).unwrap();
    instance.memory()
}
