//! EXTERNAL (RFC 4422, appendix A): the client certificate authenticates, optionally as another identity.

use zeroize::Zeroizing;

use super::fixed::FixedMessages;
use crate::sasl::mechanism::{Evidence, Facts, NewClient, RoundTrips};
use crate::sasl::{Error, Mechanism};

impl Mechanism {
    /// RFC 4422, appendix A.
    pub const EXTERNAL: Self = Self::new(&Facts {
        name: "EXTERNAL",
        evidence: Evidence::Certificate,
        is_bound: false,
        round_trips: RoundTrips::One,
        new_client: NewClient::External(|external, identity, _| {
            if identity.contains('\0') {
                return Err(Error::CannotCarry("the identity holds NUL".into()));
            }
            let message = Zeroizing::new(identity.as_bytes().to_vec());
            Ok(FixedMessages::single(external.name(), message))
        }),
    });
}
