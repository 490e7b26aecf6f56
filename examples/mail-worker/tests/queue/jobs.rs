//! Single jobs: accepted, refused, tried again, repeated.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use mail_worker::relay::DEFAULT;

use crate::host::{Host, run};
use crate::job;
use crate::mail::Mail;
use crate::nats::Nats;
use crate::wait::until;

const MESSAGE: &str = "Message-ID: <0@mail.test>\r\nSubject: Hello\r\n\r\nHello\r\n";
const FROM_ADA: [&str; 3] = ["submit", "--from", "ada@mail.test"];

fn printed(nats: &Nats, arguments: &[&str]) -> String {
    let output = run(nats, arguments, MESSAGE);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("text")
}

fn submit(nats: &Nats, recipients: &[&str]) -> String {
    let to = recipients.iter().flat_map(|&recipient| ["--to", recipient]);
    printed(nats, &FROM_ADA.into_iter().chain(to).collect::<Vec<_>>())
}

/// The recipients that have message 0, and how often.
fn copies(mail: &Mail) -> Vec<(String, usize)> {
    let copies = mail.copies().into_iter();
    copies
        .map(|((id, recipient), count)| {
            assert_eq!(id, "<0@mail.test>");
            (recipient, count)
        })
        .collect()
}

fn once(recipients: &[&str]) -> Vec<(String, usize)> {
    recipients
        .iter()
        .map(|&recipient| (recipient.to_owned(), 1))
        .collect()
}

fn until_the_queue_is_empty(nats: &Nats) {
    until("empty queue", || {
        let status = printed(nats, &["status"]);
        let words: Vec<_> = status
            .lines()
            .nth(1)
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        matches!(words[..], [_, "0", "0", _] | []).then_some(())
    });
}

#[test]
fn a_job_refused_for_good_is_a_dead_letter_with_the_servers_words_and_can_be_put_back() {
    let Some(nats) = Nats::start() else { return };
    let known = Arc::new(AtomicBool::new(false));
    let mail = Mail::start({
        let known = known.clone();
        move |_| (!known.load(Ordering::Relaxed)).then(|| "550 5.1.1 Un\u{7}known".into())
    });
    let _host = Host::start(&nats, &mail);
    assert_eq!(submit(&nats, &["b@mail.test"]), "<0@mail.test>: queued\n");
    until_the_queue_is_empty(&nats);
    let dead = printed(&nats, &["dead"]);
    assert!(
        dead.starts_with("1  <0@mail.test> from <ada@mail.test> by default, dead since "),
        "{dead}"
    );
    assert!(
        dead.contains("\n    <b@mail.test>: 550 5.1.1 Un known\n1 dead; "),
        "{dead}"
    );

    known.store(true, Ordering::Relaxed);
    let none = run(&nats, &["dead", "--retry", "7"], "");
    assert_eq!(
        String::from_utf8_lossy(&none.stderr),
        "mail-worker: there is no dead letter 7: `mail-worker dead` lists them\n"
    );
    assert_eq!(
        printed(&nats, &["dead", "--retry"]),
        "1 back in the queue\n"
    );
    until_the_queue_is_empty(&nats);
    assert_eq!(copies(&mail), once(&["b@mail.test"]));
    assert!(printed(&nats, &["dead"]).starts_with("0 dead"));
}

#[test]
fn only_who_was_refused_for_now_is_tried_again() {
    let Some(nats) = Nats::start() else { return };
    let asked = AtomicUsize::new(0);
    let mail = Mail::start(move |recipient| match recipient {
        "busy@mail.test" if asked.fetch_add(1, Ordering::Relaxed) < 2 => {
            Some("450 4.2.1 Busy".into())
        }
        "unknown@mail.test" => Some("550 5.1.1 Unknown".into()),
        _ => None,
    });
    let host = Host::start(&nats, &mail);
    submit(
        &nats,
        &["a@mail.test", "busy@mail.test", "unknown@mail.test"],
    );
    until_the_queue_is_empty(&nats);
    assert_eq!(copies(&mail), once(&["a@mail.test", "busy@mail.test"]));
    let log = host.log();
    assert_eq!(log.matches("450 4.2.1 Busy").count(), 2, "{log}");
    assert_eq!(log.matches("550 5.1.1 Unknown").count(), 1, "{log}");
}

