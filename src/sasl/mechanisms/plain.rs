//! PLAIN (RFC 4616): user name and password in the initial response.

use zeroize::Zeroizing;

use super::fixed::FixedMessages;
use crate::sasl::mechanism::{Evidence, Facts, NewClient, RoundTrips, Secret};
use crate::sasl::{Mechanism, Password};

impl Mechanism {
    /// RFC 4616.
    pub const PLAIN: Self = Self::new(&Facts {
        name: "PLAIN",
        evidence: Evidence::Secret,
        is_bound: false,
        round_trips: RoundTrips::One,
        new_client: NewClient::Password(|plain, password, _| {
            Ok(FixedMessages::single(plain.name(), message(password)))
        }),
    });
}

/// RFC 4616, section 2. The server prepares the strings, by SASLprep or otherwise. If the client prepared
/// them, they might not match what the server hashed without preparation.
fn message(password: &Password) -> Secret {
    let authorization_id = password.authorization_id.as_deref().unwrap_or_default();
    let fields = [authorization_id, &password.username, &password.password];
    Zeroizing::new(fields.join("\0").into_bytes())
}
