//! What an error means, where it happened, and what to do.

use crate::envoi::mail::smtp::{Error, Phase, RecipientReply, Rejection, Reply, TlsFailure};

pub fn sentence(error: &Error) -> String {
    match error {
        Error::InvalidArgument(why) => format!("{why}; nothing was delivered"),
        Error::WrongState(why) | Error::Other(why) => why.clone(),
        Error::AccessDenied(Phase::Lookup) => {
            "the host grants no name lookup (wasmtime: -S allow-ip-name-lookup)".into()
        }
        Error::AccessDenied(_) => {
            "the host grants no connection to the server (wasmtime: -S inherit-network)".into()
        }
        Error::LookupFailed(why) => format!("{why}: is the server's name right?"),
        Error::ConnectFailed(why) => {
            format!("{why}: is the port right, and open? (465 for smtps, 587 for smtp)")
        }
        Error::Timeout(phase) => {
            let silent = "the server was silent for too long";
            format!("{silent} {}{}", at(*phase), perhaps(*phase))
        }
        Error::Disconnected(phase) => {
            format!("the connection ended {}{}", at(*phase), perhaps(*phase))
        }
        Error::TlsFailed((failure, why)) => format!("no TLS: {why}{}", tls_advice(*failure)),
        Error::StarttlsUnavailable => {
            "the server does not offer STARTTLS: smtps://, on port 465, may do".into()
        }
        Error::AuthUnavailable(offered) => no_mechanism(offered),
        Error::AuthNeedsTls => "the password is not sent without TLS: use smtps://".into(),
        Error::ExtensionUnavailable(unavailable) => match unavailable.keyword.as_str() {
            // Only options of this program ask for it.
            "DSN" => {
                "the server does not offer DSN, which --notify, --return and --envelope-id ask \
                      for: leave them out"
                    .into()
            }
            _ => unavailable.reason.clone(),
        },
        Error::MessageTooLarge(limit) => format!("the server takes at most {limit} octets"),
        Error::Rejected(rejection) => rejected(rejection),
        Error::RecipientsRefused(refused) => {
            let each: Vec<_> = refused.iter().map(recipient).collect();
            format!("no recipient was accepted: {}", each.join("; "))
        }
        Error::Protocol((phase, why)) => {
            let why = format!("{why} {}{}", at(*phase), perhaps(*phase));
            format!("{why}; is it an SMTP server, at its SMTP port?")
        }
    }
}

/// What the server said of someone.
pub fn recipient(RecipientReply { recipient, reply }: &RecipientReply) -> String {
    format!("{recipient}: {}", words(reply))
}

fn words(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.lines.join(" "))
}

fn rejected(Rejection { phase, reply }: &Rejection) -> String {
    let advice = match (phase, reply.code) {
        (_, 400..=499) => "later it may do",
        (Phase::Auth, 534 | 535) => {
            "are user and password right? Some providers want a password made for programs"
        }
        (_, 530) => "it wants a user and a password (smtp://USER@HOST, ENVOI_PASSWORD)",
        (Phase::Mail, _) => "may this user send from this address (--from)?",
        _ => "it will not take the message like this",
    };
    let words = words(reply);
    format!("the server refused {}: {words}; {advice}", at(*phase))
}

fn no_mechanism(offered: &[String]) -> String {
    match offered {
        [] => "the server offers no authentication here: leave the user out, or try another port"
            .into(),
        offered => format!(
            "the server offers no mechanism that may be used (--mechanism), only {}",
            offered.join(", ")
        ),
    }
}

fn tls_advice(failure: TlsFailure) -> &'static str {
    match failure {
        TlsFailure::CertificateUnknownIssuer => {
            "; where that is the server's own authority, set ENVOI_CA to its certificate (PEM)"
        }
        TlsFailure::CertificateWrongName => "; --tls-name NAME says which name it is to bear",
        _ => "",
    }
}

/// Whether the message may have been delivered all the same.
fn perhaps(phase: Phase) -> &'static str {
    match phase {
        Phase::Acceptance => {
            "; the message is perhaps delivered: sending it again may deliver it twice"
        }
        _ => "; the message was not delivered",
    }
}

fn at(phase: Phase) -> &'static str {
    match phase {
        Phase::Lookup => "while looking up its name",
        Phase::Connect => "while connecting",
        Phase::Tls => "in the TLS handshake",
        Phase::Greeting => "before its greeting",
        Phase::Hello => "at EHLO",
        Phase::Starttls => "at STARTTLS",
        Phase::Auth => "at AUTH",
        Phase::Mail => "at MAIL, the sender",
        Phase::Rcpt => "at RCPT, a recipient",
        Phase::Data => "at DATA",
        Phase::Content => "in the middle of the message",
        Phase::Acceptance => "after the message",
        Phase::Quit => "at QUIT",
        Phase::Other => "between messages",
    }
}
