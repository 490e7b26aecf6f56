//! One session with a server: what it was told, what it must write, what it waits for.
//!
//! ```text
//! S: 220 mail.example.org ESMTP            the greeting
//! C: EHLO client.example.net               as planned: EHLO, STARTTLS, EHLO
//! S: 250-mail.example.org
//! S: 250 PIPELINING
//! C: AUTH PLAIN AGEAYg==                   `deliver`: one group, one flight (RFC 2920)
//! C: MAIL FROM:<a@example.net>
//! C: RCPT TO:<b@example.org>
//! C: DATA
//! S: 235 Welcome                           matched to the commands by count
//! S: 250 OK
//! S: 250 OK
//! S: 354 Go ahead
//! C: Subject: hello ...                    `write`, `finish`
//! S: 250 Queued as 4711                    `take_receipt`
//! C: QUIT                                  `quit`
//! ```
//!
//! No I/O here: `outgoing` holds what must be written, `receive` takes what was read, and `step`
//! says what is needed next. After an error, `is_open` tells whether the session still stands.

use std::collections::VecDeque;

use super::authentication::Login;
use super::error::{Error, Phase, RecipientReply, TlsFailure};
use super::extensions::Extensions;
use super::limits::Limits;
use super::line::{Line, Verb};
use super::local_name::LocalName;
use super::mailbox::Mailbox;
use super::outgoing::Outgoing;
use super::receipt::Receipt;
use super::recipient_split::Overflow;
use super::reply::{Reply, ReplyParser};
use super::server_memory::ServerMemory;
use super::transaction::Transaction;
use super::transcript::{Speaker, TranscriptBuffer};
use crate::sasl::{Credentials, Exchange, MAX_ATTEMPTS, Mechanism, Nonce};

/// Replies to nothing that are kept to be looked at: a server says one such, a 421.
const MAX_UNASKED: usize = 4;

/// How to secure a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS stands before the greeting.
    ImplicitTls,
    StartTls,
    /// STARTTLS; in clear where a loopback server does not offer it.
    StartTlsUnlessLoopback,
    /// STARTTLS where offered and not refused.
    Opportunistic,
    Plaintext,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Smtp,
    /// RFC 2033.
    Lmtp,
}

impl Dialect {
    /// An address as RCPT takes it.
    pub fn recipient(self, address: &str) -> Result<Mailbox, String> {
        match self {
            Self::Smtp => Mailbox::parse_recipient(address),
            Self::Lmtp => Mailbox::parse_lmtp_recipient(address),
        }
    }
}

/// Whether a mechanism's initial response goes on the line of AUTH (RFC 4954, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitialResponse {
    /// Where the line has room for it.
    Auto,
    /// For servers that want no challenge to be needed.
    Always,
    /// For servers that do not know of it.
    Never,
}

/// What may leave before the server has answered the end of a message: the next envelope, or QUIT (RFC 2920,
/// section 3.1). Some servers offer PIPELINING, and lose what follows the final dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipeliningAfterMessage {
    Never,
    /// After a message that left by BDAT: its octets are counted, so that the server knows where it ends.
    AfterBdat,
    /// After the final dot of DATA too.
    Always,
}

/// Behind which AUTH, where the server offers PIPELINING, the envelope leaves before AUTH is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthPipelining {
    Never,
    /// RFC 4954, section 4, names them: they end with their initial response.
    PlainAndExternal,
    /// XOAUTH2 and OAUTHBEARER as well, which only end with it where the token is good.
    TokensToo,
}

/// How far a session goes by itself; from there on, each step is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    Greeting,
    /// Authenticated, where credentials are given.
    Ready,
    /// The same, but that AUTH may leave with the message that is to come.
    Message,
}

/// What a session is to reach before its first message.
pub struct Plan {
    pub dialect: Dialect,
    pub goal: Goal,
    /// Where it is connected to, as OAUTHBEARER tells the server.
    pub host: String,
    pub port: u16,
    /// None if neither the caller nor the connection tells: `hello` does.
    pub local_name: Option<LocalName>,
    pub security: Security,
    /// No one can listen between us and the server.
    pub loopback: bool,
    pub credentials: Option<Credentials>,
    /// Allowed, in order of preference.
    pub mechanisms: Vec<Mechanism>,
    pub initial_response: InitialResponse,
    /// What may leave before the end of a message is answered.
    pub after_message: PipeliningAfterMessage,
    /// Whether a message leaves by BDAT where CHUNKING is offered.
    pub may_chunk: bool,
    pub auth_pipelining: AuthPipelining,
    /// Whether a mechanism that shows the password may follow a proof that was refused.
    pub plain_fallback: bool,
    /// What sessions before have learned of the server.
    pub memory: ServerMemory,
    /// One for each attempt, random.
    pub nonces: [Nonce; MAX_ATTEMPTS],
}

