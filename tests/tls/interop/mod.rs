//! Handshakes with OpenSSL's server, over loopback, at once and octet by octet.

mod client;
mod server;

use std::process::Command;

use envoi::tls::{Failure, Identity, Policy, Settings, State};
use rcgen::{
    DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256,
};
use servers::report;

use crate::openssl::installed;
use crate::peer::{AUTHORITY, TestHost, key, params, rsa_4096};
use client::Client;
use server::Server;

/// As OpenSSL names them, and as IANA does.
const GROUPS: [(&str, &str); 3] = [
    ("X25519", "X25519"),
    ("P-256", "secp256r1"),
    ("P-384", "secp384r1"),
];
const SUITES_13: [(&str, &str); 3] = [
    (
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS13_CHACHA20_POLY1305_SHA256",
    ),
    ("TLS_AES_128_GCM_SHA256", "TLS13_AES_128_GCM_SHA256"),
    ("TLS_AES_256_GCM_SHA384", "TLS13_AES_256_GCM_SHA384"),
];
const ECDSA_12: [(&str, &str); 3] = [
    (
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    ),
    (
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    ),
    (
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    ),
];
const RSA_12: [(&str, &str); 3] = [
    (
        "ECDHE-RSA-CHACHA20-POLY1305",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    ),
    (
        "ECDHE-RSA-AES128-GCM-SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    ),
    (
        "ECDHE-RSA-AES256-GCM-SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    ),
];

const AT_ONCE: usize = usize::MAX;
const STEPS: [usize; 2] = [AT_ONCE, 1];

/// A line each way, and an end in good order.
fn talk(settings: &Settings, server: &Server, step: usize) -> (State, usize) {
    let mut client = Client::connect(settings, server.port, step).unwrap();
    client.send("EHLO client\n");
    assert_eq!(client.line().unwrap(), "tneilc OLHE\n");
    let said = (client.tls.state(), client.hellos);
    client.close();
    said
}

/// Every group with every suite, in full handshakes.
fn shakes_hands(key: &KeyPair, version: &str, suites: [(&str, &str); 3]) {
    if !installed() {
        return;
    }
    let option = match version {
        "-tls1_3" => "-ciphersuites",
        _ => "-cipher",
    };
    for (group, group_name) in GROUPS {
        for (suite, suite_name) in suites {
            let server = Server::reversing(key, &[version, "-groups", group, option, suite]);
            for step in STEPS {
                let (state, hellos) = talk(&AUTHORITY.settings(), &server, step);
                assert_eq!(state.is_tls13, version == "-tls1_3");
                assert_eq!(state.key_exchange, group_name);
                assert_eq!(state.cipher_suite, suite_name);
                // Both shares of the first hello are over X25519; TLS 1.2 has no such guess.
                let asked_again = state.is_tls13 && group != "X25519";
                assert_eq!(hellos, 1 + usize::from(asked_again));
            }
        }
    }
}

#[test]
fn ecdsa_p256() {
    let key = key(&PKCS_ECDSA_P256_SHA256);
    shakes_hands(&key, "-tls1_3", SUITES_13);
    shakes_hands(&key, "-tls1_2", ECDSA_12);
}

#[test]
fn ecdsa_p384() {
    let key = key(&PKCS_ECDSA_P384_SHA384);
    shakes_hands(&key, "-tls1_3", SUITES_13);
    shakes_hands(&key, "-tls1_2", ECDSA_12);
}

#[test]
fn ed25519() {
    // In a form of PKCS #8 that OpenSSL reads; ring's own is another.
    let pem = include_str!("../ed25519.pem");
    let key = KeyPair::from_pkcs8_pem_and_sign_algo(pem, &PKCS_ED25519).unwrap();
    shakes_hands(&key, "-tls1_3", SUITES_13);
    shakes_hands(&key, "-tls1_2", ECDSA_12);
}

#[test]
fn rsa_of_2048_bits() {
    let key = key(&PKCS_RSA_SHA256);
    shakes_hands(&key, "-tls1_3", SUITES_13);
    shakes_hands(&key, "-tls1_2", RSA_12);
}

#[test]
fn rsa_of_4096_bits() {
    let key = rsa_4096();
    shakes_hands(&key, "-tls1_3", SUITES_13);
    shakes_hands(&key, "-tls1_2", RSA_12);
}

#[test]
fn every_way_of_rsa_to_sign() {
    if !installed() {
        return;
    }
    let key = key(&PKCS_RSA_SHA256);
    for hash in ["sha256", "sha384", "sha512"] {
        for (version, padding) in [
            ("-tls1_3", "rsa_pss_rsae"),
            ("-tls1_2", "rsa_pss_rsae"),
            ("-tls1_2", "rsa_pkcs1"),
        ] {
            let scheme = format!("{padding}_{hash}");
            let server = Server::reversing(&key, &[version, "-sigalgs", &scheme]);
            talk(&AUTHORITY.settings(), &server, AT_ONCE);
        }
    }
}

/// Since its version 3.5; a server of the tests' own is in `groups`.
#[test]
fn x25519mlkem768_where_openssl_has_it() {
    const NAME: &str = "X25519MLKEM768";
    if !installed() {
        return;
    }
    let mut list = Command::new("openssl");
    let kems = list.args(["list", "-kem-algorithms"]).output().unwrap();
    if !String::from_utf8_lossy(&kems.stdout).contains(NAME) {
        return report::measured(
            "X25519MLKEM768 with OpenSSL",
            "none, as this version has none",
        );
    }
    let key = key(&PKCS_ECDSA_P256_SHA256);
    let server = Server::reversing(&key, &["-tls1_3", "-groups", NAME]);
    for step in STEPS {
        let (state, hellos) = talk(&AUTHORITY.settings(), &server, step);
        assert_eq!((&state.key_exchange[..], hellos), (NAME, 1));
    }
    report::measured("X25519MLKEM768 with OpenSSL", "agreed on");
}

#[test]
fn a_server_that_asked_again_is_remembered() {
    if !installed() {
        return;
    }
    let key = key(&PKCS_ECDSA_P256_SHA256);
    let options = ["-tls1_3", "-groups", "P-384", "-num_tickets", "0"];
    let server = Server::reversing(&key, &options);
    let settings = AUTHORITY.settings();
    for hellos in [2, 1] {
        assert_eq!(talk(&settings, &server, AT_ONCE).1, hellos);
    }
}

#[test]
fn sessions_are_resumed() {
    if !installed() {
        return;
    }
    let key = key(&PKCS_ECDSA_P256_SHA256);
    for options in [
        &["-tls1_3"][..],
        &["-tls1_3", "-no_ticket"],
        &["-tls1_2"],
        &["-tls1_2", "-no_ticket"],
    ] {
        let server = Server::reversing(&key, options);
        for step in STEPS {
            let settings = AUTHORITY.settings();
            for resumed in [false, true, true] {
                let (state, _) = talk(&settings, &server, step);
                assert_eq!(state.resumed, resumed, "{options:?}");
            }
        }
    }
}

#[test]
fn new_keys_are_taken_and_answered() {
    if !installed() {
        return;
    }
    let key = key(&PKCS_ECDSA_P256_SHA256);
    for step in STEPS {
        let mut server = Server::start(&key, &["-tls1_3"]);
        let mut client = Client::connect(&AUTHORITY.settings(), server.port, step).unwrap();
        for round in 0..3 {
            // All that the handshake left to be read comes before this.
            server.tell("220 ready\n");
            assert_eq!(client.line().unwrap(), "220 ready\n");
            server.tell("K\n");
            client.pump().unwrap();
            server.tell(&format!("250 round {round}\n"));
            assert_eq!(client.line().unwrap(), format!("250 round {round}\n"));
            // With keys of ours that are as new.
            client.send(&format!("NOOP {round}\n"));
            assert_eq!(server.hear("NOOP "), round.to_string());
        }
    }
}

/// Issued by the servers' authority.
fn identity() -> Identity {
    let key = key(&PKCS_ECDSA_P256_SHA256);
    let mut params = params("client.example");
    // Not the authority's, lest OpenSSL take it for its own issuer.
    params
        .distinguished_name
        .push(DnType::CommonName, "A client");
    let chain = params.signed_by(&key, AUTHORITY.issuer()).unwrap().pem();
    Identity::new::<TestHost>(chain.as_bytes(), key.serialize_pem().as_bytes()).unwrap()
}

#[test]
fn a_client_certificate_is_shown_where_it_is_wanted() {
    if !installed() {
        return;
    }
    let policy = Policy {
        identity: Some(identity()),
        ..AUTHORITY.trust().into()
    };
    let showing = Settings::new::<TestHost>(&policy).unwrap();
    let key = key(&PKCS_ECDSA_P256_SHA256);
    for version in ["-tls1_3", "-tls1_2"] {
        let wanting = Server::reversing(&key, &[version, "-verify", "1"]);
        let needing = Server::reversing(&key, &[version, "-Verify", "1", "-verify_return_error"]);
        for step in STEPS {
            talk(&showing, &wanting, step);
            talk(&showing, &needing, step);
            talk(&AUTHORITY.settings(), &wanting, step);
        }
    }
}

#[test]
fn nothing_in_common_is_incompatible() {
    if !installed() {
        return;
    }
    let key = key(&PKCS_ECDSA_P256_SHA256);
    for options in [
        &["-tls1_3", "-groups", "P-521"][..],
        &["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"],
        &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"],
        &["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
    ] {
        let server = Server::reversing(&key, options);
        let error = Client::connect(&AUTHORITY.settings(), server.port, AT_ONCE).err();
        assert_eq!(error.unwrap().failure, Failure::Incompatible, "{options:?}");
    }
}