#[test]
fn a_message_id_comes_to_a_recipient_once_however_often_it_is_submitted() {
    let Some(nats) = Nats::start() else { return };
    let mail = Mail::start(|_| None);
    let host = Host::start(&nats, &mail);
    assert_eq!(submit(&nats, &["b@mail.test"]), "<0@mail.test>: queued\n");
    assert_eq!(
        submit(&nats, &["b@mail.test"]),
        "<0@mail.test>: was queued before\n"
    );
    until_the_queue_is_empty(&nats);
    // Other recipients make another job. The ledger knows the message.
    assert_eq!(
        submit(&nats, &["b@mail.test", "c@mail.test"]),
        "<0@mail.test>: queued\n"
    );
    until_the_queue_is_empty(&nats);
    // The same job again, as if the queue had forgotten the first.
    let (runtime, queue) = nats.queue();
    let again = job(0, &["b@mail.test".into()]);
    runtime
        .block_on(queue.put_back(DEFAULT, &again, 1))
        .unwrap();
    host.until_it_says("settled before");
    assert_eq!(copies(&mail), once(&["b@mail.test", "c@mail.test"]));
}

#[test]
fn what_is_no_job_is_a_dead_letter_and_keeps_no_one_waiting() {
    let Some(nats) = Nats::start() else { return };
    let mail = Mail::start(|_| None);
    let host = Host::start(&nats, &mail);
    let (runtime, queue) = nats.queue();
    runtime
        .block_on(queue.client.publish("mail.jobs.default", "not one".into()))
        .unwrap();
    host.until_it_says("no job");
    submit(&nats, &["b@mail.test"]);
    until_the_queue_is_empty(&nats);
    assert_eq!(copies(&mail), once(&["b@mail.test"]));
    let dead = printed(&nats, &["dead"]);
    assert!(
        dead.contains(": no job: the job has no headers\n"),
        "{dead}"
    );
}

#[test]
fn a_bounce_keeps_its_null_sender() {
    let Some(nats) = Nats::start() else { return };
    let mail = Mail::start(|_| None);
    let _host = Host::start(&nats, &mail);
    printed(&nats, &["submit", "--from", "", "--to", "b@mail.test"]);
    until_the_queue_is_empty(&nats);
    assert_eq!(mail.senders(), [""]);
}

#[test]
fn a_long_reply_still_makes_a_dead_letter() {
    let Some(nats) = Nats::start() else { return };
    let mail = Mail::start(|_| Some(format!("550 5.1.1 {}", "no ".repeat(600))));
    let _host = Host::start(&nats, &mail);
    submit(&nats, &["b@mail.test"]);
    until_the_queue_is_empty(&nats);
    let dead = printed(&nats, &["dead"]);
    assert!(dead.contains("<b@mail.test>: 550 5.1.1 no no ") && dead.len() < 1000);
}

#[test]
fn a_message_that_is_too_large_for_the_queue_says_what_to_raise() {
    let Some(nats) = Nats::start() else { return };
    let arguments: Vec<_> = FROM_ADA
        .into_iter()
        .chain(["--to", "b@mail.test"])
        .collect();
    let output = run(
        &nats,
        &arguments,
        &(MESSAGE.to_owned() + &"Hello\r\n".repeat(150_000)),
    );
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("NATS takes 1048576: raise its max_payload"),
        "{errors}"
    );
}

#[test]
fn a_message_without_message_id_is_not_queued() {
    let Some(nats) = Nats::start() else { return };
    let arguments: Vec<_> = FROM_ADA
        .into_iter()
        .chain(["--to", "b@mail.test"])
        .collect();
    let output = run(&nats, &arguments, "Subject: Hello\r\n\r\nHello\r\n");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.starts_with("mail-worker: standard input: the message has no Message-ID"),
        "{errors}"
    );
    assert!(!output.status.success());
}
