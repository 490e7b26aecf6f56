//! AUTH (RFC 4954): one mechanism, and others if the server refuses it.
//!
//! ```text
//! C: AUTH SCRAM-SHA-256 biws...            the first that is allowed and offered
//! S: 535 5.7.8 no                          the server may not have this user's password in this form
//! C: AUTH PLAIN AHVzZXIAc2VjcmV0           the next
//! S: 235 2.7.0 welcome
//! ```

use super::command::{Command, MAX_COMMAND, PendingReply};
use super::config::{AuthPipelining, ConnectUntil, InitialResponse};
use super::error::{Error, Phase};
use super::reply::Reply;
use super::session::{Channel, Session};
use super::state::{AfterAuth, Authenticating, Idle, Reset, State, Turn};
use super::transcript::Speaker;
use crate::sasl::{
    self, Attempts, ChannelBinding, Context, Credentials, Exchange, MAX_ATTEMPTS, Mechanism, Nonce,
    Refusal,
};

/// The progress of the session's authentication.
pub(super) enum Authentication {
    NotDone,
    /// AUTH waits, and leaves together with the first envelope.
    Deferred(Box<Login>, Command),
    Done,
}

/// One authentication, over all its attempts.
pub(super) struct Login {
    credentials: Credentials,
    nonces: [Nonce; MAX_ATTEMPTS],
    origin: Origin,
    attempts: Attempts,
    exchange: Option<Exchange>,
    /// The refusal of the first mechanism, which is the preferred one.
    first_refusal: Option<Reply>,
    /// The reason why the first skipped mechanism cannot carry the credentials.
    skipped_reason: Option<sasl::Error>,
    /// The reason why the exchange was cancelled.
    cancel_reason: Option<sasl::Error>,
}

/// The source of credentials.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The configuration. A mechanism that works for these is remembered for other sessions.
    Config,
    /// The caller, for this session alone.
    Caller,
}

impl Login {
    /// The mechanisms that the server has refused, in order.
    fn tried(&self) -> Vec<Mechanism> {
        self.attempts.tried().to_vec()
    }

    /// The error after all mechanisms are refused.
    fn refused(&self, reply: Reply) -> Error {
        Error::AuthRefused(reply, self.tried())
    }

    /// The error if no mechanism follows the current one, which is refused.
    pub(super) fn refuse(&mut self, reply: Reply) -> Error {
        let reply = self.record_refusal(reply);
        self.refused(reply)
    }

    /// 235 is not enough if the mechanism makes the server prove itself. Returns the mechanism, if it is worth
    /// remembering.
    pub(super) fn conclude(&self) -> Result<Option<Mechanism>, sasl::Error> {
        let Some(exchange) = &self.exchange else {
            return Ok(None);
        };
        exchange.done()?;
        let is_news = self.origin == Origin::Config && !self.attempts.tried().is_empty();
        Ok(is_news.then(|| exchange.mechanism()))
    }

    pub(super) fn exchange_mut(&mut self) -> Option<&mut Exchange> {
        self.exchange.as_mut()
    }

    /// Whether another mechanism follows the one that was refused.
    pub(super) fn has_next_mechanism(&self) -> bool {
        self.attempts.has_next()
    }

    /// Whether the current exchange lets a reader of the server's challenges guess the password.
    fn sends_password_proof(&self) -> bool {
        let exchange = self.exchange.as_ref();
        exchange.is_some_and(|exchange| exchange.mechanism().is_scram())
    }

    /// Records that the current mechanism is refused. Returns the reply, with the server's reason from the
    /// exchange added.
    fn record_refusal(&mut self, mut reply: Reply) -> Reply {
        let Some(exchange) = self.exchange.take() else {
            return reply;
        };
        let refusal = Refusal {
            code: reply.code,
            is_of_proof: exchange.has_proved(),
            is_of_binding: exchange.is_binding_refused(),
        };
        self.attempts.refused(exchange.mechanism(), refusal);
        reply.lines.extend(exchange.failure().map(String::from));
        reply
    }

    /// The current mechanism, if this reply refuses its proof of the password.
    fn refused_proof(&self, reply: &Reply) -> Option<Mechanism> {
        let exchange = self.exchange.as_ref()?;
        let mechanism = exchange.mechanism();
        let is_refused = mechanism.is_proof() && (reply.code == 535 || exchange.has_proved());
        is_refused.then_some(mechanism)
    }
}

