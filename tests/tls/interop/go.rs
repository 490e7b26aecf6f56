//! Go's crypto/tls, in a server that answers each line with the same line.

use std::sync::LazyLock;

use rcgen::KeyPair;
use servers::{real, report};

use super::server::Server;
use super::terms::{ClientCertificate, Sessions, Terms, Version};

const FILES: [&str; 3] = ["-certificate", "-key", "-authority"];

/// If not, the report says why.
pub(super) fn installed() -> bool {
    static INSTALLED: LazyLock<bool> = LazyLock::new(|| {
        let missing = real::go_tls_server().err();
        if let Some(reason) = &missing {
            report::not_run(&"TLS beside Go", reason);
        }
        missing.is_none()
    });
    *INSTALLED
}

/// It can turn tickets off, but chooses signature schemes and the suites of TLS 1.3 itself.
pub(super) fn can(terms: &Terms) -> bool {
    let suite = terms.suite.is_none() || terms.version != Version::Tls13;
    suite && terms.signature.is_none() && terms.sessions != Sessions::Remembered
}

pub(super) fn start(key: &KeyPair, terms: &Terms) -> Server {
    let version = match terms.version {
        Version::Tls11 => 0x0302,
        Version::Tls12 => 0x0303,
        Version::Tls13 => 0x0304,
    };
    // Values of `tls.ClientAuthType`.
    let client = match terms.client_certificate {
        ClientCertificate::Unasked => 0,
        ClientCertificate::Wanted => 3,
        ClientCertificate::Required => 4,
    };
    let mut program = real::go_tls_server().unwrap();
    program
        .arg(format!("-version={version}"))
        .arg(format!("-client={client}"))
        .arg(format!("-tickets={}", terms.sessions == Sessions::Tickets))
        .arg(format!("-group={}", terms.group.unwrap_or_default()))
        .arg(format!("-suite={}", terms.suite.unwrap_or_default()));
    let mut server = Server::start(program, key, FILES);
    let (address, _) = server.hear("listening on ");
    server.port = address.rsplit(':').next().unwrap().parse().unwrap();
    server
}

/// The server's description of the next connection.
pub(super) fn resumed(server: &mut Server) -> bool {
    server.hear("resumed: ").0 == "true"
}
