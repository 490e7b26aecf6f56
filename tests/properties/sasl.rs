//! A challenge can cause no more than an error, and no server is trusted before it has proved itself.

use envoi::sasl::{Bearer, Context, Credentials, Exchange, Mechanism, Password, decode};
use proptest::collection::vec;
use proptest::prelude::*;

fn start(mechanism: Mechanism) -> Option<Exchange> {
    let context = Context {
        nonce: *b"eighteen octets...",
        binding: None,
        bound_offered: false,
        host: "mail.example.org",
        port: 587,
    };
    let all = [
        Credentials::Password(Password {
            username: "user".into(),
            password: "pencil".into(),
            authorization_id: None,
        }),
        Credentials::Bearer(Bearer {
            username: "user".into(),
            token: "token".into(),
        }),
        Credentials::External(None),
    ];
    all.iter()
        .find_map(|credentials| Exchange::new(mechanism, credentials, &context).ok())
}

/// Text that resembles the messages of a SCRAM server to this nonce.
fn scram_messages() -> impl Strategy<Value = Vec<u8>> {
    let nonce = "r=(ZWlnaHRlZW4gb2N0ZXRzLi4u)?[!-+.-~]{0,8}";
    let salt = "s=(QQ==|[A-Za-z0-9+/=]{0,12})";
    let count = "i=(4096|[0-9]{0,5})";
    let last = "(v=[A-Za-z0-9+/]{0,44}=?|e=[a-z-]{0,20}|m=x|x=y|)";
    (nonce, salt, count, last, 0..4_usize).prop_map(|(nonce, salt, count, last, shape)| {
        match shape {
            0 => last,
            1 => format!("{nonce},{salt},{count},{last}"),
            _ => format!("{nonce},{salt},{count}"),
        }
        .into_bytes()
    })
}

proptest! {
    #[test]
    fn no_exchange_goes_on_for_ever(challenges in vec(vec(any::<u8>(), 0..80), 5)) {
        for mut exchange in Mechanism::DEFAULT.into_iter().filter_map(start) {
            let answered = challenges.iter().take_while(|c| exchange.respond(c).is_ok()).count();
            prop_assert!(answered <= 3, "{:?}", exchange.mechanism());
        }
    }

    #[test]
    fn base64_is_strict(text in "[A-Za-z0-9+/= \r\né-]{0,24}") {
        if let Ok(octets) = decode(&text) {
            prop_assert_eq!(envoi::sasl::encode(&octets).to_string(), text);
        }
    }
}

proptest! {
    // Each case computes thousands of hashes.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_server_is_believed_without_a_proof(challenges in vec(scram_messages(), 1..4)) {
        for mechanism in [Mechanism::SCRAM_SHA_1, Mechanism::SCRAM_SHA_256] {
            let mut exchange = start(mechanism).unwrap();
            exchange.initial_response_sent();
            for challenge in &challenges {
                let _ = exchange.respond(challenge);
                prop_assert!(exchange.done().is_err());
            }
        }
    }
}
