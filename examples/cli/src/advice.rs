//! Errors and replies as text for people.

use crate::envoi::mail::smtp::{
    Error, RecipientReply, Reply, TlsFailure, UnsentRecipient, explain,
};

/// The component's sentence, and an option or variable of this program that may help.
pub(crate) fn sentence(error: &Error) -> String {
    let sentence = explain(error).sentence;
    match option(error) {
        Some(option) => format!("{sentence} ({option})"),
        None => sentence,
    }
}

/// The server's reply about a recipient.
pub(crate) fn recipient(RecipientReply { recipient, reply }: &RecipientReply) -> String {
    format!("{recipient}: {}", words(reply))
}

/// Why the message was not sent to a recipient.
pub(crate) fn unsent(UnsentRecipient { recipient, error }: &UnsentRecipient) -> String {
    format!("{recipient}: {}", sentence(error))
}

fn words(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.text.replace('\n', " "))
}

fn option(error: &Error) -> Option<&'static str> {
    match error {
        Error::TlsFailed((TlsFailure::CertificateUnknownIssuer, _)) => {
            Some("here: set ENVOI_CA to that certificate, in PEM")
        }
        Error::TlsFailed((TlsFailure::CertificateWrongName, _)) => Some("here: --tls-name NAME"),
        Error::AuthUnavailable(offered) if !offered.is_empty() => Some("here: --mechanism NAME"),
        Error::ExtensionUnavailable(unavailable) if unavailable.keyword == "DSN" => {
            Some("here: --notify, --return and --envelope-id ask for it")
        }
        Error::Rejected(rejection) if rejection.reply.code == 530 => {
            Some("here: smtp://USER@HOST and ENVOI_PASSWORD")
        }
        _ => None,
    }
}
