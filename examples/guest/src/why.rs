//! Why a message was not sent, for people.

use crate::envoi::mail::smtp::{Error, Phase, Reply};

pub fn sentence(error: &Error) -> String {
    match error {
        Error::InvalidArgument(what) | Error::LookupFailed(what) | Error::ConnectFailed(what) => {
            what.clone()
        }
        Error::TlsFailed((_, what)) => what.clone(),
        // 4yz is worth another try, 5yz is not.
        Error::Rejected(rejection) => {
            let said = words(&rejection.reply);
            format!("the server refuses at {}: {said}", name(rejection.phase))
        }
        Error::RecipientsRefused(refused) => {
            let lines = refused.iter().map(|refused| {
                let said = words(&refused.reply);
                format!("the server refuses {}: {said}", refused.recipient)
            });
            lines.collect::<Vec<_>>().join("; ")
        }
        // Whoever sends it again may deliver it twice.
        Error::Timeout(Phase::Acceptance) | Error::Disconnected(Phase::Acceptance) => {
            "the server did not answer to the message, which is perhaps delivered".into()
        }
        Error::Timeout(phase) | Error::Disconnected(phase) => {
            format!("the server did not answer at {}, and nothing is delivered", name(*phase))
        }
        other => other.to_string(),
    }
}

fn words(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.lines.join(" "))
}

/// `Phase::Mail` is called `mail`.
fn name(phase: Phase) -> String {
    format!("{phase:?}").replace("Phase::", "").to_lowercase()
}
