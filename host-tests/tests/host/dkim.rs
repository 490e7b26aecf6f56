//! The interfaces `dkim` and `smtp-dkim`: signatures, and messages that are signed as they leave.

use std::path::PathBuf;
use std::{env, fs, process};

use envoi_message::dkim as native;
use host_tests::{Instance, OutgoingMessage, Signer};
use servers::scripted::{Script, Server, SessionRecord};
use verifiers::Verifier;
use verifiers::dns::DnsServer;

use crate::support::*;

const RSA: &[u8] = include_bytes!("../../../message/tests/keys/rsa-2048.pem");
const ED25519: &[u8] = include_bytes!("../../../message/tests/keys/ed25519.pem");
const ENCRYPTED: &[u8] = include_bytes!("../../../message/tests/keys/encrypted.pem");
const KEYS: [(&str, &[u8]); 2] = [("rsa", RSA), ("ed", ED25519)];

const SIGNED: &[u8] =
    b"From: a@mail.test\r\nTo: b@mail.test\r\nSubject: one\r\n\r\n.Hello.\r\n\r\n. \r\n";

fn signers(instance: &Instance) -> [Signer<'_>; 2] {
    KEYS.map(|(selector, key)| instance.signer("mail.test", selector, key).unwrap())
}

fn native() -> [native::Signer; 2] {
    KEYS.map(|(selector, key)| native::Signer::new("mail.test", selector, key).unwrap())
}

/// What the crate signs at the time that `fields` name.
fn expected(fields: &str, message: &[u8]) -> String {
    let (_, time) = fields.split_once("t=").unwrap();
    let (time, _) = time.split_once(';').unwrap();
    let message = native::HashedMessage::new(message).unwrap();
    native::sign_all(&native(), &message, time.parse().unwrap()).unwrap()
}

/// The octets of both fields.
fn length() -> usize {
    let message = native::HashedMessage::new(SIGNED).unwrap();
    let fields = native::sign_all(&native(), &message, 1_795_942_800);
    fields.unwrap().len()
}

/// A verifier passes both signatures of each message.
#[track_caller]
fn expect_verified(name: &str, messages: &[Vec<u8>]) {
    let record = |signer: native::Signer| (signer.record_name(), signer.txt_record().to_owned());
    let dns = DnsServer::start(native().map(record).into()).unwrap();
    let file =
        |number| env::temp_dir().join(format!("signed-{name}-{number}-{}.eml", process::id()));
    let files: Vec<PathBuf> = (0..messages.len()).map(file).collect();
    for (file, message) in files.iter().zip(messages) {
        fs::write(file, message).unwrap();
    }
    let results = Verifier::MailAuth.verify(&files, &dns);
    for file in &files {
        fs::remove_file(file).unwrap();
    }
    assert_eq!(
        results,
        Ok(vec![vec!["pass".into(), "pass".into()]; messages.len()])
    );
}

#[test]
fn the_component_signs_what_the_crate_signs() {
    let instance = instance();
    let [rsa, ed25519] = signers(&instance);
    let fields = instance.sign(&[&rsa, &ed25519], SIGNED).unwrap();
    assert_eq!(fields, expected(&fields, SIGNED));
    assert_eq!(fields.len(), length());
    expect_verified("alone", &[[fields.as_bytes(), SIGNED].concat()]);
    assert_eq!(instance.sign(&[], SIGNED).as_deref(), Ok(""));
}

#[test]
fn a_signer_tells_the_record_of_its_key() {
    let instance = instance();
    for (signer, native) in signers(&instance).iter().zip(native()) {
        assert_eq!(signer.record_name(), native.record_name());
        assert_eq!(signer.record_text(), native.txt_record());
    }
}

#[test]
fn settings_of_a_signer_are_in_its_signature() {
    let instance = instance();
    let [_, signer] = signers(&instance);
    signer.set_headers(&["From", "Subject"]).unwrap();
    signer.set_identity("news@mail.test").unwrap();
    signer.set_expiry(Some(86_400));
    let field = instance.sign(&[&signer], SIGNED).unwrap();
    for tag in [" h=From:From:Subject:Subject;", " i=news@mail.test;", " x="] {
        assert!(field.contains(tag), "{tag} in {field}");
    }
    signer.set_expiry(None);
    let field = instance.sign(&[&signer], SIGNED).unwrap();
    assert!(!field.contains(" x="), "{field}");
    assert!(
        signer
            .set_headers(&["Subject"])
            .unwrap_err()
            .contains("From")
    );
    let elsewhere = signer.set_identity("news@other.test");
    assert!(elsewhere.unwrap_err().contains("news@other.test"));
}

