//! AUTH pipelined with the envelope of the first message (RFC 4954, section 4).
//!
//! ```text
//! C: AUTH PLAIN AHVzZXIAc2VjcmV0           one flight
//! C: MAIL FROM:<a@example.net>
//! C: RCPT TO:<b@example.org>
//! C: DATA
//! S: 235 2.7.0 welcome                     a server that discards the rest sends no other reply:
//!                                          `awaits_behind_auth`
//! ```

use super::authentication::Login;
use super::command::{Command, PendingReply};
use super::error::{Error, Phase};
use super::reply::Reply;
use super::session::Session;
use super::state::{AfterAuth, EnvelopeSent, EnvelopeState, LostEnvelope, State};
use super::transaction::Transaction;
use super::transcript::Speaker;

/// Bad sequence of commands (RFC 5321, section 4.2.3), and authentication required (RFC 4954, section 6).
/// Behind AUTH they mean that the server has not processed AUTH yet.
const TOO_EARLY: [u16; 2] = [503, 530];

/// An AUTH that left together with an envelope.
pub(super) struct GroupedAuth {
    pub login: Login,
    /// The envelope's commands behind AUTH, which are sent again after another AUTH.
    pub commands: Vec<Command>,
    answer: AuthAnswer,
}

/// The server's answer to an AUTH in a group.
enum AuthAnswer {
    Awaited,
    /// A challenge came, so the server takes MAIL for the response. Its reply to MAIL is the refusal.
    MailConsumed,
    Succeeded,
    Refused(Reply),
}

impl GroupedAuth {
    pub(super) fn new(login: Login, commands: Vec<Command>) -> Self {
        Self {
            login,
            commands,
            answer: AuthAnswer::Awaited,
        }
    }

    pub(super) fn is_refused(&self) -> bool {
        matches!(self.answer, AuthAnswer::Refused(_))
    }

    /// The error if AUTH was refused. Its mechanism counts as tried then.
    pub(super) fn refusal(&mut self) -> Option<Error> {
        match &self.answer {
            AuthAnswer::Refused(reply) => Some(self.login.refuse(reply.clone())),
            _ => None,
        }
    }

    /// Whether AUTH succeeded, but the server refused MAIL because it processed that too early.
    pub(super) fn came_too_early(&self, transaction: &Transaction) -> bool {
        let mail = transaction.mail_refusal();
        matches!(self.answer, AuthAnswer::Succeeded)
            && mail.is_some_and(|reply| TOO_EARLY.contains(&reply.code))
            && !transaction.is_data_accepted()
    }

    fn is_answered(&self) -> bool {
        matches!(self.answer, AuthAnswer::Succeeded | AuthAnswer::Refused(_))
    }
}

impl State {
    pub(super) fn grouped_auth(&mut self) -> Option<&mut GroupedAuth> {
        match self {
            Self::Envelope(EnvelopeState {
                sent: EnvelopeSent::BehindAuth(group),
                ..
            }) => Some(group),
            _ => None,
        }
    }

    /// The login whose AUTH the server answers.
    pub(super) fn login(&mut self) -> Option<&mut Login> {
        match self {
            Self::Authenticating(authenticating) => Some(&mut authenticating.login),
            _ => self.grouped_auth().map(|group| &mut group.login),
        }
    }
}

impl EnvelopeState {
    /// Whether AUTH is answered, and the commands behind it are not, or only refused as too early.
    fn is_only_auth_answered(&self) -> bool {
        let EnvelopeSent::BehindAuth(group) = &self.sent else {
            return false;
        };
        group.is_answered() && self.transaction.is_answered_only_with(&TOO_EARLY)
    }
}

impl Session {
    /// Whether AUTH is answered, and the awaited replies are to the commands behind it, which have no reply
    /// so far or only refusals as too early. A server that discards these commands never replies, so the
    /// driver does not wait for long.
    pub fn awaits_behind_auth(&self) -> bool {
        match &self.state {
            State::Envelope(envelope) => {
                envelope.is_only_auth_answered() && self.pipeline.awaits_reply()
            }
            _ => false,
        }
    }

