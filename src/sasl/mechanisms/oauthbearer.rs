//! OAUTHBEARER (RFC 7628): an OAuth 2.0 access token.

use zeroize::Zeroizing;

use super::gs2;
use super::token::TokenExchange;
use crate::sasl::mechanism::{Evidence, Facts, NewClient, RoundTrips, Secret};
use crate::sasl::{Bearer, Context, Mechanism};

impl Mechanism {
    /// RFC 7628.
    pub const OAUTHBEARER: Self = Self::new(&Facts {
        name: "OAUTHBEARER",
        evidence: Evidence::Secret,
        is_bound: false,
        round_trips: RoundTrips::OneIfAccepted,
        new_client: NewClient::Bearer(|oauthbearer, bearer, context| {
            // The answer to a refusal: RFC 7628, section 3.2.3.
            Ok(TokenExchange::boxed(
                oauthbearer.name(),
                message(bearer, context),
                b"\x01",
            ))
        }),
    });
}

/// RFC 7628, section 3.1.
fn message(bearer: &Bearer, context: &Context<'_>) -> Secret {
    let header = gs2::header("n", &bearer.username);
    let port = context.port.to_string();
    // Allocated once: a string that grows leaves copies of the token behind.
    let parts = [
        &header,
        "\x01host=",
        context.host,
        "\x01port=",
        &port,
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

    fn said(username: &str, token: &str, host: &str, port: u16) -> Secret {
        let bearer = Bearer {
            username: username.into(),
            token: token.into(),
        };
        let context = Context {
            nonce: [0; 18],
            binding: None,
            bound_offered: false,
            host,
            port,
        };
        message(&bearer, &context)
    }

    #[test]
    fn the_example_of_rfc_7628() {
        // Section 4.1, with the port of its SMTP exchange.
        let token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";
        let message = said("user@example.com", token, "server.example.com", 587);
        assert_eq!(
            *encode(&message),
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9\
             QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
        );
    }

    #[test]
    fn a_name_does_not_end_its_field() {
        assert!(said("a,b=c", "t", "h", 1).starts_with(b"n,a=a=2Cb=3Dc,\x01host=h\x01port=1\x01"));
        assert!(said("", "t", "h", 1).starts_with(b"n,,\x01"));
    }
}
