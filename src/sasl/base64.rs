//! SASL messages as SMTP carries them: in base64 (RFC 4954, section 4).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

/// A response to a challenge, which may be a secret: wiped when it is dropped. An empty one is an empty line.
pub fn encode(message: &[u8]) -> Zeroizing<String> {
    // Encoded in place: no other copy of it is made.
    Zeroizing::new(BASE64_STANDARD.encode(message))
}

/// An initial response, on the line of AUTH, where an empty one has to be seen.
pub fn encode_initial(message: &[u8]) -> Zeroizing<String> {
    match message {
        [] => Zeroizing::new("=".into()),
        _ => encode(message),
    }
}

/// A challenge. Foreign characters, and padding anywhere but at the end, are errors; the client is
/// to cancel then.
pub fn decode(text: &str) -> Result<Vec<u8>, String> {
    BASE64_STANDARD
        .decode(text)
        .map_err(|error| format!("the challenge is not base64: {error}"))
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
    fn what_is_not_base64_is_refused() {
        for text in [
            "=", "YQ", "YQ=", "YQ==YQ==", "Y Q=", "YQ==\r", "YQ-_", "Y===", "YR==", "é",
        ] {
            assert!(
                decode(text)
                    .unwrap_err()
                    .starts_with("the challenge is not base64"),
                "{text}"
            );
        }
    }
}
