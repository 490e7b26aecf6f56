//! The domain and the selector of a key: names in DNS.

use super::error::SetupError;

/// Octets of a name, and of a label in it (RFC 1035, section 2.3.4).
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Where the public key of a signer is published (RFC 6376, section 3.6.2.1).
#[derive(Clone)]
pub(super) struct KeyName {
    pub selector: String,
    /// In ASCII and lower case.
    pub domain: String,
}

impl KeyName {
    pub(super) fn new(domain: &str, selector: &str) -> Result<Self, SetupError> {
        let name = Self {
            domain: to_ascii(domain).ok_or_else(|| SetupError::Domain(domain.into()))?,
            selector: to_ascii(selector).ok_or_else(|| SetupError::Selector(selector.into()))?,
        };
        if name.record().len() > MAX_NAME {
            return Err(SetupError::Domain(domain.into()));
        }
        Ok(name)
    }

    pub(super) fn record(&self) -> String {
        [&self.selector, "._domainkey.", &self.domain].concat()
    }
}

/// The A-labels of a name (RFC 8616, section 5). Underscores are no part of a domain, but real selectors have
/// them. `None` if it is no name.
pub(super) fn to_ascii(name: &str) -> Option<String> {
    if !name.is_ascii() {
        return envoi_unicode::to_ascii(name).ok();
    }
    let is_name = name.len() <= MAX_NAME && name.split('.').all(is_label);
    is_name.then(|| name.to_ascii_lowercase())
}

fn is_label(label: &str) -> bool {
    let is_inner = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
    (1..=MAX_LABEL).contains(&label.len())
        && label.bytes().all(is_inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_in_another_script_becomes_a_labels() {
        let name = KeyName::new("Bücher.example", "Mail_1.k").ok().unwrap();
        assert_eq!(name.record(), "mail_1.k._domainkey.xn--bcher-kva.example");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "x".repeat(MAX_LABEL + 1);
        let many = ["x"; 150].join(".");
        for name in [
            "", ".", "a..b", "a.", "-a", "a-", "a b", "a;b", "a@b", "a\r\nb", "ü;", &long, &many,
        ] {
            let domain = KeyName::new(name, "k").err();
            assert_eq!(domain, Some(SetupError::Domain(name.into())));
            let selector = KeyName::new("b.example", name).err();
            assert_eq!(selector, Some(SetupError::Selector(name.into())));
        }
        let long = "x".repeat(MAX_LABEL);
        let domain = [&*long, &long, &long, "example"].join(".");
        assert!(KeyName::new(&domain, "k").is_ok());
        assert_eq!(
            KeyName::new(&domain, &long).err(),
            Some(SetupError::Domain(domain))
        );
    }
}
