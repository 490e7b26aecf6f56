//! The sentence of an error: the event and its step.

use crate::sasl::Mechanism;
use crate::smtp::error::{Error, Phase, RecipientReply, Timeout};
use crate::smtp::reply::Reply;

/// Characters of a text or of a reply.
const MAX_TEXT: usize = 400;
/// Characters of the reply to one recipient of several.
const MAX_RECIPIENT_REPLY: usize = 150;
/// Characters of an address.
const MAX_ADDRESS: usize = 100;
/// Refused recipients that are named.
const MAX_NAMED: usize = 3;

/// The event, without its consequences.
pub(in crate::smtp) fn what_happened(error: &Error) -> String {
    match error {
        Error::InvalidArgument(text) | Error::WrongState(text) | Error::Other(text) => {
            one_line(text, MAX_TEXT)
        }
        Error::AccessDenied(phase) => {
            format!("the host denies access to the network {}", at(*phase))
        }
        Error::LookupFailed(text) => {
            let text = one_line(text, MAX_TEXT);
            format!("the server's name could not be looked up: {text}")
        }
        Error::ConnectFailed(text) => {
            let text = one_line(text, MAX_TEXT);
            format!("no connection could be made: {text}")
        }
        Error::Timeout(phase, limit) => format!("{} {}", passed(*limit), at(*phase)),
        Error::Disconnected(phase) => format!("the connection ended {}", at(*phase)),
        Error::TlsFailed(_, text) => {
            let text = one_line(text, MAX_TEXT);
            format!("no TLS connection could be made: {text}")
        }
        Error::StartTlsUnavailable => "the server does not offer STARTTLS".into(),
        Error::AuthUnavailable(offered) => no_mechanism(offered),
        Error::AuthNeedsTls => "credentials are not sent without TLS (AUTH)".into(),
        Error::ExtensionUnavailable(unavailable) => one_line(&unavailable.reason, MAX_TEXT),
        Error::MessageTooLarge(limit) => {
            format!("the message is larger than the server takes (SIZE): {limit} octets")
        }
        Error::Rejected(phase, reply) => refusal(*phase, "", reply),
        Error::AuthRefused(reply, tried) => refusal(Phase::Auth, &list(tried), reply),
        Error::RecipientsRefused(refused) => refusals(refused),
        Error::Protocol(phase, text) => {
            let text = one_line(text, MAX_TEXT);
            format!("the server does not speak SMTP {}: {text}", at(*phase))
        }
    }
}

fn refusal(phase: Phase, tried: &str, reply: &Reply) -> String {
    let reply = in_words(reply, MAX_TEXT);
    format!("the server refused {}{tried}: {reply}", at(phase))
}

fn refusals(refused: &[RecipientReply]) -> String {
    let mut each: Vec<_> = refused
        .iter()
        .take(MAX_NAMED)
        .map(|one| {
            let recipient = one_line(&one.recipient, MAX_ADDRESS);
            let reply = in_words(&one.reply, MAX_RECIPIENT_REPLY);
            format!("{recipient}: {reply}")
        })
        .collect();
    if refused.len() > MAX_NAMED {
        each.push(format!("and {} more", refused.len() - MAX_NAMED));
    }
    format!("the server refused recipients: {}", each.join("; "))
}

fn list(tried: &[Mechanism]) -> String {
    if tried.is_empty() {
        return String::new();
    }
    let names: Vec<_> = tried.iter().map(|mechanism| mechanism.name()).collect();
    format!(" (tried {})", names.join(", "))
}

fn no_mechanism(offered: &[String]) -> String {
    if offered.is_empty() {
        return "the server offers no authentication here (AUTH)".into();
    }
    let offered = one_line(&offered.join(", "), MAX_TEXT);
    format!("the server offers no mechanism that fits the credentials (AUTH), only {offered}")
}

fn in_words(reply: &Reply, max: usize) -> String {
    format!("{} {}", reply.code, one_line(&reply.lines.join(" "), max))
}

/// At most `max` characters on one line. None of them can control a terminal or a log, or the direction of
/// writing.
fn one_line(text: &str, max: usize) -> String {
    let harmless = |character: char| match character {
        '\t' | '\r' | '\n' => ' ',
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => '\u{fffd}',
        '\u{feff}' => '\u{fffd}',
        character if character.is_control() => '\u{fffd}',
        character => character,
    };
    let mut line: String = text.chars().take(max).map(harmless).collect();
    if text.chars().nth(max).is_some() {
        line.push('…');
    }
    line
}

fn passed(limit: Timeout) -> &'static str {
    match limit {
        Timeout::Total => "the time for the whole call (the limit `total`) was over",
        Timeout::Block => "the transfer stalled for longer than the limit `block`",
        Timeout::Connect => "there was no answer within the limit `connect`",
        Timeout::Tls => "the server did not answer within the limit `tls`",
        Timeout::Greeting => "the server did not answer within the limit `greeting`",
        Timeout::Command => "the server did not answer within the limit `command`",
        Timeout::Data => "the server did not answer within the limit `data`",
        Timeout::Acceptance => "the server did not answer within the limit `acceptance`",
    }
}

/// The step, in words that follow "refused", "ended" and the like.
fn at(phase: Phase) -> &'static str {
    match phase {
        Phase::Lookup => "while looking up the server's name",
        Phase::Connect => "while connecting",
        Phase::Tls => "in the TLS handshake",
        Phase::Greeting => "at the greeting",
        Phase::Hello => "at EHLO",
        Phase::StartTls => "at STARTTLS",
        Phase::Auth => "at AUTH",
        Phase::Mail => "at MAIL (the sender)",
        Phase::Rcpt => "at RCPT (a recipient)",
        Phase::Data => "at DATA",
        Phase::Content => "in the middle of the message",
        Phase::Acceptance => "after the end of the message",
        Phase::Quit => "at QUIT",
        Phase::Other => "between messages",
    }
}
