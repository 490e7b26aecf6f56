//! `openssl s_server`.

use std::process::Command;

use rcgen::KeyPair;

use super::server::Server;
use super::terms::{ClientCertificate, Sessions, Terms, Version};

const FILES: [&str; 3] = ["-cert", "-key", "-CAfile"];

/// Answers each line with the line reversed.
pub(super) fn start(key: &KeyPair, terms: &Terms) -> Server {
    start_with(key, terms, &["-rev"])
}

/// Sends its standard input and takes commands: a line `K` updates its keys and asks for ours.
pub(super) fn start_with(key: &KeyPair, terms: &Terms, options: &[&str]) -> Server {
    let mut program = Command::new("openssl");
    program.args(["s_server", "-accept", "127.0.0.1:0"]);
    program.args(options).args(arguments(terms));
    let mut server = Server::start(program, key, FILES);
    let (address, _) = server.hear("ACCEPT ");
    server.port = address.rsplit(':').next().unwrap().parse().unwrap();
    server
}

fn arguments(terms: &Terms) -> Vec<String> {
    let mut arguments = match terms.version {
        Version::Tls11 => vec!["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
        Version::Tls12 => vec!["-tls1_2"],
        Version::Tls13 => vec!["-tls1_3"],
    };
    arguments.extend(match (terms.sessions, terms.version) {
        (Sessions::Tickets, _) => &[][..],
        (Sessions::Remembered, _) => &["-no_ticket"],
        (Sessions::Nowhere, Version::Tls13) => &["-num_tickets", "0"],
        (Sessions::Nowhere, _) => &["-no_ticket", "-no_cache"],
    });
    arguments.extend(match terms.client_certificate {
        ClientCertificate::Unasked => &[][..],
        ClientCertificate::Wanted => &["-verify", "1"],
        ClientCertificate::Required => &["-Verify", "1", "-verify_return_error"],
    });
    let mut arguments: Vec<_> = arguments.into_iter().map(str::to_owned).collect();
    let suites = terms.suite.map(|suite| suites(suite, terms.version));
    arguments.extend(suites.into_iter().flatten());
    for (option, value) in [("-groups", terms.group), ("-sigalgs", terms.signature)] {
        let value = value.map(|value| [option.to_owned(), value.to_owned()]);
        arguments.extend(value.into_iter().flatten());
    }
    arguments
}

/// Names a suite of TLS 1.2 for both kinds of certificate.
fn suites(suite: &str, version: Version) -> [String; 2] {
    if version == Version::Tls13 {
        return ["-ciphersuites".into(), format!("TLS_{suite}")];
    }
    let name = match suite {
        "CHACHA20_POLY1305_SHA256" => "CHACHA20-POLY1305",
        "AES_128_GCM_SHA256" => "AES128-GCM-SHA256",
        "AES_256_GCM_SHA384" => "AES256-GCM-SHA384",
        "AES_128_CBC_SHA256" => "AES128-SHA256",
        other => unreachable!("{other}"),
    };
    let names = format!("ECDHE-ECDSA-{name}:ECDHE-RSA-{name}");
    ["-cipher".into(), names]
}
