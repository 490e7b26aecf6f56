//! What an error means, and what to do.

use host_tests::{Error, Phase, Rejection, Reply, TlsFailure};

/// A line for people.
pub fn sentence(error: &Error) -> String {
    match error {
        Error::InvalidArgument(why) | Error::WrongState(why) | Error::Other(why) => why.clone(),
        Error::AccessDenied(phase) => {
            format!(
                "the host does not grant {}",
                if *phase == Phase::Lookup {
                    "name lookup"
                } else {
                    "sockets"
                }
            )
        }
        Error::LookupFailed(why) => format!("{why}: is the name right?"),
        Error::ConnectFailed(why) => {
            format!("{why}: is the port right, and open? (465 for smtps, 587 for smtp)")
        }
        Error::Timeout(phase) => {
            format!(
                "the server was silent for too long ({}){}",
                name(*phase),
                perhaps(*phase)
            )
        }
        Error::Disconnected(phase) => {
            format!("the connection ended ({}){}", name(*phase), perhaps(*phase))
        }
        Error::TlsFailed((failure, why)) => format!("no TLS: {why}{}", tls_advice(*failure)),
        Error::StarttlsUnavailable => {
            "the server does not offer STARTTLS: smtps://, on port 465, may do".into()
        }
        Error::AuthUnavailable(offered) if offered.is_empty() => {
            "the server takes no passwords here: leave the user out, or try another port".into()
        }
        Error::AuthUnavailable(offered) => {
            format!(
                "the server takes none of PLAIN, LOGIN, CRAM-MD5, only {}",
                offered.join(", ")
            )
        }
        Error::AuthNeedsTls => "passwords are not sent without TLS: use smtps://".into(),
        Error::ExtensionUnavailable(keyword) => {
            format!("the message needs {keyword}, which the server does not offer")
        }
        Error::MessageTooLarge(limit) => format!("the server takes at most {limit} bytes"),
        Error::Rejected(rejection) => rejected(rejection),
        Error::RecipientsRefused(replies) => {
            let each = replies
                .iter()
                .map(|one| format!("{}: {}", one.recipient, words(&one.reply)));
            format!(
                "no recipient was accepted: {}",
                each.collect::<Vec<_>>().join("; ")
            )
        }
        Error::Protocol((phase, why)) => {
            format!(
                "{why} ({}): is it an SMTP server, at its SMTP port?",
                name(*phase)
            )
        }
    }
}

/// A reply in one line.
pub fn words(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.lines.join(" "))
}

fn rejected(Rejection { phase, reply, .. }: &Rejection) -> String {
    let advice = match (phase, reply.code) {
        (Phase::Auth, 534 | 535) => {
            "are user and password right? Some providers want one made for programs"
        }
        (Phase::Mail, 530) => "the server wants a user and a password",
        (Phase::Mail, _) => "may this user send from this address?",
        (_, 400..=499) => "it may do later",
        _ => "the server will not take it like this",
    };
    format!(
        "the server refused ({}): {}; {advice}",
        name(*phase),
        words(reply)
    )
}

fn tls_advice(failure: TlsFailure) -> &'static str {
    match failure {
        TlsFailure::CertificateUnknownIssuer => " (here: --trust FILE)",
        _ => "",
    }
}

/// Whether a message may have been delivered all the same.
fn perhaps(phase: Phase) -> &'static str {
    match phase {
        Phase::Acceptance => "; the message may have been delivered",
        _ => "; the message was not delivered",
    }
}

fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Lookup => "looking up its name",
        Phase::Connect => "connecting",
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
