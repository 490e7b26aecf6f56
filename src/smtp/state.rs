//! The states of a session, and the one table of its transitions.
//!
//! Each state owns the data that has a meaning in it. `Session` changes its state in one place, `enter`, which
//! holds each change against the table below. The diagram in docs/architecture.md is drawn from the table.

use std::mem::discriminant;

use super::auth_group::GroupedAuth;
use super::authentication::Login;
use super::command::PendingReply;
use super::config::ConnectUntil;
use super::error::Error;
use super::reply::Reply;
use super::transaction::Transaction;

pub(super) enum State {
    /// From the greeting to EHLO's reply, and TLS in between.
    Opening(ConnectUntil),
    /// STARTTLS was answered with 220: the TLS handshake is due, and nothing else.
    TlsDue(ConnectUntil),
    /// An exchange of AUTH.
    Authenticating(Authenticating),
    /// An exchange of AUTH whose mechanism only the caller knows.
    CallerAuth(Turn),
    /// Between two commands.
    Idle(Idle),
    /// MAIL, RCPT and DATA are sent, and not all of their replies have come.
    Envelope(EnvelopeState),
    /// DATA was accepted, but no recipient: a final dot alone ends it.
    Discarding(Discarding),
    /// The message's content is being written. If it left early, its envelope is not answered yet.
    Content(Transaction),
    /// The message has ended, and its reply has not come.
    AwaitingAcceptance(AwaitingAcceptance),
    /// The connection is of no more use.
    Closed(Closed),
}

pub(super) struct Authenticating {
    pub login: Login,
    pub then: AfterAuth,
}

/// What a successful AUTH leads to.
pub(super) enum AfterAuth {
    Idle,
    /// The envelope that was refused together with the AUTH before.
    Envelope(EnvelopeState),
}

/// Whose turn it is in an exchange of the caller's own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Client,
    Server,
}

#[derive(Default)]
pub(super) struct Idle {
    pub reset: Reset,
    /// The transaction that the caller has begun, command by command.
    pub manual: Option<ManualTransaction>,
}

/// Whether RSET comes before the next transaction, because the last one failed (RFC 5321, section 4.1.1.5).
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Reset {
    #[default]
    NotDue,
    Due,
}

pub(super) struct ManualTransaction {
    pub transaction: Transaction,
    /// Whether MAIL declared SMTPUTF8 (RFC 6531).
    pub smtputf8: Smtputf8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Smtputf8 {
    Declared,
    NotDeclared,
}

pub(super) struct EnvelopeState {
    pub transaction: Transaction,
    pub sent: EnvelopeSent,
}

/// In which flight an envelope left.
pub(super) enum EnvelopeSent {
    Alone,
    /// With the end of the message before it.
    BehindMessage,
    /// With AUTH.
    BehindAuth(Box<GroupedAuth>),
}

pub(super) struct Discarding {
    pub transaction: Transaction,
    pub error: Error,
}

pub(super) struct AwaitingAcceptance {
    pub transaction: Transaction,
    pub next: AfterMessage,
}

/// What left together with the end of a message.
pub(super) enum AfterMessage {
    Nothing,
    Envelope(EnvelopeState),
    Quit,
}

#[derive(Default)]
pub(super) struct Closed {
    pub lost: LostEnvelope,
}

/// Whether the connection ended because the server lost an envelope, and what that had left with.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum LostEnvelope {
    #[default]
    No,
    BehindAuth,
    /// With the end of a message.
    BehindMessage,
}

/// A state's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateName {
    Opening,
    TlsDue,
    Authenticating,
    CallerAuth,
    Idle,
    Envelope,
    Discarding,
    Content,
    AwaitingAcceptance,
    Closed,
}

/// A class of replies (RFC 5321, section 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyClass {
    /// 2yz.
    Success,
    /// 3yz.
    Intermediate,
    /// 4yz and 5yz.
    Refusal,
}

