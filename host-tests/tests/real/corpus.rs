//! Thirty messages over a single connection each way, read back from the server's mailbox.

use std::sync::atomic::Ordering;

use host_tests::{Error, OutgoingMessage, Phase, Receipt, Security};
use servers::messages::{Message, corpus};
use servers::real::USER;

use crate::visit::{Visit, WAYS, codes, counting_instance, to};

pub fn arrives_byte_for_byte(visit: &mut Visit) -> String {
    let corpus = corpus();
    let mut counts = Vec::new();
    for (security, way) in WAYS {
        let (instance, connections) = counting_instance();
        let mailer = visit.mailer(&instance, security);
        for message in &corpus {
            let sent = mailer.send(&to(&[USER]), &message.bytes);
            is_taken(visit, message, sent);
        }
        visit.everything_arrived();
        assert_eq!(connections.load(Ordering::Relaxed), 1, "over {way}");
        counts.push(format!("{} {way}", taken(visit, &corpus)));
    }
    let total = taken(visit, &corpus) * counts.len();
    format!("{total} messages byte for byte ({})", counts.join(", "))
}

/// All of them again, with nothing waited for between two where the server allows it.
pub fn arrives_in_one_call(visit: &mut Visit) -> String {
    let corpus = corpus();
    let (instance, connections) = counting_instance();
    let letters: Vec<OutgoingMessage> = corpus
        .iter()
        .map(|message| OutgoingMessage {
            envelope: to(&[USER]),
            message: message.bytes.clone(),
        })
        .collect();
    let outcomes = visit
        .mailer(&instance, Security::Starttls)
        .send_all(&letters);
    assert_eq!(outcomes.len(), corpus.len());
    for (message, outcome) in corpus.iter().zip(outcomes) {
        is_taken(visit, message, outcome);
    }
    visit.everything_arrived();
    assert_eq!(connections.load(Ordering::Relaxed), 1);
    format!("{} in one call", taken(visit, &corpus))
}

/// How many the server does not refuse.
fn taken(visit: &Visit, corpus: &[Message]) -> usize {
    let kind = visit.server.kind;
    let taken = corpus
        .iter()
        .filter(|message| kind.refusal(&message.repaired).is_none());
    taken.count()
}

/// Or refused, where the server refuses such a message.
#[track_caller]
fn is_taken(visit: &mut Visit, message: &Message, outcome: Result<Receipt, Error>) {
    let name = message.name;
    match (outcome, visit.server.kind.refusal(&message.repaired)) {
        (Ok(receipt), None) => {
            assert_eq!(codes(&receipt.accepted), [(USER, 250)], "{name}");
            visit.took(&message.repaired);
        }
        (Err(Error::Rejected(refusal)), Some(code)) => {
            let told = (refusal.phase, refusal.reply.code);
            assert_eq!(told, (Phase::Acceptance, code), "{name}");
        }
        (outcome, _) => panic!("{name}: {outcome:?}"),
    }
}
