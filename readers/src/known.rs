//! What readers legitimately make of a message, other than what the composer was given.

use serde_json::Value;

use crate::{Difference, Reader};

/// One field of one message, as one reader reports it.
pub struct Known {
    /// The name of the [`Reader`].
    pub reader: &'static str,
    pub case: &'static str,
    /// As in [`Difference::field`].
    pub field: &'static str,
    /// In JSON.
    pub reports: &'static str,
    /// For people: why the message is right nevertheless.
    pub why: &'static str,
}

pub const KNOWN: &[Known] = &[];

impl Known {
    pub fn is(&self, case: &str, difference: &Difference) -> bool {
        let reports: Option<Value> = serde_json::from_str(self.reports).ok();
        (self.case, self.field) == (case, &difference.field)
            && reports.as_ref() == Some(&difference.reported)
    }
}

/// The known differences of a reader.
pub fn of(reader: &Reader) -> impl Iterator<Item = &'static Known> {
    KNOWN.iter().filter(|known| known.reader == reader.name)
}