/// What a reply leads to: the name of what `Session` does then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    SendEhlo,
    LearnExtensions,
    TryHelo,
    RefuseHelo,
    BeginTls,
    GoOnWithoutTls,
    Authenticated,
    AnswerChallenge,
    TryNextMechanism,
    FailCancelledAuth,
    PassToCaller,
    RecordAuth,
    RecordEnvelopeReply,
    RecordManualReply,
    RecordRecipientReply,
    MessageAccepted,
    MessageRefused,
    Discarded,
    /// The reply is the result of the operation.
    Answer,
    /// The refusal is the result of the operation.
    Refuse,
    Quit,
    GoOn,
}

/// One row of the table: in one of these states, this reply leads to that action, and to one of those states.
pub(super) struct Transition {
    pub from: &'static [StateName],
    pub reply_to: PendingReply,
    pub class: &'static [ReplyClass],
    pub then: Then,
    pub to: &'static [StateName],
}

const fn on(
    from: &'static [StateName],
    reply_to: PendingReply,
    class: &'static [ReplyClass],
    then: Then,
    to: &'static [StateName],
) -> Transition {
    Transition {
        from,
        reply_to,
        class,
        then,
        to,
    }
}

/// What each reply leads to. What is not listed is a protocol error, which closes the session; 421 closes it
/// always (RFC 5321, section 3.8), but for an LMTP server's reply for one recipient.
pub(super) const REPLIES: &[Transition] = {
    use PendingReply as To;
    use ReplyClass::{Intermediate, Refusal, Success};
    use StateName::{
        Authenticating, AwaitingAcceptance, CallerAuth, Closed, Content, Discarding, Envelope,
        Idle, Opening, TlsDue,
    };
    const ANY: &[ReplyClass] = &[Success, Intermediate, Refusal];
    const JUDGED: &[ReplyClass] = &[Success, Refusal];
    const IN_ENVELOPE: &[StateName] = &[Envelope, Content, AwaitingAcceptance];
    &[
        on(
            &[Opening],
            To::Greeting,
            &[Success],
            Then::SendEhlo,
            &[Opening, Idle],
        ),
        on(
            &[Opening],
            To::Greeting,
            &[Refusal],
            Then::Refuse,
            &[Opening],
        ),
        on(
            &[Opening, Idle],
            To::Ehlo,
            &[Success],
            Then::LearnExtensions,
            &[Opening, Authenticating, Idle],
        ),
        on(
            &[Opening, Idle],
            To::Ehlo,
            &[Refusal],
            Then::TryHelo,
            &[Opening, Idle],
        ),
        on(
            &[Opening, Idle],
            To::Helo,
            &[Success],
            Then::LearnExtensions,
            &[Opening, Authenticating, Idle],
        ),
        on(
            &[Opening, Idle],
            To::Helo,
            &[Refusal],
            Then::RefuseHelo,
            &[Opening, Idle],
        ),
        on(
            &[Opening, Idle],
            To::StartTls,
            &[Success],
            Then::BeginTls,
            &[TlsDue],
        ),
        on(
            &[Opening],
            To::StartTls,
            &[Refusal],
            Then::GoOnWithoutTls,
            &[Opening, Authenticating, Idle],
        ),
        on(&[Idle], To::StartTls, &[Refusal], Then::Refuse, &[Idle]),
        on(
            &[Authenticating],
            To::Auth,
            &[Success],
            Then::Authenticated,
            &[Idle, Envelope],
        ),
        on(
            &[Authenticating],
            To::Auth,
            &[Intermediate],
            Then::AnswerChallenge,
            &[Authenticating],
        ),
        on(
            &[Authenticating],
            To::Auth,
            &[Refusal],
            Then::TryNextMechanism,
            &[Authenticating, Idle, Closed],
        ),
        on(
            &[Authenticating],
            To::AuthCancel,
            ANY,
            Then::FailCancelledAuth,
            &[Closed],
        ),
        on(
            &[Authenticating],
            To::Rset,
            &[Success],
            Then::GoOn,
            &[Authenticating],
        ),
        on(
            &[Authenticating],
            To::Rset,
            &[Refusal],
            Then::Refuse,
            &[Closed],
        ),
        on(
            &[CallerAuth],
            To::Auth,
            ANY,
            Then::PassToCaller,
            &[CallerAuth, Idle],
        ),
        on(
            &[CallerAuth],
            To::AuthCancel,
            ANY,
            Then::PassToCaller,
            &[Idle],
        ),
        on(
            &[Envelope],
            To::AuthInGroup,
            ANY,
            Then::RecordAuth,
            &[Envelope],
        ),
        on(&[Envelope], To::Rset, &[Success], Then::GoOn, &[Envelope]),
        on(&[Envelope], To::Rset, &[Refusal], Then::Refuse, &[Closed]),
        on(
            IN_ENVELOPE,
            To::Mail,
            JUDGED,
            Then::RecordEnvelopeReply,
            IN_ENVELOPE,
        ),
        on(
            IN_ENVELOPE,
            To::Rcpt(0),
            JUDGED,
            Then::RecordEnvelopeReply,
            IN_ENVELOPE,
        ),
        on(
            &[Envelope],
            To::Data,
            &[Intermediate, Refusal],
            Then::RecordEnvelopeReply,
            &[Envelope],
        ),
        on(
            &[Discarding],
            To::EmptyMessage,
            ANY,
            Then::Discarded,
            &[Idle],
        ),
        on(
            &[Content, AwaitingAcceptance],
            To::Chunk,
            &[Success],
            Then::GoOn,
            &[Content, AwaitingAcceptance],
        ),
        on(
            &[Content, AwaitingAcceptance],
            To::Chunk,
            &[Refusal],
            Then::MessageRefused,
            &[Idle, Closed],
        ),
        on(
            &[AwaitingAcceptance],
            To::Message,
            &[Success],
            Then::MessageAccepted,
            &[Idle, Envelope],
        ),
        on(
            &[AwaitingAcceptance],
            To::Message,
            &[Refusal],
            Then::MessageRefused,
            &[Idle, Envelope],
        ),
        on(
            &[AwaitingAcceptance],
            To::MessageFor(0),
            ANY,
            Then::RecordRecipientReply,
            &[AwaitingAcceptance, Idle],
        ),
        on(&[Idle], To::Mail, JUDGED, Then::RecordManualReply, &[Idle]),
        on(
            &[Idle],
            To::Rcpt(0),
            JUDGED,
            Then::RecordManualReply,
            &[Idle],
        ),
        on(
            &[Idle],
            To::Data,
            &[Intermediate, Refusal],
            Then::RecordManualReply,
            &[Content, Idle],
        ),
        on(&[Idle], To::Rset, &[Success], Then::Answer, &[Idle]),
        on(&[Idle], To::Rset, &[Refusal], Then::Refuse, &[Idle, Closed]),
        // A message may be asked for before these are answered.
        on(
            &[Idle, Envelope],
            To::Noop,
            &[Success],
            Then::Answer,
            &[Idle, Envelope],
        ),
        on(
            &[Idle, Envelope],
            To::Noop,
            &[Refusal],
            Then::Refuse,
            &[Idle, Closed],
        ),
        on(
            &[Idle, Envelope],
            To::Ask,
            &[Success],
            Then::Answer,
            &[Idle, Envelope],
        ),
        on(
            &[Idle, Envelope],
            To::Ask,
            &[Refusal],
            Then::Refuse,
            &[Idle, Closed],
        ),
        on(
            &[Idle, Envelope],
            To::Raw,
            ANY,
            Then::Answer,
            &[Idle, Envelope],
        ),
        on(&[Opening, Idle], To::Quit, ANY, Then::Quit, &[Closed]),
    ]
};

