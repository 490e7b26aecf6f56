//! What is known of the message after an error, whether to try again, and a sentence for people.

use super::error::{Error, Phase, RecipientReply, Timeout, TlsFailure};
use super::reply::Reply;
use crate::sasl::Mechanism;

/// Characters of a text or of the server's words that a sentence repeats at most.
const MAX_TEXT: usize = 400;
/// Characters of the words to one recipient of several.
const MAX_WORDS: usize = 150;
/// Characters of an address.
const MAX_ADDRESS: usize = 100;
/// Refused recipients that a sentence names at most.
const MAX_NAMED: usize = 3;

/// What is known of the message's delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was delivered: sending again is safe.
    NotSent,
    /// The server had the whole message and did not answer: sending again may deliver it twice.
    MayHaveBeenDelivered,
}

/// Whether the same message may pass another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same message will be refused again.
    Never,
    /// Later, with growing delays.
    Later,
    /// Once the set-up has changed: credentials, host grants, port, certificate.
    AfterAChange,
}

/// What a program does about an error, and what it tells people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub outcome: Outcome,
    pub retry: Retry,
    /// What happened, at which step, in the server's words where it gave some; whether the message was
    /// delivered; the next step. One line of at most 1000 characters, without secrets.
    pub sentence: String,
}

impl Error {
    pub fn explain(&self) -> Explanation {
        let (outcome, consequence) = if self.may_have_been_delivered() {
            (
                Outcome::MayHaveBeenDelivered,
                "the message may have been delivered; sending it again may deliver it twice; if you \
                 do, keep its Message-ID, by which readers can tell doubles"
                    .into(),
            )
        } else if matches!(self, Self::WrongState(_)) {
            // The calls before may have delivered something.
            (Outcome::NotSent, self.next_step().into())
        } else {
            let next = self.next_step();
            (Outcome::NotSent, format!("nothing was delivered; {next}"))
        };
        Explanation {
            outcome,
            retry: self.retry(),
            sentence: format!("{}; {consequence}", self.what_happened()),
        }
    }

    /// Whether the server had the whole message, and its answer did not come or cannot be read. A
    /// refusal is an answer.
    pub fn may_have_been_delivered(&self) -> bool {
        matches!(
            self,
            Self::Timeout(Phase::Acceptance, _)
                | Self::Disconnected(Phase::Acceptance)
                | Self::Protocol(Phase::Acceptance, _)
        )
    }

    /// Whether the same may pass later, with nothing changed.
    pub fn is_transient(&self) -> bool {
        self.retry() == Retry::Later
    }

    fn retry(&self) -> Retry {
        match self {
            Self::InvalidArgument(_)
            | Self::WrongState(_)
            | Self::ExtensionUnavailable(_)
            | Self::MessageTooLarge(_) => Retry::Never,
            Self::LookupFailed(_)
            | Self::ConnectFailed(_)
            | Self::Timeout(..)
            | Self::Disconnected(_)
            | Self::Protocol(..)
            | Self::TlsFailed(TlsFailure::CertificateExpired, _)
            | Self::Other(_) => Retry::Later,
            Self::AccessDenied(_)
            | Self::TlsFailed(..)
            | Self::StartTlsUnavailable
            | Self::AuthUnavailable(_)
            | Self::AuthNeedsTls => Retry::AfterAChange,
            Self::Rejected(phase, reply) => after_reply(*phase, reply),
            Self::AuthRefused(reply, _) => after_reply(Phase::Auth, reply),
            Self::RecipientsRefused(refused) => after_replies(refused),
        }
    }

