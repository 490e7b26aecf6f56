//! From the greeting to a session that can send: EHLO or HELO, STARTTLS, AUTH.

use super::error::{Error, Phase};
use super::extensions::Extensions;
use super::line::{Line, MAX_COMMAND, Verb};
use super::reply::Reply;
use super::session::{Security, Session, State};
use crate::sasl::{self, Exchange};

impl Session {
    /// TLS stands: all that was learned before is forgotten (RFC 3207, section 4.2).
    pub fn secured(&mut self) {
        self.secure = true;
        self.state = State::Opening;
        self.extensions = Extensions::default();
        self.say_hello("EHLO");
    }

    pub(super) fn say_hello(&mut self, verb: &str) {
        let line = Line::open(format!("{verb} {}", self.plan.local_name.as_str()));
        self.queue(
            if verb == "EHLO" {
                Verb::Ehlo
            } else {
                Verb::Helo
            },
            line,
        );
    }

    pub(super) fn greeted(&mut self, extensions: Extensions) -> Result<(), Error> {
        self.extensions = extensions;
        if self.secure || self.plan.security == Security::Plaintext {
            return self.authenticate();
        }
        if self.extensions.has("STARTTLS") {
            self.queue(Verb::StartTls, Line::open("STARTTLS"));
            return Ok(());
        }
        match self.plan.security {
            Security::Opportunistic => self.authenticate(),
            Security::StartTlsUnlessLoopback if self.plan.loopback => self.authenticate(),
            _ => Err(Error::StartTlsUnavailable),
        }
    }

    /// What came with the 220 was not said inside TLS: anyone may have said it.
    pub(super) fn begin_tls(&mut self) -> Result<(), Error> {
        if self.parser.has_leftover() || self.has_reply() {
            return Err(self.broken(
                Phase::StartTls,
                "the server said more in clear after its answer to STARTTLS".into(),
            ));
        }
        self.state = State::Handshake;
        Ok(())
    }

    pub(super) fn authenticate(&mut self) -> Result<(), Error> {
        let Some(credentials) = &self.plan.credentials else {
            self.state = State::Ready;
            return Ok(());
        };
        if !self.secure && !self.plan.loopback {
            return Err(Error::AuthNeedsTls);
        }
        let offered = self.extensions.auth_mechanisms();
        let Some(mechanism) = sasl::choose(&offered, &self.plan.mechanisms) else {
            return Err(Error::AuthUnavailable(offered));
        };
        let exchange = Exchange::new(mechanism, credentials).map_err(Error::InvalidArgument)?;
        self.say_auth(exchange);
        Ok(())
    }

    /// With the initial response, unless the line would be too long (RFC 4954, section 4).
    fn say_auth(&mut self, mut exchange: Exchange) {
        let name = exchange.mechanism().name();
        let short = exchange.initial_response().map(|response| {
            Line::with_secret(&format!("AUTH {name} "), sasl::encode_initial(response))
        });
        let line = match short.filter(|line| line.len() <= MAX_COMMAND) {
            Some(line) => {
                exchange.initial_response_sent();
                line
            }
            None => Line::open(format!("AUTH {name}")),
        };
        self.exchange = Some(exchange);
        self.queue(Verb::Auth, line);
    }

    /// Answers a challenge, or cancels where there is no answer (RFC 4954, section 4).
    pub(super) fn respond(&mut self, reply: &Reply) {
        let challenge = reply.lines.first().map_or("", String::as_str);
        let answer = match (&mut self.exchange, sasl::decode(challenge)) {
            (Some(exchange), Ok(challenge)) => exchange.respond(&challenge).ok(),
            _ => None,
        };
        match answer {
            Some(answer) => self.queue(Verb::Auth, Line::with_secret("", sasl::encode(&answer))),
            None => self.queue(Verb::AuthCancel, Line::open("*")),
        }
    }
}
