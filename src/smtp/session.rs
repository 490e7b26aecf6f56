//! One SMTP session, without I/O: octets in, the next action out, and operations in between.
//!
//! ```text
//! S: 220 mail.example.org ESMTP            the greeting
//! C: EHLO client.example.net               without a call: EHLO, STARTTLS, EHLO, as configured
//! S: 250-mail.example.org
//! S: 250 PIPELINING
//! C: AUTH PLAIN AGEAYg==                   `start_message`: one group, one flight (RFC 2920)
//! C: MAIL FROM:<a@example.net>
//! C: RCPT TO:<b@example.org>
//! C: DATA
//! S: 235 Welcome                           replies are matched to commands by their order
//! S: 250 OK
//! S: 250 OK
//! S: 354 Go ahead
//! C: Subject: hello ...                    `write`, `finish`
//! S: 250 Queued as 4711                    `take_receipt`
//! C: QUIT                                  `quit`
//! ```
//!
//! A driver moves octets between a session and a connection. It asks for an operation, such as
//! [`start_message`](Session::start_message), and calls [`next_action`](Session::next_action) until that
//! returns [`Idle`](Action::Idle). The operation is done then, and the driver takes its result.
//!
//! - [`NeedReply`](Action::NeedReply): write [`take_output`](Session::take_output), read from the connection,
//!   and hand the octets to [`receive`](Session::receive).
//! - [`NeedTls`](Action::NeedTls): make the TLS handshake, then call [`secured`](Session::secured).
//!
//! An error is the result of the operation. The session goes on after it if [`is_open`](Session::is_open) is
//! true.
//!
//! The states are in `state.rs`, the one table of transitions in `transitions.rs`, the rule of pipelining in
//! `pipeline.rs`, and several messages over one session in `sending.rs`. A whole session:
//!
//! ```
//! use std::rc::Rc;
//!
//! use envoi::smtp::config::{ConnectUntil, PartialDelivery, Protocol, Security, ServerConfig, SessionConfig};
//! use envoi::smtp::content_scan::scan;
//! use envoi::smtp::delivery::MessageInfo;
//! use envoi::smtp::envelope::Envelope;
//! use envoi::smtp::error::Error;
//! use envoi::smtp::local_name::LocalName;
//! use envoi::smtp::parameters::Options;
//! use envoi::smtp::server_memory::ServerMemory;
//! use envoi::smtp::session::{Action, Session};
//!
//! /// The driver: `server` acts as the connection. It gets the session's output, and returns its reply.
//! fn run(session: &mut Session, server: &mut impl FnMut(&str) -> String) -> Result<(), Error> {
//!     while session.next_action()? == Action::NeedReply {
//!         let output = session.take_output();
//!         session.mark_message_sent();
//!         let written = [&output.first[..], &output.after_message[..]].concat();
//!         let reply = server(&String::from_utf8(written).unwrap());
//!         session.receive(reply.as_bytes())?;
//!     }
//!     Ok(())
//! }
//!
//! let mut server = |written: &str| -> String {
//!     match written {
//!         "" => "220 mail.example.org ESMTP\r\n",
//!         "EHLO client.example.net\r\n" => "250-mail.example.org\r\n250 PIPELINING\r\n",
//!         "MAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n" => {
//!             "250 OK\r\n250 OK\r\n354 Go ahead\r\n"
//!         }
//!         "Subject: hello\r\n\r\n..\r\n.\r\n" => "250 Queued as 4711\r\n",
//!         "QUIT\r\n" => "221 Bye\r\n",
//!         other => panic!("{other:?}"),
//!     }
//!     .into()
//! };
//!
//! let mut config = ServerConfig::new("mail.example.org".into());
//! config.security = Security::Plaintext;
//! let mut session = Session::new(SessionConfig {
//!     server: Rc::new(config),
//!     host: "mail.example.org".into(),
//!     local_name: Some(LocalName::parse("client.example.net").unwrap()),
//!     is_loopback: false,
//!     until: ConnectUntil::Ready,
//!     nonces: Default::default(),
//!     memory: ServerMemory::default(),
//! });
//! run(&mut session, &mut server)?;
//!
//! let content = b"Subject: hello\r\n\r\n.\r\n";
//! let envelope = Envelope::parse(Some("a@example.net"), &["b@example.org".into()], Protocol::Smtp)?;
//! let info = MessageInfo::Scanned(scan(content).unwrap());
//! session.start_message(envelope, &Options::default(), info, PartialDelivery::Allowed)?;
//! run(&mut session, &mut server)?;
//! session.write(content)?;
//! session.finish();
//! run(&mut session, &mut server)?;
//! assert_eq!(session.take_receipt().unwrap().accepted[0].reply.lines, ["Queued as 4711"]);
//!
//! session.quit()?;
//! run(&mut session, &mut server)?;
//! assert!(!session.is_open());
//! # Ok::<(), Error>(())
//! ```

