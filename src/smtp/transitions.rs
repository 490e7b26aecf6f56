//! The table of a session's transitions: state and reply, action and next state.
//!
//! The diagram in docs/architecture.md is drawn from it.

use std::fmt::Write;
use std::mem::discriminant;

use super::command::PendingReply;
use super::reply::Reply;

/// The action for each reply. A combination that is not listed is a protocol error, which closes the session;
/// 421 closes it (RFC 5321, section 3.8), except as an LMTP server's reply for one recipient, and while the reply to a
/// message that left together with its envelope is to come.
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
    /// The reply does not change the state.
    const STAY: &[StateName] = &[];
    &[
        on(
            &[Opening],
            To::Greeting,
            &[Success],
            Then::SendEhlo,
            &[Idle],
        ),
        on(&[Opening], To::Greeting, &[Refusal], Then::Refuse, STAY),
        on(
            &[Opening],
            To::Ehlo,
            &[Success],
            Then::LearnExtensions,
            &[Authenticating, Idle],
        ),
        on(&[Idle], To::Ehlo, &[Success], Then::LearnExtensions, STAY),
        on(&[Opening, Idle], To::Ehlo, &[Refusal], Then::TryHelo, STAY),
        on(
            &[Opening],
            To::Helo,
            &[Success],
            Then::LearnExtensions,
            &[Authenticating, Idle],
        ),
        on(&[Idle], To::Helo, &[Success], Then::LearnExtensions, STAY),
        on(
            &[Opening, Idle],
            To::Helo,
            &[Refusal],
            Then::RefuseHelo,
            STAY,
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
            &[Authenticating, Idle],
        ),
        on(&[Idle], To::StartTls, &[Refusal], Then::Refuse, STAY),
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
            STAY,
        ),
        on(
            &[Authenticating],
            To::Auth,
            &[Refusal],
            Then::TryNextMechanism,
            &[Idle, Closed],
        ),
        on(
            &[Authenticating],
            To::AuthCancel,
            ANY,
            Then::FailCancelledAuth,
            &[Closed],
        ),
        on(&[Authenticating], To::Rset, &[Success], Then::GoOn, STAY),
        on(
            &[Authenticating],
            To::Rset,
            &[Refusal],
            Then::Refuse,
            &[Closed],
        ),
        on(&[CallerAuth], To::Auth, ANY, Then::PassToCaller, &[Idle]),
        on(
            &[CallerAuth],
            To::AuthCancel,
            ANY,
            Then::PassToCaller,
            &[Idle],
        ),
        on(&[Envelope], To::AuthInGroup, ANY, Then::RecordAuth, STAY),
        on(&[Envelope], To::Rset, &[Success], Then::GoOn, STAY),
        on(&[Envelope], To::Rset, &[Refusal], Then::Refuse, &[Closed]),
        on(
            IN_ENVELOPE,
            To::Mail,
            JUDGED,
            Then::RecordEnvelopeReply,
            STAY,
        ),
        on(
            IN_ENVELOPE,
            To::Rcpt(0),
            JUDGED,
            Then::RecordEnvelopeReply,
            STAY,
        ),
        on(
            &[Envelope],
            To::Data,
            &[Intermediate, Refusal],
            Then::RecordEnvelopeReply,
            STAY,
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
            STAY,
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
            &[Intermediate, Refusal],
            Then::MessageRefused,
            &[Idle, Envelope],
        ),
        on(
            &[AwaitingAcceptance],
            To::MessageFor(0),
            JUDGED,
            Then::RecordRecipientReply,
            &[Idle],
        ),
        on(&[Idle], To::Mail, JUDGED, Then::RecordManualReply, STAY),
        on(&[Idle], To::Rcpt(0), JUDGED, Then::RecordManualReply, STAY),
        on(
            &[Idle],
            To::Data,
            &[Intermediate, Refusal],
            Then::RecordManualReply,
            &[Content],
        ),
        on(&[Idle], To::Rset, &[Success], Then::Answer, STAY),
        on(&[Idle], To::Rset, &[Refusal], Then::Refuse, &[Closed]),
        // A message may be started before these are answered.
        on(&[Idle, Envelope], To::Noop, &[Success], Then::Answer, STAY),
        on(&[Idle, Envelope], To::Noop, &[Refusal], Then::Refuse, STAY),
        on(&[Idle, Envelope], To::Ask, &[Success], Then::Answer, STAY),
        on(&[Idle, Envelope], To::Ask, &[Refusal], Then::Refuse, STAY),
        on(&[Idle, Envelope], To::Raw, ANY, Then::Answer, STAY),
        on(&[Opening, Idle], To::Quit, ANY, Then::Quit, &[Closed]),
    ]
};

