//! Which mechanisms there are.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// RFC 7677; `Plus` is bound to the TLS connection (RFC 5802, section 6).
    ScramSha256Plus,
    /// RFC 5802.
    ScramSha1Plus,
    ScramSha256,
    ScramSha1,
    /// RFC 4616.
    Plain,
    /// Never a standard, offered by most (draft-murchison-sasl-login).
    Login,
    /// RFC 2195.
    CramMd5,
    /// RFC 7628.
    OauthBearer,
    /// Never a standard: Google's and Microsoft's.
    Xoauth2,
    /// RFC 4422, appendix A.
    External,
}

impl Mechanism {
    /// All of them, in the order of choice.
    ///
    /// SCRAM first, which never shows the server the password, and has the server prove that it
    /// knows it. A binding counts more than the hash: it alone stops one who relays the exchange
    /// from another TLS connection, while SHA-1, as SCRAM uses it, is not broken, only faster to
    /// guess with for one who has a server's database. Of those that show the password, PLAIN takes
    /// the fewest round trips. CRAM-MD5 comes last: it makes the server keep the password readable.
    pub const DEFAULT: [Self; 10] = [
        Self::ScramSha256Plus,
        Self::ScramSha1Plus,
        Self::ScramSha256,
        Self::ScramSha1,
        Self::Plain,
        Self::Login,
        Self::CramMd5,
        Self::OauthBearer,
        Self::Xoauth2,
        Self::External,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
            Self::ScramSha1Plus => "SCRAM-SHA-1-PLUS",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::CramMd5 => "CRAM-MD5",
            Self::OauthBearer => "OAUTHBEARER",
            Self::Xoauth2 => "XOAUTH2",
            Self::External => "EXTERNAL",
        }
    }

    /// In any case (RFC 4954, section 3).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::DEFAULT
            .into_iter()
            .find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// Whether it takes a channel binding.
    pub fn is_bound(self) -> bool {
        matches!(self, Self::ScramSha256Plus | Self::ScramSha1Plus)
    }

    /// Whether the initial response is all that it says, unless the server refuses that.
    pub fn is_at_once(self) -> bool {
        matches!(
            self,
            Self::Plain | Self::External | Self::OauthBearer | Self::Xoauth2
        )
    }

    /// Whether what both sides say lets a reader guess the password, though it does not show it.
    pub fn is_scram(self) -> bool {
        self.is_bound() || matches!(self, Self::ScramSha256 | Self::ScramSha1)
    }

    /// Whether it proves that the client knows the password, which it does not show.
    pub fn is_proof(self) -> bool {
        self.is_scram() || self == Self::CramMd5
    }

    /// Whether the server gets the password or token itself, so that it needs to have nothing that
    /// was made for this mechanism to check it.
    pub fn shows_secret(self) -> bool {
        matches!(
            self,
            Self::Plain | Self::Login | Self::OauthBearer | Self::Xoauth2
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_in_any_case() {
        for mechanism in Mechanism::DEFAULT {
            let name = mechanism.name();
            assert_eq!(Mechanism::from_name(name), Some(mechanism));
            assert_eq!(Mechanism::from_name(&name.to_lowercase()), Some(mechanism));
        }
        assert_eq!(Mechanism::from_name("DIGEST-MD5"), None);
    }
}
