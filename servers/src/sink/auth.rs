//! The server's side of PLAIN (RFC 4616), LOGIN and CRAM-MD5 (RFC 2195).

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;

use super::Account;

/// The mechanisms in the reply to EHLO.
pub(super) const MECHANISMS: &str = "PLAIN LOGIN CRAM-MD5";

/// The next step of an exchange.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// A challenge, in base64.
    Challenge(String),
    /// The name of the user, who is authenticated.
    Authenticated(String),
    Refused,
    /// The response does not have the mechanism's format.
    Malformed,
}

/// A SASL exchange in progress.
pub(super) enum Exchange {
    Plain,
    Login { username: Option<String> },
    CramMd5 { challenge: String },
}

impl Exchange {
    pub(super) fn new(mechanism: &str) -> Option<Exchange> {
        match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => Some(Exchange::Plain),
            "LOGIN" => Some(Exchange::Login { username: None }),
            "CRAM-MD5" => Some(Exchange::CramMd5 {
                challenge: fresh_challenge(),
            }),
            _ => None,
        }
    }

    /// The first challenge, if the client has sent no initial response.
    pub(super) fn begin(&self) -> Step {
        Step::Challenge(match self {
            Exchange::Plain => String::new(),
            Exchange::Login { .. } => STANDARD.encode("Username:"),
            Exchange::CramMd5 { challenge } => STANDARD.encode(challenge),
        })
    }

    /// Handles a response in base64.
    pub(super) fn answer(&mut self, response: &str, accounts: &[Account]) -> Step {
        // `=` is an empty initial response (RFC 4954, section 4).
        let response = if response == "=" { "" } else { response };
        let Some(response) = decoded(response) else {
            return Step::Malformed;
        };
        match self {
            Exchange::Plain => plain(&response, accounts),
            Exchange::Login {
                username: username @ None,
            } => {
                *username = Some(response);
                Step::Challenge(STANDARD.encode("Password:"))
            }
            Exchange::Login {
                username: Some(username),
            } => verdict(username, accounts, |account| account.password == response),
            Exchange::CramMd5 { challenge } => cram_md5(&response, challenge, accounts),
        }
    }
}

fn plain(response: &str, accounts: &[Account]) -> Step {
    let [_, username, password] = response.split('\0').collect::<Vec<_>>()[..] else {
        return Step::Malformed;
    };
    verdict(username, accounts, |account| account.password == password)
}

fn cram_md5(response: &str, challenge: &str, accounts: &[Account]) -> Step {
    let Some((username, digest)) = response.rsplit_once(' ') else {
        return Step::Malformed;
    };
    verdict(username, accounts, |account| {
        keyed_digest(&account.password, challenge) == digest
    })
}

fn verdict(username: &str, accounts: &[Account], proves: impl Fn(&Account) -> bool) -> Step {
    let is_proven = |account: &Account| account.username == username && proves(account);
    if accounts.iter().any(is_proven) {
        Step::Authenticated(username.to_owned())
    } else {
        Step::Refused
    }
}

fn keyed_digest(password: &str, challenge: &str) -> String {
    let mut mac = Hmac::<Md5>::new_from_slice(password.as_bytes()).expect("keys have any length");
    mac.update(challenge.as_bytes());
    mac.finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A challenge that never repeats; replay protection needs no more.
fn fresh_challenge() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("<{}.{}@localhost>", std::process::id(), now.as_nanos())
}

fn decoded(base64: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(base64).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tim() -> Vec<Account> {
        vec![Account {
            username: "tim".into(),
            password: "tanstaaftanstaaf".into(),
        }]
    }

    /// The example of RFC 2195, section 2.
    #[test]
    fn cram_md5_accepts_the_example_of_the_rfc() {
        let challenge = "<1896.697170952@postoffice.reston.mci.net>".to_owned();
        let mut exchange = Exchange::CramMd5 { challenge };
        let response = "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw";
        assert_eq!(
            exchange.answer(response, &tim()),
            Step::Authenticated("tim".into())
        );
    }

    #[test]
    fn a_wrong_password_is_refused_by_each_mechanism() {
        let refused = |mechanism: &str, responses: &[&str]| {
            let mut exchange = Exchange::new(mechanism).unwrap();
            let steps = responses
                .iter()
                .map(|text| exchange.answer(&STANDARD.encode(text), &tim()));
            assert_eq!(steps.last(), Some(Step::Refused), "{mechanism}");
        };
        refused("PLAIN", &["\0tim\0guess"]);
        refused("LOGIN", &["tim", "guess"]);
        refused("CRAM-MD5", &["tim b913a602c7eda7a495b4e6e7334d3890"]);
    }

    #[test]
    fn a_response_that_is_not_base64_is_malformed() {
        assert_eq!(Exchange::Plain.answer("%%%", &tim()), Step::Malformed);
    }
}