    /// Without what follows from it.
    pub(super) fn what_happened(&self) -> String {
        match self {
            Self::InvalidArgument(text) | Self::WrongState(text) | Self::Other(text) => {
                one_line(text, MAX_TEXT)
            }
            Self::AccessDenied(phase) => {
                format!("the host denies access to the network {}", at(*phase))
            }
            Self::LookupFailed(text) => {
                let text = one_line(text, MAX_TEXT);
                format!("the server's name could not be looked up: {text}")
            }
            Self::ConnectFailed(text) => {
                let text = one_line(text, MAX_TEXT);
                format!("no connection could be made: {text}")
            }
            Self::Timeout(phase, limit) => format!("{} {}", passed(*limit), at(*phase)),
            Self::Disconnected(phase) => format!("the connection ended {}", at(*phase)),
            Self::TlsFailed(_, text) => {
                let text = one_line(text, MAX_TEXT);
                format!("no TLS connection could be made: {text}")
            }
            Self::StartTlsUnavailable => "the server does not offer STARTTLS".into(),
            Self::AuthUnavailable(offered) => no_mechanism(offered),
            Self::AuthNeedsTls => "credentials are not sent without TLS (AUTH)".into(),
            Self::ExtensionUnavailable(unavailable) => one_line(&unavailable.reason, MAX_TEXT),
            Self::MessageTooLarge(limit) => {
                format!("the message is larger than the server takes (SIZE): {limit} octets")
            }
            Self::Rejected(phase, reply) => {
                let words = words(reply, MAX_TEXT);
                format!("the server refused {}: {words}", at(*phase))
            }
            Self::AuthRefused(reply, tried) => {
                let words = words(reply, MAX_TEXT);
                format!(
                    "the server refused {}{}: {words}",
                    at(Phase::Auth),
                    by(tried)
                )
            }
            Self::RecipientsRefused(refused) => refusals(refused),
            Self::Protocol(phase, text) => {
                let text = one_line(text, MAX_TEXT);
                format!("the server does not speak SMTP {}: {text}", at(*phase))
            }
        }
    }

    /// Where the message was not delivered.
    fn next_step(&self) -> &'static str {
        match self {
            Self::InvalidArgument(_) => "correct this before you send it again",
            Self::WrongState(_) => "correct the order of the calls",
            Self::AccessDenied(Phase::Lookup) => {
                "let the host grant name lookup (wasmtime: -S allow-ip-name-lookup), or give an IP address"
            }
            Self::AccessDenied(_) => {
                "let the host grant connections to the server (wasmtime: -S inherit-network)"
            }
            Self::LookupFailed(_) => "check the server's name, or try again later",
            Self::ConnectFailed(_) => {
                "check name and port (465 for TLS from the start, 587 for STARTTLS; many networks \
                 block 25), or try again later"
            }
            Self::Timeout(_, Timeout::Total) => "allow more time, or try again later",
            Self::Timeout(phase, _) | Self::Disconnected(phase) => after_silence(*phase),
            Self::TlsFailed(failure, _) => after_tls_failure(*failure),
            Self::StartTlsUnavailable => {
                "use TLS from the start (smtps://, port 465), or another port"
            }
            Self::AuthUnavailable(offered) if offered.is_empty() => {
                "leave out user and password, or try another port"
            }
            Self::AuthUnavailable(_) => "allow one of these mechanisms, or use other credentials",
            Self::AuthNeedsTls => "use TLS from the start (smtps://) or STARTTLS",
            Self::ExtensionUnavailable(_) => {
                "change the message so that it does not need it, or use another server"
            }
            Self::MessageTooLarge(_) => "make the message smaller",
            Self::Rejected(phase, reply) => after_refusal(*phase, reply),
            Self::AuthRefused(reply, _) => after_refusal(Phase::Auth, reply),
            Self::RecipientsRefused(refused) => telling(refused)
                .map_or("check the addresses", |one| {
                    after_refusal(Phase::Rcpt, &one.reply)
                }),
            Self::Protocol(..) => {
                "check that this is the SMTP port of an SMTP server, or try once more"
            }
            Self::Other(_) => "try again later",
        }
    }
}

fn after_replies(refused: &[RecipientReply]) -> Retry {
    telling(refused).map_or(Retry::Never, |one| after_reply(Phase::Rcpt, &one.reply))
}

/// The refusal that decides for all: one to try again, else one that a change cures.
fn telling(refused: &[RecipientReply]) -> Option<&RecipientReply> {
    refused
        .iter()
        .min_by_key(|one| match after_reply(Phase::Rcpt, &one.reply) {
            Retry::Later => 0,
            Retry::AfterAChange => 1,
            Retry::Never => 2,
        })
}

/// A 5yz is about the message where it answers the message or its envelope. Elsewhere it is about this
/// sender or the server: the message is to be held back, not thrown away.
fn after_reply(phase: Phase, reply: &Reply) -> Retry {
    match phase {
        _ if !reply.is_permanent() => Retry::Later,
        _ if is_about_credentials(phase, reply) => Retry::AfterAChange,
        Phase::Mail | Phase::Rcpt | Phase::Data | Phase::Content | Phase::Acceptance => {
            Retry::Never
        }
        _ => Retry::AfterAChange,
    }
}

