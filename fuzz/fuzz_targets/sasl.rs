//! SASL: whatever the challenges, an exchange ends, and only a server that knows the password is believed.
//!
//! An input is the mechanism's name on the first line, and one challenge a line. Its nonce is that of RFC 5802,
//! section 5, so that the examples of the RFCs are seeds.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use envoi::sasl::{
    Bearer, ChannelBinding, Context, Credentials, Exchange, Mechanism, Password, decode, encode,
};
use envoi_fuzz::pieces::settings;
use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;
use sha1::Sha1;
use sha2::Sha256;

const NONCE: &str = "fyko+d2lbbFgONRv9qkxdawL";
const PASSWORD: &str = "pencil";
/// More make the fuzzer slow, and reach nothing else.
const MAX_ITERATIONS: u32 = 4096;

fuzz_target!(|input: &[u8]| {
    check_base64(input);
    let (name, challenges) = settings(input);
    let name = String::from_utf8_lossy(name);
    let Some(mechanism) = Mechanism::from_name(name.trim()) else {
        return;
    };
    let challenges: Vec<&[u8]> = challenges.split(|octet| *octet == b'\n').collect();
    if challenges.iter().any(|challenge| is_slow(challenge)) {
        return;
    }
    let mut exchange = start(mechanism);
    let initial = exchange.initial_response().map(<[u8]>::to_vec);
    if initial.is_some() {
        exchange.initial_response_sent();
    }
    let mut said = initial.unwrap_or_default();
    let mut answered = 0;
    for challenge in &challenges {
        let Ok(response) = exchange.respond(challenge) else {
            break;
        };
        answered += 1;
        assert!(response.len() < 1000 + challenge.len());
        said.extend_from_slice(&response);
        let is_proved = answered == 2 && knows_password(mechanism, &challenges);
        assert!(!mechanism.is_scram() || exchange.done().is_ok() == is_proved);
    }
    assert!(answered <= 2);
    assert!(mechanism.sends_secret() || !contains(&said, PASSWORD.as_bytes()));
    let _ = exchange.failure();
});

fn start(mechanism: Mechanism) -> Exchange {
    let binding = ChannelBinding {
        name: "tls-exporter",
        data: vec![7; 32],
    };
    let context = Context {
        nonce: decode(NONCE).unwrap().try_into().unwrap(),
        binding: mechanism.is_bound().then_some(&binding),
        bound_offered: mechanism.is_bound(),
        host: "mail.example.org",
        port: 587,
    };
    let all = [
        Credentials::Password(Password {
            username: "user".into(),
            password: PASSWORD.into(),
            authorization_id: None,
        }),
        Credentials::Bearer(Bearer {
            username: "user".into(),
            token: "token".into(),
        }),
        Credentials::External(None),
    ];
    let mut kinds = all.iter().filter(|kind| mechanism.takes(kind));
    Exchange::new(mechanism, kinds.next().unwrap(), &context).unwrap()
}

/// Base64 is read strictly: what is read is written the same.
fn check_base64(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let octets = decode(text);
    assert_eq!(octets.as_ref().ok(), STANDARD.decode(text).ok().as_ref());
    if let Ok(octets) = octets {
        assert_eq!(*encode(&octets), *text);
    }
}

fn is_slow(challenge: &[u8]) -> bool {
    let text = String::from_utf8_lossy(challenge);
    let counts = text.split(',').filter_map(|part| part.strip_prefix("i="));
    let mut counts = counts.map(str::parse::<u32>);
    counts.any(|count| count.is_ok_and(|count| count > MAX_ITERATIONS))
}

/// Whether the challenges are those of a server that knows the password (RFC 5802, section 3).
fn knows_password(mechanism: Mechanism, challenges: &[&[u8]]) -> bool {
    let [first, last, ..] = challenges else {
        return false;
    };
    let (Ok(first), Ok(last)) = (str::from_utf8(first), str::from_utf8(last)) else {
        return false;
    };
    let signature = last.split(',').next().and_then(|v| v.strip_prefix("v="));
    let signature = signature.map(|signature| STANDARD.decode(signature));
    let header = if mechanism.is_bound() {
        "p=tls-exporter,,"
    } else {
        "n,,"
    };
    let mut binding = header.as_bytes().to_vec();
    if mechanism.is_bound() {
        binding.extend([7; 32]);
    }
    let attribute = |name: &str| first.split(',').find_map(|part| part.strip_prefix(name));
    let [Some(nonce), Some(salt), Some(count)] = ["r=", "s=", "i="].map(attribute) else {
        return false;
    };
    let (Ok(salt), Ok(count)) = (STANDARD.decode(salt), count.parse()) else {
        return false;
    };
    let binding = STANDARD.encode(binding);
    let signed = format!("n=user,r={NONCE},{first},c={binding},r={nonce}");
    let expected = if mechanism.name().contains("256") {
        server_signature::<Hmac<Sha256>>(&salt, count, &signed)
    } else {
        server_signature::<Hmac<Sha1>>(&salt, count, &signed)
    };
    signature == Some(Ok(expected))
}

fn server_signature<M: Mac + KeyInit>(salt: &[u8], count: u32, signed: &str) -> Vec<u8> {
    let mut block = mac::<M>(PASSWORD.as_bytes(), &[salt, &[0, 0, 0, 1]].concat());
    let mut salted = block.clone();
    for _ in 1..count {
        block = mac::<M>(PASSWORD.as_bytes(), &block);
        salted.iter_mut().zip(&block).for_each(|(a, b)| *a ^= b);
    }
    mac::<M>(&mac::<M>(&salted, b"Server Key"), signed.as_bytes())
}

fn mac<M: Mac + KeyInit>(key: &[u8], octets: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).unwrap();
    mac.update(octets);
    mac.finalize().into_bytes().to_vec()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
