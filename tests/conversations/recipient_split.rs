//! More recipients than the server takes in one transaction.

use envoi::smtp::job::Job;
use envoi::smtp::mailbox::Mailbox;
use envoi::smtp::server_memory::ServerMemory;

use crate::conversation::{Conversation, Setup, both_ways, setup};

const SAID: &str = "452 4.5.3 Too many recipients";
const OLD: &str = "552 Too many recipients";

/// r0@mail.test and so on.
fn names(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("r{i}@mail.test")).collect()
}

fn memory_of_limit(recipients: u32) -> ServerMemory {
    let memory = ServerMemory::default();
    memory.learn_recipient_limit(recipients);
    memory
}

/// Starts a message to one recipient for each of these replies, with splitting on.
fn begin(talk: &mut Conversation, answers: &[&str]) {
    talk.open(&["PIPELINING"]);
    deliver_next(talk, answers);
}

fn deliver_next(talk: &mut Conversation, answers: &[&str]) {
    let names = names(answers.len());
    talk.deliver_to(&names.iter().map(String::as_str).collect::<Vec<_>>());
    talk.session.split_on_too_many();
    let said: String = names
        .iter()
        .map(|r| format!("C: RCPT TO:<{r}>\n"))
        .collect();
    let heard: String = answers.iter().map(|a| format!("S: {a}\n")).collect();
    talk.expect_ok(&format!(
        "C: MAIL FROM:<a@client.test>\n{said}C: DATA\nS: 250 ok\n{heard}S: 354 go"
    ));
}

fn names_of(batches: impl IntoIterator<Item = Vec<Mailbox>>) -> Vec<String> {
    let show = |batch: Vec<Mailbox>| {
        let names: Vec<_> = batch.iter().map(Mailbox::as_str).collect();
        names.join(" ").replace("@mail.test", "")
    };
    batches.into_iter().map(show).collect()
}

/// The batches of the recipients that were too many.
fn overflow_batches(talk: &mut Conversation) -> Vec<String> {
    let mut job = Job::new(Vec::new());
    if let Some(overflow) = talk.session.take_overflow() {
        job.add_overflow(overflow, &talk.session);
    }
    let batches = std::iter::from_fn(|| job.take_batch());
    names_of(
        batches
            .map(|batch| batch.recipients)
            .filter(|batch| !batch.is_empty()),
    )
}

fn refused(talk: &mut Conversation) -> Vec<String> {
    let receipt = talk.finish(b"x", "C: x\nC: .\nS: 250 ok").unwrap();
    let refused = receipt.refused.into_iter();
    refused
        .map(|r| r.recipient.replace("@mail.test", ""))
        .collect()
}

// Conformance: 17
#[test]
fn recipients_refused_as_too_many_get_batches_of_the_size_that_the_server_took() {
    for too_many in [SAID, "552 5.5.3 too many", OLD] {
        both_ways(setup, |talk| {
            let (ok, no) = ("250 ok", too_many);
            begin(talk, &[ok, ok, no, no, no, no, no]);
            assert_eq!(overflow_batches(talk), ["r2 r3", "r4 r5", "r6"]);
            assert!(refused(talk).is_empty());
            assert!(overflow_batches(talk).is_empty());
        });
    }
}

// Conformance: 17
#[test]
fn recipients_refused_for_another_reason_stay_refused() {
    for other in [
        "452 4.3.1 disk full",
        "552 5.2.2 mailbox full",
        "450 4.5.3 no",
        "550 no",
    ] {
        both_ways(setup, |talk| {
            begin(talk, &["250 ok", SAID, other, SAID]);
            assert_eq!(overflow_batches(talk), ["r1", "r3"], "{other}");
            assert_eq!(refused(talk), ["r2"], "{other}");
        });
    }
}

// Conformance: 17
#[test]
fn a_452_without_enhanced_code_counts_only_if_all_later_recipients_got_it() {
    let (ok, full, no) = ("250 ok", "452 full", "550 no");
    for (answers, expected) in [
        (&[ok, full, full][..], &["r1", "r2"][..]),
        (&[full, ok, full], &["r2"]),
        (&[ok, full, no, OLD], &["r3"]),
        (&[full, ok], &[]),
        (&[ok, full, no], &[]),
    ] {
        both_ways(setup, |talk| {
            begin(talk, answers);
            assert_eq!(overflow_batches(talk), expected, "{answers:?}");
            assert_eq!(
                talk.session.memory().recipient_limit(),
                None,
                "that is a guess"
            );
        });
    }
}

