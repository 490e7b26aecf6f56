//! A session command by command: each operation sends one command, and `take_answer` gives its reply.

use super::authentication::Authentication;
use super::command::{Command, MAX_COMMAND, PendingReply};
use super::config::PartialDelivery;
use super::delivery::MessageInfo;
use super::envelope_commands::rcpt_line;
use super::error::{Error, Phase};
use super::local_name::LocalName;
use super::mailbox::Mailbox;
use super::parameters::Options;
use super::reply::Reply;
use super::session::Session;
use super::state::{CallerAuth, Idle, ManualTransaction, Reset, Smtputf8, State, Turn};
use super::transaction::Transaction;
use crate::sasl;

/// Commands that change the conversation. They have operations of their own.
const NOT_RAW: [&str; 11] = [
    "AUTH", "BDAT", "DATA", "EHLO", "HELO", "LHLO", "MAIL", "QUIT", "RCPT", "RSET", "STARTTLS",
];

impl Session {
    /// EHLO, and HELO if the server does not understand EHLO.
    pub fn hello(&mut self, name: Option<LocalName>) -> Result<(), Error> {
        self.expect_idle("EHLO")?;
        if let Some(name) = name {
            self.config.local_name = Some(name);
        }
        self.drop_manual_transaction();
        self.send_ehlo()
    }

    /// STARTTLS (RFC 3207). If the server agrees, the next action is to make the TLS handshake.
    ///
    /// # Errors
    ///
    /// [`Error::StartTlsUnavailable`] if the server does not offer it; [`Error::WrongState`] inside TLS or in a
    /// transaction.
    pub fn start_tls(&mut self) -> Result<(), Error> {
        self.expect_no_transaction("STARTTLS")?;
        if self.is_secure() {
            return Err(Error::WrongState(
                "the connection is inside TLS already".into(),
            ));
        }
        if !self.offers("STARTTLS") {
            return Err(Error::StartTlsUnavailable);
        }
        self.queue(PendingReply::StartTls, "STARTTLS");
        Ok(())
    }

    /// AUTH with a mechanism that only the caller knows.
    pub fn auth_start(&mut self, mechanism: &str, initial: Option<&[u8]>) -> Result<(), Error> {
        self.expect_unauthenticated()?;
        self.expect_private_channel()?;
        check_mechanism_name(mechanism)?;
        let offered = self.extensions().auth_mechanisms();
        if !offered.contains(&mechanism.to_ascii_uppercase()) {
            return Err(Error::AuthUnavailable(offered));
        }
        let command = match initial {
            None => Command::new(PendingReply::Auth, format!("AUTH {mechanism}")),
            Some(response) => Command::with_secret(
                PendingReply::Auth,
                &format!("AUTH {mechanism} "),
                sasl::encode_initial(response),
            ),
        };
        let reset = self.due_reset();
        self.pipeline.queue(command);
        self.enter(State::CallerAuth(CallerAuth {
            turn: Turn::Server,
            reset,
        }));
        Ok(())
    }

    /// The response to the challenge, not encoded yet; it may be empty. [`Error::WrongState`] if no challenge
    /// waits.
    pub fn auth_respond(&mut self, response: &[u8]) -> Result<(), Error> {
        self.expect_challenge()?;
        let response = sasl::encode(response);
        self.pipeline
            .queue(Command::with_secret(PendingReply::Auth, "", response));
        self.pass_turn(Turn::Server);
        Ok(())
    }

    /// `*` instead of a response (RFC 4954, section 4). [`Error::WrongState`] if no challenge waits.
    pub fn auth_cancel(&mut self) -> Result<(), Error> {
        self.expect_challenge()?;
        self.queue(PendingReply::AuthCancel, "*");
        self.pass_turn(Turn::Server);
        Ok(())
    }

    /// Begins a transaction; `None` is the null reverse-path `<>`. RSET is sent before it if the last
    /// transaction failed.
    ///
    /// # Errors
    ///
    /// [`Error::WrongState`] in a transaction; [`Error::ExtensionUnavailable`] if the sender or an option needs
    /// what the server does not offer.
    pub fn mail(&mut self, sender: Option<&Mailbox>, options: &Options) -> Result<(), Error> {
        self.expect_no_transaction("MAIL")?;
        let line = self.mail_line(sender, &[], options, MessageInfo::Unknown)?;
        self.queue_reset_if_due();
        let says_utf8 = options.smtputf8() || sender.is_some_and(|s| !s.is_ascii());
        let body = self.body_encoder(MessageInfo::Unknown, options, says_utf8);
        let transaction = Transaction::new(Vec::new(), 0, PartialDelivery::Allowed, body);
        let smtputf8 = if says_utf8 {
            Smtputf8::Declared
        } else {
            Smtputf8::NotDeclared
        };
        self.enter(State::Idle(Idle {
            reset: Reset::NotDue,
            manual: Some(ManualTransaction {
                transaction,
                smtputf8,
            }),
        }));
        self.transactions += 1;
        self.queue(PendingReply::Mail, line);
        Ok(())
    }