use std::mem;

use super::auth_group::GroupedAuth;
use super::authentication::Authentication;
use super::command::{Command, PendingReply};
use super::config::{Protocol, Security, SessionConfig};
use super::error::{Error, Phase, RecipientReply, TlsFailure};
use super::extensions::Extensions;
use super::limits::Limits;
use super::outgoing::Output;
use super::pipeline::Pipeline;
use super::receipt::Receipt;
use super::recipient_split::Overflow;
use super::reply::Reply;
use super::server_memory::ServerMemory;
use super::state::{Closed, LostEnvelope, Reset, State, Turn};
use super::transaction::Transaction;
use super::transcript::TranscriptBuffer;
use super::transitions::{StateName, Then};
use crate::sasl::ChannelBinding;

/// The driver's next task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Write the output; then read, and hand over the octets, until a reply has arrived.
    NeedReply,
    /// Write the output; make the TLS handshake; then call `secured`.
    NeedTls,
    /// Nothing: the operation is done.
    Idle,
}

/// Whether a connection may be used for another message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reuse {
    Allowed,
    /// The server said 421 and will close it; or it had no room for a message by BDAT: on that connection, Exim 4.98
    /// accepts later messages and loses their bodies (findings/exim-after-full-disk.sh).
    Spoilt,
}

/// A step of an AUTH exchange whose mechanism is the caller's own.
pub enum AuthStep {
    /// The server's challenge, decoded.
    Challenge(Vec<u8>),
    /// The server accepts the login. A refusal is an [`Error::AuthRefused`] instead.
    Done(Reply),
}

/// The protection of the connection.
pub(super) enum Channel {
    Clear,
    Tls(Option<ChannelBinding>),
}

/// The server's greeting and extensions.
pub(super) struct Server {
    pub greeting: Option<Reply>,
    /// `None` until EHLO or HELO is answered, and again after STARTTLS.
    pub extensions: Option<Extensions>,
    pub channel: Channel,
}

/// The results of operations, until the driver takes them.
#[derive(Default)]
pub(super) struct Results {
    /// The reply to the last command.
    pub answer: Option<Reply>,
    pub receipt: Option<Receipt>,
    /// Recipients that were too many for the transaction.
    pub overflow: Option<Overflow>,
    /// The last transaction that failed or was interrupted by the end of the session.
    pub failed: Option<Transaction>,
}

/// The client's side of one connection, from the greeting to QUIT. [The module](self) shows how to drive it.
pub struct Session {
    pub(super) config: SessionConfig,
    pub(super) state: State,
    /// The name of the state that was entered last. The tables must allow the next one after it.
    entered: StateName,
    pub(super) pipeline: Pipeline,
    pub(super) server: Server,
    pub(super) authentication: Authentication,
    pub(super) results: Results,
    /// The number of mail transactions so far.
    pub(super) transactions: u32,
    pub(super) reuse: Reuse,
    pub(super) transcript: TranscriptBuffer,
}

