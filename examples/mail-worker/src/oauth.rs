//! The OAuth 2.0 settings of a mail server. They come from environment variables, as its URL does.
//!
//! `SMTP_OAUTH_USER` turns them on for the server `default`, `SMTP_OAUTH_USER_BULK` for the server `bulk`, and so on:
//!
//! | variable | |
//! | --- | --- |
//! | `SMTP_OAUTH_USER` | the mailbox that sends |
//! | `SMTP_OAUTH_KEY_FILE` | the path of a service account's JSON key file; or: |
//! | `SMTP_OAUTH_TOKEN_URL`, `SMTP_OAUTH_CLIENT_ID` | where tokens come from, and for whom |
//! | `SMTP_OAUTH_CLIENT_SECRET` | the client's secret, if it has one |
//! | `SMTP_OAUTH_SECRET_IN` | `body` (the default) or `header` |
//! | `SMTP_OAUTH_REFRESH_TOKEN` | of a person's consent; without it, the client asks on its own behalf |
//! | `SMTP_OAUTH_SCOPE` | if the server needs one |

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::tokens::{Client, ClientAuthentication};

/// No `Debug`, because it contains secrets.
pub struct Settings {
    pub username: String,
    pub grant: Grant,
    pub scope: Option<String>,
}

/// With what a token is asked for.
pub enum Grant {
    ClientCredentials {
        token_url: String,
        client: Client,
    },
    Refresh {
        token_url: String,
        client: Client,
        token: String,
    },
    ServiceAccount {
        /// Its content.
        key_file: String,
    },
}

impl Settings {
    /// None if the server `name` has no tokens. `suffix` is empty, or `_` and the name.
    pub fn read(variables: &BTreeMap<String, String>, suffix: &str) -> Result<Option<Settings>> {
        let find = |name: &str| {
            let value = variables.get(&format!("SMTP_OAUTH_{name}{suffix}"));
            value.filter(|value| !value.is_empty()).cloned()
        };
        let Some(username) = find("USER") else {
            return Ok(None);
        };
        let grant = match find("KEY_FILE") {
            Some(path) => Grant::ServiceAccount {
                key_file: fs::read_to_string(&path)
                    .with_context(|| format!("SMTP_OAUTH_KEY_FILE{suffix}: cannot read {path}"))?,
            },
            None => of_client(&find).with_context(|| {
                format!("SMTP_OAUTH_USER{suffix} is set, so that tokens are asked for")
            })?,
        };
        Ok(Some(Settings {
            username,
            grant,
            scope: find("SCOPE"),
        }))
    }

    pub fn refresh_token(&self) -> Option<&str> {
        match &self.grant {
            Grant::Refresh { token, .. } => Some(token),
            _ => None,
        }
    }
}

fn of_client(find: &impl Fn(&str) -> Option<String>) -> Result<Grant> {
    let need = |name: &str| {
        find(name).with_context(|| format!("SMTP_OAUTH_{name} is missing, or SMTP_OAUTH_KEY_FILE"))
    };
    let token_url = need("TOKEN_URL")?;
    let id = need("CLIENT_ID")?;
    let way = find("SECRET_IN");
    let authentication = match (find("CLIENT_SECRET"), way.as_deref()) {
        (None, _) => ClientAuthentication::Public,
        (Some(secret), None | Some("body")) => ClientAuthentication::SecretInBody(secret),
        (Some(secret), Some("header")) => ClientAuthentication::SecretInHeader(secret),
        (Some(_), Some(_)) => bail!("SMTP_OAUTH_SECRET_IN is neither body nor header"),
    };
    let client = Client { id, authentication };
    Ok(match find("REFRESH_TOKEN") {
        Some(token) => Grant::Refresh {
            token_url,
            client,
            token,
        },
        None => Grant::ClientCredentials { token_url, client },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)], suffix: &str) -> Result<Option<Settings>> {
        let variables = variables
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()));
        Settings::read(&variables.collect(), suffix)
    }

    #[test]
    fn without_a_user_there_are_no_tokens() {
        assert!(
            read(&[("SMTP_OAUTH_TOKEN_URL", "https://a.test")], "")
                .unwrap()
                .is_none()
        );
        assert!(
            read(&[("SMTP_OAUTH_USER", "a")], "_BULK")
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn a_refresh_token_or_the_client_itself_gets_tokens() {
        let mut variables = vec![
            ("SMTP_OAUTH_USER_BULK", "ada"),
            ("SMTP_OAUTH_TOKEN_URL_BULK", "https://a.test"),
            ("SMTP_OAUTH_CLIENT_ID_BULK", "id"),
            ("SMTP_OAUTH_CLIENT_SECRET_BULK", "s"),
            ("SMTP_OAUTH_SECRET_IN_BULK", "header"),
        ];
        let settings = read(&variables, "_BULK").unwrap().unwrap();
        assert!(matches!(settings.grant, Grant::ClientCredentials { .. }));
        variables.push(("SMTP_OAUTH_REFRESH_TOKEN_BULK", "r"));
        let settings = read(&variables, "_BULK").unwrap().unwrap();
        assert_eq!(settings.refresh_token(), Some("r"));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let said = |variables: &[(&str, &str)]| {
            let error = read(variables, "").err().unwrap();
            format!("{error:#}")
        };
        let user = ("SMTP_OAUTH_USER", "ada");
        assert!(said(&[user]).contains("SMTP_OAUTH_TOKEN_URL is missing"));
        let path = ("SMTP_OAUTH_KEY_FILE", "/nonexistent.json");
        assert!(said(&[user, path]).contains("cannot read /nonexistent.json"));
    }
}
