//! XOAUTH2: an OAuth 2.0 access token. OAUTHBEARER was made from it; only Google and Microsoft document it.

use zeroize::Zeroizing;

use super::token::TokenExchange;
use crate::sasl::mechanism::{Evidence, Facts, NewClient, RoundTrips, Secret};
use crate::sasl::{Bearer, Mechanism};

impl Mechanism {
    /// No standard.
    pub const XOAUTH2: Self = Self::new(&Facts {
        name: "XOAUTH2",
        evidence: Evidence::Secret,
        is_bound: false,
        round_trips: RoundTrips::OneIfAccepted,
        new_client: NewClient::Bearer(|xoauth2, bearer, _| {
            // Google and Microsoft document an empty answer to a refusal.
            Ok(TokenExchange::boxed(xoauth2.name(), message(bearer), b""))
        }),
    });
}

fn message(bearer: &Bearer) -> Secret {
    let parts = [
        "user=",
        &bearer.username,
        "\x01auth=Bearer ",
        &bearer.token,
        "\x01\x01",
    ];
    Zeroizing::new(parts.concat().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sasl::encode;

    #[test]
    fn the_example_of_googles_documentation() {
        let bearer = Bearer {
            username: "someuser@example.com".into(),
            token: "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg".into(),
        };
        assert_eq!(
            *encode(&message(&bearer)),
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNS\
             bGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
        );
    }
}
