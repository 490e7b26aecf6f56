//! The table of errors: for each one, whether to try again, and the next step if nothing was delivered.

use super::Retry;
use crate::smtp::error::{Error, Phase, RecipientReply, Timeout, TlsFailure};
use crate::smtp::reply::Reply;

/// Whether to try again, and the next step.
type Advice = (Retry, &'static str);

const fn never(next_step: &'static str) -> Advice {
    (Retry::Never, next_step)
}

const fn later(next_step: &'static str) -> Advice {
    (Retry::Later, next_step)
}

const fn after_a_change(next_step: &'static str) -> Advice {
    (Retry::AfterAChange, next_step)
}

pub(super) fn advice(error: &Error) -> Advice {
    match error {
        Error::InvalidArgument(_) => never("correct this before you send it again"),
        Error::WrongState(_) => never("correct the order of the calls"),
        Error::ExtensionUnavailable(_) => {
            never("change the message so that it does not need it, or use another server")
        }
        Error::MessageTooLarge(_) => never("make the message smaller"),
        Error::AccessDenied(Phase::Lookup) => after_a_change(
            "let the host grant name lookup (wasmtime: -S allow-ip-name-lookup), or give an IP address",
        ),
        Error::AccessDenied(_) => after_a_change(
            "let the host grant connections to the server (wasmtime: -S inherit-network)",
        ),
        Error::LookupFailed(_) => later("check the server's name, or try again later"),
        Error::ConnectFailed(_) => later(
            "check name and port (465 for TLS from the start, 587 for STARTTLS; many networks block \
             25), or try again later",
        ),
        Error::Timeout(_, Timeout::Total) => later("allow more time, or try again later"),
        Error::Timeout(phase, _) | Error::Disconnected(phase) => after_silence(*phase),
        Error::TlsFailed(failure, _) => after_tls_failure(*failure),
        Error::StartTlsUnavailable => {
            after_a_change("use TLS from the start (smtps://, port 465), or another port")
        }
        Error::AuthUnavailable(offered) if offered.is_empty() => {
            after_a_change("leave out user and password, or try another port")
        }
        Error::AuthUnavailable(_) => {
            after_a_change("allow one of these mechanisms, or use other credentials")
        }
        Error::AuthNeedsTls => after_a_change("use TLS from the start (smtps://) or STARTTLS"),
        Error::Rejected(phase, reply) => after_refusal(*phase, reply),
        Error::AuthRefused(reply, _) => after_refusal(Phase::Auth, reply),
        Error::RecipientsRefused(refused) => after_refused_recipients(refused),
        Error::Protocol(..) => {
            later("check that this is the SMTP port of an SMTP server, or try once more")
        }
        Error::Other(_) => later("try again later"),
    }
}

/// A 5yz to the message or its envelope is about the message. Elsewhere it is about the client or the server:
/// the caller holds the message back and does not throw it away. RFC 4954, section 6, has the codes about
/// credentials.
fn after_refusal(phase: Phase, reply: &Reply) -> Advice {
    let is_policy = reply.enhanced.is_some_and(|code| code.subject == 7);
    match (phase, reply.code) {
        _ if !reply.is_permanent() => later("try again later, with growing pauses"),
        (_, 530) => {
            after_a_change("the server wants a login first: give user and password, over TLS")
        }
        (_, 538) => after_a_change("use TLS from the start (smtps://) or STARTTLS"),
        (Phase::Auth, _) | (_, 534 | 535) => after_a_change(
            "check user name and password; some providers want an app password or a token instead",
        ),
        (Phase::Hello, _) => after_a_change("set a local name that you own for EHLO"),
        (Phase::StartTls, _) => after_a_change("use TLS from the start (smtps://, port 465)"),
        (Phase::Mail, _) => never("check whether this user may send from this address"),
        (Phase::Rcpt, _) if is_policy => never(
            "check the address, and whether the server takes mail for others only after a login",
        ),
        (Phase::Rcpt, _) => never("check the address"),
        (Phase::Data | Phase::Content | Phase::Acceptance, _) => {
            never("change the message: the same one will be refused again")
        }
        _ => after_a_change("ask the operator of the server, and quote this reply"),
    }
}

/// One refusal decides for all: one to try again, else one that a change cures.
fn after_refused_recipients(refused: &[RecipientReply]) -> Advice {
    let advice = refused
        .iter()
        .map(|one| after_refusal(Phase::Rcpt, &one.reply));
    advice
        .min_by_key(|(retry, _)| match retry {
            Retry::Later => 0,
            Retry::AfterAChange => 1,
            Retry::Never => 2,
        })
        .unwrap_or(never("check the addresses"))
}

fn after_silence(phase: Phase) -> Advice {
    match phase {
        Phase::Connect | Phase::Tls | Phase::Greeting => later(
            "check port and security (465 has TLS from the start, 587 STARTTLS), or try again later",
        ),
        _ => later("try again later"),
    }
}

/// The text of the failure says the rest.
fn after_tls_failure(failure: TlsFailure) -> Advice {
    match failure {
        TlsFailure::CertificateExpired => later("try again once the server has a new certificate"),
        TlsFailure::CertificateNotYetValid => after_a_change("set the clock of this machine"),
        TlsFailure::CertificateUnknownIssuer => after_a_change(
            "add the issuer's certificate as a trust anchor if you trust it, or check whether this is \
             the right server",
        ),
        TlsFailure::CertificateWrongName => {
            after_a_change("use a name of the certificate, as host or as server name")
        }
        TlsFailure::CertificateRevoked | TlsFailure::CertificateInvalid => {
            after_a_change("ask the operator of the server for a new certificate")
        }
        TlsFailure::CertificateNotPinned => {
            after_a_change("pin the server's new key if you trust it")
        }
        TlsFailure::Incompatible => after_a_change(
            "check the minimum TLS version and the client certificate; the server may need an update",
        ),
        TlsFailure::HandshakeFailed => {
            after_a_change("check port and security: 465 has TLS from the start, 587 STARTTLS")
        }
    }
}
