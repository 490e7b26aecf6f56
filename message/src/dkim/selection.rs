//! The fields that a signature covers: `h=` (RFC 6376, section 5.4).
//!
//! All fields of a name are signed. A name that stands in `h=` once more than in the header is oversigned:
//! a field of this name that someone adds breaks the signature (section 8.15).

use super::error::{SetupError, SignError};
use super::field::Field;

/// Signed by default, besides all `Content-*` and `List-*` (section 5.4.1; RFC 8058, section 4).
const DEFAULT: &[&str] = &[
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Resent-Date",
    "Resent-From",
    "Resent-Sender",
    "Resent-To",
    "Resent-Cc",
    "Resent-Message-ID",
];
/// Families of fields: all of their names are signed by default.
const FAMILIES: &[&str] = &["Content-", "List-"];
/// Oversigned even if the message has none: no server adds them in good faith.
const NEVER_ADDED: &[&str] = &[
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "In-Reply-To",
    "References",
];
/// Oversigned if the message has one, which is then the only one (RFC 5322, section 3.6). Otherwise a server
/// may add them (RFC 6409, section 8).
const ONCE: &[&str] = &["Sender", "Date", "Message-ID", "MIME-Version"];
/// What servers remove or add to on the way.
const CHANGED_ON_THE_WAY: &[&str] = &[
    "Received",
    "Return-Path",
    "Bcc",
    "Resent-Bcc",
    "DKIM-Signature",
];

/// Octets of a name in `h=`: with what stands around it, it has to fit into a line of 998 (RFC 5322, section 2.1.1).
const MAX_NAME: usize = 990;

/// NUL, vertical tab and form feed: OpenDKIM fails all three, and mailauth takes the last two for white space.
const MISREAD: &[u8] = b"\0\x0b\x0c";

/// The names to sign.
#[derive(Clone, Default)]
pub(super) enum Selection {
    #[default]
    Default,
    /// Each once.
    Chosen(Vec<String>),
}

impl Selection {
    pub(super) fn chosen(names: &[String]) -> Result<Self, SetupError> {
        for (at, name) in names.iter().enumerate() {
            if !can_be_listed(name) {
                return Err(SetupError::FieldName(name.clone()));
            }
            if contains(CHANGED_ON_THE_WAY, name) {
                return Err(SetupError::ChangedOnTheWay(name.clone()));
            }
            let mut others = names.iter().skip(at + 1);
            if others.any(|other| other.eq_ignore_ascii_case(name)) {
                return Err(SetupError::FieldTwice(name.clone()));
            }
        }
        if !names.iter().any(|name| name.eq_ignore_ascii_case("From")) {
            return Err(SetupError::FromNotSigned);
        }
        Ok(Self::Chosen(names.to_vec()))
    }

    /// The names for `h=`; appends the relaxed fields in this order to `out`, each with CRLF.
    pub(super) fn select<'a>(
        &'a self,
        header: &[Field<'a>],
        out: &mut Vec<u8>,
    ) -> Result<Vec<&'a str>, SignError> {
        if header.iter().filter(|field| field.is_named("From")).count() != 1 {
            return Err(SignError::From);
        }
        let mut listed = Vec::new();
        for name in self.names(header) {
            let before = listed.len();
            // A verifier takes the last field of a name first (section 5.4.2).
            for field in header.iter().rev().filter(|field| field.is_named(name)) {
                relax(field, out)?;
                listed.push(name);
            }
            let is_present = listed.len() > before;
            if contains(NEVER_ADDED, name) || is_present && is_alone(name) {
                listed.push(name);
            }
        }
        Ok(listed)
    }

    /// Each once.
    fn names<'a>(&'a self, header: &[Field<'a>]) -> Vec<&'a str> {
        match self {
            Self::Chosen(names) => names.iter().map(String::as_str).collect(),
            Self::Default => {
                let mut names = DEFAULT.to_vec();
                for field in header.iter().filter(|field| is_of_family(field.name)) {
                    if can_be_listed(field.name) && !contains(&names, field.name) {
                        names.push(field.name);
                    }
                }
                names
            }
        }
    }
}

fn relax(field: &Field<'_>, out: &mut Vec<u8>) -> Result<(), SignError> {
    let start = out.len();
    field.relax(out);
    let relaxed = out.get(start..).unwrap_or_default();
    if relaxed.iter().any(|octet| MISREAD.contains(octet)) {
        return Err(SignError::ControlCharacter(field.name.into()));
    }
    out.extend_from_slice(b"\r\n");
    Ok(())
}

/// A semicolon in a name would end `h=`.
fn can_be_listed(name: &str) -> bool {
    let is_inner = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_inner)
}

fn is_alone(name: &str) -> bool {
    contains(ONCE, name) || is_of_family(name)
}

fn is_of_family(name: &str) -> bool {
    let is_of = |family: &&str| {
        let start = name.get(..family.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(family))
    };
    FAMILIES.iter().any(is_of)
}

fn contains(names: &[&str], name: &str) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}
