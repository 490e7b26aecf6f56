//! base64, in which SMTP carries SASL messages (RFC 4954, section 4).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::Error;

/// A response to a challenge. It may be a secret, so it is wiped on drop. An empty one is an empty line.
pub fn encode(message: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(BASE64_STANDARD.encode(message))
}

/// An initial response, on the line of AUTH. There an empty one is `=`.
pub fn encode_initial(message: &[u8]) -> Zeroizing<String> {
    match message {
        [] => Zeroizing::new("=".into()),
        _ => encode(message),
    }
}

/// A challenge. Other characters, and padding anywhere but at the end, are errors: the client has to cancel.
pub fn decode(text: &str) -> Result<Vec<u8>, Error> {
    BASE64_STANDARD
        .decode(text)
        .map_err(|error| Error::BadChallenge(format!("the challenge is not base64: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Conformance: 45
    #[test]
    fn an_empty_initial_response_is_an_equals_sign() {
        assert_eq!(*encode_initial(b""), "=");
        assert_eq!(*encode_initial(b"\0user\0secret"), "AHVzZXIAc2VjcmV0");
        assert_eq!(*encode(b""), "");
    }

    #[test]
    fn a_challenge_comes_back_as_it_was() {
        assert_eq!(decode("VXNlcm5hbWU6").unwrap(), b"Username:");
        assert_eq!(decode("").unwrap(), b"");
        for message in [&b"a"[..], b"ab", b"abc", b"\xff\xfe\0"] {
            assert_eq!(decode(&encode(message)).unwrap(), message);
        }
    }

    // Conformance: 47
    #[test]
    fn a_challenge_that_is_not_base64_is_refused() {
        for text in [
            "=", "YQ", "YQ=", "YQ==YQ==", "Y Q=", "YQ==\r", "YQ-_", "Y===", "YR==", "é",
        ] {
            assert!(
                decode(text)
                    .unwrap_err()
                    .to_string()
                    .starts_with("the challenge is not base64"),
                "{text}"
            );
        }
    }
}
