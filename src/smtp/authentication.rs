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
use super::session::{AuthPipelining, Goal, InitialResponse, Session, State};
use super::transcript::Speaker;
use crate::sasl::{
    self, Attempts, ChannelBinding, Context, Credentials, Exchange, MAX_ATTEMPTS, Mechanism, Nonce,
    Refusal,
};

/// One `authenticate`, over all its attempts.
#[derive(Default)]
pub(super) struct Login {
    binding: Option<ChannelBinding>,
    pub(super) attempts: Option<Attempts>,
    /// The first refusal: it is of the mechanism that was wanted most.
    refusal: Option<Reply>,
    /// Why the first mechanism that was passed over cannot carry the credentials.
    unfit: Option<String>,
    /// Why an exchange was cancelled.
    fault: Option<String>,
    /// The credentials are others than planned: what is learned of them is not for other sessions.
    is_unplanned: bool,
    /// An AUTH that left with an envelope was refused: no other does.
    pub(super) alone: bool,
    /// AUTH was answered, and nothing yet of what left behind it.
    pub(super) is_answered_alone: bool,
    /// The server lost the envelope that left behind AUTH.
    pub(super) has_lost_envelope: bool,
}

impl Login {
    /// The mechanisms that the server has refused, in order.
    pub(super) fn tried(&self) -> Vec<Mechanism> {
        let tried = self.attempts.as_ref().map(Attempts::tried);
        tried.unwrap_or_default().to_vec()
    }
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
        self.login.is_unplanned = true;
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
        let mut attempts = Attempts::new(&offered, allowed, credentials, has_binding);
        attempts.set_plain_fallback(self.plan.plain_fallback);
        if let Some(mechanism) = self.plan.memory.mechanism()
            && !self.login.is_unplanned
        {
            attempts.begin_with(mechanism);
        }
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

    /// What a 334 asks (RFC 4954, section 4); the error says what is wrong with it.
    pub fn challenge(reply: &Reply) -> Result<Vec<u8>, String> {
        sasl::decode(reply.lines.first().map_or("", String::as_str))
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
            Some(exchange) if !exchange.reads_challenge() => exchange.respond(b""),
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
        if let Some(exchange) = &self.exchange
            && !self.login.tried().is_empty()
            && !self.login.is_unplanned
        {
            self.plan.memory.learn_mechanism(exchange.mechanism());
        }
        self.authenticated = true;
        self.authenticated();
        Ok(())
    }

    /// Goes on to the next mechanism that is allowed; where there is none, the first refusal is the
    /// result.
    pub(super) fn auth_refused(&mut self, reply: Reply) -> Result<(), Error> {
        let is_proof_refused = |exchange: &&Exchange| {
            exchange.mechanism().is_proof() && (reply.code == 535 || exchange.has_proved())
        };
        let unproved = self.exchange.as_ref().filter(is_proof_refused);
        let unproved = unproved.map(Exchange::mechanism);
        let reply = self.note_refusal(reply);
        let first = self.login.refusal.take().unwrap_or(reply);
        match self.next_exchange() {
            Some(exchange) => {
                if let Some(unproved) = unproved {
                    self.say_that_follows(exchange.mechanism(), unproved);
                }
                self.login.refusal = Some(first);
                self.say_auth(exchange);
                Ok(())
            }
            None => Err(self.refused(Phase::Auth, first)),
        }
    }

    /// The mechanism under way is refused. Returns the reply, with what the server said about it in
    /// the exchange.
    pub(super) fn note_refusal(&mut self, mut reply: Reply) -> Reply {
        let Some(exchange) = self.exchange.take() else {
            return reply;
        };
        if let Some(attempts) = &mut self.login.attempts {
            let refusal = Refusal {
                code: reply.code,
                is_of_proof: exchange.has_proved(),
                is_of_binding: exchange.is_binding_refused(),
            };
            attempts.refused(exchange.mechanism(), refusal);
        }
        reply.lines.extend(exchange.failure().map(String::from));
        reply
    }

    /// For people, where the server is shown the password whose proof it refused.
    fn say_that_follows(&mut self, next: Mechanism, refused: Mechanism) {
        if next.shows_secret() {
            self.words.record(Speaker::Event, || {
                format!(
                    "{} shows the server the password, as it refused the proof of {}",
                    next.name(),
                    refused.name()
                )
            });
        }
    }

    /// Whether another mechanism follows the one that was refused.
    pub(super) fn has_next_mechanism(&self) -> bool {
        self.login.attempts.as_ref().is_some_and(Attempts::has_next)
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
                nonce: *self.plan.nonces.get(attempts.tried().len())?,
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
        let at_once = line.is_some() && self.may_be_followed(exchange.mechanism());
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
    /// Whether commands may leave behind AUTH with this mechanism, before its answer: where its initial
    /// response is all that it says (RFC 4954, section 4, names PLAIN and EXTERNAL). A token that is
    /// refused has a turn more, which MAIL would take.
    fn may_be_followed(&self, mechanism: Mechanism) -> bool {
        if self.login.alone || self.plan.memory.auth_alone() {
            return false;
        }
        match self.plan.auth_pipelining {
            AuthPipelining::Never => false,
            AuthPipelining::PlainAndExternal => {
                matches!(mechanism, Mechanism::Plain | Mechanism::External)
            }
            AuthPipelining::TokensToo => mechanism.is_at_once(),
        }
    }
}
