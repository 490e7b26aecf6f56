//! DKIM: a message is refused, or a plain verifier accepts each of its signatures, whatever the cuts.
//!
//! An input is a message; its line ends are repaired, as when it is sent.
#![no_main]

use std::num::NonZeroU32;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use envoi::smtp::dot_stuffing::Encoder;
use envoi_fuzz::pieces::parts;
use envoi_message::dkim::{HashedMessage, Hasher, Signer, sign_all};
use libfuzzer_sys::fuzz_target;
use rsa::Pkcs1v15Sign;
use rsa::pkcs8::DecodePublicKey;
use sha2::{Digest, Sha256};

const NOW: u64 = 1_795_942_800;

static SIGNERS: LazyLock<[Signer; 3]> = LazyLock::new(|| {
    let ed25519 = include_bytes!("../../message/tests/keys/ed25519.pem");
    let rsa = include_bytes!("../../message/tests/keys/rsa-1024.pem");
    let keys = [
        ("ed25519", &ed25519[..]),
        ("rsa", &rsa[..]),
        ("own", &ed25519[..]),
    ];
    let mut signers =
        keys.map(|(selector, key)| Signer::new("example.org", selector, key).unwrap());
    let own = &mut signers[2];
    let names = ["X-Own", "from", "Subject", "Received-SPF"].map(String::from);
    own.set_headers(&names).unwrap();
    own.set_identity("ann@mail.example.org").unwrap();
    own.set_expiry(NonZeroU32::new(3600));
    signers
});

fuzz_target!(|input: &[u8]| {
    // As it is: refused, or signed without a panic.
    let _ = HashedMessage::new(input).map(|message| sign_all(&SIGNERS[..1], &message, NOW));
    let mut message = Vec::new();
    let mut encoder = Encoder::bdat();
    encoder.encode(input, &mut message);
    encoder.finish(&mut message);
    let signed = sign(&[&message[..]]);
    assert_eq!(sign(&parts(&message).collect::<Vec<_>>()), signed);
    let Some(signatures) = signed else {
        return;
    };
    let (header, body) = message.split_at(find(&message, b"\r\n\r\n").unwrap() + 2);
    let header = fields(header);
    let body = Sha256::digest(relaxed_body(&body[2..]));
    let signatures = fields(signatures.as_bytes());
    assert_eq!(signatures.len(), SIGNERS.len());
    for (field, signer) in signatures.iter().zip(&*SIGNERS) {
        assert!(
            field
                .split(|octet| *octet == b'\n')
                .all(|line| line.len() <= 998)
        );
        verify(field, &header, &body, signer);
    }
});

fn sign(parts: &[&[u8]]) -> Option<String> {
    let mut hasher = Hasher::default();
    parts.iter().for_each(|part| hasher.update(part));
    sign_all(&*SIGNERS, &hasher.finish().ok()?, NOW).ok()
}

/// RFC 6376, section 6.1.3; the key is that of the signer's record.
fn verify(field: &[u8], header: &[&[u8]], body: &[u8], signer: &Signer) {
    let text = str::from_utf8(field).unwrap();
    let tags: String = text.split_once(':').unwrap().1.split_whitespace().collect();
    let tag = |name: &str| {
        let mut tags = tags.split(';').filter_map(|tag| tag.split_once('='));
        tags.find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    };
    assert_eq!(tag("bh"), Some(&*STANDARD.encode(body)));
    assert_eq!(tag("c"), Some("relaxed/relaxed"));
    let mut hashed = Vec::new();
    let mut unused = header.to_vec();
    for name in tag("h").unwrap().split(':') {
        // The last one that is left; nothing if there is none (sections 5.4.2 and 3.5).
        if let Some(place) = unused.iter().rposition(|field| is_named(field, name)) {
            hashed.extend(relaxed_field(unused.remove(place)));
            hashed.extend(b"\r\n");
        }
    }
    let value = text.rfind("b=").unwrap() + 2;
    hashed.extend(relaxed_field(&field[..value]));
    let signature = STANDARD.decode(tag("b").unwrap()).unwrap();
    let key = signer.txt_record().rsplit_once("p=").unwrap().1;
    let key = STANDARD.decode(key).unwrap();
    assert!(is_signature(tag("a").unwrap(), &key, &hashed, &signature));
}

fn is_signature(algorithm: &str, key: &[u8], hashed: &[u8], signature: &[u8]) -> bool {
    let hash = Sha256::digest(hashed);
    if algorithm == "ed25519-sha256" {
        // RFC 8463, section 3: the hash is what is signed.
        let key = VerifyingKey::from_bytes(key.try_into().unwrap()).unwrap();
        let signature = Signature::from_slice(signature).unwrap();
        return key.verify_strict(&hash, &signature).is_ok();
    }
    let key = rsa::PublicKey::from_public_key_der(key).unwrap();
    let padding = Pkcs1v15Sign::new::<Sha256>();
    key.verify(padding, &hash, signature).is_ok()
}

/// The fields of a header, each with its folds and without its CRLF.
fn fields(header: &[u8]) -> Vec<&[u8]> {
    let (mut fields, mut start) = (Vec::new(), 0);
    for end in 0..header.len() {
        let rest = &header[end..];
        if rest.starts_with(b"\r\n") && !matches!(rest.get(2), Some(b' ' | b'\t')) {
            fields.push(&header[start..end]);
            start = end + 2;
        }
    }
    fields
}

fn is_named(field: &[u8], name: &str) -> bool {
    let end = field.iter().position(|octet| *octet == b':');
    let found = field[..end.unwrap_or(0)].trim_ascii_end();
    found.eq_ignore_ascii_case(name.as_bytes())
}

/// Section 3.4.2.
fn relaxed_field(field: &[u8]) -> Vec<u8> {
    let colon = field.iter().position(|octet| *octet == b':').unwrap();
    let mut out = field[..colon].trim_ascii_end().to_ascii_lowercase();
    let value: Vec<u8> = field[colon + 1..]
        .iter()
        .copied()
        .filter(|octet| !b"\r\n".contains(octet))
        .collect();
    let value = single_blanks(&value);
    out.push(b':');
    out.extend(value.strip_prefix(b" ").unwrap_or(&value));
    out
}

/// Section 3.4.4.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let body = body.strip_suffix(b"\r\n").unwrap_or(body);
    let mut lines: Vec<Vec<u8>> = body
        .split(|octet| *octet == b'\n')
        .map(|line| single_blanks(line.strip_suffix(b"\r").unwrap_or(line)))
        .collect();
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines
        .iter()
        .flat_map(|line| [line, &b"\r\n"[..]])
        .flatten()
        .copied()
        .collect()
}

/// One blank for each run of white space, none at the end.
fn single_blanks(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for octet in text {
        match octet {
            b' ' | b'\t' if out.last() == Some(&b' ') => {}
            b' ' | b'\t' => out.push(b' '),
            octet => out.push(*octet),
        }
    }
    if out.ends_with(b" ") {
        out.pop();
    }
    out
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
