//! What callers do, whatever they call: messages to send, calls that are watched, and calls that are given up.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use envoi::net::{Deadline, Error as NetError, Network, Read, Source};
use envoi::smtp::error::Error;
use envoi::smtp::parameters::Options;
use envoi::smtp::receipt::Receipt;

use super::ledger::{Form, Ledger, Mail, Outcome};
use super::mails::{MailKind, mail};
use super::network::SimNetwork;
use super::world::World;

/// How much longer than `total` a call may take: the reply to QUIT, over connections that are used up.
const SLACK: Duration = Duration::from_secs(5);

/// A caller, or several that share a mailer.
#[derive(Clone)]
pub(crate) struct Caller {
    pub network: SimNetwork,
    pub total: Option<Duration>,
    pub kind: MailKind,
    /// Calls that are given up, in so many of a hundred cases.
    pub impatience: f64,
    pub mails: Rc<Cell<usize>>,
}

impl Caller {
    pub(crate) fn world(&self) -> &World {
        self.network.world()
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        self.network.ledger()
    }

    pub(crate) fn next_mail(&self, form: Form) -> Rc<Mail> {
        self.mails.set(self.mails.get() + 1);
        let mail = mail(self.world(), self.mails.get(), self.kind, form);
        self.world().trace(|| {
            let (to, octets) = (&mail.recipients, mail.content.len());
            format!("<{}> is to be sent to {to:?}, {octets} octets", mail.sender)
        });
        self.ledger().add(mail)
    }

    pub(crate) async fn pause(&self) {
        let most = self.world().pick(&[0, 0, 10, 1_000, 30_000]);
        self.network.pause(self.world().millis(most)).await;
    }

    /// Makes a call, unless it is given up. It has to end in its time.
    pub(crate) async fn call<T>(&self, call: impl Future<Output = T>) -> Option<T> {
        let begun = self.network.now();
        let polls = self
            .world()
            .chance(self.impatience)
            .then(|| self.world().below(60));
        let result = give_up_after(polls, call).await;
        let took = self.network.now() - begun;
        if self.total.is_some_and(|total| took > total + SLACK) {
            let what = || format!("a call takes {took:?} instead of {:?}", self.total);
            self.world().violates(what);
        }
        result
    }

    pub(crate) fn ends(&self, mail: &Rc<Mail>, result: Option<Result<Receipt, Error>>) {
        let outcome = result.map_or(Outcome::GivenUp, Outcome::Reported);
        self.ledger().ends(mail, outcome);
    }

    /// Has `compose` make a message of each. Those that it refuses end at once.
    pub(crate) fn compose<'m, M>(
        &self,
        mails: &'m [Rc<Mail>],
        compose: impl Fn(&'m Mail) -> Result<M, Error>,
    ) -> (Vec<&'m Rc<Mail>>, Vec<M>) {
        let mut composed = (Vec::new(), Vec::new());
        for mail in mails {
            match compose(mail) {
                Ok(message) => {
                    composed.0.push(mail);
                    composed.1.push(message);
                }
                Err(error) => self.ends(mail, Some(Err(error))),
            }
        }
        composed
    }

    /// The ends of messages of one call.
    pub(crate) fn all_end(
        &self,
        mails: &[&Rc<Mail>],
        results: Option<Vec<Result<Receipt, Error>>>,
    ) {
        let Some(results) = results else {
            return mails.iter().for_each(|mail| self.ends(mail, None));
        };
        for (mail, result) in mails.iter().zip(results) {
            self.ends(mail, Some(result));
        }
    }

    /// Parameters for a message in pieces.
    pub(crate) fn options(&self, mail: &Mail) -> Options {
        let mut options = Options::default();
        if self.world().chance(30.0) {
            options.set_size(mail.arrives_as.len() as u64);
        }
        options
    }

    /// The content of a message, in pieces of chance.
    pub(crate) fn pieces<'a>(&self, mail: &'a Mail) -> Vec<&'a [u8]> {
        let mut pieces = Vec::new();
        let mut left = &mail.content[..];
        while !left.is_empty() {
            let (piece, rest) = left.split_at(self.world().between(1, left.len()));
            pieces.push(piece);
            left = rest;
        }
        pieces
    }

    pub(crate) fn source(&self, content: &[u8]) -> PacedSource {
        let breaks = !self.network.is_calm() && self.world().chance(10.0);
        PacedSource {
            network: self.network.clone(),
            left: content.to_vec(),
            breaks,
        }
    }
}

/// A call that is dropped after so many polls ends with `None`.
async fn give_up_after<T>(polls: Option<usize>, call: impl Future<Output = T>) -> Option<T> {
    let mut call = pin!(call);
    let mut left = polls.unwrap_or(usize::MAX);
    poll_fn(|context| {
        if let Poll::Ready(output) = call.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        Poll::Pending
    })
    .await
}

/// A file that arrives piece by piece, and may break off.
pub(crate) struct PacedSource {
    network: SimNetwork,
    left: Vec<u8>,
    breaks: bool,
}

impl Source for PacedSource {
    async fn read_within(&mut self, deadline: Deadline) -> Result<Read, NetError> {
        let world = self.network.world();
        let pause = world.millis(world.pick(&[0, 0, 100, 5_000]));
        if self.network.now() + pause > deadline.moment() {
            self.network.sleep_until(deadline).await;
            return Err(NetError::TimedOut);
        }
        self.network.pause(pause).await;
        if self.breaks && (self.left.is_empty() || world.chance(20.0)) {
            return Ok(Read::Broken);
        }
        if self.left.is_empty() {
            return Ok(Read::End);
        }
        let most = world.between(1, self.left.len());
        Ok(Read::Bytes(self.left.drain(..most).collect()))
    }
}
