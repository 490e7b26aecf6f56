//! OAuth 2.0 access tokens that Dovecot accepts: JSON web tokens (RFC 7519), signed with a shared key.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::hmac;

use super::USER;

/// As long as the signature, which is the minimum (RFC 7518, section 3.2).
const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";

/// A token for [`USER`] that expires after any test.
pub fn token() -> String {
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    let claims =
        format!(r#"{{"sub":"{USER}","email":"{USER}","iat":1600000000,"exp":4000000000}}"#);
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let signed = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(claims.as_bytes())
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY);
    let signature = encode(hmac::sign(&key, signed.as_bytes()).as_ref());
    format!("{signed}.{signature}")
}

pub(super) fn key_base64() -> String {
    BASE64_STANDARD.encode(KEY)
}
