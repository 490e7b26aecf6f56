//! The ledger: what was to be sent, what the server has delivered, and whether that is what the client reports.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use envoi::smtp::error::{Error, RecipientReply};
use envoi::smtp::receipt::Receipt;

use super::tally::Tally;
use super::transaction::Transaction;
use super::world::World;

/// A message that is sent once. No other has its sender, and no other has one of its recipients.
pub(crate) struct Mail {
    pub sender: String,
    pub recipients: Vec<String>,
    /// As it is given to the client.
    pub content: Vec<u8>,
    /// As it has to arrive.
    pub arrives_as: Vec<u8>,
    pub form: Form,
}

/// How a message is given to the client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// It is divided into as many transactions as the server's limits ask for, and takes as many connections.
    Whole,
    /// It is divided too, and has one connection.
    InSession,
    /// In one transaction.
    InPieces,
}

/// How a call for a message has ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Reported(Result<Receipt, Error>),
    /// The caller has dropped the call.
    GivenUp,
}

/// What one recipient may find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Accepted,
    Refused,
    Unsent,
    MayBe,
}

pub(crate) struct Ledger {
    world: Rc<World>,
    mails: RefCell<BTreeMap<String, Rc<Mail>>>,
    /// The numbers of the deliveries to each recipient.
    delivered: RefCell<BTreeMap<String, Vec<u32>>>,
    /// After which step nothing may be written for a sender.
    given_up: RefCell<BTreeMap<String, u32>>,
    outcomes: RefCell<Vec<(Rc<Mail>, Outcome)>>,
}

impl Ledger {
    pub(crate) fn new(world: &Rc<World>) -> Self {
        Self {
            world: world.clone(),
            mails: RefCell::default(),
            delivered: RefCell::default(),
            given_up: RefCell::default(),
            outcomes: RefCell::default(),
        }
    }

    pub(crate) fn add(&self, mail: Mail) -> Rc<Mail> {
        let mail = Rc::new(mail);
        let sender = mail.sender.clone();
        self.mails.borrow_mut().insert(sender, mail.clone());
        mail
    }

    // --- what the server says -----------------------------------------------------------------

    /// The server hears of a message that was written at this step.
    pub(crate) fn is_heard(&self, sender: &str, step: u32) {
        if self
            .given_up
            .borrow()
            .get(sender)
            .is_some_and(|last| step > *last)
        {
            let what =
                || format!("something of <{sender}> was written after the call was given up");
            self.world.violates(what);
        }
    }

    pub(crate) fn form(&self, sender: &str) -> Option<Form> {
        self.mails.borrow().get(sender).map(|mail| mail.form)
    }

    pub(crate) fn deliver(&self, number: u32, transaction: &Transaction, recipients: &[String]) {
        let sender = &transaction.sender;
        self.world
            .trace(|| format!("delivery {number} from <{sender}> to {recipients:?}"));
        let mails = self.mails.borrow();
        let Some(mail) = mails.get(sender) else {
            return self
                .world
                .violates(|| format!("nobody sends as <{sender}>"));
        };
        if mail.arrives_as != transaction.content {
            let (expected, got) = (&mail.arrives_as, &transaction.content);
            self.world.violates(|| {
                format!(
                    "the message from <{sender}> is {:?} instead of {:?}",
                    got.escape_ascii().to_string(),
                    expected.escape_ascii().to_string()
                )
            });
        }
        for recipient in recipients {
            if !mail.recipients.contains(recipient) {
                self.world
                    .violates(|| format!("<{recipient}> gets the mail from <{sender}>"));
            }
            let mut delivered = self.delivered.borrow_mut();
            delivered.entry(recipient.clone()).or_default().push(number);
        }
    }

    // --- what the client says -----------------------------------------------------------------

    pub(crate) fn ends(&self, mail: &Rc<Mail>, outcome: Outcome) {
        self.world
            .trace(|| format!("<{}> ends: {outcome:?}", mail.sender));
        if matches!(outcome, Outcome::GivenUp) {
            let step = self.world.step();
            self.given_up.borrow_mut().insert(mail.sender.clone(), step);
        }
        self.outcomes.borrow_mut().push((mail.clone(), outcome));
    }

