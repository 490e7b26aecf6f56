//! CRAM-MD5 (RFC 2195): the response is an HMAC of the challenge, keyed with the password.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use zeroize::Zeroizing;

use crate::sasl::mechanism::{
    ClientSide, Evidence, Facts, NewClient, RoundTrips, Secret, Verifier,
};
use crate::sasl::{Error, Mechanism, Password};

impl Mechanism {
    /// RFC 2195.
    pub const CRAM_MD5: Self = Self::new(&Facts {
        name: "CRAM-MD5",
        evidence: Evidence::Proof(Verifier::ReadablePassword),
        is_bound: false,
        round_trips: RoundTrips::Several,
        new_client: NewClient::Password(|cram_md5, password, _| {
            password.check_acts_as_self(cram_md5.name())?;
            Ok(Box::new(CramMd5(Some(password.clone()))))
        }),
    });
}

/// The password until the challenge is answered.
struct CramMd5(Option<Password>);

impl ClientSide for CramMd5 {
    fn start(&mut self) -> Option<Secret> {
        None
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Secret, Error> {
        let password = self.0.take();
        let password = password.ok_or(Error::ExchangeOver(Mechanism::CRAM_MD5.name()))?;
        Ok(response(&password, challenge))
    }

    fn reads_challenge(&self) -> bool {
        self.0.is_some()
    }

    fn has_proved(&self) -> bool {
        self.0.is_none()
    }
}

/// User name, space, and the HMAC in lower-case hexadecimal.
fn response(password: &Password, challenge: &[u8]) -> Secret {
    let mac = Hmac::<Md5>::new_from_slice(password.password.as_bytes())
        .expect("HMAC takes keys of any length");
    let octets = mac.chain_update(challenge).finalize().into_bytes();
    let digits: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let parts = [password.username.as_str(), " ", &digits.concat()];
    Zeroizing::new(parts.concat().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_2195() {
        let password = Password {
            username: "tim".into(),
            password: "tanstaaftanstaaf".into(),
            authorization_id: None,
        };
        let challenge = b"<1896.697170952@postoffice.reston.mci.net>";
        assert_eq!(
            response(&password, challenge).as_slice(),
            b"tim b913a602c7eda7a495b4e6e7334d3890"
        );
    }
}