impl Session {
    /// AUTH with the caller's credentials instead of the configured ones. The nonces must be new.
    pub fn authenticate_as(
        &mut self,
        credentials: Credentials,
        nonces: [Nonce; MAX_ATTEMPTS],
    ) -> Result<(), Error> {
        self.expect_unauthenticated()?;
        let then = AfterAuth::Idle(self.due_reset());
        self.log_in(credentials, nonces, Origin::Caller, then)
    }

    /// AUTH with the configured credentials, if there are any.
    pub(super) fn authenticate(&mut self) -> Result<(), Error> {
        let Some(credentials) = self.config.server.credentials.clone() else {
            self.enter(State::Idle(Idle::default()));
            return Ok(());
        };
        let nonces = self.config.nonces;
        let then = match self.state {
            State::Opening(ConnectUntil::FirstMessage) => AfterAuth::FirstMessage,
            _ => AfterAuth::Idle(Reset::NotDue),
        };
        self.log_in(credentials, nonces, Origin::Config, then)
    }

    /// Whether credentials are configured, and the server has not accepted them yet.
    pub fn is_unauthenticated(&self) -> bool {
        let is_done = matches!(self.authentication, Authentication::Done);
        self.config.server.credentials.is_some() && !is_done
    }

    /// Decodes the challenge in a 334 reply (RFC 4954, section 4). The error names the fault.
    pub fn challenge(reply: &Reply) -> Result<Vec<u8>, sasl::Error> {
        sasl::decode(reply.lines.first().map_or("", String::as_str))
    }

    /// Credentials need TLS, whatever the mechanism, so that no listener in between learns them.
    pub(super) fn expect_private_channel(&self) -> Result<(), Error> {
        if self.is_secure() || self.config.is_loopback {
            Ok(())
        } else {
            Err(Error::AuthNeedsTls)
        }
    }

    /// Whether challenges are hidden in the transcript.
    pub(super) fn sends_password_proof(&self) -> bool {
        match &self.state {
            State::Authenticating(authenticating) => authenticating.login.sends_password_proof(),
            _ => false,
        }
    }

    fn log_in(
        &mut self,
        credentials: Credentials,
        nonces: [Nonce; MAX_ATTEMPTS],
        origin: Origin,
        then: AfterAuth,
    ) -> Result<(), Error> {
        self.expect_private_channel()?;
        let offered = self.extensions().auth_mechanisms();
        let server = &self.config.server;
        let has_binding = self.channel_binding().is_some();
        let mut attempts = Attempts::new(&offered, &server.mechanisms, &credentials, has_binding);
        attempts.set_plain_fallback(server.plain_fallback);
        if let (Origin::Config, Some(mechanism)) = (origin, self.memory().mechanism()) {
            attempts.begin_with(mechanism);
        }
        let mut login = Login {
            credentials,
            nonces,
            origin,
            attempts,
            exchange: None,
            first_refusal: None,
            skipped_reason: None,
            cancel_reason: None,
        };
        if let Some(exchange) = self.next_exchange(&mut login) {
            self.start_exchange(login, exchange, then);
            return Ok(());
        }
        Err(match login.skipped_reason {
            Some(why) => Error::InvalidArgument(why.to_string()),
            None => Error::AuthUnavailable(offered),
        })
    }

    /// Starts the next mechanism that can carry the credentials.
    fn next_exchange(&self, login: &mut Login) -> Option<Exchange> {
        while let Some(mechanism) = login.attempts.next_mechanism() {
            let context = Context {
                nonce: *login.nonces.get(login.attempts.tried().len())?,
                binding: self.channel_binding(),
                bound_offered: login.attempts.bound_offered(),
                host: &self.config.host,
                port: self.config.server.port(),
            };
            match Exchange::new(mechanism, &login.credentials, &context) {
                Ok(exchange) => return Some(exchange),
                Err(why) => {
                    login.skipped_reason.get_or_insert(why);
                }
            }
        }
        None
    }

