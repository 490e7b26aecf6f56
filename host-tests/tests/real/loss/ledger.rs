//! What the component said of each recipient, held against the mailbox.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

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

/// What cannot be if each message is sent once.
pub(crate) struct Discrepancy {
    what: String,
    recipient: String,
    queue_ids: Vec<String>,
}

impl Discrepancy {
    /// The lines about the message.
    pub(crate) fn in_log(&self, log: &str) -> String {
        let names = [&self.queue_ids[..], std::slice::from_ref(&self.recipient)].concat();
        let about = |line: &&str| names.iter().any(|name| line.contains(&**name));
        log.lines().filter(about).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (name, what) = (&self.recipient, &self.what);
        write!(f, "{name} {what}; queue ids: {:?}", self.queue_ids)
    }
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
    pub(crate) fn check(
        &self,
        kind: Kind,
        seed: u64,
        inbox: &[Vec<u8>],
    ) -> Result<Counts, Discrepancy> {
        let mut stored = stored(kind, seed, inbox)?;
        let mut counts = Counts::default();
        for (recipient, told) in &self.0 {
            let mut queue_ids = stored.remove(recipient).unwrap_or_default();
            let copies = queue_ids.len();
            queue_ids.sort_unstable();
            queue_ids.dedup();
            counts.copied_by_server += copies - queue_ids.len();
            counts.add(told, &queue_ids).map_err(|what| Discrepancy {
                what: what.to_owned(),
                recipient: recipient.clone(),
                queue_ids,
            })?;
        }
        match stored.into_iter().next() {
            Some((recipient, queue_ids)) => Err(Discrepancy {
                what: "got a message that nobody sent".into(),
                recipient,
                queue_ids,
            }),
            None => Ok(counts),
        }
    }
}

impl Counts {
    /// A recipient, and the queue ids under which the server accepted the message.
    fn add(&mut self, told: &Told, queue_ids: &[String]) -> Result<(), &'static str> {
        match (told, queue_ids) {
            (_, [_, _, ..]) => return Err("was sent to more than once"),
            (Told::Accepted(_), []) => return Err("was accepted, and the message is lost"),
            (Told::Accepted(reply), [id]) if !reply.contains(id) => {
                return Err("was accepted with the reply to another message");
            }
            (Told::Absent, [_]) => return Err("was refused or not sent to, and got the message"),
            (Told::Accepted(_), [_]) => self.accepted += 1,
            (Told::Absent, []) => self.absent += 1,
            (Told::MayHaveArrived, arrived) => {
                self.uncertain += 1;
                self.uncertain_arrived += arrived.len();
            }
        }
        Ok(())
    }
}

/// The queue ids of the copies, by recipient. A server that dies after a delivery, and before it has written it down,
/// delivers once more: both copies have the same queue id.
fn stored(
    kind: Kind,
    seed: u64,
    inbox: &[Vec<u8>],
) -> Result<HashMap<String, Vec<String>>, Discrepancy> {
    let mut copies: HashMap<String, Vec<String>> = HashMap::new();
    for stored in inbox {
        let (recipient, id, content) = read(kind, stored)
            .unwrap_or_else(|| panic!("{kind} stored something else: {}", stored.escape_ascii()));
        let sent = number_of(&recipient).map(|number| Message::new(seed, number).content);
        if sent.is_none_or(|sent| kind.stored_form(&sent) != content) {
            return Err(Discrepancy {
                what: format!("got another message: {}", content.escape_ascii()),
                recipient,
                queue_ids: vec![id],
            });
        }
        copies.entry(recipient).or_default().push(id);
    }
    Ok(copies)
}

/// The recipient of a stored message, its queue id, and the message without the server's own fields.
fn read(kind: Kind, stored: &[u8]) -> Option<(String, String, &[u8])> {
    let content = kind.without_trace(stored)?;
    let trace = str::from_utf8(&stored[..stored.len() - content.len()]).ok()?;
    Some((recipient(trace)?, queue_id(trace)?, content))
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
