//! Which mechanisms there are, and which one to use.

/// Those that a user name and a password are enough for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// RFC 4616.
    Plain,
    /// Never a standard, offered by most (draft-murchison-sasl-login).
    Login,
    /// RFC 2195.
    CramMd5,
}

impl Mechanism {
    /// All of them, in the order of choice. Within TLS none protects more than another; PLAIN takes
    /// the fewest round trips, CRAM-MD5 makes the server keep the password readable.
    pub const DEFAULT: [Self; 3] = [Self::Plain, Self::Login, Self::CramMd5];

    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::CramMd5 => "CRAM-MD5",
        }
    }

    /// In any case (RFC 4954, section 3).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::DEFAULT
            .into_iter()
            .find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// Whether one who listens learns the password, so that it needs TLS. PLAIN and LOGIN send it
    /// as it is; what CRAM-MD5 sends lets a listener try billions of passwords a second.
    pub fn is_plaintext(self) -> bool {
        match self {
            Self::Plain | Self::Login | Self::CramMd5 => true,
        }
    }

    /// Whether the initial response is all that the client has to say, so that commands may follow
    /// it at once (RFC 4954, section 4).
    pub fn one_round(self) -> bool {
        match self {
            Self::Plain => true,
            Self::Login | Self::CramMd5 => false,
        }
    }
}

/// The first of `allowed` that is `offered`.
pub fn choose(offered: &[String], allowed: &[Mechanism]) -> Option<Mechanism> {
    let offered: Vec<_> = offered
        .iter()
        .filter_map(|name| Mechanism::from_name(name))
        .collect();
    allowed
        .iter()
        .copied()
        .find(|mechanism| offered.contains(mechanism))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Mechanism::{CramMd5, Login, Plain};

    fn chosen(offered: &[&str], allowed: &[Mechanism]) -> Option<Mechanism> {
        let offered: Vec<_> = offered.iter().map(|name| String::from(*name)).collect();
        choose(&offered, allowed)
    }

    #[test]
    fn a_name_is_known_in_any_case() {
        for mechanism in Mechanism::DEFAULT {
            let name = mechanism.name();
            assert_eq!(Mechanism::from_name(name), Some(mechanism));
            assert_eq!(Mechanism::from_name(&name.to_lowercase()), Some(mechanism));
        }
        assert_eq!(Mechanism::from_name("DIGEST-MD5"), None);
    }

    #[test]
    fn our_order_counts_and_not_the_servers() {
        assert_eq!(
            chosen(&["CRAM-MD5", "login", "Plain"], &Mechanism::DEFAULT),
            Some(Plain)
        );
        assert_eq!(
            chosen(&["CRAM-MD5", "LOGIN"], &Mechanism::DEFAULT),
            Some(Login)
        );
        assert_eq!(
            chosen(&["PLAIN", "CRAM-MD5"], &[CramMd5, Plain]),
            Some(CramMd5)
        );
    }

    #[test]
    fn what_is_not_both_offered_and_allowed_is_not_used() {
        assert_eq!(chosen(&["PLAIN", "LOGIN"], &[CramMd5]), None);
        assert_eq!(chosen(&["GSSAPI", "XOAUTH2"], &Mechanism::DEFAULT), None);
        assert_eq!(chosen(&[], &Mechanism::DEFAULT), None);
        assert_eq!(chosen(&["PLAIN"], &[]), None);
    }
}