    fn channel_binding(&self) -> Option<&ChannelBinding> {
        match &self.server.channel {
            Channel::Tls(binding) => binding.as_ref(),
            Channel::Clear => None,
        }
    }

    /// Queues AUTH, or defers it until the first envelope if both may leave together.
    fn start_exchange(&mut self, mut login: Login, mut exchange: Exchange, then: AfterAuth) {
        let mechanism = exchange.mechanism();
        let with_initial_response = self.auth_with_initial_response(&exchange);
        if with_initial_response.is_some() {
            exchange.initial_response_sent();
        }
        login.exchange = Some(exchange);
        match with_initial_response {
            Some(command) if self.may_defer_auth(mechanism, &then) => {
                let command = command.awaiting(PendingReply::AuthInGroup);
                self.authentication = Authentication::Deferred(Box::new(login), command);
                self.enter(State::Idle(Idle::default()));
            }
            command => {
                let line = format!("AUTH {}", mechanism.name());
                let command = command.unwrap_or_else(|| Command::new(PendingReply::Auth, line));
                self.pipeline.queue_first(command);
                self.enter(State::Authenticating(Authenticating { login, then }));
            }
        }
    }

    /// AUTH with the initial response, unless that makes the line too long (RFC 4954, section 4).
    fn auth_with_initial_response(&self, exchange: &Exchange) -> Option<Command> {
        let response = exchange.initial_response()?;
        let text = format!("AUTH {} ", exchange.mechanism().name());
        let response = sasl::encode_initial(response);
        let command = Command::with_secret(PendingReply::Auth, &text, response);
        let is_allowed = match self.config.server.initial_response {
            InitialResponse::Auto => command.len() <= MAX_COMMAND,
            InitialResponse::Always => true,
            InitialResponse::Never => false,
        };
        is_allowed.then_some(command)
    }

    /// Whether AUTH may leave together with the first envelope, before its reply: if its initial response
    /// completes the exchange (RFC 4954, section 4, names PLAIN and EXTERNAL). A refused token has one more
    /// turn, for which the server takes MAIL.
    fn may_defer_auth(&self, mechanism: Mechanism, then: &AfterAuth) -> bool {
        let is_before_message = matches!(then, AfterAuth::FirstMessage);
        if !is_before_message || !self.pipeline.is_offered || self.memory().auth_alone() {
            return false;
        }
        match self.config.server.auth_pipelining {
            AuthPipelining::Never => false,
            AuthPipelining::PlainAndExternal => mechanism.ends_in_one_round_trip(),
            AuthPipelining::TokensToo => mechanism.is_single_message(),
        }
    }

    // --- replies ------------------------------------------------------------------------------

    /// 334: answers the challenge, or cancels if there is no answer (RFC 4954, section 4).
    pub(super) fn on_challenge(&mut self, reply: &Reply) -> Result<(), Error> {
        if reply.code != 334 {
            return Err(self.nonsense(Phase::Auth, reply));
        }
        let State::Authenticating(Authenticating {
            login:
                Login {
                    exchange: Some(exchange),
                    cancel_reason,
                    ..
                },
            ..
        }) = &mut self.state
        else {
            return Err(self.nonsense(Phase::Auth, reply));
        };
        let response = if exchange.reads_challenge() {
            Self::challenge(reply).and_then(|challenge| exchange.respond(&challenge))
        } else {
            exchange.respond(b"")
        };
        let command = match response {
            Ok(response) => Command::with_secret(PendingReply::Auth, "", sasl::encode(&response)),
            Err(why) => {
                *cancel_reason = Some(why);
                Command::new(PendingReply::AuthCancel, "*")
            }
        };
        self.pipeline.queue_first(command);
        Ok(())
    }

    pub(super) fn on_authenticated(&mut self, reply: Reply) -> Result<(), Error> {
        let State::Authenticating(Authenticating { login, then }) = self.take_state() else {
            return Ok(());
        };
        self.enter(match then {
            AfterAuth::Idle(reset) => State::Idle(Idle::with(reset)),
            AfterAuth::FirstMessage => State::Idle(Idle::default()),
            AfterAuth::Envelope(envelope) => State::Envelope(envelope),
        });
        self.conclude_login(login.conclude())?;
        self.results.answer = Some(reply);
        Ok(())
    }

