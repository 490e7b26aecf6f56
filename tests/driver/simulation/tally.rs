//! How often each outcome and each error came out.

use std::collections::BTreeMap;
use std::fmt;

use envoi::smtp::error::Error;

/// Counts of all seeds.
#[derive(Default)]
pub(crate) struct Tally(BTreeMap<String, u64>);

impl Tally {
    pub(crate) fn count(&mut self, what: &str) {
        match self.0.get_mut(what) {
            Some(count) => *count += 1,
            None => {
                self.0.insert(what.into(), 1);
            }
        }
    }

    pub(crate) fn add(&mut self, other: Tally) {
        for (what, count) in other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    pub(crate) fn error(&mut self, error: &Error) {
        let debug = format!("{error:?}");
        let end = debug.find(['(', '{']).unwrap_or(debug.len());
        let name = match error {
            Error::Timeout(..) => &debug,
            Error::Disconnected(_) => &debug,
            Error::Rejected(phase, _) => return self.count(&format!("Rejected({phase:?})")),
            Error::Protocol(phase, _) => return self.count(&format!("Protocol({phase:?})")),
            _ => &debug[..end],
        };
        self.count(name);
    }

    pub(crate) fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let counts: Vec<String> = self
            .0
            .iter()
            .map(|(what, n)| format!("{what} {n}"))
            .collect();
        f.write_str(&counts.join(", "))
    }
}