/// What a session needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Write what is outgoing, then read until a reply has arrived.
    Await,
    /// Write what is outgoing; make TLS; then `secured`.
    Handshake,
    /// Nothing: what was asked for is done.
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Greeting, hello, STARTTLS, AUTH.
    Opening,
    /// STARTTLS was answered with 220.
    Handshake,
    /// The server waits for the caller's own answer to a challenge.
    Challenged,
    /// Between commands.
    Ready,
    /// MAIL, RCPT, DATA, one after the other without being asked.
    Envelope,
    /// After 354, until the reply to the message.
    Content,
    /// After QUIT, or an error that ends the session.
    Closed,
}

impl State {
    pub(super) fn is_closed(self) -> bool {
        self == Self::Closed
    }
}

pub struct Session {
    pub(super) plan: Plan,
    pub(super) state: State,
    pub(super) secure: bool,
    pub(super) extensions: Extensions,
    pub(super) parser: ReplyParser,
    /// Replies that were not looked at yet.
    arrived: VecDeque<Reply>,
    /// Lines that were not written yet.
    pub(super) queued: VecDeque<(Verb, Line)>,
    /// What was written and not answered yet.
    pub(super) awaited: VecDeque<Verb>,
    pub(super) outgoing: Outgoing,
    /// EHLO or HELO was answered, inside TLS where that stands.
    pub(super) helloed: bool,
    /// AUTH was answered with success.
    pub(super) authenticated: bool,
    /// Mail transactions that were begun.
    pub(super) transactions: u32,
    pub(super) exchange: Option<Exchange>,
    /// The exchange is the caller's.
    pub(super) own_mechanism: bool,
    pub(super) login: Login,
    /// AUTH, to be said with the next message.
    pub(super) held: Option<Line>,
    pub(super) transaction: Option<Transaction>,
    /// The last one that failed.
    pub(super) failed: Option<Transaction>,
    /// Its message has ended, and waits for the answer; the next one may be under way already.
    pub(super) leaving: Option<Transaction>,
    /// Where in what is outgoing the message ends.
    pub(super) message_end: usize,
    /// The final dot was handed to the network: the message may be delivered.
    pub(super) message_left: bool,
    /// A transaction failed: RSET comes before the next (RFC 5321, section 4.1.1.5).
    pub(super) needs_reset: bool,
    pub(super) receipt: Option<Receipt>,
    /// The recipients that were too many for the current transaction.
    pub(super) overflow: Option<Overflow>,
    greeting: Option<Reply>,
    /// The reply to what was asked for last.
    pub(super) answer: Option<Reply>,
    pub(super) words: TranscriptBuffer,
}

impl Session {
    /// A session on a connection just made; with `Security::ImplicitTls`, inside TLS.
    pub fn new(plan: Plan) -> Self {
        Self {
            secure: plan.security == Security::ImplicitTls,
            plan,
            state: State::Opening,
            extensions: Extensions::default(),
            parser: ReplyParser::default(),
            arrived: VecDeque::new(),
            queued: VecDeque::new(),
            awaited: VecDeque::from([Verb::Greeting]),
            outgoing: Outgoing::default(),
            helloed: false,
            authenticated: false,
            transactions: 0,
            exchange: None,
            own_mechanism: false,
            login: Login::default(),
            held: None,
            transaction: None,
            failed: None,
            leaving: None,
            message_end: 0,
            message_left: false,
            needs_reset: false,
            receipt: None,
            overflow: None,
            greeting: None,
            answer: None,
            words: TranscriptBuffer::default(),
        }
    }

    // --- between it and the network -----------------------------------------------------------

    /// What must be written; whoever writes it empties it.
    pub fn outgoing(&mut self) -> &mut Vec<u8> {
        self.outgoing.octets()
    }

    /// The same, to be written by who wipes it afterwards if it holds a secret.
    pub fn take_outgoing(&mut self) -> Outgoing {
        std::mem::take(&mut self.outgoing)
    }

    /// Of what is outgoing, how much comes behind the end of a message.
    pub fn behind_message(&self) -> usize {
        match self.is_message_followed() {
            true => self.outgoing.len().saturating_sub(self.message_end),
            false => 0,
        }
    }

    /// All of what is outgoing is about to leave, or all but what is behind a message.
    pub fn leaving(&mut self) {
        self.message_left = self.awaited.iter().any(|verb| verb.ends_message());
    }

