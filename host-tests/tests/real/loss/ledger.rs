//! What the component said of each recipient, held against the mailbox.

use std::collections::{BTreeMap, HashMap};

use host_tests::{Error, Instance, Outcome, Receipt};
use servers::real::{Kind, REJECTED};

use super::plan::{Message, number_of};

/// What the component said of a recipient.
enum Told {
    /// With the text of the reply.
    Accepted(String),
    /// Refused, or not sent.
    Absent,
    MayHaveArrived,
}

/// By recipient.
#[derive(Default)]
pub(crate) struct Ledger(BTreeMap<String, Told>);

#[derive(Default)]
pub(crate) struct Counts {
    pub accepted: usize,
    pub absent: usize,
    pub uncertain: usize,
    /// Those of the uncertain that arrived.
    pub uncertain_arrived: usize,
    /// Further copies that the server made of messages that it had accepted once.
    pub copied_by_server: usize,
}

impl Ledger {
    /// Notes the outcome of a message. Returns whether the server took it for all that it did not refuse.
    pub(crate) fn note(
        &mut self,
        instance: &Instance,
        message: &Message,
        outcome: Result<Receipt, Error>,
    ) -> bool {
        let mut told = |recipient: String, told| {
            if recipient != REJECTED {
                let before = self.0.insert(recipient, told);
                assert!(before.is_none(), "told of a recipient twice");
            }
        };
        let complete = match outcome {
            Ok(receipt) => {
                let complete = receipt.unknown.is_empty() && receipt.unsent.is_empty();
                for one in receipt.accepted {
                    told(one.recipient, Told::Accepted(one.reply.text));
                }
                for one in receipt.refused {
                    told(one.recipient, Told::Absent);
                }
                for one in receipt.unsent {
                    let explained = instance.explain(&one.error);
                    assert_eq!(explained.outcome, Outcome::NotSent, "{:?}", one.error);
                    told(one.recipient, Told::Absent);
                }
                for recipient in receipt.unknown {
                    told(recipient, Told::MayHaveArrived);
                }
                complete
            }
            Err(error) => {
                let not_sent = instance.explain(&error).outcome == Outcome::NotSent;
                for recipient in message.recipients.clone() {
                    let fate = if not_sent {
                        Told::Absent
                    } else {
                        Told::MayHaveArrived
                    };
                    told(recipient, fate);
                }
                false
            }
        };
        let mut recipients = message.recipients.iter();
        assert!(
            recipients.all(|name| name == REJECTED || self.0.contains_key(name)),
            "a recipient without an outcome"
        );
        complete
    }

    /// Every stored message is one that was sent, to the recipient, with all its octets. Who was accepted got it, who was
    /// refused or not sent to did not, and the server accepted it once for each.
    pub(crate) fn check(&self, kind: Kind, seed: u64, inbox: &[Vec<u8>]) -> Result<Counts, String> {
        let stored = stored(kind, seed, inbox)?;
        let mut counts = Counts::default();
        let nobody = stored.keys().find(|name| !self.0.contains_key(*name));
        if let Some(name) = nobody {
            return Err(format!("{name} got a message, and nobody sent one"));
        }
        for (name, told) in &self.0 {
            let queue_ids = stored.get(name).map(Vec::as_slice).unwrap_or_default();
            let mut distinct = queue_ids.to_vec();
            distinct.sort_unstable();
            distinct.dedup();
            counts.copied_by_server += queue_ids.len() - distinct.len();
            match (told, &*distinct) {
                (Told::Accepted(reply), [id]) if reply.contains(id) => counts.accepted += 1,
                (Told::Absent, []) => counts.absent += 1,
                (Told::MayHaveArrived, []) => counts.uncertain += 1,
                (Told::MayHaveArrived, [_]) => {
                    counts.uncertain += 1;
                    counts.uncertain_arrived += 1;
                }
                (Told::Accepted(reply), ids) => {
                    return Err(format!("{name} was accepted with {reply:?}, and is in {ids:?}"));
                }
                (Told::Absent, ids) => {
                    return Err(format!("{name} was not sent to, or refused, and is in {ids:?}"));
                }
                (Told::MayHaveArrived, ids) => {
                    return Err(format!("{name} was sent to more than once: {ids:?}"));
                }
            }
        }
        Ok(counts)
    }
}

/// The queue ids of the copies, by recipient. A server that dies after a delivery, and before it has written it down,
/// delivers once more: both copies have the same queue id.
fn stored(
    kind: Kind,
    seed: u64,
    inbox: &[Vec<u8>],
) -> Result<HashMap<String, Vec<String>>, String> {
    let mut copies: HashMap<String, Vec<String>> = HashMap::new();
    for stored in inbox {
        let shown = || String::from_utf8_lossy(&stored[..stored.len().min(1_000)]).into_owned();
        let content = kind.without_trace(stored).ok_or_else(shown)?;
        let trace = String::from_utf8_lossy(&stored[..stored.len() - content.len()]);
        let recipient = recipient(&trace).ok_or_else(shown)?;
        let number = number_of(&recipient).ok_or_else(shown)?;
        let sent = Message::new(seed, number);
        if kind.stored_form(&sent.content) != content {
            return Err(format!("{recipient} got another message: {}", shown()));
        }
        let id = queue_id(&trace).ok_or_else(shown)?;
        copies.entry(recipient).or_default().push(id);
    }
    Ok(copies)
}

fn recipient(trace: &str) -> Option<String> {
    let fields = ["X-Original-To: ", "Envelope-to: "];
    trace
        .lines()
        .find_map(|line| fields.iter().find_map(|field| line.strip_prefix(field)))
        .map(str::to_owned)
}

/// The word after `id` in Received.
fn queue_id(trace: &str) -> Option<String> {
    let (_, received) = trace.split_once("\nReceived: ")?;
    let mut words = received.split_whitespace();
    words.find(|word| *word == "id")?;
    Some(words.next()?.trim_end_matches(';').to_owned())
}
