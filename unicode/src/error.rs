//! Why a domain or a user name is refused.

use core::error::Error;
use core::fmt;

/// The rule that a domain name breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DomainError {
    /// A character that no domain may have (UTS 46, section 4, step 1), or one of ASCII other than letters,
    /// digits, hyphens and dots (section 4.1, `UseSTD3ASCIIRules`).
    DisallowedCharacter,
    /// A label without characters: two dots in a row, a dot at the start, or an empty domain.
    EmptyLabel,
    /// A label that begins or ends with a hyphen (UTS 46, section 4.1, validity criterion 3).
    Hyphen,
    /// A label that begins with a combining mark (UTS 46, section 4.1).
    LeadingMark,
    /// U+200C or U+200D where it has no effect on the script (RFC 5892, appendices A.1 and A.2).
    Joiner,
    /// Text that reads differently by its surroundings, because labels mix directions (RFC 5893, section 2).
    Bidi,
    /// A label `xn--…` that is not the Punycode (RFC 3492) of a valid label.
    Punycode,
    /// A label of more than 63 octets in ASCII, or a domain of more than 253 (RFC 1035, section 2.3.4).
    TooLong,
}

/// The rule of SASLprep that a user name or password breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SaslprepError {
    /// A character that is prohibited (RFC 4013, section 2.3), or unassigned in Unicode 3.2 (section 2.5).
    ProhibitedCharacter,
    /// Left-to-right and right-to-left characters in one text, or a right-to-left text that does not begin
    /// and end with such a character (RFC 3454, section 6).
    Bidi,
}

impl fmt::Display for DomainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DisallowedCharacter => "a character is not allowed in domains",
            Self::EmptyLabel => "a label is empty",
            Self::Hyphen => "a label begins or ends with a hyphen",
            Self::LeadingMark => "a label begins with a combining mark",
            Self::Joiner => "an invisible joiner is out of place",
            Self::Bidi => "the labels mix text directions",
            Self::Punycode => "a label is not valid Punycode",
            Self::TooLong => "a label exceeds 63 octets or the domain 253",
        })
    }
}

impl fmt::Display for SaslprepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ProhibitedCharacter => "SASLprep prohibits a character",
            Self::Bidi => "the text mixes directions",
        })
    }
}

impl Error for DomainError {}

impl Error for SaslprepError {}
