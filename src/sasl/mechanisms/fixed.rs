//! The exchange if no message depends on a challenge: PLAIN, LOGIN, EXTERNAL.

use std::vec;

use crate::sasl::Error;
use crate::sasl::mechanism::{ClientSide, Secret};

pub(super) struct FixedMessages {
    name: &'static str,
    initial: Option<Secret>,
    answers: vec::IntoIter<Secret>,
}

impl FixedMessages {
    /// Nothing but the initial response.
    pub(super) fn single(name: &'static str, message: Secret) -> Box<dyn ClientSide> {
        Box::new(Self {
            name,
            initial: Some(message),
            answers: Vec::new().into_iter(),
        })
    }

    /// No initial response, and one answer to each challenge.
    pub(super) fn answers(name: &'static str, answers: Vec<Secret>) -> Box<dyn ClientSide> {
        Box::new(Self {
            name,
            initial: None,
            answers: answers.into_iter(),
        })
    }
}

impl ClientSide for FixedMessages {
    fn start(&mut self) -> Option<Secret> {
        self.initial.take()
    }

    fn respond(&mut self, _: &[u8]) -> Result<Secret, Error> {
        self.answers.next().ok_or(Error::ExchangeOver(self.name))
    }

    fn reads_challenge(&self) -> bool {
        false
    }
}
