//! What to do about an error code.
//!
//! RFC 6749, sections 4.1.2.1 and 5.2; RFC 8628, section 3.5; OpenID Connect Core, section 3.1.2.6.

use crate::failure::Remedy;

/// With what a token was asked for: it decides whose fault a refusal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    ClientCredentials,
    RefreshToken,
    ServiceAccount,
    /// With a person's consent, a moment ago.
    Consent,
}

/// None for codes of temporary faults: the server's Retry-After decides.
pub(super) fn advice(code: &str, asked: Asked) -> Option<(Remedy, &'static str)> {
    let mend = |advice| Some((Remedy::MendTheSetUp, advice));
    let ask = |advice| Some((Remedy::AskTheUser, advice));
    match code {
        "invalid_grant" => Some(invalid_grant(asked)),
        "invalid_client" => mend(
            "the client id, its secret, or the way the secret is sent (body or header) is not the \
             registered one, or the secret has expired",
        ),
        "unauthorized_client" => mend(
            "the registration does not allow this kind of request: allow this grant type for the client, or \
             delegate the scope to the service account",
        ),
        "unsupported_grant_type" => {
            mend("the server does not know this kind of request: is it the right URL?")
        }
        "invalid_scope" => mend("the scope is unknown, misspelt, or not allowed for this client"),
        "invalid_request" => {
            mend("the server misses a parameter, or does not take one: is it the right URL?")
        }
        "access_denied" | "authorization_declined" => ask("consent was refused"),
        "expired_token" | "code_expired" => ask("nobody consented in time"),
        "interaction_required"
        | "login_required"
        | "consent_required"
        | "account_selection_required" => {
            ask("the server wants to see the person: let the person consent again")
        }
        "temporarily_unavailable" | "server_error" | "slow_down" => None,
        _ => mend("look the code up in the server's documentation"),
    }
}

fn invalid_grant(asked: Asked) -> (Remedy, &'static str) {
    match asked {
        Asked::RefreshToken => (
            Remedy::AskTheUser,
            "the refresh token is no longer valid (expired, revoked, replaced, or of another client): let the \
             person consent again",
        ),
        Asked::Consent => (
            Remedy::AskTheUser,
            "the consent was used already, or came too late: begin again",
        ),
        Asked::ServiceAccount => (
            Remedy::MendTheSetUp,
            "the key was deleted, the user to act as is unknown, or this machine's clock is wrong",
        ),
        Asked::ClientCredentials => (
            Remedy::MendTheSetUp,
            "the server does not give this client a token: look at its registration",
        ),
    }
}