impl Session {
    /// A session on a new connection; with `Security::ImplicitTls`, inside TLS.
    pub fn new(config: SessionConfig) -> Self {
        let channel = if config.server.security == Security::ImplicitTls {
            Channel::Tls(None)
        } else {
            Channel::Clear
        };
        Self {
            state: State::Opening(config.until),
            entered: StateName::Opening,
            config,
            pipeline: Pipeline::new(),
            server: Server {
                greeting: None,
                extensions: None,
                channel,
            },
            authentication: Authentication::NotDone,
            results: Results::default(),
            transactions: 0,
            reuse: Reuse::Allowed,
            transcript: TranscriptBuffer::default(),
        }
    }

    // --- the seam to the driver ---------------------------------------------------------------

    /// Takes in the octets that were read. An error in them counts only after the replies before it are
    /// processed.
    pub fn receive(&mut self, octets: &[u8]) -> Result<(), Error> {
        if self.server.greeting.is_none() && is_tls(octets) {
            return Err(self.tls_expected());
        }
        self.pipeline.receive(octets);
        match self.parse() {
            Err(what) if !self.has_reply() && self.pipeline.awaits_reply() => {
                Err(self.protocol_error(self.phase(), what))
            }
            _ => Ok(()),
        }
    }

    /// Processes replies, and returns the next action. Once the operation is done, further replies stay
    /// unprocessed: they cannot change its result.
    pub fn next_action(&mut self) -> Result<Action, Error> {
        loop {
            if self.pipeline.awaits_reply() {
                self.check_arrived()?;
                match self.pipeline.take_reply() {
                    Some(reply) => self.handle_reply(reply)?,
                    None => return Ok(Action::NeedReply),
                }
            } else if matches!(self.state, State::TlsDue(_)) {
                return Ok(Action::NeedTls);
            } else if self.pipeline.has_queued() {
                self.process_pending_replies()?;
                self.flush();
            } else if matches!(self.state, State::Envelope(_)) {
                self.judge_envelope()?;
            } else {
                return Ok(Action::Idle);
            }
        }
    }

    /// Processes replies while content is still unsent. An unsolicited reply is an error.
    pub fn process_pending_replies(&mut self) -> Result<(), Error> {
        while let Some(reply) = self.pipeline.take_reply() {
            self.handle_reply(reply)?;
        }
        Ok(())
    }

    /// An error if what follows the replies that have arrived is none: no further one comes.
    pub fn check_arrived(&mut self) -> Result<(), Error> {
        if self.has_reply() {
            return Ok(());
        }
        self.parse()
            .map_err(|what| self.protocol_error(self.phase(), what))
    }

    /// Takes the octets to write.
    pub fn take_output(&mut self) -> Output {
        self.pipeline.take_output()
    }

    /// The number of octets to write.
    pub fn output_len(&self) -> usize {
        self.pipeline.output_len()
    }

    /// Call before the last octet of an output's first part is written. From then on, a message that ends
    /// there may have been delivered.
    pub fn mark_message_sent(&mut self) {
        self.pipeline.mark_message_sent();
    }

    /// Whether a reply is there for `next_action` to process.
    pub fn has_reply(&self) -> bool {
        self.pipeline.has_reply()
    }

    /// Whether an unsolicited reply has arrived, or what is none.
    pub fn has_unsolicited(&self) -> bool {
        self.pipeline.has_failed() || !self.pipeline.awaits_reply() && self.pipeline.has_input()
    }

    /// Interprets an error that ends an operation, such as one of the driver. Closes the session if it is
    /// unknown after the error what the server has received.
    pub fn fail(&mut self, error: Error) -> Error {
        let error = self.interpret_in_auth_group(error);
        let is_fatal = matches!(
            error,
            Error::Timeout(..)
                | Error::Disconnected(_)
                | Error::Protocol(..)
                | Error::TlsFailed(..)
        );
        if !is_fatal {
            return error;
        }
        let refusal = self.refusal_before_end(&error);
        self.close();
        refusal.unwrap_or(error)
    }

