//! Key updates and renegotiation, on demand of the server. Go's demands neither.

use rcgen::PKCS_ECDSA_P256_SHA256;

use super::client::Client;
use super::terms::Terms;
use super::{STEPS, gnutls, openssl};
use crate::openssl::installed;
use crate::peer::{AUTHORITY, key};

#[test]
fn a_key_update_of_openssl_is_answered() {
    if !installed() {
        return;
    }
    let key = key(&PKCS_ECDSA_P256_SHA256);
    for step in STEPS {
        let mut server = openssl::start_with(&key, &Terms::TLS13, &[]);
        let mut client = Client::connect(&AUTHORITY.settings(), server.port, step).unwrap();
        for round in 0..3 {
            // This comes after the rest of the handshake.
            server.tell("220 ready\n");
            assert_eq!(client.line().unwrap(), "220 ready\n");
            server.tell("K\n");
            client.pump().unwrap();
            server.tell(&format!("250 round {round}\n"));
            assert_eq!(client.line().unwrap(), format!("250 round {round}\n"));
            // Encrypted with the client's new keys.
            client.send(&format!("NOOP {round}\n"));
            assert_eq!(server.hear("NOOP ").0, round.to_string());
        }
    }
}

/// The client sends the command.
const REHANDSHAKE: &str = "**REHANDSHAKE**\n";
const EXECUTED: &str = "Successfully executed command\n";

#[test]
fn a_key_update_of_gnutls_is_answered() {
    if !gnutls::installed() {
        return;
    }
    let key = key(&PKCS_ECDSA_P256_SHA256);
    let mut server = gnutls::start(&key, &Terms::TLS13);
    for step in STEPS {
        let mut client = Client::connect(&AUTHORITY.settings(), server.port, step).unwrap();
        for round in 0..3 {
            // The answer comes with its new keys, and requires ours.
            client.send(REHANDSHAKE);
            assert_eq!(client.line().unwrap(), EXECUTED);
            let line = format!("round {round}\n");
            client.send(&line);
            assert_eq!(client.line().unwrap(), line);
        }
        for _ in 0..3 {
            server.hear("*** Sending rehandshake request");
        }
    }
}

/// TLS 1.2 has renegotiation; rustls has not. gnutls-serv then ends the connection.
#[test]
fn renegotiation_is_declined_with_a_warning() {
    if !gnutls::installed() {
        return;
    }
    let key = key(&PKCS_ECDSA_P256_SHA256);
    let mut server = gnutls::start(&key, &Terms::TLS12);
    for step in STEPS {
        let mut client = Client::connect(&AUTHORITY.settings(), server.port, step).unwrap();
        client.send(REHANDSHAKE);
        assert_eq!(client.line().unwrap(), EXECUTED);
        server.hear("*** Sending rehandshake request");
        server.hear("Error: A TLS warning alert has been received.");
    }
}
