//! Thirty messages over a single connection each way, read back from the server's mailbox.

use std::sync::atomic::Ordering;

use host_tests::{Letter, Security};
use servers::messages::corpus;
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
            let receipt = sent.unwrap_or_else(|error| panic!("{}: {error:?}", message.name));
            assert_eq!(codes(&receipt.accepted), [(USER, 250)], "{}", message.name);
            visit.took(&message.repaired);
        }
        visit.everything_arrived();
        assert_eq!(connections.load(Ordering::Relaxed), 1, "over {way}");
        counts.push(format!("{} {way}", corpus.len()));
    }
    let total = corpus.len() * counts.len();
    format!("{total} messages byte for byte ({})", counts.join(", "))
}

/// All of them again, with nothing waited for between two where the server allows it.
pub fn arrives_in_one_call(visit: &mut Visit) -> String {
    let corpus = corpus();
    let (instance, connections) = counting_instance();
    let letters: Vec<Letter> = corpus
        .iter()
        .map(|message| Letter {
            envelope: to(&[USER]),
            message: message.bytes.clone(),
        })
        .collect();
    let outcomes = visit
        .mailer(&instance, Security::Starttls)
        .send_all(&letters);
    assert_eq!(outcomes.len(), corpus.len());
    for (message, outcome) in corpus.iter().zip(outcomes) {
        let receipt = outcome.unwrap_or_else(|error| panic!("{}: {error:?}", message.name));
        assert_eq!(codes(&receipt.accepted), [(USER, 250)], "{}", message.name);
        visit.took(&message.repaired);
    }
    visit.everything_arrived();
    assert_eq!(connections.load(Ordering::Relaxed), 1);
    format!("{} in one call", corpus.len())
}