/// What else moves a session: an operation that the caller asks for, or the last reply to an envelope.
pub(super) const OPERATIONS: &[(StateName, &str, &[StateName])] = {
    use StateName::{
        Authenticating, AwaitingAcceptance, CallerAuth, Closed, Content, Discarding, Envelope,
        Idle, Opening, TlsDue,
    };
    &[
        (TlsDue, "the TLS handshake is done", &[Opening, Idle]),
        (Idle, "authenticate", &[Authenticating, CallerAuth]),
        (CallerAuth, "a response", &[CallerAuth]),
        (Idle, "start a message", &[Envelope]),
        (Idle, "BDAT", &[Content]),
        (
            Envelope,
            "all replies have come",
            &[Envelope, Content, Discarding, Authenticating, Idle, Closed],
        ),
        (Envelope, "early content", &[Content]),
        (Content, "the end of the message", &[AwaitingAcceptance]),
        (
            AwaitingAcceptance,
            "the next envelope, or QUIT",
            &[AwaitingAcceptance],
        ),
    ]
};

impl Then {
    /// What a reply of this class to this command leads to; `None` is a protocol error.
    pub fn of(state: StateName, reply_to: PendingReply, reply: &Reply) -> Option<Self> {
        let class = ReplyClass::of(reply)?;
        let row = REPLIES.iter().find(|row| {
            discriminant(&row.reply_to) == discriminant(&reply_to)
                && row.from.contains(&state)
                && row.class.contains(&class)
        });
        row.map(|row| row.then)
    }
}