    /// The server's 421, if it closed the connection after it: it took nothing of what it had not answered (RFC 5321,
    /// section 3.8).
    fn refusal_before_end(&self, error: &Error) -> Option<Error> {
        let is_end = matches!(error, Error::Disconnected(_));
        let transaction = self.state.transaction().filter(|_| is_end)?;
        let (phase, reply) = transaction.refusal_with(421)?;
        Some(Error::Rejected(phase, reply.clone()))
    }

    /// Closes the session: the connection is of no more use.
    pub fn close(&mut self) {
        if self.is_open() {
            self.close_with(LostEnvelope::No);
        }
    }

    /// Records nothing until it is enabled.
    pub fn transcript(&mut self) -> &mut TranscriptBuffer {
        &mut self.transcript
    }

    // --- known facts --------------------------------------------------------------------------

    /// False once the connection is of no more use: after QUIT, after the server's 421, and after an error that
    /// leaves unknown what the server has received.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed(_))
    }

    /// Whether a message's content is being written.
    pub fn is_writing(&self) -> bool {
        matches!(self.state, State::Content(_))
    }

    /// Whether the server waits for the caller's answer to a challenge.
    pub fn is_challenged(&self) -> bool {
        matches!(&self.state, State::CallerAuth(auth) if auth.turn == Turn::Client)
    }

    /// The phase of the session, for an error that interrupts it.
    pub fn phase(&self) -> Phase {
        // The envelope may be unanswered too.
        if self.pipeline.may_have_been_delivered() {
            return Phase::Acceptance;
        }
        match self.pipeline.next_pending() {
            Some(reply) if reply.ends_message() => Phase::Content,
            Some(reply) => reply.phase(),
            None if self.is_writing() => Phase::Content,
            None => Phase::Other,
        }
    }

    /// Whether another message may follow in this session: by the server's limit (RFC 9422, MAILMAX), and by what has
    /// happened.
    pub fn takes_more(&self) -> bool {
        if self.reuse == Reuse::Spoilt {
            return false;
        }
        let limit = Limits::of(self.extensions()).transactions;
        limit.is_none_or(|limit| self.transactions < limit)
    }

    /// As configured: the greeting does not decide it.
    pub fn protocol(&self) -> Protocol {
        self.config.server.protocol
    }

    /// The server's 220 (RFC 5321, section 3.1); `None` until it has arrived.
    pub fn greeting(&self) -> Option<&Reply> {
        self.server.greeting.as_ref()
    }

    /// The extensions that the server offers; none before EHLO.
    pub fn extensions(&self) -> &Extensions {
        static NONE: Extensions = Extensions::none();
        self.server.extensions.as_ref().unwrap_or(&NONE)
    }

    /// The facts about the server from this session and earlier ones.
    pub fn memory(&self) -> &ServerMemory {
        &self.config.memory
    }

    /// The number of mail transactions so far.
    pub fn transactions(&self) -> u32 {
        self.transactions
    }

    // --- results ------------------------------------------------------------------------------

    /// Takes the server's reply to the last command.
    pub fn take_answer(&mut self) -> Option<Reply> {
        self.results.answer.take()
    }

    /// Takes the receipt of the message that was accepted.
    pub fn take_receipt(&mut self) -> Option<Receipt> {
        self.results.receipt.take()
    }

    /// Takes the result of the message that has ended. `result` is the session's own after that end.
    pub fn message_result(&mut self, result: Result<(), Error>) -> Result<Receipt, Error> {
        match (result, self.take_receipt()) {
            (Ok(()), Some(receipt)) => Ok(receipt),
            (Ok(()), None) => Err(Error::Other("the session ended without a receipt".into())),
            // LMTP may have answered for some recipients before the connection ended.
            (Err(error), _) if error.may_have_been_delivered() => {
                self.take_partial_receipt().ok_or(error)
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Takes the refused recipients of the transaction that has failed.
    pub fn take_refused_recipients(&mut self) -> Vec<RecipientReply> {
        let failed = self.results.failed.take();
        failed.map_or(Vec::new(), |transaction| transaction.refused())
    }

    /// The refused recipients of the current transaction.
    pub fn refused_recipients(&self) -> Vec<RecipientReply> {
        let transaction = self.state.transaction();
        transaction.map_or(Vec::new(), |transaction| transaction.refused())
    }

    // --- replies ------------------------------------------------------------------------------

    fn parse(&mut self) -> Result<(), String> {
        let hides_challenges = self.sends_password_proof();
        self.pipeline.parse(&mut self.transcript, |reply| {
            hides_challenges && reply.code == 334
        })
    }

    /// Carries out the action of the table of transitions.
    fn handle_reply(&mut self, reply: Reply) -> Result<(), Error> {
        let phase = self.phase();
        let Some(reply_to) = self.pipeline.take_pending() else {
            return Err(self.unsolicited_reply(phase, reply));
        };
        let is_for_recipient = matches!(reply_to, PendingReply::MessageFor(_));
        if reply.code == 421 && !is_for_recipient {
            if !self.has_left_with_envelope(reply_to) {
                return Err(self.server_closes(reply_to, reply));
            }
            // The replies that still come tell whether the message is delivered. The connection takes no other.
            self.reuse = Reuse::Spoilt;
        }
        let Some(then) = Then::of(self.state.name(), reply_to, &reply) else {
            // If the content left together with the envelope, the server may have delivered it.
            let phase = match phase {
                Phase::Acceptance => phase,
                _ => reply_to.phase(),
            };
            return Err(self.nonsense(phase, &reply));
        };
        match then {
            Then::SendEhlo => self.on_greeting(reply),
            Then::LearnExtensions => self.on_hello(reply_to, reply),
            Then::TryHelo => self.on_ehlo_refused(reply),
            Then::RefuseHelo => Err(self.on_helo_refused(reply)),
            Then::BeginTls => self.on_tls_agreed(reply),
            Then::GoOnWithoutTls => self.on_tls_refused(reply),
            Then::Authenticated => self.on_authenticated(reply),
            Then::AnswerChallenge => self.on_challenge(&reply),
            Then::TryNextMechanism => self.on_mechanism_refused(reply),
            Then::FailCancelledAuth => Err(self.auth_cancelled()),
            Then::PassToCaller => self.on_caller_auth(reply_to, reply),
            Then::RecordAuth => self.on_grouped_auth(reply),
            Then::RecordEnvelopeReply => self.on_envelope_reply(reply_to, reply),
            Then::RecordManualReply => self.on_manual_reply(reply_to, reply),
            Then::RecordRecipientReply => self.on_recipient_reply(reply_to, reply),
            Then::MessageAccepted => self.on_message_accepted(&reply),
            Then::MessageRefused => Err(self.on_message_refused(reply_to, reply)),
            Then::Discarded => self.on_discarded(),
            Then::Answer => self.on_answer(reply_to, reply),
            Then::Refuse => Err(self.refused(reply_to, reply)),
            Then::Quit => {
                self.close();
                self.results.answer = Some(reply);
                Ok(())
            }
            Then::GoOn => Ok(()),
        }
    }

    fn on_answer(&mut self, reply_to: PendingReply, reply: Reply) -> Result<(), Error> {
        if let (PendingReply::Rset, State::Idle(idle)) = (reply_to, &mut self.state) {
            idle.reset = Reset::NotDue;
        }
        self.results.answer = Some(reply);
        Ok(())
    }

    // --- changes of state ---------------------------------------------------------------------

    /// The one place where the state changes. Returns the previous state.
    pub(super) fn enter(&mut self, next: State) -> State {
        debug_assert!(
            self.entered.leads_to(next.name()),
            "the table has no way from {:?} to {:?}",
            self.entered,
            next.name()
        );
        self.entered = next.name();
        mem::replace(&mut self.state, next)
    }

    /// Takes the state, so that the next one can use its data. `enter` must follow.
    pub(super) fn take_state(&mut self) -> State {
        mem::replace(&mut self.state, State::Closed(Closed::default()))
    }

    pub(super) fn close_with(&mut self, lost: LostEnvelope) {
        let lost = if self.state.is_ignored_behind_message() {
            LostEnvelope::BehindMessage
        } else {
            lost
        };
        let state = self.enter(State::Closed(Closed { lost }));
        if let Some(interrupted) = state.into_transaction() {
            self.results.failed.get_or_insert(interrupted);
        }
    }

    /// Moves one group of queued commands to the output.
    pub(super) fn flush(&mut self) {
        self.pipeline.flush(&mut self.transcript);
    }

    pub(super) fn queue(&mut self, awaits: PendingReply, line: impl Into<String>) {
        self.pipeline.queue(Command::new(awaits, line));
    }

    pub(super) fn is_secure(&self) -> bool {
        matches!(self.server.channel, Channel::Tls(_))
    }

    pub(super) fn offers(&self, keyword: &str) -> bool {
        self.extensions().has(keyword)
    }

    // --- errors -------------------------------------------------------------------------------

    /// A refusal that is the result of the operation. The session goes on after it, unless it comes in the
    /// middle of a group.
    pub(super) fn refused(&mut self, reply_to: PendingReply, reply: Reply) -> Error {
        if self.pipeline.awaits_reply() || self.pipeline.has_queued() {
            self.close();
        }
        Error::Rejected(reply_to.phase(), reply)
    }

    /// 421: the server closes the connection after it (RFC 5321, section 3.8).
    fn server_closes(&mut self, reply_to: PendingReply, reply: Reply) -> Error {
        if reply_to.phase() == Phase::Auth {
            return self.closed_in_auth(reply);
        }
        let refusal = self.state.grouped_auth().and_then(GroupedAuth::refusal);
        self.close();
        refusal.unwrap_or(Error::Rejected(reply_to.phase(), reply))
    }

    /// Whether the message has left already, and the command is of its envelope.
    fn has_left_with_envelope(&self, reply_to: PendingReply) -> bool {
        matches!(reply_to, PendingReply::Mail | PendingReply::Rcpt(_))
            && self.pipeline.may_have_been_delivered()
    }

    /// An unsolicited reply: a 421, or the refusal of a message that is still leaving.
    fn unsolicited_reply(&mut self, phase: Phase, reply: Reply) -> Error {
        if reply.is_refusal() {
            self.close();
            return Error::Rejected(phase, reply);
        }
        let what = format!("the server said {} without being asked", reply.code);
        self.protocol_error(phase, what)
    }

    /// A reply of a class that the command does not have (RFC 5321, section 4.3.2).
    pub(super) fn nonsense(&mut self, phase: Phase, reply: &Reply) -> Error {
        let command = match phase {
            Phase::Content | Phase::Acceptance => "a message",
            _ => "what was said",
        };
        self.protocol_error(phase, format!("{} is no answer to {command}", reply.code))
    }

    fn tls_expected(&mut self) -> Error {
        self.close();
        Error::TlsFailed(
            TlsFailure::HandshakeFailed,
            "the server speaks TLS from the start: set-security(implicit-tls), or smtps in the URL; \
             its port is usually 465"
                .into(),
        )
    }

    /// The server does not send SMTP: the session is of no more use.
    pub(super) fn protocol_error(&mut self, phase: Phase, what: String) -> Error {
        self.close();
        Error::Protocol(phase, what)
    }
}

/// Whether a TLS record arrives (RFC 8446, section 5.1): mostly an alert, in place of the greeting.
fn is_tls(octets: &[u8]) -> bool {
    matches!(octets, [20..=23, 3, ..])
}
