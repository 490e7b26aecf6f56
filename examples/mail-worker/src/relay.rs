//! The mail servers. They come from environment variables, so that no job and no argument contains a password.
//!
//! `SMTP_URL` is the server `default`; `SMTP_URL_BULK` is the server `bulk`. `SMTP_CA` has certificates in PEM,
//! if the servers' certificates come from your own authority. [`crate::oauth`] has the variables for tokens.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use crate::handler::Server;
use crate::oauth::Settings;
use crate::pace::Pace;

pub const DEFAULT: &str = "default";

/// No `Debug`, because it contains secrets.
pub struct Relay {
    /// The last part of the subject of its jobs.
    pub name: String,
    pub server: Server,
    pub pace: Pace,
    /// If the server takes tokens.
    pub oauth: Option<Settings>,
}

/// The servers of an environment. `rates` are `NUMBER` for all or `NAME=NUMBER` for one.
pub fn relays(
    variables: impl Iterator<Item = (String, String)>,
    rates: &[String],
) -> Result<Vec<Relay>> {
    let variables: BTreeMap<_, _> = variables.collect();
    let authorities = variables.get("SMTP_CA").cloned().unwrap_or_default();
    let rates = Rates::read(rates)?;
    let mut relays = Vec::new();
    for (variable, url) in &variables {
        if let Some(name) = name(variable) {
            let pace = Pace::new(rates.of(&name));
            let server = Server {
                url: url.clone(),
                authorities: authorities.clone(),
            };
            let suffix = variable.strip_prefix("SMTP_URL").unwrap_or_default();
            let oauth = Settings::read(&variables, suffix)?;
            relays.push(Relay {
                name,
                server,
                pace,
                oauth,
            });
        }
    }
    ensure!(
        !relays.is_empty(),
        "no mail server: set SMTP_URL=smtps://USER:PASSWORD@HOST in the environment (percent-encoded)"
    );
    Ok(relays)
}

fn name(variable: &str) -> Option<String> {
    match variable.strip_prefix("SMTP_URL")? {
        "" => Some(DEFAULT.into()),
        rest => Some(rest.strip_prefix('_')?.to_ascii_lowercase()),
    }
}

struct Rates<'a>(Vec<(Option<&'a str>, f64)>);

impl Rates<'_> {
    fn read(rates: &[String]) -> Result<Rates<'_>> {
        let read = rates.iter().map(|rate| {
            let (name, number) = match rate.split_once('=') {
                Some((name, number)) => (Some(name), number),
                None => (None, rate.as_str()),
            };
            let number = number
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite() && *number > 0.0);
            let number = number.with_context(|| {
                format!("--rate {rate}: it takes messages a second, such as 14, or bulk=14")
            })?;
            Ok((name, number))
        });
        read.collect::<Result<_>>().map(Rates)
    }

    /// A server's own rate overrides the rate for all.
    fn of(&self, name: &str) -> Option<f64> {
        let find = |wanted| self.0.iter().find(|(of, _)| *of == wanted);
        find(Some(name))
            .or_else(|| find(None))
            .map(|(_, rate)| *rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(variables: &[(&str, &str)], rates: &[&str]) -> Result<Vec<String>> {
        let own = variables
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()));
        let rates: Vec<_> = rates.iter().map(|rate| rate.to_string()).collect();
        Ok(relays(own, &rates)?
            .into_iter()
            .map(|relay| relay.name)
            .collect())
    }

    #[test]
    fn each_url_is_a_server() {
        let variables = [
            ("SMTP_URL", "smtp://a.test"),
            ("SMTP_URL_BULK", "smtp://b.test"),
            ("SMTP_URLS", ""),
        ];
        assert_eq!(named(&variables, &[]).unwrap(), ["default", "bulk"]);
    }

    #[test]
    fn without_a_server_it_says_what_to_set() {
        let error = named(&[], &[]).unwrap_err();
        assert!(error.to_string().contains("set SMTP_URL="), "{error}");
    }

    #[test]
    fn a_rate_is_of_all_servers_or_of_one() {
        let given = ["5".to_owned(), "bulk=0.5".to_owned()];
        let rates = Rates::read(&given).unwrap();
        assert_eq!(
            (rates.of("default"), rates.of("bulk")),
            (Some(5.0), Some(0.5))
        );
        for wrong in ["x", "0", "-1", "inf", "bulk="] {
            assert!(Rates::read(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