// Conformance: 17
#[test]
fn too_many_recipients_are_refused_if_splitting_is_off() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING"]);
        talk.deliver_to(&["r0@mail.test", "r1@mail.test"]);
        talk.expect_ok(&format!(
            "C: MAIL FROM:<a@client.test>
             C: RCPT TO:<r0@mail.test>
             C: RCPT TO:<r1@mail.test>
             C: DATA
             S: 250 ok
             S: 250 ok
             S: {SAID}
             S: 354 go"
        ));
        assert!(overflow_batches(talk).is_empty());
        assert_eq!(refused(talk), ["r1"]);
    });
}

#[test]
fn all_recipients_are_refused_if_none_is_accepted() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING"]);
        talk.deliver_to(&["r0@mail.test", "r1@mail.test"]);
        talk.session.split_on_too_many();
        let envelope = "C: MAIL FROM:<a@client.test>
             C: RCPT TO:<r0@mail.test>
             C: RCPT TO:<r1@mail.test>
             C: DATA";
        talk.expect_err(&format!(
            "{envelope}\nS: 250 ok\nS: {SAID}\nS: {SAID}\nS: 354 go\nC: .\nS: 554 for no one"
        ));
        assert!(overflow_batches(talk).is_empty());
        assert_eq!(talk.session.memory().recipient_limit(), None);
    });
}

// Conformance: 17
#[test]
fn a_learned_recipient_limit_holds_for_the_next_session() {
    both_ways(setup, |talk| {
        begin(talk, &["250 ok", "250 ok", SAID]);
        assert_eq!(overflow_batches(talk), ["r2"]);
        refused(talk);
        assert_eq!(batches(talk, 5), ["r0 r1", "r2 r3", "r4"]);
        assert_eq!(talk.session.memory().recipient_limit(), Some(2));
    });
    let learned = || Setup {
        memory: memory_of_limit(3),
        ..setup()
    };
    both_ways(learned, |talk| {
        talk.open(&["PIPELINING"]);
        assert_eq!(batches(talk, 4), ["r0 r1 r2", "r3"]);
    });
}

// Conformance: 17, 61
#[test]
fn the_lower_of_the_announced_and_the_learned_limit_holds() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING", "LIMITS RCPTMAX=3"]);
        deliver_next(talk, &["250 ok", "250 ok", SAID]);
        overflow_batches(talk);
        refused(talk);
        assert_eq!(batches(talk, 3), ["r0 r1", "r2"]);
    });
}

/// The RCPT commands of these recipients.
fn lines(recipients: std::ops::Range<usize>) -> String {
    let lines = recipients.map(|i| format!("C: RCPT TO:<r{i}@mail.test>\n"));
    lines.collect()
}

fn ok(replies: usize) -> String {
    "S: 250 ok\n".repeat(replies)
}

/// Starts a message to `count` recipients. The first 101 RCPT commands leave.
fn begin_with_101(talk: &mut Conversation, count: usize) {
    talk.open(&["PIPELINING"]);
    let names = names(count);
    talk.deliver_to(&names.iter().map(String::as_str).collect::<Vec<_>>());
    talk.session.split_on_too_many();
    talk.expect_ok(&format!("C: MAIL FROM:<a@client.test>\n{}", lines(0..101)));
}

// Conformance: 17
#[test]
fn all_other_recipients_follow_in_one_group_if_the_server_takes_the_101st() {
    both_ways(setup, |talk| {
        begin_with_101(talk, 300);
        talk.expect_ok(&format!("{}{}C: DATA", ok(102), lines(101..300)));
        talk.expect_ok(&format!("{}S: 354 go", ok(199)));
        assert!(refused(talk).is_empty());
        let names = names(300);
        talk.deliver_to(&names.iter().map(String::as_str).collect::<Vec<_>>());
        talk.session.split_on_too_many();
        talk.expect_ok(&format!(
            "C: MAIL FROM:<a@client.test>\n{}C: DATA",
            lines(0..300)
        ));
    });
}

