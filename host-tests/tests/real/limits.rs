//! The server's limits. Its log shows that announced limits (RFC 9422) are kept, and that others are
//! exceeded once.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use host_tests::{Envelope, Mailer, Security};
use servers::real::{RECIPIENTS_LIMIT, TRANSACTIONS_LIMIT, UNANNOUNCED_LIMIT, tagged_address};

use crate::server_under_test::{
    MESSAGE, ServerUnderTest, TLS_MODES, codes, counting_instance, instance, transcript,
};

/// Enough for three transactions; the last one is not full.
const RECIPIENTS: usize = 2 * RECIPIENTS_LIMIT + 2;

pub(crate) fn announced_ones_are_kept(server: &mut ServerUnderTest) -> String {
    for (security, way) in TLS_MODES {
        let (instance, connections) = counting_instance();
        let mailer = server.mailer(&instance, security);
        let envelope = envelope(&way.replace(' ', "-"), RECIPIENTS);
        delivers_to_all(server, &mailer, &envelope);
        let batches = envelope.recipients.chunks(RECIPIENTS_LIMIT);
        assert_transactions(server, &envelope, batches);

        // Three transactions are done; these reach the limit of the connection and one more.
        (3..=TRANSACTIONS_LIMIT).for_each(|_| server.deliver(&mailer));
        assert_eq!(connections.load(Ordering::Relaxed), 2);
    }
    server.assert_mailbox();
    "LIMITS kept, on recipients and on transactions".into()
}

/// A message with more recipients than the server accepts, and another one.
pub(crate) fn an_unannounced_one_is_learned_once(server: &mut ServerUnderTest) -> String {
    let instance = instance();
    let mailer = server.mailer(&instance, Security::ImplicitTls);
    let many = UNANNOUNCED_LIMIT + 5;
    let [first, second] = ["first", "second"].map(|name| envelope(name, many));
    delivers_to_all(server, &mailer, &first);
    // The client asks once whether the server accepts one more.
    let asked = &first.recipients[..UNANNOUNCED_LIMIT + 1];
    let again = &first.recipients[UNANNOUNCED_LIMIT..];
    assert_transactions(server, &first, [asked, again]);

    delivers_to_all(server, &mailer, &second);
    let batches = second.recipients.chunks(UNANNOUNCED_LIMIT);
    assert_transactions(server, &second, batches);
    server.assert_mailbox();
    "a limit on recipients that it does not announce found out, once".into()
}

/// A message with more recipients than the server accepts, and another one. The server closes the
/// connection at its third "too many".
pub(crate) fn a_close_after_too_many_is_survived(server: &mut ServerUnderTest) -> String {
    deliver_twice_within(server, 121, 2 * 121)
}

/// The server waits a second before each "too many", so the client provokes only one.
pub(crate) fn slow_refusals_are_avoided(server: &mut ServerUnderTest) -> String {
    deliver_twice_within(server, 250, 251)
}

/// Delivers one message to this many recipients with at most `bound` RCPT commands, and another one with
/// no more RCPT commands than recipients.
fn deliver_twice_within(server: &mut ServerUnderTest, recipients: usize, bound: usize) -> String {
    let instance = instance();
    let mailer = server.mailer(&instance, Security::Starttls);
    let tags = (1..=recipients).map(|number| tagged_address(server.real.kind, &number.to_string()));
    let envelope = Envelope {
        sender: Some("sender@example.test".into()),
        recipients: tags.collect(),
    };
    for bound in [bound, recipients] {
        delivers_to_all(server, &mailer, &envelope);
        let said = transcript(&mailer);
        let commands = said.lines().filter(|line| line.starts_with("RCPT TO:"));
        let commands = commands.count();
        assert!(commands <= bound, "{commands} for {recipients}: {said}");
    }
    server.assert_mailbox();
    format!("{recipients} recipients, more than it accepts in a transaction")
}

/// All addresses begin with the name.
fn envelope(name: &str, recipients: usize) -> Envelope {
    let recipients = (1..=recipients).map(|number| format!("{name}-{number}@example.test"));
    Envelope {
        sender: Some(format!("{name}@example.test")),
        recipients: recipients.collect(),
    }
}

#[track_caller]
fn delivers_to_all(server: &mut ServerUnderTest, mailer: &Mailer, envelope: &Envelope) {
    let receipt = mailer.send(envelope, MESSAGE).unwrap();
    let recipients = envelope.recipients.iter();
    // The receipt is in the order of the transactions, which is not that of the envelope.
    let told: BTreeSet<_> = recipients.map(|name| (&**name, 250)).collect();
    let codes = codes(&receipt.accepted);
    assert_eq!(codes.len(), told.len());
    assert_eq!(BTreeSet::from_iter(codes), told);
    told.iter().for_each(|_| server.expect_stored(MESSAGE));
}

#[track_caller]
fn assert_transactions<'a>(
    server: &ServerUnderTest,
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
    let commands = server
        .real
        .wait_for_commands(expected.len(), |command| command.contains(name))
        .unwrap();
    let commands = commands
        .iter()
        .map(|command| command.split_inclusive('>').next().unwrap());
    assert_eq!(commands.collect::<Vec<_>>(), expected);
}