    /// Adds a recipient to the transaction. If the server has refused it before, that counts no more: the caller asks again.
    ///
    /// # Errors
    ///
    /// [`Error::WrongState`] before MAIL, or if MAIL did not declare the SMTPUTF8 that the address needs
    /// (RFC 6531, section 3.4); [`Error::ExtensionUnavailable`] if the address or an option needs what the
    /// server does not offer.
    pub fn rcpt(&mut self, recipient: Mailbox, options: &Options) -> Result<(), Error> {
        self.expect_idle("RCPT")?;
        let parameters = options.rcpt_parameters(&recipient, self.extensions())?;
        let wire = self.on_the_wire(&recipient)?;
        let Some(manual) = self.manual_transaction() else {
            return Err(Error::WrongState("RCPT comes after MAIL".into()));
        };
        // RFC 6531, section 3.4.
        if !wire.is_ascii() && manual.smtputf8 == Smtputf8::NotDeclared {
            return Err(Error::WrongState(
                "this recipient needs SMTPUTF8, which MAIL did not say: set-smtputf8 in its options"
                    .into(),
            ));
        }
        let transaction = &mut manual.transaction;
        let asked = &transaction.recipients;
        transaction
            .refused
            .retain(|(index, _)| asked.get(*index) != Some(&recipient));
        let index = transaction.recipients.len();
        transaction.recipients.push(recipient);
        self.queue(PendingReply::Rcpt(index), rcpt_line(&wire, &parameters));
        Ok(())
    }

    /// Sends DATA, or nothing if the content leaves by BDAT. Then `write` and `finish` the content.
    pub fn data(&mut self) -> Result<(), Error> {
        self.expect_idle("DATA")?;
        let transaction = match self.manual_transaction() {
            Some(manual) if !manual.transaction.accepted.is_empty() => &manual.transaction,
            _ => {
                return Err(Error::WrongState(
                    "DATA comes after an accepted RCPT".into(),
                ));
            }
        };
        if transaction.body.is_chunked() {
            self.begin_manual_content();
        } else {
            self.queue(PendingReply::Data, "DATA");
        }
        Ok(())
    }

