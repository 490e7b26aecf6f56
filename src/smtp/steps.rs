//! A session command by command, each the caller's own: one line out, one reply back, which
//! `take_answer` gives once `step` is done.

use super::content_scan::ContentScan;
use super::delivery::{Content, rcpt_line};
use super::error::{Error, Phase};
use super::line::{Line, MAX_COMMAND, Verb};
use super::local_name::LocalName;
use super::mailbox::Mailbox;
use super::options::Options;
use super::reply::Reply;
use super::session::{Session, State};
use super::transaction::Transaction;
use crate::sasl;

/// Commands that change the conversation, and have functions of their own.
const NOT_RAW: [&str; 11] = [
    "AUTH", "BDAT", "DATA", "EHLO", "HELO", "LHLO", "MAIL", "QUIT", "RCPT", "RSET", "STARTTLS",
];

impl Session {
    /// Whether EHLO is due: after the greeting, and after TLS was made.
    pub fn is_hello_due(&self) -> bool {
        !self.helloed
    }

    /// The answer to what was asked for last.
    pub fn take_answer(&mut self) -> Option<Reply> {
        self.answer.take()
    }

    /// EHLO, and HELO where that is not understood.
    pub fn hello(&mut self, name: Option<LocalName>) -> Result<(), Error> {
        self.expect_idle("EHLO")?;
        if let Some(name) = name {
            self.plan.local_name = Some(name);
        }
        self.transaction = None;
        self.say_hello()
    }

    pub fn start_tls(&mut self) -> Result<(), Error> {
        self.expect_ready("STARTTLS")?;
        if self.secure {
            return Err(Error::WrongState("TLS stands already".into()));
        }
        if !self.extensions.has("STARTTLS") {
            return Err(Error::StartTlsUnavailable);
        }
        self.queue(Verb::StartTls, Line::open("STARTTLS"));
        Ok(())
    }

    /// AUTH with a mechanism that only the caller knows.
    pub fn auth_start(&mut self, mechanism: &str, initial: Option<&[u8]>) -> Result<(), Error> {
        self.expect_unauthenticated()?;
        self.may_authenticate()?;
        check_word(mechanism)?;
        let offered = self.extensions.auth_mechanisms();
        if !offered.contains(&mechanism.to_ascii_uppercase()) {
            return Err(Error::AuthUnavailable(offered));
        }
        let line = match initial {
            None => Line::open(format!("AUTH {mechanism}")),
            Some(response) => Line::with_secret(
                &format!("AUTH {mechanism} "),
                sasl::encode_initial(response),
            ),
        };
        self.own_mechanism = true;
        self.login.attempts = None;
        self.queue(Verb::Auth, line);
        Ok(())
    }

    pub fn auth_respond(&mut self, response: &[u8]) -> Result<(), Error> {
        self.expect_challenge()?;
        self.queue(Verb::Auth, Line::with_secret("", sasl::encode(response)));
        Ok(())
    }

    pub fn auth_cancel(&mut self) -> Result<(), Error> {
        self.expect_challenge()?;
        self.queue(Verb::AuthCancel, Line::open("*"));
        Ok(())
    }

    pub fn mail(&mut self, sender: Option<&Mailbox>, options: &Options) -> Result<(), Error> {
        self.expect_ready("MAIL")?;
        let line = self.mail_line(sender, &[], options, Content::Pieces)?;
        if self.needs_reset {
            self.queue(Verb::Rset, Line::open("RSET"));
        }
        let says_utf8 = options.smtputf8() || sender.is_some_and(|s| !s.is_ascii());
        let body = self.body(Content::Pieces, options, says_utf8);
        let mut transaction = Transaction::new(Vec::new(), ContentScan::default(), true, body);
        transaction.stepwise = true;
        transaction.says_utf8 = says_utf8;
        self.transaction = Some(transaction);
        self.transactions += 1;
        self.queue(Verb::Mail, line);
        Ok(())
    }

    pub fn rcpt(&mut self, recipient: Mailbox, options: &Options) -> Result<(), Error> {
        self.expect_idle("RCPT")?;
        let parameters = options.rcpt_parameters(&recipient, &self.extensions)?;
        let wire = self.on_the_wire(&recipient)?;
        let Some(transaction) = &mut self.transaction else {
            return Err(Error::WrongState("RCPT comes after MAIL".into()));
        };
        // RFC 6531, section 3.4.
        if !wire.is_ascii() && !transaction.says_utf8 {
            return Err(Error::WrongState(
                "this recipient needs SMTPUTF8, which MAIL did not say: set-smtputf8 in its options"
                    .into(),
            ));
        }
        let line = rcpt_line(&wire, &parameters);
        let index = transaction.recipients.len();
        transaction.recipients.push(recipient);
        self.queue(Verb::Rcpt(index), line);
        Ok(())
    }