// Conformance: 17
#[test]
fn a_server_that_takes_a_hundred_recipients_gets_only_one_too_many() {
    for too_many in [SAID, OLD, "431 Too many recipients."] {
        both_ways(setup, |talk| {
            begin_with_101(talk, 250);
            talk.expect_ok(&format!("{}S: {too_many}\nC: DATA\nS: 354 go", ok(101)));
            let batches = overflow_batches(talk);
            let sizes = batches.iter().map(|batch| batch.split(' ').count());
            assert_eq!(sizes.collect::<Vec<_>>(), [100, 50]);
            assert!(batches[0].starts_with("r100 r101 "));
            assert_eq!(talk.session.memory().recipient_limit(), Some(100));
        });
    }
}

// Conformance: 17
#[test]
fn a_refused_address_is_no_limit() {
    both_ways(setup, |talk| {
        begin_with_101(talk, 102);
        talk.expect_ok(&format!("{}S: 550 no\n{}C: DATA", ok(101), lines(101..102)));
        talk.expect_ok("S: 250 ok\nS: 354 go");
        assert!(overflow_batches(talk).is_empty());
        assert_eq!(refused(talk), ["r100"]);
        assert!(!talk.session.memory().takes_many_recipients());
    });
}

#[test]
fn the_other_recipients_follow_if_the_first_are_all_refused() {
    both_ways(setup, |talk| {
        begin_with_101(talk, 102);
        let no = "S: 550 no\n".repeat(101);
        talk.expect_ok(&format!("S: 250 ok\n{no}{}C: DATA", lines(101..102)));
        talk.expect_ok("S: 250 ok\nS: 354 go");
        assert_eq!(refused(talk).len(), 101);
    });
}

/// Starts a message to `count` recipients, of which the server answers these before the connection ends.
/// Returns the limit, and the recipients that were refused permanently.
fn last_replies(
    talk: &mut Conversation,
    count: usize,
    answers: &[&str],
) -> Option<(Option<u32>, Vec<String>)> {
    talk.open(&["PIPELINING"]);
    let names = names(count);
    talk.deliver_to(&names.iter().map(String::as_str).collect::<Vec<_>>());
    talk.session.split_on_too_many();
    let said = names.iter().map(|r| format!("C: RCPT TO:<{r}>\n"));
    let heard: String = answers.iter().map(|a| format!("S: {a}\n")).collect();
    talk.expect_ok(&format!(
        "C: MAIL FROM:<a@client.test>\n{}C: DATA\nS: 250 ok",
        said.collect::<String>()
    ));
    let _ = talk.run(&heard);
    talk.session.close();
    let last = talk.session.last_replies()?;
    let refused = last.refused.into_iter().map(|(mailbox, _)| vec![mailbox]);
    Some((last.limit, names_of(refused)))
}

const BYE: &str = "421 4.5.0 Too many errors, bye";

// Conformance: 17
#[test]
fn too_many_before_the_connection_ends_tells_the_limit() {
    for too_many in [SAID, "451 4.5.3 too many", "552 5.5.3 too many"] {
        both_ways(setup, |talk| {
            let last = last_replies(talk, 4, &["250 ok", "250 ok", too_many, BYE]);
            assert_eq!(last, Some((Some(2), vec![])));
            assert_eq!(talk.session.memory().recipient_limit(), Some(2));
        });
    }
    both_ways(setup, |talk| {
        assert_eq!(
            last_replies(talk, 4, &["250 ok", OLD, BYE]),
            Some((Some(1), vec![]))
        );
        assert_eq!(talk.session.memory().recipient_limit(), None, "a guess");
    });
    for answers in [
        &["250 ok", "250 ok", BYE][..],
        &["450 later", BYE],
        &[SAID, BYE],
    ] {
        both_ways(setup, |talk| {
            assert_eq!(last_replies(talk, 4, answers), None, "{answers:?}")
        });
    }
}

// Conformance: 17
#[test]
fn a_connection_that_ends_in_silence_among_101_recipients_may_mean_too_many() {
    both_ways(setup, |talk| {
        assert_eq!(
            last_replies(talk, 101, &["250 ok", "250 ok"]),
            Some((Some(100), vec![]))
        );
        assert_eq!(talk.session.memory().recipient_limit(), None, "a guess");
    });
    both_ways(setup, |talk| {
        assert_eq!(last_replies(talk, 100, &["250 ok", "250 ok"]), None)
    });
}