    /// Whether more leaves together with the end of a message.
    pub fn is_message_followed(&self) -> bool {
        let last = self.awaited.back();
        last.is_some_and(|verb| !verb.ends_message())
            && self.awaited.iter().any(|verb| verb.ends_message())
    }

    /// What was read. What is wrong with it counts only once the replies before it were heard.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.greeting.is_none() && is_tls(bytes) {
            return Err(self.tls_expected());
        }
        self.parser.push(bytes);
        match self.parse() {
            Err(what) if !self.has_reply() && !self.awaited.is_empty() => {
                Err(self.broken(self.phase(), what))
            }
            _ => Ok(()),
        }
    }

    /// Whether a reply is there for `step` to look at.
    pub fn has_reply(&self) -> bool {
        !self.arrived.is_empty()
    }

    /// Whether the server has said something that no one asked for.
    pub fn has_unasked(&self) -> bool {
        self.awaited.is_empty() && (self.has_reply() || self.parser.has_leftover())
    }

    /// Looks at what arrived, and says what is next. Once all that was asked for is done, it looks
    /// no further: what the server says then takes nothing back.
    pub fn step(&mut self) -> Result<Step, Error> {
        loop {
            if !self.awaited.is_empty() {
                if !self.has_reply() {
                    self.parse()
                        .map_err(|what| self.broken(self.phase(), what))?;
                }
                match self.arrived.pop_front() {
                    Some(reply) => self.hear(reply)?,
                    None => return Ok(Step::Await),
                }
            } else if self.state == State::Handshake {
                return Ok(Step::Handshake);
            } else if !self.queued.is_empty() {
                self.hear_arrived()?;
                self.say_group();
            } else if self.state == State::Envelope {
                self.settle_envelope()?;
            } else {
                return Ok(Step::Done);
            }
        }
    }

    /// Looks at what arrived, though we have not said all: a reply to nothing is an error.
    pub fn hear_arrived(&mut self) -> Result<(), Error> {
        while let Some(reply) = self.arrived.pop_front() {
            self.hear(reply)?;
        }
        Ok(())
    }

    fn parse(&mut self) -> Result<(), String> {
        while let Some(reply) = self.next_reply()? {
            if self.arrived.len() > self.awaited.len() + MAX_UNASKED {
                return Err("the server goes on talking without being asked".into());
            }
            match self.proves_server(&reply) {
                true => self.words.record_hidden_reply(&reply),
                false => self.words.record_reply(&reply),
            }
            self.arrived.push_back(reply);
        }
        Ok(())
    }

    /// The next reply that has arrived. A server that ends lines otherwise than the rule has it is
    /// named once in the transcript: other clients may not bear it.
    fn next_reply(&mut self) -> Result<Option<Reply>, String> {
        let was_noticed = self.parser.has_bare_line_feed();
        let reply = self.parser.next_reply();
        if self.parser.has_bare_line_feed() && !was_noticed {
            self.words.record(Speaker::Event, || {
                "the server ends lines in LF alone, where CR LF is the rule (RFC 5321, section 2.3.8)"
                    .into()
            });
        }
        reply.map_err(|error| error.to_string())
    }

    /// What an interruption now would interrupt.
    pub fn phase(&self) -> Phase {
        // Its envelope may be unanswered too.
        if self.message_left && self.awaited.iter().any(|verb| verb.ends_message()) {
            return Phase::Acceptance;
        }
        match self.awaited.front() {
            Some(verb) if verb.ends_message() => Phase::Content,
            Some(verb) => verb.phase(),
            None if self.state == State::Content => Phase::Content,
            None => Phase::Other,
        }
    }

    /// Whether the server takes another message in this session (RFC 9422, MAILMAX).
    pub fn takes_more(&self) -> bool {
        let limit = Limits::of(&self.extensions).transactions;
        limit.is_none_or(|limit| self.transactions < limit)
    }

    pub fn dialect(&self) -> Dialect {
        self.plan.dialect
    }

    pub fn greeting(&self) -> Option<&Reply> {
        self.greeting.as_ref()
    }

    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Whether a message's content is on its way.
    pub fn is_writing(&self) -> bool {
        self.state == State::Content
    }

    /// Recipients that were refused in the transaction that has failed.
    pub fn take_refused_recipients(&mut self) -> Vec<RecipientReply> {
        let failed = match self.failed.take() {
            None if self.state.is_closed() => self.leaving.take().or(self.transaction.take()),
            failed => failed,
        };
        failed.map_or(Vec::new(), |transaction| transaction.refused())
    }

    /// Of the transaction that is under way.
    pub fn refused_recipients(&self) -> Vec<RecipientReply> {
        let transaction = self.transaction.as_ref();
        transaction.map_or(Vec::new(), Transaction::refused)
    }

    /// Whether the server waits for what only the caller can say.
    pub fn is_challenged(&self) -> bool {
        self.state == State::Challenged
    }

    pub fn is_open(&self) -> bool {
        self.state != State::Closed
    }

    /// The connection is of no use any more.
    pub fn end(&mut self) {
        self.state = State::Closed;
    }

    /// Words for people.
    pub fn words(&mut self) -> &mut TranscriptBuffer {
        &mut self.words
    }

    // --- what it can be asked for -------------------------------------------------------------

    pub fn take_receipt(&mut self) -> Option<Receipt> {
        self.receipt.take()
    }

    /// Says QUIT behind the end of a message, where both may leave together.
    pub fn quit_behind(&mut self) {
        self.queue(Verb::Quit, Line::open("QUIT"));
        self.say_group();
    }

    /// Whether the server owes replies that it gives soon, if at all: to commands that left with the end of a
    /// message, or with AUTH, which is answered by now, and none of which it has judged.
    pub fn may_wait_in_vain(&self) -> bool {
        let is_unjudged = |t: &Transaction| t.is_pipelined && t.is_unjudged();
        let follows = self.leaving.is_none() && self.transaction.as_ref().is_some_and(is_unjudged);
        follows || self.awaits_behind_auth()
    }

    /// The connection ended without an answer to the envelope that left with the end of the message before it.
    /// No other leaves so.
    pub fn give_up_pipelined(&mut self) {
        let is_unjudged = |t: &Transaction| t.is_pipelined && t.is_unjudged();
        if self.leaving.is_none() && self.transaction.as_ref().is_some_and(is_unjudged) {
            self.memory().learn_drop_after_message();
        }
    }

    /// What is known of the server, by this session and those before it.
    pub fn memory(&self) -> &ServerMemory {
        &self.plan.memory
    }

    /// How many messages it has carried, or failed to.
    pub fn transactions(&self) -> u32 {
        self.transactions
    }

    /// Says QUIT, where the server is not in the middle of something else.
    pub fn quit(&mut self) -> Result<(), Error> {
        if !matches!(self.state, State::Opening | State::Ready) || !self.awaited.is_empty() {
            return Err(Error::WrongState(
                "QUIT has no place here: the session is in another step".into(),
            ));
        }
        self.queue(Verb::Quit, Line::open("QUIT"));
        Ok(())
    }

    // --- the rules: each reply, and what follows from it --------------------------------------

    fn hear(&mut self, reply: Reply) -> Result<(), Error> {
        let phase = self.phase();
        let verb = match self.awaited.pop_front() {
            Some(verb) if self.message_left || !verb.ends_message() => verb,
            _ => return Err(self.unasked(phase, reply)),
        };
        let phase = verb.phase();
        // The server closes the connection after it (RFC 5321, section 3.8).
        if reply.code == 421 && !matches!(verb, Verb::MessageFor(_)) {
            self.end();
            let reply = if phase == Phase::Auth {
                self.note_refusal(reply)
            } else {
                reply
            };
            return Err(self.rejected(phase, reply));
        }
        match verb {
            Verb::Mail | Verb::Rcpt(_) | Verb::Data => self.hear_envelope(verb, reply)?,
            Verb::Chunk | Verb::Message | Verb::MessageFor(_) => self.hear_content(verb, reply)?,
            // The dot alone has ended the DATA, whatever the server says of it.
            Verb::NoMessage => {}
            Verb::Quit | Verb::Raw => self.answered(verb, reply),
            Verb::AuthAtOnce if self.state == State::Envelope => self.hear_grouped_auth(reply)?,
            Verb::Auth | Verb::AuthCancel if self.own_mechanism => {
                self.hear_own_mechanism(verb, reply)?;
            }
            Verb::AuthCancel => {
                return Err(self.auth_cancelled());
            }
            Verb::Greeting | Verb::StartTls if reply.is_success() && reply.code != 220 => {
                return Err(self.not_220(verb, reply.code));
            }
            _ if reply.is_success() => self.heard_success(verb, reply)?,
            Verb::Auth | Verb::AuthAtOnce if reply.code == 334 => self.respond(&reply),
            Verb::Auth | Verb::AuthAtOnce if reply.is_refusal() => self.auth_refused(reply)?,
            Verb::Ehlo | Verb::Helo if self.is_of_other_dialect(verb, &reply) => {
                return Err(self.other_dialect(&reply));
            }
            Verb::Ehlo if is_unknown_command(&reply) && self.plan.dialect == Dialect::Smtp => {
                self.say_helo()?;
            }
            Verb::StartTls if reply.is_refusal() && self.may_do_without_tls() => {
                self.authenticate()?;
            }
            _ => return Err(self.refused(phase, reply)),
        }
        Ok(())
    }

    fn heard_success(&mut self, verb: Verb, reply: Reply) -> Result<(), Error> {
        match verb {
            Verb::Greeting => {
                self.greeting = Some(reply.clone());
                self.greet()?;
            }
            Verb::Ehlo => self.greeted(Extensions::from_reply(&reply))?,
            Verb::Helo => self.greeted(Extensions::default())?,
            Verb::StartTls => self.begin_tls()?,
            Verb::Auth | Verb::AuthAtOnce => self.auth_succeeded()?,
            Verb::Rset => self.needs_reset = false,
            _ => {}
        }
        self.answer = Some(reply);
        Ok(())
    }

    fn answered(&mut self, verb: Verb, reply: Reply) {
        if verb == Verb::Quit {
            self.end();
        }
        self.answer = Some(reply);
    }

    // --- what it says -------------------------------------------------------------------------

    /// One flight: all that may leave together.
    pub(super) fn say_group(&mut self) {
        while let Some((verb, line)) = self.queued.pop_front() {
            self.words.record(Speaker::Client, || line.shown());
            self.outgoing.push(&line);
            self.awaited.push_back(verb);
            if !verb.may_be_followed() || !self.extensions.has("PIPELINING") {
                break;
            }
        }
    }

    pub(super) fn queue(&mut self, verb: Verb, line: Line) {
        self.queued.push_back((verb, line));
    }

    // --- what goes wrong ----------------------------------------------------------------------

    /// What was said is refused, or answered with what makes no sense. The session stands after a
    /// refusal, but not in the middle of a group.
    pub(super) fn refused(&mut self, phase: Phase, reply: Reply) -> Error {
        if !reply.is_refusal() {
            return self.broken(
                phase,
                format!("{} is no answer to what was said", reply.code),
            );
        }
        if !self.awaited.is_empty() || !self.queued.is_empty() {
            self.end();
        } else if self.state == State::Content {
            self.state = State::Ready;
        }
        self.rejected(phase, reply)
    }

    pub(super) fn rejected(&self, phase: Phase, reply: Reply) -> Error {
        if phase == Phase::Auth {
            Error::AuthRefused(reply, self.login.tried())
        } else {
            Error::Rejected(phase, reply)
        }
    }

    /// A 2yz where only 220 goes ahead (RFC 5321, section 4.3.2; RFC 3207, section 4): the server may
    /// mean anything but what is wanted.
    fn not_220(&mut self, verb: Verb, code: u16) -> Error {
        let what = match verb {
            Verb::StartTls => format!("{code} is the answer to STARTTLS: only 220 begins TLS"),
            _ => format!("{code} is the greeting: only 220 begins a session"),
        };
        self.broken(verb.phase(), what)
    }

    /// A reply that nothing was said for: a 421, or the refusal of a message that is still leaving.
    fn unasked(&mut self, phase: Phase, reply: Reply) -> Error {
        match reply.is_refusal() {
            true => {
                self.end();
                Error::Rejected(phase, reply)
            }
            false => self.broken(
                phase,
                format!("the server said {} without being asked", reply.code),
            ),
        }
    }

    fn tls_expected(&mut self) -> Error {
        self.end();
        Error::TlsFailed(
            TlsFailure::HandshakeFailed,
            "the server speaks TLS from the start: set-security(implicit-tls), or smtps in the URL; \
             its port is usually 465"
                .into(),
        )
    }

    pub(super) fn broken(&mut self, phase: Phase, what: String) -> Error {
        self.ended(Error::Protocol(phase, what))
    }

    /// After which the session is of no use.
    pub(super) fn ended(&mut self, error: Error) -> Error {
        self.end();
        error
    }
}

/// A record of TLS (RFC 8446, section 5.1): an alert, mostly, where a greeting is wanted.
fn is_tls(bytes: &[u8]) -> bool {
    matches!(bytes, [20..=23, 3, ..])
}

/// EHLO is not understood, as RFC 5321, sections 3.2 and 4.1.4, say it.
fn is_unknown_command(reply: &Reply) -> bool {
    matches!(reply.code, 500 | 501 | 502 | 504 | 550)
}