    /// Whether the session ended because the server lost the envelope behind AUTH. No content has left, so
    /// the message is sent once more over another connection. AUTH leaves alone there, by the memory of the
    /// server.
    pub fn has_lost_envelope(&self) -> bool {
        matches!(&self.state, State::Closed(closed) if closed.lost == LostEnvelope::BehindAuth)
    }

    /// Interprets a timeout or the end of the connection during AUTH's group. If AUTH was refused, the
    /// refusal is the error. If nothing behind AUTH was answered, the server may have lost it.
    pub(super) fn interpret_in_auth_group(&mut self, error: Error) -> Error {
        if !matches!(error, Error::Timeout(..) | Error::Disconnected(_)) {
            return error;
        }
        let is_behind_auth = self.awaits_behind_auth();
        let Some(group) = self.state.grouped_auth() else {
            return error;
        };
        let refusal = group.refusal();
        if is_behind_auth && (refusal.is_none() || group.login.has_next_mechanism()) {
            self.close_as_lost();
        }
        let Some(refusal) = refusal else {
            return error;
        };
        self.close();
        refusal
    }

    /// Handles AUTH's reply before those to the envelope behind it. These count only if AUTH succeeds.
    pub(super) fn on_grouped_auth(&mut self, reply: Reply) -> Result<(), Error> {
        let takes_mail = self.pipeline.next_pending() == Some(PendingReply::Mail);
        let Some(group) = self.state.grouped_auth() else {
            return Ok(());
        };
        let is_first = matches!(group.answer, AuthAnswer::Awaited);
        if reply.is_success() && is_first {
            group.answer = AuthAnswer::Succeeded;
            let concluded = group.login.conclude();
            return self.conclude_login(concluded);
        }
        if reply.code == 334 && takes_mail {
            group.answer = AuthAnswer::MailConsumed;
            // It is too late for a response. The challenge has the reason why the token is refused.
            if let (Some(exchange), Ok(reason)) =
                (group.login.exchange_mut(), Self::challenge(&reply))
            {
                let _ = exchange.respond(&reason);
            }
            self.pipeline
                .replace_next_pending(PendingReply::AuthInGroup);
            return Ok(());
        }
        if !reply.is_refusal() {
            return Err(self.nonsense(Phase::Auth, &reply));
        }
        group.answer = AuthAnswer::Refused(reply);
        Ok(())
    }

    /// AUTH was refused with an envelope behind it: tries the next mechanism, and sends the envelope again.
    pub(super) fn judge_refused_auth(
        &mut self,
        mut transaction: Transaction,
        group: GroupedAuth,
    ) -> Result<(), Error> {
        let GroupedAuth {
            mut login,
            commands,
            answer: AuthAnswer::Refused(reply),
        } = group
        else {
            return Ok(());
        };
        if transaction.is_data_accepted() {
            // The server waits for the content, and a dot sends an empty message.
            self.results.failed = Some(transaction);
            self.close_with(LostEnvelope::No);
            return Err(login.refuse(reply));
        }
        let is_begun = transaction.is_mail_accepted();
        transaction.forget_answers();
        let envelope = EnvelopeState {
            transaction,
            sent: EnvelopeSent::Alone,
        };
        self.try_next_mechanism(login, reply, AfterAuth::Envelope(envelope))?;
        if is_begun {
            self.pipeline
                .queue_first(Command::new(PendingReply::Rset, "RSET"));
        }
        self.pipeline.queue_all(commands);
        Ok(())
    }

    /// AUTH succeeded, but MAIL behind it was refused as too early: sends the envelope again.
    pub(super) fn send_early_envelope_again(
        &mut self,
        mut transaction: Transaction,
        group: GroupedAuth,
    ) {
        transaction.forget_answers();
        self.enter(State::Envelope(EnvelopeState {
            transaction,
            sent: EnvelopeSent::Alone,
        }));
        self.pipeline.queue_all(group.commands);
        self.learn_that_auth_leaves_alone();
    }

    fn close_as_lost(&mut self) {
        self.close_with(LostEnvelope::BehindAuth);
        self.learn_that_auth_leaves_alone();
    }

    fn learn_that_auth_leaves_alone(&mut self) {
        self.memory().learn_auth_alone();
        self.transcript.record(Speaker::Event, || {
            "the server lost what left with AUTH: from now on, AUTH leaves alone".into()
        });
    }
}
