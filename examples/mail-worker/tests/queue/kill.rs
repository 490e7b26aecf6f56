//! Kills one of two hosts in the middle: no job is lost.
//!
//! `cargo xtask example mail-worker` shows this with 5,000 jobs; the tests use fewer.

use std::collections::BTreeSet;
use std::env;
use std::sync::Mutex;
use std::time::Instant;

use futures_util::{StreamExt, stream};
use mail_worker::queue::Queue;
use mail_worker::relay::DEFAULT;
use mail_worker::{dead, status};

use crate::host::{AT_ONCE, Host};
use crate::job;
use crate::mail::Mail;
use crate::nats::Nats;

const FEW: usize = 300;

#[test]
fn no_job_is_lost_if_a_host_is_killed() {
    let Some(nats) = Nats::start() else { return };
    let jobs = env::var("MAIL_WORKER_JOBS")
        .ok()
        .and_then(|jobs| jobs.parse().ok())
        .unwrap_or(FEW);
    let mail = Mail::start(refusal());
    let (runtime, queue) = nats.queue();
    runtime.block_on(submit(&queue, jobs));

    let started = Instant::now();
    let mut doomed = Host::start(&nats, &mail);
    let other = Host::start(&nats, &mail);
    progress(jobs, &mail, || mail.taken() >= jobs / 2);
    doomed.kill();
    println!("one host killed, after {} messages", mail.taken());
    progress(jobs, &mail, || runtime.block_on(left(&queue)) == 0);
    let took = started.elapsed().as_secs_f64();

    let copies = mail.copies();
    let dead = runtime.block_on(dead_letters(&queue));
    let doubles = copies.values().sum::<usize>() - copies.len();
    println!(
        "{jobs} jobs in {took:.1} s, {:.0} a second, by two hosts until half was done, then by one",
        jobs as f64 / took
    );
    println!("delivered           {:>6}", copies.len());
    println!("  as the killed host says   {}", doomed.accepted());
    println!("  as the other host says    {}", other.accepted());
    println!("dead letters        {:>6}", dead.len());
    println!(
        "lost                {:>6}",
        jobs - copies.len() - dead.len()
    );
    println!("doubles             {doubles:>6}");

    assert_eq!(
        dead,
        unknown(jobs),
        "the recipients that the server does not know, and no others"
    );
    let delivered: BTreeSet<_> = copies.into_keys().map(|(_, recipient)| recipient).collect();
    let all: BTreeSet<_> = (0..jobs).map(recipient).collect();
    assert_eq!(&all - &dead, delivered, "each of the others has it");
    assert!(
        doubles <= AT_ONCE,
        "only what the killed host had under way may be doubled"
    );
}

/// One recipient in fifty is unknown; one in twenty is busy the first time.
fn refusal() -> impl Fn(&str) -> Option<String> + Send + Sync {
    let seen = Mutex::new(BTreeSet::new());
    move |recipient| {
        let first = seen.lock().unwrap().insert(recipient.to_owned());
        match number(recipient) {
            n if n % 50 == 0 => Some("550 5.1.1 No such user here".into()),
            n if n % 20 == 1 && first => Some("450 4.2.1 Mailbox busy, come again".into()),
            _ => None,
        }
    }
}

fn recipient(number: usize) -> String {
    format!("user{number}@mail.test")
}

fn number(recipient: &str) -> usize {
    let digits: String = recipient.chars().filter(char::is_ascii_digit).collect();
    digits.parse().expect("a recipient of these tests")
}

fn unknown(jobs: usize) -> BTreeSet<String> {
    (0..jobs).step_by(50).map(recipient).collect()
}

async fn submit(queue: &Queue, jobs: usize) {
    const AT_A_TIME: usize = 64;
    let started = Instant::now();
    let submissions = stream::iter(0..jobs).map(|number| async move {
        let new = queue
            .submit(DEFAULT, &job(number, &[recipient(number)]))
            .await;
        assert!(new.expect("the queue runs"));
    });
    submissions
        .buffer_unordered(AT_A_TIME)
        .collect::<()>()
        .await;
    println!(
        "{jobs} jobs submitted in {:.1} s",
        started.elapsed().as_secs_f64()
    );
}

async fn left(queue: &Queue) -> usize {
    let servers = status::status(queue).await.expect("the queue runs");
    servers.get(DEFAULT).map_or(0, |server| server.jobs)
}

/// The recipients of dead letters, each with the server's words.
async fn dead_letters(queue: &Queue) -> BTreeSet<String> {
    let letters = dead::list(queue).await.expect("the queue runs");
    let dead = letters.into_iter().map(|letter| {
        assert_eq!(letter.replies, ["550 5.1.1 No such user here"]);
        letter.job.expect("a job").recipients.remove(0)
    });
    dead.collect()
}

/// Prints the progress. It waits as long as there is progress.
fn progress(jobs: usize, mail: &Mail, mut done: impl FnMut() -> bool) {
    const SHOWN: f64 = 2.0;
    let mut shown = Instant::now();
    let mut before = mail.taken();
    let mut since = Instant::now();
    while !done() {
        let taken = mail.taken();
        if taken > before {
            (before, since) = (taken, Instant::now());
        }
        assert!(
            since.elapsed().as_secs() < 60,
            "nothing was delivered for a minute"
        );
        if shown.elapsed().as_secs_f64() > SHOWN {
            println!("{taken} of {jobs} messages delivered");
            shown = Instant::now();
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
