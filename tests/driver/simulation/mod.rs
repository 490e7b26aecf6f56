//! Deterministic simulation: callers, the driver, a network and servers, of which chance decides all that it may.
//! What a seed does, it does again.
//!
//! ```text
//! seed -> callers (one mailer, or several tasks over a pool)
//!           |
//!         envoi                       as it is
//!           |
//!         network, links              lookup, refusal, silence, cuts, delays, closed or reset at any octet
//!           |
//!         server                      SMTP or LMTP, with extensions, refusals and faults of chance
//!           |
//!         ledger                      reported = delivered?
//! ```

mod calls;
mod ledger;
mod link;
mod mails;
mod network;
mod one_mailer;
mod one_pool;
mod plan;
mod scheduler;
mod seed;
mod server;
mod settings;
mod tally;
mod transaction;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use seed::run_seed;
use servers::{hunt, report};
use tally::Tally;

const SHORT: u64 = 10_000;
const LONG: u64 = 1_000_000;

/// Seeds that fail before the others are left alone.
const MOST_FAILURES: usize = 20;

/// `ENVOI_HUNT=long` runs more seeds, `ENVOI_HUNT_SEED=N` one alone, and prints its steps.
#[test]
fn whatever_happens_what_is_reported_of_a_message_is_true() {
    if let Some(seed) = hunt::chosen_seed() {
        let mut tally = Tally::default();
        run_seed(seed, true, &mut tally).unwrap_or_else(|what| panic!("seed {seed}: {what}"));
        return eprintln!("{tally}");
    }
    let begun = Instant::now();
    let (tally, failures) = run_seeds(hunt::amount(SHORT, LONG));
    assert!(
        failures.is_empty(),
        "{}the steps of one: ENVOI_HUNT_SEED=N cargo test --no-default-features --test driver simulation",
        failures.concat()
    );
    let seconds = begun.elapsed().as_secs();
    for outcome in [
        "accepted",
        "refused",
        "not sent",
        "may have been delivered",
        "given up",
    ] {
        assert!(tally.of(outcome) > 0, "no recipient is {outcome}: {tally}");
    }
    report::measured("the simulated driver", &format!("{tally}; {seconds} s"));
}

/// Runs each seed below `count`, on all cores.
fn run_seeds(count: u64) -> (Tally, Vec<String>) {
    let (begun, next) = (Instant::now(), AtomicU64::new(0));
    let (total, failures) = (Mutex::<Tally>::default(), Mutex::new(Vec::new()));
    let work = || {
        let mut tally = Tally::default();
        while failures.lock().unwrap().len() < MOST_FAILURES {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= count {
                break;
            }
            if seed % 50_000 == 0 && seed > 0 {
                eprintln!("{seed} seeds, {} s", begun.elapsed().as_secs());
            }
            let run = AssertUnwindSafe(|| run_seed(seed, false, &mut tally));
            let result = catch_unwind(run).unwrap_or_else(|_| Err("it panics".into()));
            if let Err(what) = result {
                let failure = format!("seed {seed}: {what}\n");
                // Whoever ends a long run early has seen it.
                eprint!("{failure}");
                failures.lock().unwrap().push(failure);
            }
        }
        total.lock().unwrap().add(tally);
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    (total.into_inner().unwrap(), failures.into_inner().unwrap())
}
