//! The result for each recipient of a message that takes several transactions.

use envoi::smtp::error::{Error, Phase, RecipientReply};
use envoi::smtp::job::{Batch, Job};
use envoi::smtp::mailbox::Mailbox;
use envoi::smtp::receipt::Receipt;
use envoi::smtp::recipient_split::{Basis, LastReplies, Overflow};
use envoi::smtp::reply::Reply;
use envoi::smtp::server_memory::ServerMemory;

use crate::conversation::{Setup, setup};

/// A message to this many recipients, r0 and so on, for a server that takes two at once.
fn job(recipients: usize) -> Job {
    let name = |i| Mailbox::parse_recipient(&format!("r{i}@mail.test")).unwrap();
    let mut job = Job::new((0..recipients).map(name).collect());
    let memory = ServerMemory::default();
    memory.learn_recipient_limit(2);
    job.divide(&Setup { memory, ..setup() }.session());
    job
}

fn reply(code: u16) -> Reply {
    Reply {
        code,
        enhanced: None,
        lines: vec!["so".into()],
    }
}

fn accepted(batch: &Batch) -> Result<Receipt, Error> {
    let accepted = batch.recipients.iter().map(|r| RecipientReply {
        recipient: r.as_str().into(),
        reply: reply(250),
    });
    Ok(Receipt {
        accepted: accepted.collect(),
        ..Receipt::default()
    })
}

fn refused(code: u16) -> Error {
    Error::Rejected(Phase::Acceptance, reply(code))
}

fn lost() -> Error {
    Error::Disconnected(Phase::Acceptance)
}

/// Each recipient's result, in the order of their names.
fn ends(receipt: &Receipt) -> Vec<String> {
    let mut ends: Vec<String> = Vec::new();
    let told = |what: &str, replies: &[RecipientReply]| {
        let one = |r: &RecipientReply| format!("{} {what} {}", r.recipient, r.reply.code);
        replies.iter().map(one).collect::<Vec<_>>()
    };
    ends.extend(told("accepted", &receipt.accepted));
    ends.extend(told("refused", &receipt.refused));
    ends.extend(receipt.unknown.iter().map(|r| format!("{r} unknown")));
    ends.extend(
        receipt
            .unsent
            .iter()
            .map(|u| format!("{} unsent", u.recipient)),
    );
    ends.sort();
    ends.iter()
        .map(|end| end.replace("@mail.test", ""))
        .collect()
}

#[test]
fn the_recipients_of_a_transaction_share_its_result() {
    let mut job = job(7);
    for result in [None, Some(refused(554)), Some(lost())] {
        let batch = job.take_batch().unwrap();
        let result = result.map_or_else(|| accepted(&batch), Err);
        job.record(batch, result);
    }
    job.give_up(&Error::ConnectFailed("closed".into()));
    assert!(job.is_done());
    assert_eq!(
        ends(&job.outcome().unwrap()),
        [
            "r0 accepted 250",
            "r1 accepted 250",
            "r2 refused 554",
            "r3 refused 554",
            "r4 unknown",
            "r5 unknown",
            "r6 unsent",
        ]
    );
}

#[test]
fn recipients_without_a_transaction_are_unsent_and_not_unknown() {
    let mut job = job(4);
    let batch = job.take_batch().unwrap();
    let result = accepted(&batch);
    job.record(batch, result);
    job.give_up(&lost());
    let receipt = job.outcome().unwrap();
    assert_eq!(ends(&receipt)[2..], ["r2 unsent", "r3 unsent"]);
    assert_eq!(receipt.unsent[0].error, lost());
}

#[test]
fn a_server_that_refuses_the_sender_of_a_later_transaction_has_not_judged_its_recipients() {
    let mut job = job(4);
    let batch = job.take_batch().unwrap();
    let result = accepted(&batch);
    job.record(batch, result);
    let batch = job.take_batch().unwrap();
    job.record(batch, Err(Error::Rejected(Phase::Mail, reply(452))));
    assert_eq!(
        ends(&job.outcome().unwrap())[2..],
        ["r2 unsent", "r3 unsent"]
    );
}

#[test]
fn recipients_that_wait_for_a_message_which_is_refused_end_once_with_their_own_reply() {
    let mut job = job(4);
    let first = job.take_batch().unwrap();
    let result = accepted(&first);
    job.record(first, result);
    let second = job.take_batch().unwrap();
    let overflow = Overflow {
        refused: vec![(second.recipients[1].clone(), reply(451))],
        unasked: Vec::new(),
        taken: 1,
        is_count: false,
        basis: Basis::OnlyFirstTaken,
    };
    job.add_overflow(overflow, &setup().session());
    job.record(second, Err(refused(554)));
    assert_eq!(
        ends(&job.outcome().unwrap())[2..],
        ["r2 refused 554", "r3 refused 451"]
    );
}

#[test]
fn the_error_says_if_any_recipient_may_have_got_the_message() {
    for errors in [[refused(554), lost()], [lost(), refused(554)]] {
        let mut job = job(4);
        for error in errors {
            let batch = job.take_batch().unwrap();
            job.record(batch, Err(error));
        }
        assert_eq!(job.outcome(), Err(lost()));
    }
}

fn ended(limit: Option<u32>, refused: &[&str]) -> LastReplies {
    let refusal = |name: &&str| (Mailbox::parse_recipient(name).unwrap(), reply(550));
    LastReplies {
        limit,
        refused: refused.iter().map(refusal).collect(),
    }
}

#[test]
fn a_smaller_transaction_is_tried_over_another_connection_as_long_as_it_gets_smaller() {
    let mut job = job(2);
    let bye = || Error::Disconnected(Phase::Rcpt);
    let batch = job.take_batch().unwrap();
    job.shrink(batch, ended(Some(1), &[]), bye());
    let batch = job.take_batch().unwrap();
    job.shrink(batch, ended(Some(1), &[]), bye());
    assert!(job.is_done());
    assert_eq!(job.outcome(), Err(bye()));
}

#[test]
fn recipients_refused_before_the_connection_ended_are_not_tried_again() {
    let mut job = job(2);
    let batch = job.take_batch().unwrap();
    let bye = Error::Rejected(Phase::Rcpt, reply(421));
    job.shrink(batch, ended(None, &["r0@mail.test"]), bye);
    let batch = job.take_batch().unwrap();
    assert_eq!(batch.recipients.len(), 1);
    let result = accepted(&batch);
    job.record(batch, result);
    assert_eq!(
        ends(&job.outcome().unwrap()),
        ["r0 refused 550", "r1 accepted 250"]
    );
}

#[test]
fn a_message_is_refused_if_all_recipients_were_refused_before_the_connection_ended() {
    let mut job = job(2);
    let batch = job.take_batch().unwrap();
    let all = ended(None, &["r0@mail.test", "r1@mail.test"]);
    job.shrink(batch, all, Error::Disconnected(Phase::Rcpt));
    assert!(job.is_done());
    match job.outcome() {
        Err(Error::RecipientsRefused(refused)) => assert_eq!(refused.len(), 2),
        other => panic!("{other:?}"),
    }
}