#[test]
fn bare_line_feeds_count_as_crlf_and_a_bare_cr_is_not_signed() {
    let instance = instance();
    let [rsa, ed25519] = signers(&instance);
    let bare = String::from_utf8_lossy(SIGNED).replace("\r\n", "\n");
    let fields = instance.sign(&[&rsa, &ed25519], bare.as_bytes()).unwrap();
    assert_eq!(fields, expected(&fields, SIGNED));
    let error = instance.sign(&[&rsa], b"From: a@mail.test\n\na\rb\n");
    assert!(error.unwrap_err().contains("line 3"));
}

#[test]
fn a_key_that_cannot_be_used_is_told_without_it() {
    let instance = instance();
    let key = |key| instance.signer("mail.test", "k", key).err().unwrap();
    assert!(key(ENCRYPTED).contains("encrypted"));
    assert!(key(b"sesame").contains("malformed"));
    assert!(!key(b"sesame").contains("sesame"));
    let domain = instance.signer("mail test", "k", ED25519).err().unwrap();
    assert!(domain.contains("mail test"), "{domain}");
}

/// The session of this script, in which a message with bare line feeds is signed and sent.
fn sent(script: Script) -> SessionRecord {
    let server = Server::start([script.followed_by(quit())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let [rsa, ed25519] = signers(&instance);
    mailer.set_signers(&[&rsa, &ed25519]);
    // The mailer has copies.
    rsa.set_identity("later@mail.test").unwrap();
    drop((rsa, ed25519));
    let bare = String::from_utf8_lossy(SIGNED).replace("\r\n", "\n");
    mailer.send(&to_b(), bare.as_bytes()).unwrap();
    mailer.close();
    server.finish().sessions.remove(0)
}

fn begun(keywords: &[&str]) -> Script {
    let size = SIGNED.len() + length();
    hello(keywords)
        .expect(&format!("MAIL FROM:<a@mail.test> SIZE={size}"))
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
}

#[test]
fn a_message_is_signed_as_it_leaves_by_data_and_by_bdat() {
    let data = begun(&["SIZE"]).expect("DATA").followed_by(content());
    let line = format!("BDAT {} LAST", SIGNED.len() + length());
    let bdat = begun(&["SIZE", "CHUNKING"]).expect_chunk(&line).say(QUEUED);
    let messages = [
        sent(data).messages()[0].clone(),
        sent(bdat).contents[0].clone(),
    ];
    for message in &messages {
        let text = String::from_utf8_lossy(message);
        let fields = expected(&text, SIGNED);
        assert_eq!(text, fields + &String::from_utf8_lossy(SIGNED));
    }
    expect_verified("sent", &messages);
}

#[test]
fn each_message_of_send_all_is_signed_until_there_are_no_signers() {
    let session = hello(&[]).followed_by(message()).followed_by(message());
    let server = Server::start([session.followed_by(message()).followed_by(quit())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let [rsa, ed25519] = signers(&instance);
    mailer.set_signers(&[&rsa, &ed25519]);
    let one = OutgoingMessage {
        envelope: to_b(),
        message: SIGNED.to_vec(),
    };
    let unsigned = OutgoingMessage {
        message: MESSAGE.to_vec(),
        ..one.clone()
    };
    let [first, none, third] = &mailer.send_all(&[one.clone(), unsigned, one])[..] else {
        panic!("a result for each message");
    };
    assert!(first.is_ok() && third.is_ok());
    // It has no From.
    assert_invalid(none.clone());
    mailer.set_signers(&[]);
    expect_delivery(&mailer);
    mailer.close();
    let transcript = server.finish();
    let messages = transcript.only().messages();
    assert_eq!(messages[2], MESSAGE);
    let signed: Vec<Vec<u8>> = messages[..2].iter().map(|one| one.to_vec()).collect();
    expect_verified("all", &signed);
}

#[test]
fn a_message_in_pieces_is_not_started_by_a_mailer_that_signs() {
    let server = Server::start([]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let [rsa, _] = signers(&instance);
    mailer.set_signers(&[&rsa]);
    assert_invalid(mailer.start_message(&to_b()).map(drop));
    server.finish();
}
