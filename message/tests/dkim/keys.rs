//! Private keys, and the records of their public keys.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use envoi_message::dkim::{SetupError, Signer};

use crate::verifier::is_verified;
use crate::{ED25519, MESSAGE, NOW, RSA};

const PKCS1: &[u8] = include_bytes!("../keys/rsa-2048-pkcs1.pem");
const ENCRYPTED: &[u8] = include_bytes!("../keys/encrypted.pem");
const P256: &[u8] = include_bytes!("../keys/p256.pem");

fn read(key: &[u8]) -> Result<Signer, SetupError> {
    Signer::new("example.org", "mail2026", key)
}

fn der(pem: &[u8]) -> Vec<u8> {
    let text = str::from_utf8(pem).unwrap();
    let base64: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).unwrap()
}

/// An RSA key in PKCS #1 with a modulus of that many octets, the first of which is given.
fn rsa_of(first: u8, octets: usize) -> Vec<u8> {
    let length = |length: usize| {
        let [.., high, low] = length.to_be_bytes();
        match length {
            0..128 => vec![low],
            128..256 => vec![0x81, low],
            _ => vec![0x82, high, low],
        }
    };
    // A positive number begins with a bit that is not set.
    let zero = if first < 0x80 { &b""[..] } else { b"\0" };
    let modulus = [zero, &[first], &vec![0xff; octets - 1]].concat();
    let mut fields = [&[2, 1, 0, 2][..], &length(modulus.len()), &modulus].concat();
    fields.extend([2, 1, 3].repeat(7));
    [&[0x30], &length(fields.len())[..], &fields].concat()
}

#[test]
fn pem_and_der_of_pkcs_8_and_pkcs_1_are_the_same_key() {
    let record = read(RSA).unwrap().txt_record().to_owned();
    let signature = read(RSA).unwrap().sign(MESSAGE, NOW).unwrap();
    for key in [PKCS1, &der(PKCS1), &der(RSA)] {
        let signer = read(key).unwrap();
        assert_eq!(signer.txt_record(), record);
        assert_eq!(signer.sign(MESSAGE, NOW).unwrap(), signature);
    }
    let record = read(ED25519).unwrap().txt_record().to_owned();
    assert_eq!(read(&der(ED25519)).unwrap().txt_record(), record);
}

#[test]
fn text_may_stand_around_pem_and_lines_may_end_with_lf_or_crlf() {
    let text = String::from_utf8(ED25519.to_vec()).unwrap();
    let noted = format!("My key:\n{text}\n").replace('\n', "\r\n");
    assert!(read(noted.as_bytes()).is_ok());
}

#[test]
fn rsa_of_1024_to_4096_bits_signs() {
    let small: &[u8] = include_bytes!("../keys/rsa-1024.pem");
    let large: &[u8] = include_bytes!("../keys/rsa-4096.pem");
    for key in [small, RSA, large] {
        let signer = read(key).unwrap();
        let field = signer.sign(MESSAGE, NOW).unwrap();
        assert!(is_verified(&signer, &field, MESSAGE));
    }
    for (first, octets, bits) in [
        (0x80, 64, 512),
        (0x7f, 128, 1023),
        (1, 513, 4097),
        (0x80, 1024, 8192),
    ] {
        let refused = read(&rsa_of(first, octets)).unwrap_err();
        assert_eq!(refused, SetupError::RsaSize(bits));
    }
}

#[test]
fn numbers_that_do_not_belong_together_are_no_key() {
    assert_eq!(
        read(&rsa_of(0xff, 256)).unwrap_err(),
        SetupError::MalformedKey
    );
}

#[test]
fn an_encrypted_key_is_told_apart() {
    let openssl = b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n\
        -----END RSA PRIVATE KEY-----\n";
    for key in [ENCRYPTED, &der(ENCRYPTED), openssl] {
        assert_eq!(read(key).unwrap_err(), SetupError::EncryptedKey);
    }
}

#[test]
fn another_algorithm_is_told_apart() {
    for key in [P256, &der(P256)] {
        assert_eq!(read(key).unwrap_err(), SetupError::OtherAlgorithm);
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let public = b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    let too_long = vec![b'\n'; 100_000];
    for key in [
        &b""[..],
        b"secret",
        public,
        &[0x30],
        &[0x30, 0x82],
        &too_long,
    ] {
        assert_eq!(read(key).unwrap_err(), SetupError::MalformedKey);
    }
    for whole in [der(RSA), der(ED25519), der(PKCS1)] {
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "{length}");
        }
    }
}

#[test]
fn records_have_the_public_key_as_all_verifiers_read_it() {
    // A SubjectPublicKeyInfo of RSA begins so (RFC 8017, appendix A.1), whatever the key.
    let rsa = read(RSA).unwrap().txt_record().to_owned();
    assert!(
        rsa.starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA"),
        "{rsa}"
    );
    let ed25519 = read(ED25519).unwrap().txt_record().to_owned();
    assert_eq!(
        ed25519,
        "v=DKIM1; k=ed25519; p=17C/cQgtOEyHGp0Tfu6nUhW+uKBRnvMIyKSE4PdFtgU="
    );
}

#[test]
fn the_key_of_rfc_8463_has_the_record_of_its_appendix() {
    // Appendix A.2: the seed, in PKCS #8.
    let seed = STANDARD
        .decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
        .unwrap();
    let key = [
        &[
            0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
        ][..],
        &seed,
    ]
    .concat();
    let record = read(&key).unwrap().txt_record().to_owned();
    assert_eq!(
        record,
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    );
}
