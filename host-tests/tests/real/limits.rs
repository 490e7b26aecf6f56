//! What the server says it takes at once (RFC 9422): its own log has no more.

use std::sync::atomic::Ordering;

use host_tests::Envelope;
use servers::real::{RECIPIENTS_LIMIT, TRANSACTIONS_LIMIT};

use crate::visit::{MESSAGE, Visit, WAYS, codes, counting_instance};

/// In three transactions, the last of which has room left.
const RECIPIENTS: usize = 2 * RECIPIENTS_LIMIT + 2;

pub fn are_kept(visit: &mut Visit) -> String {
    for (security, way) in WAYS {
        let (instance, connections) = counting_instance();
        let mailer = visit.mailer(&instance, security);
        let envelope = envelope(&way.replace(' ', "-"));
        let receipt = mailer.send(&envelope, MESSAGE).unwrap();
        let told: Vec<_> = envelope
            .recipients
            .iter()
            .map(|name| (&**name, 250))
            .collect();
        assert_eq!(codes(&receipt.accepted), told);
        told.iter().for_each(|_| visit.took(MESSAGE));
        came_in_batches(visit, &envelope);

        // Those were the first three, and there is one more than the connection has room for.
        (3..=TRANSACTIONS_LIMIT).for_each(|_| visit.delivers(&mailer));
        assert_eq!(connections.load(Ordering::Relaxed), 2);
    }
    visit.everything_arrived();
    "LIMITS kept, on recipients and on transactions".into()
}

/// All of whose addresses begin with the way.
fn envelope(way: &str) -> Envelope {
    let recipients = (1..=RECIPIENTS).map(|number| format!("{way}-{number}@example.test"));
    Envelope {
        sender: Some(format!("{way}@example.test")),
        recipients: recipients.collect(),
    }
}

#[track_caller]
fn came_in_batches(visit: &Visit, envelope: &Envelope) {
    let sender = envelope.sender.as_deref().unwrap();
    let way = sender.split('@').next().unwrap();
    let mut expected = Vec::new();
    for batch in envelope.recipients.chunks(RECIPIENTS_LIMIT) {
        expected.push(format!("MAIL FROM:<{sender}>"));
        expected.extend(batch.iter().map(|name| format!("RCPT TO:<{name}>")));
    }
    let commands = visit
        .server
        .wait_for_commands(expected.len(), |command| command.contains(way))
        .unwrap();
    let commands = commands
        .iter()
        .map(|command| command.split_inclusive('>').next().unwrap());
    assert_eq!(commands.collect::<Vec<_>>(), expected);
}
