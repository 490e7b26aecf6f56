//! The client, as it is registered.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::request::encode;

/// Longer than any server's.
const MAX_ID: usize = 2048;

/// Who asks.
pub struct Client {
    pub(crate) id: String,
    pub(crate) authentication: Authentication,
}

/// How the client shows its secret (RFC 6749, section 2.3.1). No `Debug`, because it has the secret.
pub enum Authentication {
    /// It has none.
    Public,
    /// `client_secret_post`.
    SecretInBody(Zeroizing<String>),
    /// `client_secret_basic`.
    SecretInHeader(Zeroizing<String>),
}

impl Client {
    /// # Errors
    /// An empty id or secret, or an id of more than 2,048 octets.
    pub fn new(id: String, authentication: Authentication) -> Result<Self, Failure> {
        if id.is_empty() || id.len() > MAX_ID {
            return Err(Failure::mend(
                "the client id is empty, or longer than 2,048 octets: give the one of the registration",
            ));
        }
        let client = Self { id, authentication };
        if client.secret().is_some_and(str::is_empty) {
            return Err(Failure::mend(
                "the client secret is empty: give the one of the registration, or none for a public client",
            ));
        }
        Ok(client)
    }

    pub(crate) fn secret(&self) -> Option<&str> {
        match &self.authentication {
            Authentication::Public => None,
            Authentication::SecretInBody(secret) | Authentication::SecretInHeader(secret) => {
                Some(secret)
            }
        }
    }

    /// The value of `Authorization`. Id and secret are encoded like a form's fields first, so that a colon in the
    /// id is not taken for the one between them.
    pub(crate) fn basic(&self, secret: &str) -> Zeroizing<String> {
        let (id, secret) = (encode(&self.id), encode(secret));
        let mut both = Zeroizing::new(String::with_capacity(id.len() + 1 + secret.len()));
        both.push_str(&id);
        both.push(':');
        both.push_str(&secret);
        let mut value = Zeroizing::new(String::with_capacity(8 + both.len().div_ceil(3) * 4));
        value.push_str("Basic ");
        STANDARD.encode_string(both.as_bytes(), &mut value);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_has_id_and_secret_as_a_form_encodes_them() {
        let client = Client::new("a:b c".into(), Authentication::Public);
        let value = client.ok().unwrap().basic("p%~\u{e4}");
        let decoded = STANDARD.decode(value.strip_prefix("Basic ").unwrap());
        assert_eq!(decoded.unwrap(), b"a%3Ab+c:p%25%7E%C3%A4");
    }

    #[test]
    fn an_empty_id_or_secret_is_a_fault_of_the_set_up() {
        let secret = || Zeroizing::new(String::new());
        for (id, authentication) in [
            (String::new(), Authentication::Public),
            ("a".repeat(MAX_ID + 1), Authentication::Public),
            ("a".into(), Authentication::SecretInBody(secret())),
            ("a".into(), Authentication::SecretInHeader(secret())),
        ] {
            assert!(Client::new(id, authentication).is_err());
        }
    }
}