#[test]
fn permanent_refusals_before_the_connection_ends_are_reported() {
    both_ways(setup, |talk| {
        let last = last_replies(talk, 4, &["250 ok", "550 no", "450 later", BYE]);
        assert_eq!(last, Some((None, vec!["r1".into()])));
    });
}

#[test]
fn too_many_among_other_replies_is_not_remembered_as_a_limit() {
    let (ok, no) = ("250 ok", "550 no");
    for answers in [&[ok, SAID, ok][..], &[ok, no, SAID], &[SAID, ok]] {
        both_ways(setup, |talk| {
            begin(talk, answers);
            assert!(talk.session.take_overflow().is_some(), "{answers:?}");
            assert_eq!(talk.session.memory().recipient_limit(), None);
        });
    }
}

// The first 552 has no enhanced code: that mailbox may be full. The 452 has one.
#[test]
fn recipients_refused_as_too_many_are_taken_once_a_transaction() {
    both_ways(setup, |talk| {
        begin_with_101(talk, 300);
        talk.expect_ok(&format!(
            "{}S: {OLD}\nS: {SAID}\nC: DATA\nS: 354 go",
            ok(100)
        ));
        assert_eq!(overflow_batches(talk).len(), 3);
        assert_eq!(refused(talk), ["r99"]);
        assert!(overflow_batches(talk).is_empty());
    });
}

#[test]
fn a_kept_connection_that_ends_at_mail_says_nothing_about_recipients() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING"]);
        let names = names(101);
        talk.deliver_to(&names.iter().map(String::as_str).collect::<Vec<_>>());
        talk.session.split_on_too_many();
        talk.expect_err(&format!(
            "C: MAIL FROM:<a@client.test>\n{}C: DATA\nS: {BYE}",
            lines(0..101)
        ));
        assert!(talk.session.last_replies().is_none());
    });
}

// Conformance: 17
#[test]
fn each_recipient_gets_its_own_transaction_if_the_server_takes_one_at_a_time() {
    let one = "451 Will not accept multiple recipients in one transaction";
    both_ways(setup, |talk| {
        begin(talk, &["250 ok", one, one]);
        let overflow = talk.session.take_overflow().unwrap();
        let mut job = Job::new(Vec::new());
        let first = job.take_batch().unwrap();
        job.add_overflow(overflow, &talk.session);
        assert!(job.next_batch().is_none(), "the first is not delivered yet");
        assert!(!job.is_done());
        job.record(
            first,
            Ok(talk.finish(b"x", "C: x\nC: .\nS: 250 ok").unwrap()),
        );
        let batches = std::iter::from_fn(|| job.take_batch());
        assert_eq!(
            names_of(batches.map(|batch| batch.recipients)),
            ["r1", "r2"]
        );
    });
}

#[test]
fn a_451_with_a_reason_or_beside_other_answers_is_no_limit() {
    let (ok, later) = ("250 ok", "451 later");
    for answers in [
        &[ok, "451 4.7.1 greylisted"][..],
        &[ok, ok, later],
        &[later, ok],
        &[ok, later, "550 no"],
    ] {
        both_ways(setup, |talk| {
            begin(talk, answers);
            assert!(talk.session.take_overflow().is_none(), "{answers:?}");
        });
    }
}

// The content left before the recipients were answered.
#[test]
fn a_message_that_left_early_is_split_too() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING", "CHUNKING"]);
        talk.deliver_to(&["r0@mail.test", "r1@mail.test"]);
        talk.session.split_on_too_many();
        talk.session.pipeline_content();
        talk.session.write(b"x").unwrap();
        assert!(
            !talk.session.may_pipeline_quit(),
            "what comes next is not known before"
        );
        talk.session.finish();
        talk.said();
        talk.expect_ok(&format!("S: 250 ok\nS: 250 ok\nS: {SAID}\nS: 250 queued"));
        assert_eq!(overflow_batches(talk), ["r1"]);
        assert!(talk.session.take_receipt().unwrap().refused.is_empty());
    });
}

fn batches(talk: &Conversation, count: usize) -> Vec<String> {
    let recipients: Vec<_> = names(count)
        .iter()
        .map(|name| Mailbox::parse_recipient(name).unwrap())
        .collect();
    names_of(talk.session.batches(&recipients, None))
}
