//! A verifier as RFC 6376 describes one, line by line, over strings: it shares no code with the signer. Each
//! octet is a character of the same number.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use envoi_message::dkim::Signer;
use rsa::pkcs8::DecodePublicKey;
use sha2::{Digest, Sha256};

use crate::tag;

/// Checks the signature in `field` of a message that follows it.
pub(crate) fn is_verified(signer: &Signer, field: &str, message: &[u8]) -> bool {
    let message: String = message.iter().copied().map(char::from).collect();
    let (header, body) = message.split_once("\r\n\r\n").unwrap();
    let body_hash = STANDARD.encode(sha256(&relaxed_body(body)));
    if tag(field, "bh").unwrap() != body_hash {
        return false;
    }
    let (unsigned, signature) = without_signature(field);
    let mut signed = String::new();
    let mut fields = fields(header);
    for name in tag(field, "h").unwrap().split(':') {
        let is_named = |field: &String| {
            let (other, _) = field.split_once(':').unwrap();
            other.eq_ignore_ascii_case(name)
        };
        // The last comes first (section 5.4.2).
        if let Some(at) = fields.iter().rposition(is_named) {
            signed += &(relaxed_field(&fields.remove(at)) + "\r\n");
        }
    }
    signed += &relaxed_field(&unsigned);
    is_signed(signer.txt_record(), &sha256(&signed), &signature)
}

/// The field with an empty `b=`, which is its last tag here, and the signature.
fn without_signature(field: &str) -> (String, Vec<u8>) {
    let at = field.rfind(" b=").unwrap() + " b=".len();
    let base64: String = field[at..].split_ascii_whitespace().collect();
    (field[..at].into(), STANDARD.decode(base64).unwrap())
}

fn is_signed(record: &str, hash: &[u8], signature: &[u8]) -> bool {
    let (tags, public) = record.split_once("; p=").unwrap();
    let public = STANDARD.decode(public).unwrap();
    if tags == "v=DKIM1; k=ed25519" {
        let public = ed25519_dalek::VerifyingKey::try_from(&public[..]).unwrap();
        let signature = signature.try_into().unwrap();
        return public.verify_strict(hash, &signature).is_ok();
    }
    assert_eq!(tags, "v=DKIM1; k=rsa");
    let public = rsa::PublicKey::from_public_key_der(&public).unwrap();
    let padding = rsa::Pkcs1v15Sign::new::<Sha256>();
    public.verify(padding, hash, signature).is_ok()
}

fn sha256(text: &str) -> Vec<u8> {
    let octets: Vec<u8> = text.chars().map(|octet| octet as u8).collect();
    Sha256::digest(octets).to_vec()
}

fn fields(header: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in header.split("\r\n") {
        match fields.last_mut() {
            Some(field) if line.starts_with([' ', '\t']) => *field += line,
            _ => fields.push(line.into()),
        }
    }
    fields
}

/// Section 3.4.2.
fn relaxed_field(field: &str) -> String {
    let field = field.replace("\r\n", "");
    let (name, value) = field.split_once(':').unwrap();
    let words: Vec<&str> = value
        .split([' ', '\t'])
        .filter(|word| !word.is_empty())
        .collect();
    name.to_ascii_lowercase() + ":" + &words.join(" ")
}

/// Section 3.4.4.
fn relaxed_body(body: &str) -> String {
    let mut lines: Vec<String> = body.split("\r\n").map(relaxed_line).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.into_iter().map(|line| line + "\r\n").collect()
}

fn relaxed_line(line: &str) -> String {
    let mut line = line.replace('\t', " ");
    while line.contains("  ") {
        line = line.replace("  ", " ");
    }
    line.trim_end_matches(' ').into()
}