impl ReplyClass {
    fn of(reply: &Reply) -> Option<Self> {
        match reply.code / 100 {
            2 => Some(Self::Success),
            3 => Some(Self::Intermediate),
            4 | 5 => Some(Self::Refusal),
            _ => None,
        }
    }
}

impl StateName {
    /// Whether the tables have a way from this state to that one.
    pub(super) fn leads_to(self, next: Self) -> bool {
        let by_reply = |row: &Transition| row.from.contains(&self) && row.to.contains(&next);
        let by_operation =
            |(from, _, to): &(Self, &str, &[Self])| *from == self && to.contains(&next);
        next == Self::Closed
            || self == next
            || REPLIES.iter().any(by_reply)
            || OPERATIONS.iter().any(by_operation)
    }
}

impl State {
    pub fn name(&self) -> StateName {
        match self {
            Self::Opening(_) => StateName::Opening,
            Self::TlsDue(_) => StateName::TlsDue,
            Self::Authenticating(_) => StateName::Authenticating,
            Self::CallerAuth(_) => StateName::CallerAuth,
            Self::Idle(_) => StateName::Idle,
            Self::Envelope(_) => StateName::Envelope,
            Self::Discarding(_) => StateName::Discarding,
            Self::Content(_) => StateName::Content,
            Self::AwaitingAcceptance(_) => StateName::AwaitingAcceptance,
            Self::Closed(_) => StateName::Closed,
        }
    }

    /// The transaction that the server's next reply to an envelope or message is about.
    pub fn transaction_mut(&mut self) -> Option<&mut Transaction> {
        match self {
            Self::Envelope(envelope) => Some(&mut envelope.transaction),
            Self::Content(transaction) => Some(transaction),
            Self::AwaitingAcceptance(awaiting) => Some(&mut awaiting.transaction),
            Self::Authenticating(Authenticating {
                then: AfterAuth::Envelope(envelope),
                ..
            }) => Some(&mut envelope.transaction),
            _ => None,
        }
    }

    /// The transaction whose content is being written, or awaits acceptance.
    pub fn transaction(&self) -> Option<&Transaction> {
        match self {
            Self::Content(transaction) => Some(transaction),
            Self::AwaitingAcceptance(awaiting) => Some(&awaiting.transaction),
            _ => None,
        }
    }

    /// The transaction of a state that is left.
    pub fn into_transaction(self) -> Option<Transaction> {
        match self {
            Self::Envelope(envelope) => Some(envelope.transaction),
            Self::Discarding(discarding) => Some(discarding.transaction),
            Self::Content(transaction) => Some(transaction),
            Self::AwaitingAcceptance(awaiting) => Some(awaiting.transaction),
            Self::Authenticating(Authenticating {
                then: AfterAuth::Envelope(envelope),
                ..
            }) => Some(envelope.transaction),
            Self::Idle(Idle {
                manual: Some(manual),
                ..
            }) => Some(manual.transaction),
            _ => None,
        }
    }
}

impl Idle {
    /// After a transaction that failed.
    pub fn after_failure() -> Self {
        Self {
            reset: Reset::Due,
            manual: None,
        }
    }
}
