//! The states of a session. Each owns the data that only it needs.
//!
//! `Session::enter` is the one place where the state changes. The possible changes are in
//! `transitions.rs`.

use super::auth_group::GroupedAuth;
use super::authentication::Login;
use super::config::ConnectUntil;
use super::error::Error;
use super::transaction::Transaction;
use super::transitions::StateName;

#[allow(clippy::large_enum_variant, reason = "a session has one state")]
pub(super) enum State {
    /// From the greeting to EHLO's reply, and TLS in between.
    Opening(ConnectUntil),
    /// STARTTLS was answered with 220: the TLS handshake is due, and nothing else.
    TlsDue(ConnectUntil),
    /// An exchange of AUTH.
    Authenticating(Authenticating),
    /// An exchange of AUTH whose mechanism only the caller knows.
    CallerAuth(CallerAuth),
    /// Between two commands.
    Idle(Idle),
    /// MAIL, RCPT and DATA are sent, and not all of their replies have come.
    Envelope(EnvelopeState),
    /// DATA was accepted, but no recipient: a final dot alone ends it.
    Discarding(Discarding),
    /// The message's content is being written. If it left early, its envelope is not answered yet.
    Content(Transaction),
    /// The message has ended, and its reply is awaited.
    AwaitingAcceptance(AwaitingAcceptance),
    /// The connection is of no more use.
    Closed(Closed),
}

pub(super) struct Authenticating {
    pub login: Login,
    pub then: AfterAuth,
}

/// The purpose of an AUTH, which decides the state after it.
#[allow(clippy::large_enum_variant, reason = "a session has one state")]
pub(super) enum AfterAuth {
    Idle(Reset),
    /// The first message. AUTH may leave with its envelope.
    FirstMessage,
    /// The envelope that was refused together with the AUTH before.
    Envelope(EnvelopeState),
}

pub(super) struct CallerAuth {
    pub turn: Turn,
    /// The reset that is due after the exchange.
    pub reset: Reset,
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

/// The flight in which an envelope left.
pub(super) enum EnvelopeSent {
    Alone,
    /// With the end of the previous message.
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

/// The command that left together with the end of a message.
#[allow(clippy::large_enum_variant, reason = "a session has one state")]
pub(super) enum AfterMessage {
    Nothing,
    Envelope(EnvelopeState),
    Quit,
}

#[derive(Default)]
pub(super) struct Closed {
    pub lost: LostEnvelope,
}

/// Whether the connection ended because the server lost an envelope, and the flight of that envelope.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum LostEnvelope {
    #[default]
    No,
    BehindAuth,
    /// With the end of a message.
    BehindMessage,
}

impl State {
    pub(super) fn name(&self) -> StateName {
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

    /// The transaction that the server's next reply to an envelope or message belongs to.
    pub(super) fn transaction_mut(&mut self) -> Option<&mut Transaction> {
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
    pub(super) fn transaction(&self) -> Option<&Transaction> {
        match self {
            Self::Content(transaction) => Some(transaction),
            Self::AwaitingAcceptance(awaiting) => Some(&awaiting.transaction),
            _ => None,
        }
    }

    /// The transaction of a state that ends.
    pub(super) fn into_transaction(self) -> Option<Transaction> {
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
    pub(super) fn with(reset: Reset) -> Self {
        Self {
            reset,
            manual: None,
        }
    }

    /// The idle state after a failed transaction.
    pub(super) fn after_failure() -> Self {
        Self::with(Reset::Due)
    }
}