/// The other transitions: operations that the caller asks for, and the last reply to an envelope.
pub(super) const OPERATIONS: &[(StateName, &str, &[StateName])] = {
    use StateName::{
        Authenticating, AwaitingAcceptance, CallerAuth, Closed, Content, Discarding, Envelope,
        Idle, Opening, TlsDue,
    };
    &[
        (TlsDue, "the TLS handshake is done", &[Opening, Idle]),
        (Idle, "authenticate", &[Authenticating, CallerAuth]),
        (Idle, "start a message", &[Envelope]),
        (Idle, "BDAT", &[Content]),
        (
            Envelope,
            "all replies have come",
            &[Content, Discarding, Authenticating, Idle, Closed],
        ),
        (Envelope, "early content", &[Content]),
        (Content, "the end of the message", &[AwaitingAcceptance]),
    ]
};

/// A state's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateName {
    /// From the greeting to the reply to EHLO, HELO or STARTTLS.
    Opening,
    /// STARTTLS was answered with 220: the TLS handshake is due, and nothing else.
    TlsDue,
    /// AUTH with a mechanism of this crate.
    Authenticating,
    /// AUTH with a mechanism that only the caller knows.
    CallerAuth,
    /// Between two commands, in a transaction that the caller sends command by command, or in none.
    Idle,
    /// MAIL, RCPT and DATA are sent, and not all of their replies have come.
    Envelope,
    /// DATA was accepted, but no recipient: a final dot alone ends it (RFC 2920, section 3.1).
    Discarding,
    /// The message's content is being written.
    Content,
    /// The message has ended, and its reply is awaited.
    AwaitingAcceptance,
    /// The connection is of no more use.
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

/// The action after a reply, which `Session` carries out.
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

/// One row of the table: in one of these states, this reply leads to this action. The session keeps its
/// state, or enters one of `to`.
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

impl Then {
    /// The action for a reply of this class to this command. `None` is a protocol error.
    pub(super) fn of(state: StateName, reply_to: PendingReply, reply: &Reply) -> Option<Self> {
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
    /// Whether the tables have a transition between these states.
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

/// The states and their transitions, as a Mermaid diagram (`stateDiagram-v2`).
pub fn diagram() -> String {
    let mut lines = Vec::new();
    for row in REPLIES {
        for from in row.from {
            for to in row.to.iter().filter(|to| *to != from) {
                lines.push((*from, *to, row.reply_to.name()));
            }
        }
    }
    for (from, operation, to) in OPERATIONS {
        lines.extend(
            to.iter()
                .filter(|to| *to != from)
                .map(|to| (*from, *to, *operation)),
        );
    }
    let mut diagram = String::from("stateDiagram-v2\n    [*] --> Opening\n");
    let mut drawn = Vec::new();
    for (from, to, _) in &lines {
        if drawn.contains(&(from, to)) {
            continue;
        }
        drawn.push((from, to));
        let between =
            |line: &&(StateName, StateName, &'static str)| (line.0, line.1) == (*from, *to);
        let mut labels: Vec<_> = lines.iter().filter(between).map(|line| line.2).collect();
        labels.dedup();
        let _ = writeln!(diagram, "    {from:?} --> {to:?} : {}", labels.join(", "));
    }
    diagram + "    Closed --> [*]\n"
}
