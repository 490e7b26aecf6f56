//! Many instances in one process, at the same time.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use host_tests::{Grants, Host, Security};
use servers::crowd::Crowd;
use servers::report;

use crate::hunt;
use crate::support::*;

const INSTANCES: usize = 500;

#[test]
fn five_hundred_instances_deliver_at_the_same_time() {
    hunt::run_alone("many_instances::all_deliver", "hard");
}

#[test]
#[ignore = "run by the test above, in a process of its own"]
fn all_deliver() {
    deliver("the component", Host::shared());
    #[cfg(not(feature = "p3"))]
    if hunt::is_long() {
        deliver("the wide component", Host::wide());
    }
}

fn deliver(name: &str, host: &'static Host) {
    let began = Instant::now();
    // The first message is answered at once.
    let crowd = Crowd::start(INSTANCES - 1);
    let before = hunt::resident();
    let ready = Barrier::new(INSTANCES);
    let linear: Vec<usize> = thread::scope(|scope| {
        let port = crowd.sink().port();
        let ready = &ready;
        let all = (0..INSTANCES).map(|number| scope.spawn(move || send(host, port, number, ready)));
        let all: Vec<_> = all.collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let each = hunt::most_resident().saturating_sub(before) / INSTANCES / 1024;
    let mut subjects: Vec<_> = crowd
        .sink()
        .deliveries()
        .iter()
        .map(|d| d.message.clone())
        .collect();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), INSTANCES, "each once");
    assert!(crowd.seen().crowded, "{:?}", crowd.seen());
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
fn send(host: &'static Host, port: u16, number: usize, ready: &Barrier) -> usize {
    let instance = host.instance(Grants::all());
    let mailer = instance.mailer("127.0.0.1");
    mailer.set_port(port);
    mailer.set_security(Security::Plaintext);
    ready.wait();
    let message = format!("Subject: {number}\r\n\r\nHello\r\n");
    mailer.send(&to_b(), message.as_bytes()).unwrap();
    instance.memory()
}
