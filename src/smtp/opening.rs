//! From the greeting to a session that can send: EHLO or HELO, STARTTLS, AUTH.

use super::error::{Error, Phase};
use super::extensions::Extensions;
use super::line::{Line, MAX_COMMAND, Verb};
use super::reply::Reply;
use super::session::{Dialect, Security, Session, State};
use crate::sasl::{self, Exchange, Password};

impl Session {
    /// After the greeting.
    pub(super) fn greet(&mut self) {
        match self.plan.automatic {
            true => self.say_hello(),
            false => self.state = State::Ready,
        }
    }

    /// TLS stands: all that was learned before is forgotten (RFC 3207, section 4.2).
    pub fn secured(&mut self) {
        self.secure = true;
        self.state = State::Opening;
        self.extensions = Extensions::default();
        self.helloed = false;
        self.greet();
    }

    pub(super) fn say_hello(&mut self) {
        let verb = match self.plan.dialect {
            Dialect::Smtp => "EHLO",
            Dialect::Lmtp => "LHLO",
        };
        let name = self.plan.local_name.as_str();
        self.queue(Verb::Ehlo, Line::open(format!("{verb} {name}")));
    }

    pub(super) fn say_helo(&mut self) {
        let name = self.plan.local_name.as_str();
        self.queue(Verb::Helo, Line::open(format!("HELO {name}")));
    }

    pub(super) fn greeted(&mut self, extensions: Extensions) -> Result<(), Error> {
        self.extensions = extensions;
        self.helloed = true;
        if !self.plan.automatic {
            self.state = State::Ready;
            return Ok(());
        }
        if self.secure || self.plan.security == Security::Plaintext {
            return self.authenticate();
        }
        if self.extensions.has("STARTTLS") {
            self.queue(Verb::StartTls, Line::open("STARTTLS"));
            return Ok(());
        }
        match self.may_do_without_tls() {
            true => self.authenticate(),
            false
                if self.plan.security == Security::StartTlsUnlessLoopback && self.plan.loopback =>
            {
                self.authenticate()
            }
            false => Err(Error::StartTlsUnavailable),
        }
    }

    /// Whether a server may refuse STARTTLS.
    pub(super) fn may_do_without_tls(&self) -> bool {
        self.plan.automatic && self.plan.security == Security::Opportunistic
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

    /// With other credentials than planned.
    pub fn authenticate_as(&mut self, credentials: Password) -> Result<(), Error> {
        self.expect_ready("AUTH")?;
        self.plan.credentials = Some(credentials);
        self.authenticate()
    }

    pub(super) fn authenticate(&mut self) -> Result<(), Error> {
        let Some(credentials) = &self.plan.credentials else {
            self.authenticated();
            return Ok(());
        };
        self.may_authenticate()?;
        let offered = self.extensions.auth_mechanisms();
        let Some(mechanism) = sasl::choose(&offered, &self.plan.mechanisms) else {
            return Err(Error::AuthUnavailable(offered));
        };
        let exchange = Exchange::new(mechanism, credentials).map_err(Error::InvalidArgument)?;
        self.say_auth(exchange);
        Ok(())
    }

    pub(super) fn may_authenticate(&self) -> Result<(), Error> {
        match self.secure || self.plan.loopback {
            true => Ok(()),
            false => Err(Error::AuthNeedsTls),
        }
    }

    /// What was planned is reached: from now on each step is asked for.
    pub(super) fn authenticated(&mut self) {
        self.exchange = None;
        self.state = State::Ready;
        self.plan.automatic = false;
    }

    /// An answer in an exchange of the caller's own.
    pub(super) fn hear_own_mechanism(&mut self, verb: Verb, reply: Reply) -> Result<(), Error> {
        let challenged = verb == Verb::Auth && reply.code == 334;
        self.state = if challenged {
            State::Challenged
        } else {
            State::Ready
        };
        self.own_mechanism = challenged;
        // The refusal is what a cancelled exchange is answered with (RFC 4954, section 4).
        if reply.is_success() || challenged || verb == Verb::AuthCancel {
            self.answer = Some(reply);
            return Ok(());
        }
        Err(self.refused(verb.phase(), reply))
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