    /// Compares all that was reported with all that was delivered, at the end. `nothing_fails` if there was no
    /// reason for an error.
    pub(crate) fn judge(&self, nothing_fails: bool, tally: &mut Tally) -> Result<(), String> {
        let outcomes = self.outcomes.borrow();
        if outcomes.len() != self.mails.borrow().len() {
            return Err("a message has no outcome".into());
        }
        for (mail, outcome) in outcomes.iter() {
            let judged = self.judge_mail(mail, outcome, tally);
            judged.map_err(|what| format!("<{}>: {what}: {outcome:?}", mail.sender))?;
            if let (Outcome::Reported(Err(error)), true) = (outcome, nothing_fails) {
                return Err(format!(
                    "<{}> fails without a reason: {error:?}",
                    mail.sender
                ));
            }
        }
        Ok(())
    }

    fn judge_mail(&self, mail: &Mail, outcome: &Outcome, tally: &mut Tally) -> Result<(), String> {
        let all = |verdict| {
            mail.recipients
                .iter()
                .map(|name| (&**name, verdict))
                .collect()
        };
        let verdicts: Vec<(&str, Verdict)> = match outcome {
            Outcome::Reported(Ok(receipt)) => {
                self.check_replies(mail, receipt)?;
                verdicts(receipt)
            }
            Outcome::Reported(Err(error)) => {
                tally.error(error);
                if error.may_have_been_delivered() {
                    all(Verdict::MayBe)
                } else {
                    all(Verdict::Unsent)
                }
            }
            Outcome::GivenUp => all(Verdict::MayBe),
        };
        let named: BTreeSet<&str> = verdicts.iter().map(|(name, _)| *name).collect();
        let known: BTreeSet<&str> = mail.recipients.iter().map(|name| &**name).collect();
        if named != known || verdicts.len() != known.len() {
            return Err("each recipient is not named once".into());
        }
        for (recipient, verdict) in verdicts {
            let delivered = self.delivered.borrow();
            let times = delivered.get(recipient).map_or(0, Vec::len);
            let is_right = match verdict {
                Verdict::Accepted => times == 1,
                Verdict::Refused | Verdict::Unsent => times == 0,
                Verdict::MayBe => times <= 1,
            };
            if !is_right {
                return Err(format!(
                    "<{recipient}> is {verdict:?}, and got it {times} times"
                ));
            }
            tally.count(match (outcome, verdict) {
                (Outcome::GivenUp, _) => "given up",
                (_, Verdict::Accepted) => "accepted",
                (_, Verdict::Refused) => "refused",
                (_, Verdict::Unsent) => "not sent",
                (_, Verdict::MayBe) => "may have been delivered",
            });
        }
        Ok(())
    }

    /// Each reply is the one to this recipient or message, and no other.
    fn check_replies(&self, mail: &Mail, receipt: &Receipt) -> Result<(), String> {
        for RecipientReply { recipient, reply } in &receipt.accepted {
            let text = reply.lines.join(" ");
            let delivered = self.delivered.borrow();
            let numbers = delivered.get(recipient).map_or(&[][..], Vec::as_slice);
            let is_own = |number: &u32| text.starts_with(&format!("message {number} "));
            if !numbers.iter().any(is_own) || !reply.is_success() {
                return Err(format!(
                    "{text:?} accepts <{recipient}>, who is in {numbers:?}"
                ));
            }
        }
        for RecipientReply { recipient, reply } in &receipt.refused {
            let text = reply.lines.join(" ");
            let names = [recipient, &mail.sender].map(|name| text.contains(&format!("<{name}>")));
            if !names.contains(&true) || !reply.is_refusal() {
                return Err(format!("{} {text:?} refuses <{recipient}>", reply.code));
            }
        }
        Ok(())
    }
}

fn verdicts(receipt: &Receipt) -> Vec<(&str, Verdict)> {
    let accepted = receipt
        .accepted
        .iter()
        .map(|reply| (&*reply.recipient, Verdict::Accepted));
    let refused = receipt
        .refused
        .iter()
        .map(|reply| (&*reply.recipient, Verdict::Refused));
    let unknown = receipt.unknown.iter().map(|name| (&**name, Verdict::MayBe));
    let unsent = receipt
        .unsent
        .iter()
        .map(|unsent| (&*unsent.recipient, Verdict::Unsent));
    accepted
        .chain(refused)
        .chain(unknown)
        .chain(unsent)
        .collect()
}
