//! AUTH in one group with the envelope of the message that it is for (RFC 4954, section 4).
//!
//! ```text
//! C: AUTH PLAIN AHVzZXIAc2VjcmV0           one flight
//! C: MAIL FROM:<a@example.net>
//! C: RCPT TO:<b@example.org>
//! C: DATA
//! S: 235 2.7.0 welcome                     whoever discards what followed AUTH says no more:
//!                                          `awaits_behind_auth`
//! ```

use super::error::{Error, Phase};
use super::line::{Line, Verb};
use super::reply::Reply;
use super::session::{Session, State};
use super::transcript::Speaker;

impl Session {
    /// Whether all that is awaited are answers to what left behind an AUTH that was answered, and none
    /// of it was answered yet but as too early. A server that discards what followed AUTH never
    /// answers: whoever waits had better not wait for long.
    pub fn awaits_behind_auth(&self) -> bool {
        self.login.is_answered_alone && !self.awaited.is_empty()
    }

    /// Whether the server lost an envelope that left behind AUTH: the message, of which nothing else
    /// has left, is to be sent once more over another connection. AUTH leaves alone there, as the
    /// memory of the server says.
    pub fn has_lost_envelope(&self) -> bool {
        self.login.has_lost_envelope
    }

    /// What it means that the session ends with `error`: where AUTH was refused, that it was; and where
    /// nothing was answered behind AUTH, perhaps that the server has lost it.
    pub fn ends_with(&mut self, error: Error) -> Error {
        let is_silent = matches!(error, Error::Timeout(..) | Error::Disconnected(_));
        let is_closing = matches!(&error, Error::Rejected(_, reply) if reply.code == 421);
        let is_behind_auth = self.awaits_behind_auth();
        let transaction = self.transaction.as_mut();
        let refusal = transaction.and_then(|t| t.auth_refusal.take());
        let is_about_auth = is_silent || is_closing && refusal.is_some();
        if !is_about_auth {
            return error;
        }
        self.end();
        let refusal = refusal.map(|reply| self.note_refusal(reply));
        if is_silent && is_behind_auth && (refusal.is_none() || self.has_next_mechanism()) {
            self.lost_envelope();
            self.login.has_lost_envelope = true;
        }
        refusal.map_or(error, |reply| self.rejected(Phase::Auth, reply))
    }

    /// An answer to what may have left behind AUTH.
    pub(super) fn hear_behind_auth(&mut self, reply: &Reply) {
        if !is_too_early(reply) {
            self.login.is_answered_alone = false;
        }
    }

    /// AUTH's answer, while those to the envelope that left with it are still to come: these only
    /// count where it succeeds.
    pub(super) fn hear_grouped_auth(&mut self, reply: Reply) -> Result<(), Error> {
        let Some(transaction) = &mut self.transaction else {
            return Ok(());
        };
        if reply.is_success() && !transaction.is_response {
            self.login.is_answered_alone = true;
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
        if !reply.is_refusal() {
            return Err(self.refused(Phase::Auth, reply));
        }
        transaction.auth_refusal = Some(reply);
        self.login.is_answered_alone = true;
        Ok(())
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
            let reply = self.note_refusal(reply);
            let error = self.rejected(Phase::Auth, reply);
            return Err(self.ended(error));
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

    /// Where AUTH succeeded, and MAIL behind it was answered as if that were still to come: the envelope
    /// again. Returns whether that was so.
    pub(super) fn settle_early_envelope(&mut self) -> bool {
        self.login.is_answered_alone = false;
        let Some(transaction) = self.transaction.as_mut().filter(|_| self.authenticated) else {
            return false;
        };
        let is_early = matches!(
            &transaction.failure,
            Some(Error::Rejected(Phase::Mail, reply)) if is_too_early(reply)
        );
        if !is_early || transaction.said.is_empty() || transaction.go_ahead {
            return false;
        }
        let envelope = transaction.start_again();
        self.queued.extend(envelope);
        self.lost_envelope();
        true
    }

    fn lost_envelope(&mut self) {
        self.plan.memory.learn_auth_alone();
        self.words.record(Speaker::Event, || {
            "the server lost what left with AUTH: from now on, AUTH leaves alone".into()
        });
    }
}

/// Bad sequence of commands (RFC 5321, section 4.2.3); authentication required (RFC 4954, section 6).
fn is_too_early(reply: &Reply) -> bool {
    matches!(reply.code, 503 | 530)
}
