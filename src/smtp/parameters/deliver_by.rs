//! BY, the parameter of DELIVERBY (RFC 2852): the time limit of delivery.

use super::MAX_SECONDS;
use crate::smtp::error::Error;
use crate::smtp::extensions::Extensions;

#[derive(Clone, Copy, Debug)]
pub(super) struct DeliverBy {
    /// From now. Not above 0, the time has passed: the server can only notify the sender.
    seconds: i32,
    /// If off, the server notifies the sender and goes on.
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

    /// An error if the server's minimum, which is for messages that are returned, is longer.
    pub(super) fn parameter(self, extensions: &Extensions) -> Result<String, Error> {
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
