//! When a message is to be delivered by (RFC 2852).

use super::MAX_SECONDS;
use crate::smtp::error::Error;
use crate::smtp::extensions::Extensions;

#[derive(Clone, Copy, Debug)]
pub(super) struct DeliverBy {
    /// From now; of a time that has passed, the sender can only be told.
    seconds: i32,
    /// Otherwise the sender is notified, and delivery goes on.
    return_on_expiry: bool,
    trace: bool,
}

impl DeliverBy {
    pub(super) fn new(seconds: i32, return_on_expiry: bool, trace: bool) -> Result<Self, String> {
        if seconds.unsigned_abs() > MAX_SECONDS {
            return Err(format!(
                "deliver by: {seconds} seconds are more than {MAX_SECONDS}"
            ));
        }
        if return_on_expiry && seconds <= 0 {
            return Err("deliver by: to return a message takes at least 1 second".into());
        }
        Ok(Self {
            seconds,
            return_on_expiry,
            trace,
        })
    }

    pub(super) fn parameter(self, extensions: &Extensions) -> Result<String, Error> {
        // The minimum is for messages that are returned.
        let minimum = extensions.minimum_deliver_by().unwrap_or(0);
        if self.return_on_expiry && i64::from(self.seconds) < i64::from(minimum) {
            return Err(Error::InvalidArgument(format!(
                "deliver by: the server takes no less than {minimum} seconds"
            )));
        }
        let mode = if self.return_on_expiry { "R" } else { "N" };
        let trace = if self.trace { "T" } else { "" };
        Ok(format!("BY={};{mode}{trace}", self.seconds))
    }
}
