//! The command line and the environment.

use envoi_oauth::{Authentication, Client, Failure};
use zeroize::Zeroizing;

pub(crate) const HELP: &str = "\
envoi-login lets a person consent that a program sends mail for them, and prints the refresh token of it:

    wasmtime run -S http,inherit-network --env ENVOI_CLIENT_SECRET envoi-login.wasm \\
        --provider google --client-id ID

  --provider NAME      google, microsoft, or the URL of an issuer whose metadata are public (RFC 8414,
                       OpenID Connect Discovery)
  --client-id ID       of the registration; default: ENVOI_CLIENT_ID
  --scope SCOPE        default: for google https://mail.google.com/, for microsoft
                       https://outlook.office.com/SMTP.Send offline_access
  --tenant TENANT      for microsoft: an id or a domain; default: common, which is any account
  --secret-in-header   the client's secret goes into the header (client_secret_basic), not the body
  -h, --help           show this

Environment (wasmtime: --env NAME), which other users cannot see:
  ENVOI_CLIENT_ID      the client id
  ENVOI_CLIENT_SECRET  the client's secret, if the registration has one

Google: the person opens a URL in a browser on this machine, which comes back to a port of 127.0.0.1.
Microsoft, and issuers that offer it: the person types a code on any device.

Standard output has the refresh token and what belongs to it, as lines of an environment. All else is on
standard error.
";

const GOOGLE_SCOPE: &str = "https://mail.google.com/";
const MICROSOFT_SCOPE: &str = "https://outlook.office.com/SMTP.Send offline_access";

pub(crate) enum Command {
    Help,
    Login(Arguments),
}

#[derive(Debug, PartialEq)]
pub(crate) enum Provider {
    Google,
    Microsoft { tenant: String },
    Issuer(String),
}

/// No `Debug`, because it has a secret.
pub(crate) struct Arguments {
    pub provider: Provider,
    pub client_id: String,
    pub scope: String,
    pub secret_in_header: bool,
    secret: Option<Zeroizing<String>>,
}

impl Arguments {
    pub(crate) fn has_secret(&self) -> bool {
        self.secret.is_some()
    }

    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let authentication = match self.secret.clone() {
            None => Authentication::Public,
            Some(secret) if self.secret_in_header => Authentication::SecretInHeader(secret),
            Some(secret) => Authentication::SecretInBody(secret),
        };
        Client::new(self.client_id.clone(), authentication)
    }
}

#[derive(Default)]
struct Given {
    provider: Option<String>,
    client_id: Option<String>,
    scope: Option<String>,
    tenant: Option<String>,
    secret_in_header: bool,
    secret: Option<Zeroizing<String>>,
}

/// The error is a line for people.
pub(crate) fn parse(
    words: impl IntoIterator<Item = String>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Command, String> {
    let mut given = Given::default();
    for (name, value) in environment {
        match name.as_str() {
            _ if value.is_empty() => {}
            "ENVOI_CLIENT_ID" => given.client_id = Some(value),
            "ENVOI_CLIENT_SECRET" => given.secret = Some(value.into()),
            _ => {}
        }
    }
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let (option, attached) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value.to_owned())),
            _ => (word.as_str(), None),
        };
        let slot = match option {
            "--help" | "-h" => return Ok(Command::Help),
            "--secret-in-header" => {
                given.secret_in_header = true;
                continue;
            }
            "--provider" => &mut given.provider,
            "--client-id" => &mut given.client_id,
            "--scope" => &mut given.scope,
            "--tenant" => &mut given.tenant,
            _ => {
                return Err(format!(
                    "there is no option {option}; --help shows what there is"
                ));
            }
        };
        let value = attached.or_else(|| words.next());
        *slot = Some(value.ok_or_else(|| format!("{option} needs a value"))?);
    }
    given.check().map(Command::Login)
}

impl Given {
    fn check(self) -> Result<Arguments, String> {
        let provider = self
            .provider
            .ok_or("--provider is missing: google, microsoft or a URL")?;
        let (provider, default_scope) = match (provider.as_str(), self.tenant) {
            ("microsoft", tenant) => {
                let tenant = tenant.unwrap_or_else(|| "common".into());
                (Provider::Microsoft { tenant }, Some(MICROSOFT_SCOPE))
            }
            (_, Some(_)) => return Err("--tenant is for --provider microsoft only".into()),
            ("google", None) => (Provider::Google, Some(GOOGLE_SCOPE)),
            (_, None) => (Provider::Issuer(provider), None),
        };
        let scope = self.scope.or(default_scope.map(Into::into));
        Ok(Arguments {
            provider,
            client_id: self
                .client_id
                .ok_or("--client-id is missing: the one of the registration")?,
            scope: scope
                .ok_or("--scope is missing: what the server calls the right to send mail")?,
            secret_in_header: self.secret_in_header,
            secret: self.secret,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Result<Arguments, String> {
        let words = words.split(' ').map(str::to_owned);
        let environment = [("ENVOI_CLIENT_SECRET".into(), "s3cret".into())];
        match parse(words, environment)? {
            Command::Login(arguments) => Ok(arguments),
            Command::Help => Err("help".into()),
        }
    }

    #[test]
    fn providers_have_their_scopes() {
        let google = parsed("--provider google --client-id=a").ok().unwrap();
        assert_eq!(
            (google.provider, google.scope),
            (Provider::Google, GOOGLE_SCOPE.into())
        );
        let microsoft = parsed("--provider microsoft --client-id a --tenant t")
            .ok()
            .unwrap();
        assert_eq!(
            microsoft.provider,
            Provider::Microsoft { tenant: "t".into() }
        );
        assert_eq!(microsoft.scope, MICROSOFT_SCOPE);
        let other = parsed("--provider https://a.test --client-id a --scope mail")
            .ok()
            .unwrap();
        assert_eq!(other.provider, Provider::Issuer("https://a.test".into()));
        assert_eq!(other.scope, "mail");
    }

    #[test]
    fn what_is_missing_is_named() {
        for (words, wanted) in [
            ("--client-id a", "--provider is missing"),
            ("--provider google", "--client-id is missing"),
            (
                "--provider https://a.test --client-id a",
                "--scope is missing",
            ),
            (
                "--provider google --client-id a --tenant t",
                "--tenant is for",
            ),
            ("--provider", "--provider needs a value"),
            ("--secret s", "no option --secret"),
            ("--help", "help"),
        ] {
            let error = parsed(words).err().unwrap();
            assert!(error.contains(wanted), "{words}: {error}");
        }
    }
}
