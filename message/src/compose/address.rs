//! Addresses: mailboxes with the names of their owners, and groups of them.

use super::Invalid;
use super::{check, mailbox};
use crate::excerpt::shown;

/// A mailbox and its owner's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The name that readers show: any text on one line. It is quoted or encoded as needed. Blanks at its ends
    /// are left out, as many readers do, and so is a name that equals the mailbox, or is empty.
    pub name: Option<String>,
    /// `user@example.org`. In UTF-8 it needs a server with SMTPUTF8 (RFC 6531).
    pub mailbox: String,
}

impl Address {
    /// A mailbox with its owner's name.
    pub fn named(name: impl Into<String>, mailbox: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            mailbox: mailbox.into(),
        }
    }

    /// A mailbox alone.
    pub fn bare(mailbox: impl Into<String>) -> Self {
        Self {
            name: None,
            mailbox: mailbox.into(),
        }
    }

    /// The name, if readers would show more by it.
    pub(super) fn shown_name(&self) -> Option<&str> {
        let name = self.name.as_deref()?.trim_matches(' ');
        (!name.is_empty() && name != self.mailbox).then_some(name)
    }
}

/// A field that names recipients (RFC 5322, section 3.6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The primary recipients.
    To,
    /// Those who receive a copy.
    Cc,
}

/// Addresses under one name (RFC 5322, section 3.4).
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub field: Destination,
    pub name: String,
    pub members: Vec<Address>,
}

impl Destination {
    /// The name of the setter.
    pub(super) fn setter(self) -> &'static str {
        match self {
            Self::To => "to",
            Self::Cc => "cc",
        }
    }
}

/// Octets of a name. Nobody's name is longer, and a line of a message has 998 at most.
const MAX_NAME: usize = 500;

/// Checks the addresses that the setter `field` is given.
pub(super) fn check_all(field: &str, addresses: &[Address]) -> Result<(), Invalid> {
    for address in addresses {
        if let Some(name) = &address.name {
            check_name(field, name)?;
        }
        mailbox::check(&address.mailbox).map_err(|reason| Invalid::new(field, reason))?;
    }
    Ok(())
}

/// Checks the name of a mailbox or a group.
pub(super) fn check_name(field: &str, name: &str) -> Result<(), Invalid> {
    let reason = if name.len() > MAX_NAME {
        format!("it is longer than {MAX_NAME} octets: shorten it")
    } else if let Err(reason) = check::one_line(name) {
        reason
    } else {
        return Ok(());
    };
    let name = shown(name);
    Err(Invalid::new(field, format!("the name `{name}`: {reason}")))
}
