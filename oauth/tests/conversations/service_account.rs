//! Service accounts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use envoi_oauth::{Remedy, TokenSource};
use rsa::Pkcs1v15Sign;
use rsa::pkcs8::DecodePrivateKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::*;

const KEY: &str = include_str!("../../../message/tests/keys/rsa-2048.pem");
const SCOPE: &str = "https://mail.google.com/";
const PREFIX: &str = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";

fn key_file() -> Value {
    json!({
        "type": "service_account",
        "project_id": "p",
        "private_key_id": "k1",
        "private_key": KEY,
        "client_email": "mailer@p.iam.test",
        "token_uri": TOKEN_URL,
    })
}

fn source(file: &Value, subject: Option<&str>) -> Result<TokenSource, envoi_oauth::Failure> {
    TokenSource::service_account(&file.to_string(), SCOPE.into(), subject.map(Into::into))
}

fn assertion(source: &TokenSource) -> (Value, Value) {
    let request = source.request(at(0)).unwrap();
    let assertion = body(&request).strip_prefix(PREFIX).unwrap();
    let parts: Vec<_> = assertion.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("{assertion}");
    };
    let decode = |part| URL_SAFE_NO_PAD.decode(part).unwrap();
    let key = rsa::PrivateKey::from_pkcs8_pem(KEY)
        .unwrap()
        .to_public_key();
    let hash = Sha256::digest(format!("{header}.{claims}"));
    let verified = key.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, &decode(signature));
    verified.unwrap();
    let parse = |part| serde_json::from_slice(&decode(part)).unwrap();
    (parse(header), parse(claims))
}

#[test]
fn the_assertion_is_signed_and_good_for_an_hour() {
    let source = source(&key_file(), Some("ann@mail.test")).ok().unwrap();
    let (header, claims) = assertion(&source);
    assert_eq!(header, json!({"alg": "RS256", "typ": "JWT", "kid": "k1"}));
    let wanted = json!({
        "iss": "mailer@p.iam.test",
        "sub": "ann@mail.test",
        "scope": SCOPE,
        "aud": TOKEN_URL,
        "iat": 1_795_942_800_u64,
        "exp": 1_795_946_400_u64,
    });
    assert_eq!(claims, wanted);
}

#[test]
fn without_a_subject_or_a_key_id_the_assertion_has_none() {
    let mut file = key_file();
    file.as_object_mut().unwrap().remove("private_key_id");
    let (header, claims) = assertion(&source(&file, None).ok().unwrap());
    assert_eq!(header.get("kid"), None);
    assert_eq!(claims.get("sub"), None);
}

#[test]
fn its_invalid_grant_is_a_fault_of_the_set_up_and_shows_no_assertion() {
    let mut source = source(&key_file(), None).ok().unwrap();
    let request = source.request(at(0)).unwrap();
    let assertion = body(&request).strip_prefix(PREFIX).unwrap();
    let refusal = refused("invalid_grant", &format!("Invalid JWT: {assertion}"));
    let failure = source.receive(at(0), &request, Ok(refusal)).unwrap_err();
    assert_eq!(failure.remedy, Remedy::MendTheSetUp);
    assert!(
        failure.sentence.contains("Invalid JWT: [secret]; "),
        "{failure}"
    );
    assert!(failure.sentence.contains("clock"), "{failure}");
}

#[test]
fn a_key_file_that_cannot_be_right_is_refused_without_showing_it() {
    let with = |name: &str, value: Value| {
        let mut file = key_file();
        file[name] = value;
        file.to_string()
    };
    for (file, words) in [
        ("/keys/mailer.json".to_owned(), "its content, not its path"),
        ("{}".into(), "no JSON with client_email"),
        (
            with("private_key", Value::Null),
            "no JSON with client_email",
        ),
        (
            with("type", "authorized_user".into()),
            "not service_account",
        ),
        (
            with("token_uri", "http://login.test/".into()),
            "token_uri of the key file",
        ),
        (with("private_key", "MIIE".into()), "no unencrypted RSA key"),
        (
            with("private_key", KEY.replace("PRIVATE", "EC PRIVATE").into()),
            "no unencrypted RSA key",
        ),
        (
            with("padding", "x".repeat(20_000).into()),
            "more than 16 KiB",
        ),
    ] {
        let made = TokenSource::service_account(&file, SCOPE.into(), None);
        let failure = made.err().unwrap();
        assert_eq!(failure.remedy, Remedy::MendTheSetUp);
        assert!(failure.sentence.contains(words), "{words}: {failure}");
        assert!(!failure.sentence.contains("MII"), "{failure}");
    }
}

#[test]
fn a_short_key_is_refused() {
    let mut file = key_file();
    file["private_key"] = include_str!("../../../message/tests/keys/rsa-1024.pem").into();
    let failure = source(&file, None).err().unwrap();
    assert!(
        failure.sentence.contains("2,048 to 4,096 bits"),
        "{failure}"
    );
}
