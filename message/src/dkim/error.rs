//! Why a key, a setting or a message is refused.

use std::error::Error;
use std::fmt;

use crate::excerpt::shown;

/// A key or a setting that no signer can have. The text names it and says what to do; it has no octet of a
/// private key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupError {
    /// This signing domain is no domain name, or too long with the selector.
    Domain(String),
    /// This selector is not labels with dots between them (RFC 6376, section 3.1).
    Selector(String),
    /// The private key is encrypted.
    EncryptedKey,
    /// The private key is malformed, or neither PKCS #8 nor PKCS #1.
    MalformedKey,
    /// The private key is neither RSA nor Ed25519.
    OtherAlgorithm,
    /// The RSA key has this number of bits. Verifiers take 1024 to 4096 (RFC 8301, section 3.2).
    RsaSize(u32),
    /// This is no name that a field to sign can have: letters, digits, hyphens and underscores.
    FieldName(String),
    /// Servers remove this field, or add to it.
    ChangedOnTheWay(String),
    /// This field is named twice among those to sign.
    FieldTwice(String),
    /// From is not among the fields to sign (RFC 6376, section 5.4).
    FromNotSigned,
    /// This identity is not in the signing domain or below it (RFC 6376, section 3.5, `i=`).
    Identity(String),
}

/// A message that is not signed, because no two verifiers agree on its signature. The text says where it
/// is wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// The line of this number, counted from 1, holds a CR or LF that is not part of a CRLF.
    LineEnd(u64),
    /// The line of this number, counted from 1, is in the header and no field; or a blank stands before the
    /// colon.
    NotAField(u64),
    /// The header is longer than 256 KiB, or has more than 1,000 fields.
    HeaderTooLong,
    /// No blank line ends the header.
    NoBlankLine,
    /// The message has no From field, or several.
    From,
    /// This field is to be signed, and holds NUL, a vertical tab or a form feed.
    ControlCharacter(String),
    /// The numbers of the RSA key do not belong together.
    DamagedKey,
}

impl Error for SetupError {}
impl Error for SignError {}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Domain(name) => {
                let name = shown(name);
                return write!(
                    f,
                    "the signing domain `{name}` is no domain name, or too long"
                );
            }
            Self::Selector(name) => {
                let name = shown(name);
                return write!(
                    f,
                    "the selector `{name}` is not letters, digits, hyphens and dots, as in `mail2026`"
                );
            }
            Self::RsaSize(bits) => {
                return write!(
                    f,
                    "the RSA key has {bits} bits, and verifiers take 1024 to 4096: make one of 2048"
                );
            }
            Self::FieldName(name) => {
                let name = shown(name);
                return write!(f, "no field to sign is named `{name}`");
            }
            Self::ChangedOnTheWay(name) => {
                let name = shown(name);
                return write!(f, "do not sign {name}: servers remove it, or add to it");
            }
            Self::FieldTwice(name) => {
                let name = shown(name);
                return write!(f, "name {name} once: all fields of a name are signed");
            }
            Self::Identity(identity) => {
                let identity = shown(identity);
                return write!(
                    f,
                    "the identity `{identity}` is not `@` or `user@` before the signing domain or one below it"
                );
            }
            Self::EncryptedKey => {
                "the private key is encrypted: decrypt it, as `openssl pkey` does"
            }
            Self::MalformedKey => {
                "the private key is malformed, or not PKCS #8 or PKCS #1 in PEM or DER"
            }
            Self::OtherAlgorithm => "the private key is neither RSA nor Ed25519: DKIM has no other",
            Self::FromNotSigned => "name From among the fields to sign",
        };
        f.write_str(text)
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::LineEnd(line) => {
                return write!(
                    f,
                    "line {line} of the message holds a CR or LF alone: end each line with CRLF"
                );
            }
            Self::NotAField(line) => {
                return write!(
                    f,
                    "line {line} of the message is in its header and no field: write `Name: value`"
                );
            }
            Self::ControlCharacter(name) => {
                let name = shown(name);
                return write!(
                    f,
                    "the field {name} holds NUL, a vertical tab or a form feed: leave it out"
                );
            }
            Self::HeaderTooLong => {
                "the header is longer than 256 KiB, or has more than 1,000 fields"
            }
            Self::NoBlankLine => "no blank line ends the header: add one, even if no body follows",
            Self::From => "the message has no From field, or several: give it one",
            Self::DamagedKey => "the numbers of the RSA key do not belong together: make a new key",
        };
        f.write_str(text)
    }
}
