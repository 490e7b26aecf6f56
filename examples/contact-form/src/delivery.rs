//! The letter on its way, and what its failures are to a visitor and to whoever runs this.

use crate::configuration::Configuration;
use crate::envoi::mail::smtp::{
    Envelope, Error, Explanation, Mailer, Outcome, Reply, Retry, Timeout, explain,
};

/// A visitor waits for the answer, in nanoseconds.
const PATIENCE: u64 = 20_000_000_000;

pub struct Fault {
    pub kind: Kind,
    /// For whoever runs this, in a line; visitors do not see it.
    pub why: String,
}

/// As far as it matters to a visitor.
#[derive(Clone, Copy)]
pub enum Kind {
    /// What the environment or the host says is wrong.
    SetUp,
    /// The same letter may pass later.
    Later,
    /// It will not.
    Refused,
    /// The server had the whole letter, and did not say what became of it.
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

/// What the server said when it took the letter.
pub fn deliver(configuration: &Configuration, letter: &str) -> Result<String, Fault> {
    let mailer = mailer(configuration).map_err(|error| Fault::set_up(explain(&error).sentence))?;
    let envelope = Envelope {
        sender: Some(configuration.from.clone()),
        recipients: vec![configuration.to.clone()],
    };
    let receipt = mailer.send(&envelope, letter.as_bytes(), None)?;
    mailer.close();
    let replies = receipt
        .accepted
        .iter()
        .map(|accepted| words(&accepted.reply));
    Ok(replies.collect())
}

fn mailer(configuration: &Configuration) -> Result<Mailer, Error> {
    let mailer = Mailer::from_url(&configuration.server)?;
    mailer.set_timeout(Timeout::Total, Some(PATIENCE));
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
        // Server and addresses are of the environment.
        (Error::InvalidArgument(_) | Error::WrongState(_), _, Retry::Never) => Kind::SetUp,
        (_, _, Retry::Never) => Kind::Refused,
    }
}

fn words(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.lines.join(" "))
}
