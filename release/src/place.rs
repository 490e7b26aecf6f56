//! A place in an OCI registry, and how the command `wkg` finds packages there.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::VERSION;

/// A place in an OCI registry, such as `ghcr.io/organisation`.
#[derive(Debug, PartialEq)]
pub struct Place {
    /// With the port.
    host: String,
    /// Empty, or with a slash at its end.
    prefix: String,
    tls: bool,
}

impl Place {
    /// Reads `HOST/PREFIX`, `https://HOST/PREFIX` or, for a registry without TLS, `http://HOST/PREFIX`. There may be no
    /// prefix.
    ///
    /// # Errors
    /// If a registry would refuse the prefix, or there is no host.
    pub fn parse(url: &str) -> Result<Place> {
        // What is refused is not repeated, because it may hold a password.
        ensure!(
            !url.contains('@'),
            "credentials do not belong into a registry's URL: `docker login` stores them for wkg"
        );
        let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
        let tls = match scheme {
            "https" => true,
            "http" => false,
            _ => bail!(
                "{url} begins with {scheme}://, and an OCI registry speaks https:// or http://"
            ),
        };
        let (host, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        ensure!(
            !host.is_empty(),
            "{url} has no host: give one such as ghcr.io/organisation"
        );
        let prefix = prefix.trim_end_matches('/');
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-/".contains(c);
        if let Some(refused) = prefix.chars().find(|&c| !allowed(c)) {
            bail!(
                "{prefix} has {refused:?}: an OCI registry takes a-z, 0-9, dots, hyphens and underscores only"
            );
        }
        Ok(Place {
            host: host.into(),
            prefix: if prefix.is_empty() {
                String::new()
            } else {
                format!("{prefix}/")
            },
            tls,
        })
    }

    /// In commands for people to complete.
    pub(crate) fn example() -> Place {
        Place {
            host: "ghcr.io".into(),
            prefix: "ORGANISATION/".into(),
            tls: true,
        }
    }

    /// The configuration of wkg that finds the packages of the namespace `envoi` here.
    pub(crate) fn configuration(&self) -> String {
        let Place { host, prefix, .. } = self;
        let mut text = format!(
            "[namespace_registries]\n\
             envoi = {{ registry = \"{host}\", metadata = {{ preferredProtocol = \"oci\", \
             oci = {{ registry = \"{host}\", namespacePrefix = \"{prefix}\" }} }} }}\n"
        );
        if !self.tls {
            text += &format!("\n[registry.\"{host}\".oci]\nprotocol = \"http\"\n");
        }
        text
    }

    /// Such as `ghcr.io/organisation/envoi/mail:0.1.0`, for the package `envoi:mail`.
    pub(crate) fn reference(&self, name: &str) -> String {
        let Place { host, prefix, .. } = self;
        format!("{host}/{prefix}envoi/{name}:{VERSION}")
    }

    /// `wkg oci push` or `wkg oci pull`, for a reference of this place.
    pub(crate) fn wkg(&self, wkg: &Path, verb: &str) -> Command {
        let mut command = Command::new(wkg);
        // The last lines of an error are its reason.
        command.args(["oci", verb]).env("RUST_BACKTRACE", "0");
        if !self.tls {
            command.args(["--insecure", &self.host]);
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, VERSION};

    fn reference(url: &str) -> String {
        let place = Place::parse(url).unwrap();
        place.reference("mail")
    }

    #[test]
    fn a_package_is_below_the_prefix_at_a_tag_for_each_version() {
        for url in ["ghcr.io/shop", "https://ghcr.io/shop/"] {
            let expected = format!("ghcr.io/shop/envoi/mail:{VERSION}");
            assert_eq!(reference(url), expected);
        }
        let expected = format!("localhost:5000/envoi/mail:{VERSION}");
        assert_eq!(reference("localhost:5000"), expected);
    }

    #[test]
    fn only_http_is_without_tls() {
        let insecure = Place::parse("http://localhost:5000").unwrap();
        assert!(insecure.configuration().contains("protocol = \"http\""));
        let secure = Place::parse("localhost:5000").unwrap();
        assert!(!secure.configuration().contains("protocol = \"http\""));
    }

    #[test]
    fn what_no_registry_takes_is_refused_with_the_reason() {
        let refused = |url| Place::parse(url).unwrap_err().to_string();
        assert!(refused("ghcr.io/Shop").starts_with("Shop has 'S': an OCI registry takes a-z"));
        assert!(refused("oci://ghcr.io/shop").starts_with("oci://ghcr.io/shop begins with oci://"));
        assert!(!refused("https://shop:sesame@ghcr.io").contains("sesame"));
        assert!(refused("https://").starts_with("https:// has no host"));
    }
}
