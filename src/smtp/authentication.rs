//! AUTH (RFC 4954): one mechanism, and where the server refuses it, perhaps another.
//!
//! ```text
//! C: AUTH SCRAM-SHA-256 biws...            the first that is allowed and on offer
//! S: 535 5.7.8 no                          it may not know this user in this way
//! C: AUTH PLAIN AHVzZXIAc2VjcmV0           the next
//! S: 235 2.7.0 welcome
//! ```

use super::error::{Error, Phase};
use super::line::{Line, MAX_COMMAND, Verb};
use super::reply::Reply;
use super::session::{Goal, InitialResponse, Session, State};
use crate::sasl::{
    self, Attempts, ChannelBinding, Context, Credentials, Exchange, MAX_ATTEMPTS, Nonce,
};

/// One `authenticate`, over all its attempts.
#[derive(Default)]
pub(super) struct Login {
    binding: Option<ChannelBinding>,
    attempts: Option<Attempts>,
    /// The first refusal: it is of the mechanism that was wanted most.
    refusal: Option<Reply>,
    /// Why the first mechanism that was passed over cannot carry the credentials.
    unfit: Option<String>,
    /// Why an exchange was cancelled.
    fault: Option<String>,
    /// An AUTH that left with an envelope was refused: no other does.
    alone: bool,
}

impl Session {
    /// What names the TLS connection that stands, for mechanisms that prove it to be the same at
    /// both ends.
    pub fn bind(&mut self, binding: Option<ChannelBinding>) {
        self.login.binding = binding;
    }

    /// With other credentials than planned, and nonces that were not used yet.
    pub fn authenticate_as(
        &mut self,
        credentials: Credentials,
        nonces: [Nonce; MAX_ATTEMPTS],
    ) -> Result<(), Error> {
        self.expect_unauthenticated()?;
        self.plan.credentials = Some(credentials);
        self.plan.nonces = nonces;
        self.authenticate()
    }

    pub(super) fn authenticate(&mut self) -> Result<(), Error> {
        let Some(credentials) = &self.plan.credentials else {
            self.authenticated();
            return Ok(());
        };
        self.may_authenticate()?;
        let offered = self.extensions.auth_mechanisms();
        let allowed = &self.plan.mechanisms;
        let has_binding = self.login.binding.is_some();
        let attempts = Attempts::new(&offered, allowed, credentials, has_binding);
        self.login.attempts = Some(attempts);
        self.login.refusal = None;
        self.login.unfit = None;
        match self.next_exchange() {
            Some(exchange) => {
                self.say_auth(exchange);
                Ok(())
            }
            None => Err(match self.login.unfit.take() {
                Some(why) => Error::InvalidArgument(why),
                None => Error::AuthUnavailable(offered),
            }),
        }
    }

    /// A listener between us and the server must not learn credentials, whatever the mechanism.
    pub(super) fn may_authenticate(&self) -> Result<(), Error> {
        match self.secure || self.plan.loopback {
            true => Ok(()),
            false => Err(Error::AuthNeedsTls),
        }
    }

    /// What was planned is reached: from now on each step is asked for.
    pub(super) fn authenticated(&mut self) {
        self.exchange = None;
        self.plan.goal = Goal::Greeting;
        if self.state == State::Opening {
            self.state = State::Ready;
        }
    }

    /// Whether the server is still to learn who we are.
    pub fn is_unauthenticated(&self) -> bool {
        self.plan.credentials.is_some() && !self.authenticated
    }

    /// AUTH's answer, while those to the envelope that left with it are still to come: these only
    /// count where it succeeds.
    pub(super) fn hear_grouped_auth(&mut self, reply: Reply) -> Result<(), Error> {
        let Some(transaction) = &mut self.transaction else {
            return Ok(());
        };
        if reply.is_success() && !transaction.is_response {
            return self.auth_succeeded();
        }
        if reply.code == 334 && matches!(self.awaited.front(), Some(Verb::Mail)) {
            // The server takes the next line, MAIL, for the response, and its reply is the refusal.
            transaction.is_response = true;
            self.awaited.pop_front();
            self.awaited.push_front(Verb::AuthAtOnce);
            self.hear_reason(&reply);
            return Ok(());
        }
        match reply.is_refusal() {
            true => {
                transaction.auth_refusal = Some(reply);
                Ok(())
            }
            false => Err(self.refused(Phase::Auth, reply)),
        }
    }

    /// What a 334 asks (RFC 4954, section 4); the error says what is wrong with it.
    pub fn challenge(reply: &Reply) -> Result<Vec<u8>, String> {
        sasl::decode(reply.lines.first().map_or("", String::as_str))
    }

    /// A challenge that has no answer any more: it says why a token was refused.
    fn hear_reason(&mut self, reply: &Reply) {
        if let (Some(exchange), Ok(reason)) = (&mut self.exchange, Self::challenge(reply)) {
            // The answer has no place; the reason is kept.
            let _ = exchange.respond(&reason);
        }
    }

    /// AUTH was refused with an envelope behind it: the next mechanism, and the envelope again.
    pub(super) fn settle_refused_group(&mut self, reply: Reply) -> Result<(), Error> {
        let Some(transaction) = &mut self.transaction else {
            return Ok(());
        };
        if transaction.go_ahead {
            // A dot would send an empty message.
            return Err(self.ended(Error::Rejected(Phase::Auth, reply)));
        }
        let begun = transaction.begun;
        let envelope = transaction.start_again();
        self.login.alone = true;
        match self.auth_refused(reply) {
            Ok(()) if begun => self.queued.push_front((Verb::Rset, Line::open("RSET"))),
            Ok(()) => {}
            Err(error) => {
                self.transaction = None;
                self.state = State::Ready;
                return Err(error);
            }
        }
        self.queued.extend(envelope);
        Ok(())
    }