    /// To where the content can leave.
    pub fn data(&mut self) -> Result<(), Error> {
        self.expect_idle("DATA")?;
        match &self.transaction {
            Some(transaction) if !transaction.accepted.is_empty() => {}
            _ => {
                return Err(Error::WrongState(
                    "DATA comes after an accepted RCPT".into(),
                ));
            }
        }
        match self
            .transaction
            .as_ref()
            .is_some_and(|t| t.body.is_chunked())
        {
            true => self.state = State::Content,
            false => self.queue(Verb::Data, Line::open("DATA")),
        }
        Ok(())
    }

    pub fn reset(&mut self) -> Result<(), Error> {
        self.expect_idle("RSET")?;
        self.transaction = None;
        self.queue(Verb::Rset, Line::open("RSET"));
        Ok(())
    }

    pub fn noop(&mut self) -> Result<(), Error> {
        self.expect_idle("NOOP")?;
        self.queue(Verb::Noop, Line::open("NOOP"));
        Ok(())
    }

    /// VRFY, EXPN or HELP, with what it is about.
    pub fn ask(&mut self, command: &str, about: Option<&str>) -> Result<(), Error> {
        self.expect_idle(command)?;
        let text = about.map_or(command.to_string(), |about| format!("{command} {about}"));
        check_line(&text)?;
        // RFC 6531, section 3.7.4.2.
        let utf8 = match text.is_ascii() {
            true => "",
            false if self.extensions.has("SMTPUTF8") => " SMTPUTF8",
            false => {
                let need = format!("which the argument of {command} needs: give it in ASCII");
                return Err(Error::unavailable("SMTPUTF8", need));
            }
        };
        self.queue(Verb::Ask, Line::open(text + utf8));
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
        self.queue(Verb::Raw, Line::open(text));
        Ok(())
    }

    pub(super) fn hear_step(&mut self, verb: Verb, reply: Reply) -> Result<(), Error> {
        let Some(transaction) = &mut self.transaction else {
            return Ok(());
        };
        match verb {
            Verb::Mail if reply.is_success() => {}
            Verb::Rcpt(index) if reply.is_success() => transaction.accepted.push(index),
            Verb::Rcpt(index) if reply.is_refusal() => {
                transaction.refused.push((index, reply.clone()));
                return Err(Error::Rejected(Phase::Rcpt, reply));
            }
            Verb::Data if reply.code == 354 => self.state = State::Content,
            _ => {
                self.transaction = None;
                self.needs_reset = verb == Verb::Data;
                return Err(self.refused(verb.phase(), reply));
            }
        }
        self.answer = Some(reply);
        Ok(())
    }

    /// Between commands, in a transaction or not.
    pub(super) fn expect_idle(&self, what: &str) -> Result<(), Error> {
        match self.state {
            State::Ready => Ok(()),
            _ => Err(out_of_place(what)),
        }
    }

    /// Between messages.
    pub(super) fn expect_ready(&self, what: &str) -> Result<(), Error> {
        match self.transaction {
            None => self.expect_idle(what),
            Some(_) => Err(out_of_place(what)),
        }
    }

    /// Once a session (RFC 4954, section 4).
    pub(super) fn expect_unauthenticated(&self) -> Result<(), Error> {
        match self.authenticated {
            true => Err(Error::WrongState(
                "this session is authenticated already".into(),
            )),
            false => self.expect_ready("AUTH"),
        }
    }

    fn expect_challenge(&self) -> Result<(), Error> {
        match self.state {
            State::Challenged => Ok(()),
            _ => Err(Error::WrongState(
                "no challenge waits for a response".into(),
            )),
        }
    }
}

fn out_of_place(what: &str) -> Error {
    Error::WrongState(format!(
        "{what} has no place here: the session is in another step"
    ))
}

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

fn check_word(mechanism: &str) -> Result<(), Error> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    match (1..=20).contains(&mechanism.len()) && mechanism.bytes().all(allowed) {
        true => Ok(()),
        false => Err(Error::InvalidArgument(
            "a SASL mechanism is 1 to 20 letters, digits, - and _ (RFC 4422, section 3.1)".into(),
        )),
    }
}
