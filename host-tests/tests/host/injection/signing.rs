//! Signers: each value is refused, or the signature is one field and the record one line.

use host_tests::Signer;

use super::stage::{Stage, expect_one_line};
use super::{Row, Try};

const KEY: &[u8] = include_bytes!("../../../../message/tests/keys/ed25519.pem");
const SIGNED: &[u8] = b"From: a@mail.test\r\nSubject: one\r\n\r\nHello.\r\n";

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = keys();
    rows.extend(settings());
    rows
}

fn keys() -> Vec<Row> {
    vec![
        (
            "signer.new(domain)",
            Try::Text("mail.test", |stage, domain| {
                made(stage, stage.instance.signer(domain, "one", KEY));
            }),
        ),
        (
            "signer.new(selector)",
            Try::Text("one", |stage, selector| {
                made(stage, stage.instance.signer("mail.test", selector, KEY));
            }),
        ),
        (
            "signer.new(key)",
            Try::Octets(KEY, |stage, key| {
                made(stage, stage.instance.signer("mail.test", "one", key));
            }),
        ),
    ]
}

fn settings() -> Vec<Row> {
    vec![
        (
            "signer.set-headers(names)",
            Try::Text("From", |stage, name| {
                set(stage, |signer| signer.set_headers(&["From", name]));
            }),
        ),
        (
            "signer.set-identity(identity)",
            Try::Text("a@mail.test", |stage, identity| {
                set(stage, |signer| signer.set_identity(identity));
            }),
        ),
        (
            "signer.set-expiry(seconds)",
            Try::Number(|stage, number| {
                let Ok(seconds) = number.try_into() else {
                    return;
                };
                set(stage, |signer| {
                    signer.set_expiry(Some(seconds));
                    Ok(())
                });
            }),
        ),
        (
            "sign(message)",
            Try::Octets(SIGNED, |stage, message| {
                let signer = stage.instance.signer("mail.test", "one", KEY).unwrap();
                signs(stage, &signer, message);
            }),
        ),
    ]
}

fn made(stage: &Stage, signer: Result<Signer, String>) {
    match signer {
        Ok(signer) => signs(stage, &signer, SIGNED),
        Err(why) => expect_one_line(&why),
    }
}

fn set(stage: &Stage, set: impl FnOnce(&Signer) -> Result<(), String>) {
    let signer = stage.instance.signer("mail.test", "one", KEY).unwrap();
    match set(&signer) {
        Ok(()) => signs(stage, &signer, SIGNED),
        Err(why) => expect_one_line(&why),
    }
}

fn signs(stage: &Stage, signer: &Signer, message: &[u8]) {
    expect_one_line(&signer.record_name());
    expect_one_line(&signer.record_text());
    match stage.instance.sign(&[signer], message) {
        Ok(field) => expect_one_field(&field),
        Err(why) => expect_one_line(&why),
    }
}

fn expect_one_field(field: &str) {
    let lines = field.strip_suffix("\r\n").expect("a whole line");
    for (number, line) in lines.split("\r\n").enumerate() {
        let begins = if number == 0 { "DKIM-Signature:" } else { " " };
        assert!(
            line.starts_with(begins) || number > 0 && line.starts_with('\t'),
            "{line:?}"
        );
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
    }
}