    pub(super) fn conclude_login(
        &mut self,
        concluded: Result<Option<Mechanism>, sasl::Error>,
    ) -> Result<(), Error> {
        let news = concluded.map_err(|why| self.protocol_error(Phase::Auth, why.to_string()))?;
        if let Some(mechanism) = news {
            self.memory().learn_mechanism(mechanism);
        }
        self.authentication = Authentication::Done;
        Ok(())
    }

    pub(super) fn on_mechanism_refused(&mut self, reply: Reply) -> Result<(), Error> {
        let State::Authenticating(Authenticating { login, then }) = self.take_state() else {
            return Ok(());
        };
        self.try_next_mechanism(login, reply, then)
    }

    /// Goes on to the next mechanism that is allowed. If there is none, the first refusal is the result.
    pub(super) fn try_next_mechanism(
        &mut self,
        mut login: Login,
        reply: Reply,
        then: AfterAuth,
    ) -> Result<(), Error> {
        let unproved = login.refused_proof(&reply);
        let reply = login.record_refusal(reply);
        let first = login.first_refusal.take().unwrap_or(reply);
        if let Some(exchange) = self.next_exchange(&mut login) {
            if let Some(unproved) = unproved {
                self.note_fallback(exchange.mechanism(), unproved);
            }
            login.first_refusal = Some(first);
            self.start_exchange(login, exchange, then);
            return Ok(());
        }
        self.enter(State::Idle(match then {
            AfterAuth::Idle(reset) => Idle::with(reset),
            AfterAuth::FirstMessage => Idle::default(),
            // The server may have begun its transaction without the login.
            AfterAuth::Envelope(_) => Idle::after_failure(),
        }));
        if self.pipeline.awaits_reply() || self.pipeline.has_queued() {
            self.close();
        }
        Err(login.refused(first))
    }

    /// Records in the transcript that the server gets the password after it refused a proof of it.
    fn note_fallback(&mut self, next: Mechanism, refused: Mechanism) {
        if next.sends_secret() {
            self.transcript.record(Speaker::Event, || {
                format!(
                    "{} shows the server the password, as it refused the proof of {}",
                    next.name(),
                    refused.name()
                )
            });
        }
    }

    /// The server has confirmed that the exchange is cancelled.
    pub(super) fn auth_cancelled(&mut self) -> Error {
        let why = match &mut self.state {
            State::Authenticating(authenticating) => authenticating.login.cancel_reason.take(),
            _ => None,
        };
        let why = why.map_or(String::new(), |why| why.to_string());
        let what = format!("the server's challenge cannot be answered: {why}");
        self.protocol_error(Phase::Auth, what)
    }

    /// The server closes the session in answer to AUTH (421).
    pub(super) fn closed_in_auth(&mut self, reply: Reply) -> Error {
        let error = match self.state.login() {
            Some(login) => login.refuse(reply),
            None => Error::AuthRefused(reply, Vec::new()),
        };
        self.close();
        error
    }

    /// Passes the turn in an exchange of the caller's own.
    pub(super) fn pass_turn(&mut self, turn: Turn) {
        if let State::CallerAuth(auth) = &mut self.state {
            auth.turn = turn;
        }
    }

    /// A reply in an exchange of the caller's own.
    pub(super) fn on_caller_auth(
        &mut self,
        reply_to: PendingReply,
        reply: Reply,
    ) -> Result<(), Error> {
        let is_cancelled = reply_to == PendingReply::AuthCancel;
        if reply.code == 334 && !is_cancelled {
            self.pass_turn(Turn::Client);
            self.results.answer = Some(reply);
            return Ok(());
        }
        let reset = match &self.state {
            State::CallerAuth(auth) => auth.reset,
            _ => Reset::NotDue,
        };
        self.enter(State::Idle(Idle::with(reset)));
        if reply.is_success() && !is_cancelled {
            self.authentication = Authentication::Done;
        }
        // A refusal answers a cancelled exchange (RFC 4954, section 4).
        if reply.is_success() || is_cancelled {
            self.results.answer = Some(reply);
            Ok(())
        } else if reply.is_refusal() {
            Err(Error::AuthRefused(reply, Vec::new()))
        } else {
            Err(self.nonsense(Phase::Auth, &reply))
        }
    }
}
