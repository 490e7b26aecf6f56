//! Why a key, a setting or a message is refused.

use std::fmt;

/// What is wrong. Its text names it and says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The signing domain is no domain name.
    Domain(String),
    /// The selector is no series of labels with dots between them (RFC 6376, section 3.1).
    Selector(String),
    /// The private key is encrypted.
    EncryptedKey,
    /// The private key is neither PKCS #8 nor PKCS #1, or malformed.
    MalformedKey,
    /// The private key is for another algorithm than RSA and Ed25519.
    OtherAlgorithm,
    /// The RSA key has this number of bits. Verifiers take 1024 to 4096 (RFC 8301, section 3.2).
    RsaSize(u32),
    /// A field to sign has no such name.
    FieldName(String),
    /// This field is not to be signed: servers remove it or add to it.
    ChangedOnTheWay(String),
    /// The field to sign is named twice.
    FieldTwice(String),
    /// From has to be signed (RFC 6376, section 5.4).
    FromNotSigned,
    /// The identity is not an address in the signing domain or below it (RFC 6376, section 3.5, `i=`).
    Identity(String),
    /// The line of this number, counted from 1, holds a CR or LF that is not part of a CRLF: no two
    /// verifiers agree on the signature.
    LineEnd(u64),
    /// The line of this number, counted from 1, is in the header, but it is neither a field nor its
    /// continuation; or a blank stands before a colon, which verifiers reject.
    NotAField(u64),
    /// The header is longer than 256 KiB, or has more than 1,000 fields.
    HeaderTooLong,
    /// No blank line ends the header: some verifiers then see no signature.
    NoBlankLine,
    /// The message has no From field, or several.
    From,
    /// This field is to be signed, and holds NUL, a vertical tab or a form feed: no two verifiers agree on
    /// the signature.
    ControlCharacter(String),
    /// The arithmetic failed: the RSA key is damaged.
    CannotSign,
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, subject, why) = self.parts();
        f.write_str(what)?;
        if let Some(subject) = subject {
            // Escaped, because it may come from a message.
            write!(f, " `{}`", subject.escape_debug())?;
        }
        f.write_str(why)?;
        match self {
            Self::RsaSize(bits) => write!(f, "{bits}: make a key of 2048 bits"),
            Self::LineEnd(line) => write!(f, "{line} holds a CR or LF alone: end lines with CRLF"),
            Self::NotAField(line) => write!(
                f,
                "{line} is in the header, but is no field: write `Name: value`"
            ),
            _ => Ok(()),
        }
    }
}

impl Error {
    /// The beginning of the sentence, what it is about, and how it goes on.
    fn parts(&self) -> (&'static str, Option<&str>, &'static str) {
        match self {
            Self::Domain(name) => (
                "the signing domain",
                Some(name),
                " is no domain name: give one such as `example.org`",
            ),
            Self::Selector(name) => (
                "the selector",
                Some(name),
                " is none: give letters, digits, hyphens and dots, such as `mail2026`",
            ),
            Self::EncryptedKey => (
                "the private key is encrypted: decrypt it first, as `openssl pkey` does",
                None,
                "",
            ),
            Self::MalformedKey => (
                "the private key is malformed, or neither PKCS #8 nor PKCS #1, in PEM or DER",
                None,
                "",
            ),
            Self::OtherAlgorithm => (
                "the private key is neither RSA nor Ed25519: DKIM has no other",
                None,
                "",
            ),
            Self::RsaSize(_) => (
                "verifiers take RSA keys of 1024 to 4096 bits, and this one has ",
                None,
                "",
            ),
            Self::FieldName(name) => ("no field to sign is named", Some(name), ""),
            Self::ChangedOnTheWay(name) => (
                "the field",
                Some(name),
                " cannot be signed: servers remove it or add to it",
            ),
            Self::FieldTwice(name) => (
                "the field to sign",
                Some(name),
                " is named twice: name it once, all of its kind are signed",
            ),
            Self::FromNotSigned => ("name From among the fields to sign", None, ""),
            Self::Identity(identity) => (
                "the identity",
                Some(identity),
                " is not in the signing domain: give `user@` or `@` and this domain or one below it",
            ),
            Self::LineEnd(_) | Self::NotAField(_) => ("line ", None, ""),
            Self::HeaderTooLong => (
                "the header of the message is longer than 256 KiB, or has more than 1,000 fields",
                None,
                "",
            ),
            Self::NoBlankLine => (
                "no blank line ends the header of the message: add one, even if no body follows",
                None,
                "",
            ),
            Self::From => (
                "the message has no From field, or several: give it one",
                None,
                "",
            ),
            Self::ControlCharacter(name) => (
                "the field",
                Some(name),
                " holds a control character that verifiers read differently: leave it out",
            ),
            Self::CannotSign => ("the private key cannot sign: it is damaged", None, ""),
        }
    }
}
