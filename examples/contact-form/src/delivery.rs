//! Sends the message, and sorts failures for the visitor and for the operator.

use crate::configuration::Configuration;
use crate::envoi::mail::compose::Composed;
use crate::envoi::mail::smtp::{
    Envelope, Error, Explanation, Mailer, Outcome, Reply, Retry, Timeout, explain,
};

/// 20 seconds, in nanoseconds, because the visitor waits.
const TIMEOUT: u64 = 20_000_000_000;

pub struct Fault {
    pub kind: Kind,
    /// A line for the operator. Visitors do not see it.
    pub why: String,
}

/// The kinds of failure that a visitor has to know.
#[derive(Clone, Copy)]
pub enum Kind {
    /// The environment or the host is set up wrongly.
    SetUp,
    /// The same message may succeed later.
    Later,
    /// The message will be refused again.
    Refused,
    /// The server had the whole message, but its answer is unknown.
    Unknown,
}

impl Fault {
    pub fn set_up(why: String) -> Self {
        let kind = Kind::SetUp;
        Self { kind, why }
    }

    pub fn outcome(&self) -> &'static str {
        match self.kind {
            Kind::Unknown => "may have been sent",
            _ => "not sent",
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let explanation = explain(&error);
        Self {
            kind: kind(&error, &explanation),
            why: explanation.sentence,
        }
    }
}

/// Returns the server's reply to the message.
pub fn deliver(configuration: &Configuration, composed: Composed) -> Result<String, Fault> {
    let mailer = mailer(configuration).map_err(|error| Fault::set_up(explain(&error).sentence))?;
    let Composed {
        sender,
        recipients,
        message,
        ..
    } = composed;
    let envelope = Envelope { sender, recipients };
    let receipt = mailer.send(&envelope, &message, None)?;
    mailer.close();
    // There is one recipient: if it was refused, `send` has failed.
    let replies = receipt
        .accepted
        .iter()
        .map(|accepted| words(&accepted.reply));
    Ok(replies.collect())
}

fn mailer(configuration: &Configuration) -> Result<Mailer, Error> {
    let mailer = Mailer::from_url(&configuration.server)?;
    mailer.set_timeout(Timeout::Total, Some(TIMEOUT));
    if let Some(name) = &configuration.server_name {
        mailer.set_server_name(name)?;
    }
    if let Some(authorities) = &configuration.authorities {
        mailer.set_bundled_roots(false);
        mailer.add_trust_anchors(authorities.as_bytes())?;
    }
    Ok(mailer)
}

fn kind(error: &Error, explanation: &Explanation) -> Kind {
    match (error, explanation.outcome, explanation.retry) {
        (_, Outcome::MayHaveBeenDelivered, _) => Kind::Unknown,
        (_, _, Retry::Later) => Kind::Later,
        (_, _, Retry::AfterAChange) => Kind::SetUp,
        // The wrong argument comes from the environment: the server, or an address.
        (Error::InvalidArgument(_) | Error::WrongState(_), _, Retry::Never) => Kind::SetUp,
        (_, _, Retry::Never) => Kind::Refused,
    }
}

fn words(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.text.replace('\n', " "))
}
