//! The letter on its way, and what its failures are to a visitor and to whoever runs this.

use crate::configuration::Configuration;
use crate::envoi::mail::smtp::{
    Envelope, Error, Mailer, Phase, RecipientReply, Rejection, Reply, Roots, Timeout,
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
            Kind::Unknown => "perhaps sent",
            _ => "not sent",
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let kind = kind(&error);
        let why = describe(error);
        Self { kind, why }
    }
}

/// What the server said when it took the letter.
pub fn deliver(configuration: &Configuration, letter: &str) -> Result<String, Fault> {
    let mailer = mailer(configuration).map_err(|error| Fault::set_up(describe(error)))?;
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
    mailer.set_timeout(Timeout::Total, PATIENCE);
    if let Some(name) = &configuration.server_name {
        mailer.set_server_name(name)?;
    }
    if let Some(authorities) = &configuration.authorities {
        mailer.set_roots(Roots::AddedOnly);
        mailer.add_trust_anchors(authorities.as_bytes())?;
    }
    Ok(mailer)
}

fn kind(error: &Error) -> Kind {
    match error {
        Error::Timeout(Phase::Acceptance)
        | Error::Disconnected(Phase::Acceptance)
        | Error::Protocol((Phase::Acceptance, _)) => Kind::Unknown,
        Error::LookupFailed(_)
        | Error::ConnectFailed(_)
        | Error::Timeout(_)
        | Error::Disconnected(_) => Kind::Later,
        Error::Rejected(Rejection { reply, .. }) => of_reply(reply),
        Error::RecipientsRefused(refused) => refused
            .first()
            .map_or(Kind::Refused, |refused| of_reply(&refused.reply)),
        Error::InvalidArgument(_) | Error::AccessDenied(_) | Error::WrongState(_) => Kind::SetUp,
        _ => Kind::Refused,
    }
}

fn of_reply(reply: &Reply) -> Kind {
    match reply.code {
        400..=499 => Kind::Later,
        _ => Kind::Refused,
    }
}

fn describe(error: Error) -> String {
    match error {
        Error::Rejected(Rejection { phase, reply, .. }) => {
            format!(
                "the mail server refused at {}: {}",
                name(phase),
                words(&reply)
            )
        }
        Error::RecipientsRefused(refused) => refused.iter().map(recipient).collect(),
        Error::Timeout(phase) => {
            format!("the mail server was silent for too long at {}", name(phase))
        }
        Error::Disconnected(phase) => format!("the mail server broke off at {}", name(phase)),
        Error::Protocol((phase, why)) => {
            format!("the mail server speaks no SMTP at {}: {why}", name(phase))
        }
        Error::AccessDenied(phase) => format!(
            "the host denies {} (wasmtime: -S cli,inherit-network,allow-ip-name-lookup)",
            name(phase)
        ),
        Error::TlsFailed((_, why)) => format!("no TLS: {why}"),
        Error::InvalidArgument(why)
        | Error::LookupFailed(why)
        | Error::ConnectFailed(why)
        | Error::WrongState(why)
        | Error::Other(why) => why,
        other => format!("{other:?}"),
    }
}

/// As the interface writes it.
fn name(phase: Phase) -> String {
    format!("{phase:?}").replace("Phase::", "").to_lowercase()
}

fn recipient(RecipientReply { recipient, reply }: &RecipientReply) -> String {
    format!("the mail server refused {recipient}: {}", words(reply))
}

fn words(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.lines.join(" "))
}
