//! Every fault of a server at every octet of good sessions: nothing traps or hangs, each error has the right
//! phase, nothing is lost or sent twice, and the same instance then sends a good message.
//!
//! The short form takes all cases of some sessions, and a sample of the others. ENVOI_HUNT=long takes all,
//! ENVOI_HUNT_SEED=N another sample, ENVOI_HUNT_CASE=START only the cases whose names begin so.

mod case;
mod expected;
mod gate;
mod places;
mod scenario;
mod tally;

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use host_tests::{Host, Protocol, Security};
use servers::report;

use case::{Came, Case, Wrong};
use gate::Gate;
use scenario::{CHUNK, Scenario, Tls, message};
use tally::Tally;

/// Cases at the same time. Most of them wait for a timeout.
const WORKERS: usize = 96;

/// Cases that are busy at the same time.
const BUSY: usize = 4;

/// The first timeout, and further ones if the machine is too slow for it.
const TIMEOUTS: [Duration; 4] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(16),
];

static SCENARIOS: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    let (tls, old_tls) = (Tls::new(), Tls::old());
    let (plain, implicit) = (Security::Plaintext, Security::ImplicitTls);
    let (smtp, lmtp) = (Protocol::Smtp, Protocol::Lmtp);
    let short = |count| (0..count).map(|number| message(number, 0)).collect();
    let two_chunks = vec![message(0, CHUNK + 1000)];
    vec![
        Scenario::new("data", (plain, smtp), &[], short(1), &tls),
        Scenario::new(
            "pipelined-data",
            (plain, smtp),
            &["PIPELINING"],
            short(1),
            &tls,
        ),
        Scenario::new("bdat", (plain, smtp), &["CHUNKING"], two_chunks, &tls),
        Scenario::new(
            "pipelined-bdat",
            (plain, smtp),
            &["CHUNKING", "PIPELINING"],
            short(1),
            &tls,
        ),
        Scenario::new("lmtp-data", (plain, lmtp), &[], short(1), &tls),
        Scenario::new(
            "lmtp-bdat",
            (plain, lmtp),
            &["CHUNKING", "PIPELINING"],
            short(1),
            &tls,
        ),
        Scenario::new(
            "three-messages",
            (plain, smtp),
            &["PIPELINING"],
            short(3),
            &tls,
        ),
        Scenario::new("implicit-tls", (implicit, smtp), &[], short(1), &tls),
        Scenario::new(
            "implicit-tls-1.2",
            (implicit, smtp),
            &[],
            short(1),
            &old_tls,
        ),
        Scenario::new(
            "starttls",
            (Security::Starttls, smtp),
            &["PIPELINING"],
            short(2),
            &tls,
        ),
        Scenario::new(
            "lmtp-implicit-tls",
            (implicit, lmtp),
            &["CHUNKING"],
            short(1),
            &tls,
        ),
        #[cfg(feature = "p3")]
        Scenario::new("pool", (plain, smtp), &["PIPELINING"], short(4), &tls).at_once(),
    ]
});

/// Runs a case, with longer timeouts if the machine was too slow for it.
fn run(case: &Case, host: &'static Host, gate: &Arc<Gate>) -> (Result<Came, String>, usize) {
    let mut timed_out = String::new();
    for (repeated, timeout) in TIMEOUTS.into_iter().enumerate() {
        let came = panic::catch_unwind(AssertUnwindSafe(|| case.run(host, gate, timeout)));
        match came {
            Ok(Ok(came)) => return (Ok(came), repeated),
            Ok(Err(Wrong::TimedOut(why))) => timed_out = why,
            Ok(Err(Wrong::Otherwise(why))) => return (Err(why), repeated),
            Err(_) => return (Err("it panicked; see above".into()), repeated),
        }
    }
    (Err(timed_out), TIMEOUTS.len())
}

/// Runs all cases, many at the same time.
fn run_all(cases: &[Case], host: &'static Host) -> Tally {
    let (gate, next) = (Gate::of(BUSY), AtomicUsize::new(0));
    let tally = Mutex::new(Tally::default());
    thread::scope(|scope| {
        for _ in 0..WORKERS.min(cases.len()) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (came, repeated) = run(case, host, &gate);
                    tally.lock().unwrap().add(case, came, repeated);
                }
            });
        }
    });
    tally.into_inner().unwrap()
}

fn hunt_in(name: &str, host: &'static Host) {
    let began = Instant::now();
    let cases = places::cases(&SCENARIOS, host);
    let tally = run_all(&cases, host);
    println!("{tally}");
    let seconds = began.elapsed().as_secs_f32();
    let what = format!("faults at every octet of good sessions, {name}");
    report::measured(&what, &format!("{}, {seconds:.0} s", tally.totals()));
    tally.assert_all_right();
}

#[test]
fn a_fault_at_any_octet_leaves_everything_in_order() {
    let path = host_tests::component_path();
    let name = path.file_name().unwrap().to_string_lossy();
    hunt_in(&name, Host::shared());
    #[cfg(not(feature = "p3"))]
    if servers::hunt::is_long() {
        hunt_in("envoi-wide.wasm", Host::wide());
    }
}
