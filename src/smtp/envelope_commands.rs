//! MAIL and RCPT for an envelope, with the parameters that the message needs and the server offers.

use super::command::{Command, PendingReply};
use super::delivery::MessageInfo;
use super::envelope::Envelope;
use super::error::Error;
use super::mailbox::Mailbox;
use super::parameters::{MailContext, Options};
use super::session::Session;

impl Session {
    /// MAIL and each RCPT. An error names the part that this server does not support.
    pub(super) fn envelope_commands(
        &self,
        envelope: &Envelope,
        options: &Options,
        message: MessageInfo,
    ) -> Result<Vec<Command>, Error> {
        let recipients = envelope.recipients.iter();
        let wire = recipients
            .map(|recipient| self.on_the_wire(recipient))
            .collect::<Result<Vec<_>, _>>()?;
        let mail = self.mail_line(envelope.sender.as_ref(), &wire, options, message)?;
        let mut commands = vec![Command::new(PendingReply::Mail, mail)];
        for (i, (recipient, wire)) in envelope.recipients.iter().zip(&wire).enumerate() {
            let parameters = options.rcpt_parameters(recipient, self.extensions())?;
            let line = rcpt_line(wire, &parameters);
            commands.push(Command::new(PendingReply::Rcpt(i), line));
        }
        Ok(commands)
    }

    pub(super) fn mail_line(
        &self,
        sender: Option<&Mailbox>,
        recipients: &[Mailbox],
        options: &Options,
        message: MessageInfo,
    ) -> Result<String, Error> {
        let sender = sender.map(|sender| self.on_the_wire(sender)).transpose()?;
        let parameters = options.mail_parameters(&MailContext {
            extensions: self.extensions(),
            secure: self.is_secure(),
            may_chunk: self.config.server.chunking,
            envelope_ascii: sender.iter().chain(recipients).all(Mailbox::is_ascii),
            survey: message.scan().as_ref(),
        })?;
        let path = sender.as_ref().map_or("", |sender| sender.as_str());
        Ok(format!("MAIL FROM:<{path}>{parameters}"))
    }

    /// The address with its domain in A-labels, if the server lacks SMTPUTF8.
    pub(super) fn on_the_wire(&self, mailbox: &Mailbox) -> Result<Mailbox, Error> {
        if mailbox.is_ascii() || self.offers("SMTPUTF8") {
            return Ok(mailbox.clone());
        }
        let unavailable = |need| Error::unavailable("SMTPUTF8", need);
        mailbox.to_ascii().map_err(unavailable)
    }
}

pub(super) fn rcpt_line(recipient: &Mailbox, parameters: &str) -> String {
    format!("RCPT TO:<{}>{parameters}", recipient.as_str())
}
