//! What the server takes at once: where it says so (RFC 9422), its own log has no more; where it does
//! not, it refuses the others once.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use host_tests::{Envelope, Mailer, Security};
use servers::real::{RECIPIENTS_LIMIT, TRANSACTIONS_LIMIT, UNANNOUNCED_LIMIT, tagged};

use crate::visit::{MESSAGE, Visit, WAYS, codes, counting_instance, instance, transcript};

/// In three transactions, the last of which has room left.
const RECIPIENTS: usize = 2 * RECIPIENTS_LIMIT + 2;

pub fn are_kept(visit: &mut Visit) -> String {
    for (security, way) in WAYS {
        let (instance, connections) = counting_instance();
        let mailer = visit.mailer(&instance, security);
        let envelope = envelope(&way.replace(' ', "-"), RECIPIENTS);
        delivers_to_all(visit, &mailer, &envelope);
        let batches = envelope.recipients.chunks(RECIPIENTS_LIMIT);
        came_in(visit, &envelope, batches);

        // Those were the first three, and there is one more than the connection has room for.
        (3..=TRANSACTIONS_LIMIT).for_each(|_| visit.delivers(&mailer));
        assert_eq!(connections.load(Ordering::Relaxed), 2);
    }
    visit.everything_arrived();
    "LIMITS kept, on recipients and on transactions".into()
}

/// Of more recipients than it takes, and the next message of as many.
pub fn are_found_out_once(visit: &mut Visit) -> String {
    let instance = instance();
    let mailer = visit.mailer(&instance, Security::ImplicitTls);
    let many = UNANNOUNCED_LIMIT + 5;
    let [first, second] = ["first", "second"].map(|name| envelope(name, many));
    delivers_to_all(visit, &mailer, &first);
    // It is asked whether it takes one more.
    let asked = &first.recipients[..UNANNOUNCED_LIMIT + 1];
    let again = &first.recipients[UNANNOUNCED_LIMIT..];
    came_in(visit, &first, [asked, again]);

    delivers_to_all(visit, &mailer, &second);
    let batches = second.recipients.chunks(UNANNOUNCED_LIMIT);
    came_in(visit, &second, batches);
    visit.everything_arrived();
    "a limit on recipients that it does not announce found out, once".into()
}

/// Of more recipients than it takes, at a server that ends the connection at the third reply of "too many";
/// and the next message of as many.
pub fn are_survived(visit: &mut Visit) -> String {
    are_learned(visit, 121, 2 * 121)
}

/// At a server that waits a second before each such reply: it is asked for one too many, once.
pub fn are_not_run_into(visit: &mut Visit) -> String {
    are_learned(visit, 250, 251)
}

/// One message to so many, with so many RCPTs at most, and another with no more than it takes.
fn are_learned(visit: &mut Visit, recipients: usize, bound: usize) -> String {
    let instance = instance();
    let mailer = visit.mailer(&instance, Security::Starttls);
    let tags = (1..=recipients).map(|number| tagged(visit.server.kind, &number.to_string()));
    let envelope = Envelope {
        sender: Some("sender@example.test".into()),
        recipients: tags.collect(),
    };
    for bound in [bound, recipients] {
        delivers_to_all(visit, &mailer, &envelope);
        let said = transcript(&mailer);
        let commands = said.lines().filter(|line| line.starts_with("RCPT TO:"));
        let commands = commands.count();
        assert!(commands <= bound, "{commands} for {recipients}: {said}");
    }
    visit.everything_arrived();
    format!("{recipients} recipients, of whom it does not take all at once")
}

/// All of whose addresses begin with the name.
fn envelope(name: &str, recipients: usize) -> Envelope {
    let recipients = (1..=recipients).map(|number| format!("{name}-{number}@example.test"));
    Envelope {
        sender: Some(format!("{name}@example.test")),
        recipients: recipients.collect(),
    }
}

#[track_caller]
fn delivers_to_all(visit: &mut Visit, mailer: &Mailer, envelope: &Envelope) {
    let receipt = mailer.send(envelope, MESSAGE).unwrap();
    let recipients = envelope.recipients.iter();
    // In the order of the transactions, which is not that of the envelope.
    let told: BTreeSet<_> = recipients.map(|name| (&**name, 250)).collect();
    let codes = codes(&receipt.accepted);
    assert_eq!(codes.len(), told.len());
    assert_eq!(BTreeSet::from_iter(codes), told);
    told.iter().for_each(|_| visit.took(MESSAGE));
}

#[track_caller]
fn came_in<'a>(
    visit: &Visit,
    envelope: &Envelope,
    batches: impl IntoIterator<Item = &'a [String]>,
) {
    let sender = envelope.sender.as_deref().unwrap();
    let name = sender.split('@').next().unwrap();
    let mut expected = Vec::new();
    for batch in batches {
        expected.push(format!("MAIL FROM:<{sender}>"));
        expected.extend(batch.iter().map(|name| format!("RCPT TO:<{name}>")));
    }
    let commands = visit
        .server
        .wait_for_commands(expected.len(), |command| command.contains(name))
        .unwrap();
    let commands = commands
        .iter()
        .map(|command| command.split_inclusive('>').next().unwrap());
    assert_eq!(commands.collect::<Vec<_>>(), expected);
}