/// A 5yz at AUTH, or elsewhere a code of RFC 4954, section 6.
fn is_about_credentials(phase: Phase, reply: &Reply) -> bool {
    phase == Phase::Auth || matches!(reply.code, 530 | 534 | 535 | 538)
}

fn after_refusal(phase: Phase, reply: &Reply) -> &'static str {
    let is_policy = reply.enhanced.is_some_and(|code| code.subject == 7);
    match phase {
        _ if !reply.is_permanent() => "try again later, with growing pauses",
        _ if reply.code == 530 => {
            "the server wants a log in first: give user and password, over TLS"
        }
        _ if reply.code == 538 => "use TLS from the start (smtps://) or STARTTLS",
        _ if is_about_credentials(phase, reply) => {
            "check user name and password; some providers want an app password or a token instead"
        }
        Phase::Hello => "set a local name that you own for EHLO",
        Phase::StartTls => "use TLS from the start (smtps://, port 465)",
        Phase::Mail => "check whether this user may send from this address",
        Phase::Rcpt if is_policy => {
            "check the address, and whether the server takes mail for others only after a log in"
        }
        Phase::Rcpt => "check the address",
        Phase::Data | Phase::Content | Phase::Acceptance => {
            "change the message, as the same one will be refused again"
        }
        _ => "ask whoever runs the server, in these words",
    }
}

fn after_silence(phase: Phase) -> &'static str {
    match phase {
        Phase::Connect | Phase::Tls | Phase::Greeting => {
            "check port and security (465 has TLS from the start, 587 STARTTLS), or try again later"
        }
        _ => "try again later",
    }
}

/// What the text of the failure does not say already.
fn after_tls_failure(failure: TlsFailure) -> &'static str {
    match failure {
        TlsFailure::CertificateExpired => "try again once the server has a new certificate",
        TlsFailure::CertificateNotYetValid => "set the clock of this machine",
        TlsFailure::CertificateUnknownIssuer => {
            "add the issuer's certificate as a trust anchor if you trust it, or find out who answers \
             at this address"
        }
        TlsFailure::CertificateWrongName => {
            "use a name that the certificate bears, as host or as server name"
        }
        TlsFailure::CertificateRevoked | TlsFailure::CertificateInvalid => {
            "ask whoever runs the server for a new certificate"
        }
        TlsFailure::CertificateNotPinned => "pin the server's new key if you trust it",
        TlsFailure::Incompatible => {
            "check the minimum TLS version and the client certificate; the server may have to be updated"
        }
        TlsFailure::HandshakeFailed => {
            "check port and security: 465 has TLS from the start, 587 STARTTLS"
        }
    }
}

fn refusals(refused: &[RecipientReply]) -> String {
    let mut each: Vec<_> = refused
        .iter()
        .take(MAX_NAMED)
        .map(|one| {
            let recipient = one_line(&one.recipient, MAX_ADDRESS);
            format!("{recipient}: {}", words(&one.reply, MAX_WORDS))
        })
        .collect();
    if refused.len() > MAX_NAMED {
        each.push(format!("and {} more", refused.len() - MAX_NAMED));
    }
    format!("the server refused recipients: {}", each.join("; "))
}

/// The mechanisms that were tried.
fn by(tried: &[Mechanism]) -> String {
    let names: Vec<_> = tried.iter().map(|mechanism| mechanism.name()).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(" (tried {})", names.join(", "))
    }
}

fn no_mechanism(offered: &[String]) -> String {
    if offered.is_empty() {
        return "the server offers no authentication here (AUTH)".into();
    }
    let offered = one_line(&offered.join(", "), MAX_TEXT);
    format!("the server offers no mechanism that fits the credentials (AUTH), only {offered}")
}

fn words(reply: &Reply, most: usize) -> String {
    format!("{} {}", reply.code, one_line(&reply.lines.join(" "), most))
}

/// At most so many characters, none of which controls a terminal, a log or the direction of writing.
fn one_line(text: &str, most: usize) -> String {
    let harmless = |character: char| match character {
        '\t' | '\r' | '\n' => ' ',
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => '\u{fffd}',
        '\u{feff}' => '\u{fffd}',
        character if character.is_control() => '\u{fffd}',
        character => character,
    };
    let mut line: String = text.chars().take(most).map(harmless).collect();
    if text.chars().nth(most).is_some() {
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

/// The step, in words that fit behind "refused" and behind "ended".
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

#[cfg(test)]
mod tests;
