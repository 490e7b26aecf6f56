//! The exchange of OAUTHBEARER and XOAUTH2: a token in the initial response.
//!
//! If the server refuses the token, a challenge says why, in JSON. The client answers with a fixed message,
//! so that the server can end the exchange.

use zeroize::Zeroizing;

use crate::sasl::Error;
use crate::sasl::mechanism::{ClientSide, Secret};

pub(super) struct TokenExchange {
    name: &'static str,
    initial: Option<Secret>,
    /// The answer to the reason, until it is given.
    end: Option<&'static [u8]>,
    reason: Option<String>,
}

impl TokenExchange {
    pub(super) fn boxed(
        name: &'static str,
        initial: Secret,
        end: &'static [u8],
    ) -> Box<dyn ClientSide> {
        Box::new(Self {
            name,
            initial: Some(initial),
            end: Some(end),
            reason: None,
        })
    }
}

impl ClientSide for TokenExchange {
    fn start(&mut self) -> Option<Secret> {
        self.initial.take()
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Secret, Error> {
        let end = self.end.take().ok_or(Error::ExchangeOver(self.name))?;
        self.reason = Some(String::from_utf8_lossy(challenge).trim().into());
        Ok(Zeroizing::new(end.into()))
    }

    fn reads_challenge(&self) -> bool {
        self.end.is_some()
    }

    fn failure(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}
