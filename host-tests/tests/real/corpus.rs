//! Thirty messages over one connection for each way to start TLS, compared with the server's mailbox.

use std::sync::atomic::Ordering;

use host_tests::{Error, OutgoingMessage, Phase, Receipt, Security};
use servers::messages::{Message, corpus};
use servers::real::USER;

use crate::server_under_test::{ServerUnderTest, TLS_MODES, codes, counting_instance, to};

pub(crate) fn arrives_byte_for_byte(server: &mut ServerUnderTest) -> String {
    let corpus = corpus();
    let mut counts = Vec::new();
    for (security, way) in TLS_MODES {
        let (instance, connections) = counting_instance();
        let mailer = server.mailer(&instance, security);
        for message in &corpus {
            let sent = mailer.send(&to(&[USER]), &message.bytes);
            is_taken(server, message, sent);
        }
        server.assert_mailbox();
        assert_eq!(connections.load(Ordering::Relaxed), 1, "over {way}");
        counts.push(format!("{} {way}", taken(server, &corpus)));
    }
    let total = taken(server, &corpus) * counts.len();
    format!("{total} messages byte for byte ({})", counts.join(", "))
}

/// The most connections that a call uses: one, or those of the pool.
const CONNECTIONS: usize = if cfg!(feature = "p3") { 5 } else { 1 };

/// The same messages in one call, pipelined if the server allows it.
pub(crate) fn arrives_in_one_call(server: &mut ServerUnderTest) -> String {
    let corpus = corpus();
    let (instance, connections) = counting_instance();
    let letters: Vec<OutgoingMessage> = corpus
        .iter()
        .map(|message| OutgoingMessage {
            envelope: to(&[USER]),
            message: message.bytes.clone(),
        })
        .collect();
    let outcomes = server
        .mailer(&instance, Security::Starttls)
        .send_all(&letters);
    assert_eq!(outcomes.len(), corpus.len());
    for (message, outcome) in corpus.iter().zip(outcomes) {
        is_taken(server, message, outcome);
    }
    server.assert_mailbox();
    let connections = connections.load(Ordering::Relaxed);
    assert!((1..=CONNECTIONS).contains(&connections), "{connections}");
    format!("{} in one call", taken(server, &corpus))
}

/// The number of messages that the server does not refuse.
fn taken(server: &ServerUnderTest, corpus: &[Message]) -> usize {
    let kind = server.real.kind;
    let taken = corpus
        .iter()
        .filter(|message| kind.refusal_code(&message.canonical).is_none());
    taken.count()
}

/// The message is accepted, or refused if the server refuses such messages.
#[track_caller]
fn is_taken(server: &mut ServerUnderTest, message: &Message, outcome: Result<Receipt, Error>) {
    let name = message.name;
    match (outcome, server.real.kind.refusal_code(&message.canonical)) {
        (Ok(receipt), None) => {
            assert_eq!(codes(&receipt.accepted), [(USER, 250)], "{name}");
            server.expect_stored(&message.canonical);
        }
        (Err(Error::Rejected(refusal)), Some(code)) => {
            let told = (refusal.phase, refusal.reply.code);
            assert_eq!(told, (Phase::Acceptance, code), "{name}");
        }
        (outcome, _) => panic!("{name}: {outcome:?}"),
    }
}
