//! Private keys, of clients and of signers: nothing of them is left in the component's memory.

use host_tests::Security;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use servers::authority::{Authority, Key};
use servers::scripted::{Script, Server};

use crate::secrets_wiped::{assert_absent, in_base64};
use crate::support::*;
use crate::tls::LOOPBACK;

const RSA: &[u8] = include_bytes!("../../../message/tests/keys/rsa-2048.pem");
const ED25519: &[u8] = include_bytes!("../../../message/tests/keys/ed25519.pem");

/// The tags of DER (X.690).
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// The content of an element of DER, and what follows it.
fn element(der: &[u8]) -> (u8, &[u8], &[u8]) {
    let (octets, at) = match der[1] {
        short @ ..0x80 => (usize::from(short), 2),
        long => {
            let end = 2 + usize::from(long & 0x7f);
            let length = der[2..end]
                .iter()
                .fold(0, |sum, octet| sum << 8 | usize::from(*octet));
            (length, end)
        }
    };
    (der[0], &der[at..at + octets], &der[at + octets..])
}

/// The elements of a sequence.
fn fields(der: &[u8]) -> Vec<(u8, &[u8])> {
    let (tag, mut left, _) = element(der);
    assert_eq!(tag, SEQUENCE);
    let mut fields = Vec::new();
    while !left.is_empty() {
        let (tag, content, rest) = element(left);
        fields.push((tag, content));
        left = rest;
    }
    fields
}

/// The secret numbers of a key in PKCS #8, each in both orders of its octets, and in base64. Those of RSA only as
/// DER and PEM have them: the crate rsa (0.10.0) does not wipe all that it computes while it reads a key.
fn secrets(pem: &[u8]) -> Vec<Vec<u8>> {
    let der = PrivateKeyDer::from_pem_slice(pem).unwrap();
    let inside = fields(der.secret_der())[2].1;
    let numbers: Vec<Vec<u8>> = match inside[0] {
        // Ed25519 (RFC 8410, section 7).
        OCTET_STRING => vec![element(inside).1.to_vec()],
        _ => match fields(inside)[..] {
            // SEC 1 (RFC 5915, section 3).
            [(INTEGER, _), (OCTET_STRING, number), ..] => vec![number.to_vec()],
            // PKCS #1 (RFC 8017, appendix A.1.2), after the public numbers.
            ref numbers => numbers[3..]
                .iter()
                .map(|(_, number)| number.to_vec())
                .collect(),
        },
    };
    let mut forms = Vec::new();
    let is_rsa = numbers.len() > 1;
    for number in numbers {
        forms.extend(in_base64(&number));
        if !is_rsa {
            forms.push(number.iter().rev().copied().collect());
        }
        forms.push(number);
    }
    forms
}

#[test]
fn a_client_s_key_is_wiped_with_its_mailer() {
    for kind in [Key::P256, Key::P384, Key::Ed25519] {
        let authority = Authority::new();
        let client = authority.issue_client_with_key("ada@mail.test", kind);
        let config = authority
            .issue(LOOPBACK)
            .server_config_for_clients_of(&authority);
        let script = Script::new().start_tls_with(config).followed_by(delivery());
        let server = Server::start([script]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        mailer.set_security(Security::ImplicitTls);
        mailer.add_trust_anchors(authority.der()).unwrap();
        let key = client.key_pem();
        mailer
            .set_client_certificate(client.chain_pem().as_bytes(), key.as_bytes())
            .unwrap();
        expect_delivery(&mailer);
        drop(mailer);
        drop(server);
        assert_absent(
            "a client's key",
            &instance.into_memory(),
            &secrets(key.as_bytes()),
        );
    }
}

#[test]
fn a_client_s_key_in_der_is_wiped_with_its_mailer() {
    let authority = Authority::new();
    let client = authority.issue_client("ada@mail.test");
    let pem = client.key_pem();
    let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap();
    let instance = instance();
    let mailer = instance.mailer("mail.test");
    mailer
        .set_client_certificate(client.chain_pem().as_bytes(), der.secret_der())
        .unwrap();
    drop(mailer);
    assert_absent(
        "a client's key",
        &instance.into_memory(),
        &secrets(pem.as_bytes()),
    );
}

#[test]
fn a_signer_s_key_is_wiped_with_it() {
    for key in [RSA, ED25519] {
        let server = Server::start([delivery().followed_by(quit())]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        let signer = instance.signer("mail.test", "key", key).unwrap();
        mailer.set_signers(&[&signer]);
        let message = b"From: a@mail.test\r\nTo: b@mail.test\r\nSubject: one\r\n\r\nHello\r\n";
        mailer.send(&to_b(), message).unwrap();
        mailer.close();
        drop(mailer);
        drop(signer);
        server.finish();
        assert_absent("a signer's key", &instance.into_memory(), &secrets(key));
    }
}

#[test]
fn a_key_that_is_refused_is_wiped() {
    let other = Authority::new().issue_client("eve@mail.test");
    let key = other.key_pem();
    let authority = Authority::new();
    let chain = authority.issue_client("ada@mail.test").chain_pem();
    let instance = instance();
    let mailer = instance.mailer("mail.test");
    let refused = mailer.set_client_certificate(chain.as_bytes(), key.as_bytes());
    let error = format!("{:?}", refused.unwrap_err());
    let signer = instance.signer("mail.test", "key", key.as_bytes());
    let why = format!("{:?}", signer.err().expect("DKIM knows no P-256"));
    let told = error + &why;
    assert_absent("told", told.as_bytes(), &secrets(key.as_bytes()));
    drop(mailer);
    assert_absent(
        "a refused key",
        &instance.into_memory(),
        &secrets(key.as_bytes()),
    );
}
