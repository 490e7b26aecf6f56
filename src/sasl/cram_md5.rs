//! CRAM-MD5 (RFC 2195): the response is keyed by the password and does not hold it.

use super::Password;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use zeroize::Zeroizing;

/// User name, space, and HMAC-MD5 of the challenge in lower-case hexadecimal.
pub(super) fn response(
    credentials: &Password,
    challenge: &[u8],
) -> Result<Zeroizing<String>, String> {
    let mut mac = Hmac::<Md5>::new_from_slice(credentials.password.as_bytes())
        .map_err(|error| error.to_string())?;
    mac.update(challenge);
    let octets = mac.finalize().into_bytes();
    let digits: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let parts = [credentials.username.as_str(), " ", &digits.concat()];
    Ok(Zeroizing::new(parts.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_2195() {
        let credentials = Password {
            username: "tim".into(),
            password: "tanstaaftanstaaf".into(),
            authorization_id: None,
        };
        let challenge = b"<1896.697170952@postoffice.reston.mci.net>";
        assert_eq!(
            *response(&credentials, challenge).unwrap(),
            "tim b913a602c7eda7a495b4e6e7334d3890"
        );
    }
}