    /// RSET (RFC 5321, section 4.1.1.5): ends the transaction, and leaves the login alone.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.expect_idle("RSET")?;
        self.drop_manual_transaction();
        self.queue(PendingReply::Rset, "RSET");
        Ok(())
    }

    /// NOOP (RFC 5321, section 4.1.1.9), in a transaction or not.
    pub fn noop(&mut self) -> Result<(), Error> {
        self.expect_idle("NOOP")?;
        self.queue(PendingReply::Noop, "NOOP");
        Ok(())
    }

    /// VRFY, EXPN or HELP, with an argument.
    pub fn ask(&mut self, command: &str, argument: Option<&str>) -> Result<(), Error> {
        self.expect_idle(command)?;
        let text = argument.map_or(command.into(), |argument| format!("{command} {argument}"));
        check_line(&text)?;
        // RFC 6531, section 3.7.4.2.
        let parameter = if text.is_ascii() {
            ""
        } else if self.offers("SMTPUTF8") {
            " SMTPUTF8"
        } else {
            let need = format!("which the argument of {command} needs: give it in ASCII");
            return Err(Error::unavailable("SMTPUTF8", need));
        };
        self.queue(PendingReply::Ask, text + parameter);
        Ok(())
    }

    /// Any other command.
    pub fn raw(&mut self, text: &str) -> Result<(), Error> {
        self.expect_idle("a command")?;
        check_line(text)?;
        // Some servers skip spaces before a command.
        let word = text.split_whitespace().next().unwrap_or_default();
        if NOT_RAW.iter().any(|verb| verb.eq_ignore_ascii_case(word)) {
            return Err(Error::InvalidArgument(format!(
                "{word} changes the conversation: call the function that it has"
            )));
        }
        self.queue(PendingReply::Raw, text);
        Ok(())
    }

    /// QUIT, if no other operation is under way.
    pub fn quit(&mut self) -> Result<(), Error> {
        let has_place = matches!(self.state, State::Opening(_) | State::Idle(_));
        if !has_place || self.pipeline.awaits_reply() {
            return Err(out_of_place("QUIT"));
        }
        self.queue(PendingReply::Quit, "QUIT");
        Ok(())
    }

    // --- replies ------------------------------------------------------------------------------

    pub(super) fn on_manual_reply(
        &mut self,
        reply_to: PendingReply,
        reply: Reply,
    ) -> Result<(), Error> {
        let Some(manual) = self.manual_transaction() else {
            return Ok(());
        };
        match reply_to {
            PendingReply::Rcpt(_) if reply.is_refusal() => {
                manual.transaction.record(reply_to, reply.clone());
                return Err(Error::Rejected(Phase::Rcpt, reply));
            }
            PendingReply::Data if reply.code == 354 => self.begin_manual_content(),
            PendingReply::Data if !reply.is_refusal() => {
                return Err(self.nonsense(Phase::Data, &reply));
            }
            _ if reply.is_refusal() => {
                let is_data = reply_to == PendingReply::Data;
                self.enter(State::Idle(Idle {
                    reset: if is_data { Reset::Due } else { Reset::NotDue },
                    manual: None,
                }));
                return Err(self.refused(reply_to, reply));
            }
            _ => manual.transaction.record(reply_to, reply.clone()),
        }
        self.results.answer = Some(reply);
        Ok(())
    }

    fn begin_manual_content(&mut self) {
        match self.take_state() {
            State::Idle(Idle {
                manual: Some(manual),
                ..
            }) => {
                self.enter(State::Content(manual.transaction));
            }
            other => self.state = other,
        }
    }

    fn manual_transaction(&mut self) -> Option<&mut ManualTransaction> {
        match &mut self.state {
            State::Idle(idle) => idle.manual.as_mut(),
            _ => None,
        }
    }

    fn drop_manual_transaction(&mut self) {
        if let State::Idle(idle) = &mut self.state {
            idle.manual = None;
        }
    }

    /// Whether RSET is due.
    pub(super) fn due_reset(&self) -> Reset {
        match &self.state {
            State::Idle(idle) => idle.reset,
            _ => Reset::NotDue,
        }
    }

    /// RSET before the next transaction, if the last one failed.
    pub(super) fn queue_reset_if_due(&mut self) {
        if self.due_reset() == Reset::Due {
            self.queue(PendingReply::Rset, "RSET");
        }
    }

    // --- allowed states -----------------------------------------------------------------------

    /// Requires a session between commands, in a transaction or not.
    fn expect_idle(&self, what: &str) -> Result<(), Error> {
        match self.state {
            State::Idle(_) => Ok(()),
            _ => Err(out_of_place(what)),
        }
    }

    /// Requires a session between messages.
    pub(super) fn expect_no_transaction(&self, what: &str) -> Result<(), Error> {
        match &self.state {
            State::Idle(Idle { manual: None, .. }) => Ok(()),
            _ => Err(out_of_place(what)),
        }
    }

    /// AUTH succeeds once a session (RFC 4954, section 4).
    pub(super) fn expect_unauthenticated(&self) -> Result<(), Error> {
        if matches!(self.authentication, Authentication::Done) {
            return Err(Error::WrongState(
                "this session is authenticated already".into(),
            ));
        }
        self.expect_no_transaction("AUTH")
    }

    fn expect_challenge(&self) -> Result<(), Error> {
        if self.is_challenged() {
            Ok(())
        } else {
            Err(Error::WrongState(
                "no challenge waits for a response".into(),
            ))
        }
    }
}

fn out_of_place(what: &str) -> Error {
    Error::WrongState(format!(
        "{what} has no place here: the session is in another step"
    ))
}

/// Whether a line can be sent as a command of the caller's own.
fn check_line(text: &str) -> Result<(), Error> {
    let hint = if text.is_empty() {
        "it is empty"
    } else if text.chars().any(char::is_control) {
        "it holds a line break or another control character"
    } else if text.len() + 2 > MAX_COMMAND {
        "it is longer than 510 octets"
    } else {
        return Ok(());
    };
    Err(Error::InvalidArgument(format!(
        "a command cannot be sent: {hint}"
    )))
}

fn check_mechanism_name(name: &str) -> Result<(), Error> {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (1..=20).contains(&name.len()) && name.bytes().all(is_allowed) {
        return Ok(());
    }
    Err(Error::InvalidArgument(
        "a SASL mechanism is 1 to 20 letters, digits, - and _ (RFC 4422, section 3.1)".into(),
    ))
}
