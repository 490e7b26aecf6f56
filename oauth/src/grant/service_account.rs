//! Service accounts: an assertion (JWT, RFC 7523) signed by RS256 (RFC 7518, section 3.3) with the key of Google's
//! JSON key file.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use envoi_primitives::{Sha256, private_key_in_pem, wipe_stack};
use rsa::Pkcs1v15Sign;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PublicKeyParts;
use serde::{Deserialize, Serialize};
use sha2::Digest;
use zeroize::Zeroizing;

use crate::endpoint::Endpoint;
use crate::failure::Failure;

pub(super) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Google's has 2.4 KiB.
const MAX_KEY_FILE: usize = 16 * 1024;
/// In bits. RFC 7518, section 3.3, wants 2,048 at least.
const KEY_SIZES: core::ops::RangeInclusive<usize> = 2048..=4096;
/// In seconds: what Google allows at most, and has in its documentation.
const ASSERTION_LIFETIME: u64 = 3600;

pub(crate) struct ServiceAccount {
    issuer: String,
    subject: Option<String>,
    scope: String,
    audience: String,
    key_id: Option<String>,
    /// Wipes itself from memory when dropped.
    key: Box<rsa::PrivateKey>,
}

#[derive(Deserialize)]
struct KeyFile {
    r#type: Option<String>,
    client_email: String,
    private_key: Zeroizing<String>,
    private_key_id: Option<String>,
    token_uri: String,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    scope: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
}

impl ServiceAccount {
    /// Also returns where its tokens come from.
    pub(crate) fn read(
        key_file: &str,
        scope: String,
        subject: Option<String>,
    ) -> Result<(Self, Endpoint), Failure> {
        let file = parse(key_file)?;
        let endpoint = Endpoint::parse("token_uri of the key file", &file.token_uri)?;
        let account = Self {
            issuer: file.client_email,
            subject,
            scope,
            audience: file.token_uri,
            key_id: file.private_key_id,
            key: private_key(&file.private_key)?,
        };
        Ok((account, endpoint))
    }

    /// RSA is not blinded, as in DKIM signatures: the library's exponentiation takes the same time for each
    /// message.
    pub(crate) fn assertion(&self, unix: u64) -> Result<Zeroizing<String>, Failure> {
        let header = Header {
            alg: "RS256",
            typ: "JWT",
            kid: self.key_id.as_deref(),
        };
        let claims = Claims {
            iss: &self.issuer,
            sub: self.subject.as_deref(),
            scope: &self.scope,
            aud: &self.audience,
            iat: unix,
            exp: unix.saturating_add(ASSERTION_LIFETIME),
        };
        let signed = part(&header)? + "." + &part(&claims)?;
        let hash = Sha256::digest(signed.as_bytes());
        let signature = self.key.sign(Pkcs1v15Sign::new::<sha2::Sha256>(), &hash);
        wipe_stack();
        let signature = signature.map_err(|_| {
            Failure::mend("the key file's private_key does not sign: it is damaged")
        })?;
        Ok(Zeroizing::new(
            signed + "." + &URL_SAFE_NO_PAD.encode(signature),
        ))
    }
}

fn part(json: &impl Serialize) -> Result<String, Failure> {
    let json = serde_json::to_vec(json).map_err(|_| Failure::mend("the assertion is no JSON"))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

fn parse(key_file: &str) -> Result<KeyFile, Failure> {
    let fail = |why| Err(Failure::mend(why));
    if key_file.len() > MAX_KEY_FILE {
        return fail(
            "the key file has more than 16 KiB: give the JSON file that was made with the key",
        );
    }
    // The parser's own words may quote the file.
    let Ok(file) = serde_json::from_str::<KeyFile>(key_file) else {
        return fail(
            "the key file is no JSON with client_email, private_key and token_uri: give its content, not its path, as \
             it was made with the key",
        );
    };
    match file.r#type.as_deref() {
        None | Some("service_account") => Ok(file),
        Some(_) => {
            fail("the key file's type is not service_account: make a key of a service account")
        }
    }
}

fn private_key(pem: &str) -> Result<Box<rsa::PrivateKey>, Failure> {
    let fail = || {
        Failure::mend(
            "the key file's private_key is no unencrypted RSA key in PEM (PKCS #8 or PKCS #1)",
        )
    };
    let (label, der) = private_key_in_pem(pem.as_bytes()).ok_or_else(fail)?;
    let key = match label {
        b"PRIVATE KEY" => rsa::PrivateKey::from_pkcs8_der(&der).ok(),
        b"RSA PRIVATE KEY" => rsa::PrivateKey::from_pkcs1_der(&der).ok(),
        _ => None,
    };
    wipe_stack();
    let key = key.ok_or_else(fail)?;
    if KEY_SIZES.contains(&(key.size() * 8)) {
        Ok(Box::new(key))
    } else {
        Err(Failure::mend(
            "the key file's private_key has not 2,048 to 4,096 bits: make another key",
        ))
    }
}