    /// Why AUTH was refused, where the connection ended before all that left with it was answered.
    pub fn take_auth_refusal(&mut self) -> Option<Reply> {
        self.transaction.as_mut()?.auth_refusal.take()
    }

    /// An answer in an exchange of the caller's own.
    pub(super) fn hear_own_mechanism(&mut self, verb: Verb, reply: Reply) -> Result<(), Error> {
        let challenged = verb == Verb::Auth && reply.code == 334;
        self.own_mechanism = challenged;
        self.authenticated = verb == Verb::Auth && reply.is_success();
        self.state = match challenged {
            true => State::Challenged,
            false => State::Ready,
        };
        // A refusal is what a cancelled exchange is answered with (RFC 4954, section 4).
        if reply.is_success() || challenged || verb == Verb::AuthCancel {
            self.answer = Some(reply);
            return Ok(());
        }
        Err(self.refused(verb.phase(), reply))
    }

    /// Answers a challenge, or cancels where there is no answer (RFC 4954, section 4).
    pub(super) fn respond(&mut self, reply: &Reply) {
        let answer = match &mut self.exchange {
            Some(exchange) => {
                Self::challenge(reply).and_then(|challenge| exchange.respond(&challenge))
            }
            None => Err("the server asks for more than is known".into()),
        };
        match answer {
            Ok(answer) => {
                let line = Line::with_secret("", sasl::encode(&answer));
                self.queued.push_front((Verb::Auth, line));
            }
            Err(why) => {
                self.login.fault = Some(why);
                self.queued.push_front((Verb::AuthCancel, Line::open("*")));
            }
        }
    }

    /// 235, which is not enough where the server has to prove itself.
    pub(super) fn auth_succeeded(&mut self) -> Result<(), Error> {
        let concluded = self.exchange.as_ref().map_or(Ok(()), Exchange::conclude);
        concluded.map_err(|why| self.broken(Phase::Auth, why))?;
        self.authenticated = true;
        self.authenticated();
        Ok(())
    }

    /// Goes on to the next mechanism that is allowed; where there is none, the first refusal is the
    /// result.
    pub(super) fn auth_refused(&mut self, mut reply: Reply) -> Result<(), Error> {
        if let Some(exchange) = self.exchange.take() {
            if let Some(attempts) = &mut self.login.attempts {
                attempts.refused(exchange.mechanism(), reply.code);
            }
            reply.lines.extend(exchange.failure().map(String::from));
        }
        let first = self.login.refusal.take().unwrap_or(reply);
        match self.next_exchange() {
            Some(exchange) => {
                self.login.refusal = Some(first);
                self.say_auth(exchange);
                Ok(())
            }
            None => Err(self.refused(Phase::Auth, first)),
        }
    }

    /// The server was told that its challenge has no answer.
    pub(super) fn auth_cancelled(&mut self) -> Error {
        let why = self.login.fault.take().unwrap_or_default();
        self.broken(
            Phase::Auth,
            format!("the server's challenge cannot be answered: {why}"),
        )
    }

    /// Whether a reply is one that lets its reader guess the password: SCRAM's.
    pub(super) fn proves_server(&self, reply: &Reply) -> bool {
        let scram = |exchange: &Exchange| exchange.mechanism().is_scram();
        reply.code == 334 && self.exchange.as_ref().is_some_and(scram)
    }

    /// With the next mechanism that can carry the credentials.
    fn next_exchange(&mut self) -> Option<Exchange> {
        let credentials = self.plan.credentials.as_ref()?;
        let attempts = self.login.attempts.as_mut()?;
        while let Some(mechanism) = attempts.next_mechanism() {
            let context = Context {
                nonce: *self.plan.nonces.get(attempts.made())?,
                binding: self.login.binding.as_ref(),
                bound_offered: attempts.bound_offered(),
                host: &self.plan.host,
                port: self.plan.port,
            };
            match Exchange::new(mechanism, credentials, &context) {
                Ok(exchange) => return Some(exchange),
                Err(why) => {
                    self.login.unfit.get_or_insert(why);
                }
            }
        }
        None
    }

    /// With the initial response, unless the line would be too long (RFC 4954, section 4).
    fn say_auth(&mut self, mut exchange: Exchange) {
        let name = exchange.mechanism().name();
        let with_initial = exchange.initial_response().map(|response| {
            Line::with_secret(&format!("AUTH {name} "), sasl::encode_initial(response))
        });
        let line = with_initial.filter(|line| match self.plan.initial_response {
            InitialResponse::Auto => line.len() <= MAX_COMMAND,
            InitialResponse::Always => true,
            InitialResponse::Never => false,
        });
        if line.is_some() {
            exchange.initial_response_sent();
        }
        let at_once = line.is_some() && exchange.mechanism().is_at_once() && !self.login.alone;
        self.exchange = Some(exchange);
        let line = line.unwrap_or_else(|| Line::open(format!("AUTH {name}")));
        if at_once && self.plan.goal == Goal::Message && self.extensions.has("PIPELINING") {
            self.held = Some(line);
            self.state = State::Ready;
            return;
        }
        let verb = match at_once {
            true => Verb::AuthAtOnce,
            false => Verb::Auth,
        };
        self.queued.push_front((verb, line));
    }
}
