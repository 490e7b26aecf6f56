//! `gnutls-serv`, which answers each line with the same line.

use std::fs;
use std::sync::LazyLock;

use rcgen::KeyPair;
use servers::{real, report};

use super::server::Server;
use super::terms::{ClientCertificate, Sessions, Terms, Version};

const FILES: [&str; 3] = ["--x509certfile", "--x509keyfile", "--x509cafile"];

/// If not, the report says why.
pub(super) fn installed() -> bool {
    static INSTALLED: LazyLock<bool> = LazyLock::new(|| {
        let missing = real::gnutls_serv().err();
        if let Some(reason) = &missing {
            report::not_run(&"TLS beside GnuTLS", reason);
        }
        missing.is_none()
    });
    *INSTALLED
}

/// It listens on all addresses, because it has no option for one.
pub(super) fn start(key: &KeyPair, terms: &Terms) -> Server {
    let mut program = real::gnutls_serv().unwrap();
    program.args(["--echo", "--port", "0"]);
    program.args(["--priority", &priority(terms)]);
    program.args(match terms.sessions {
        Sessions::Tickets => &["--nodb"][..],
        Sessions::Remembered => &["--noticket"],
        Sessions::Nowhere => &["--nodb", "--noticket"],
    });
    program.args(match terms.client_certificate {
        ClientCertificate::Unasked => &["--disable-client-cert"][..],
        ClientCertificate::Wanted => &["--verify-client-cert"],
        ClientCertificate::Required => &["--verify-client-cert", "--require-client-cert"],
    });
    let mut server = Server::start(program, key, FILES);
    server.hear("Echo Server listening on IPv4");
    server.port = port(server.child.id());
    server
}

fn priority(terms: &Terms) -> String {
    let version = match terms.version {
        Version::Tls11 => "1.1",
        Version::Tls12 => "1.2",
        Version::Tls13 => "1.3",
    };
    let mut priority = format!("NORMAL:-VERS-ALL:+VERS-TLS{version}");
    if let Some(group) = terms.group {
        let group = group.to_uppercase().replace("MLKEM", "-MLKEM");
        priority += &format!(":-GROUP-ALL:+GROUP-{group}");
    }
    if let Some((cipher, _hash)) = terms.suite.and_then(|suite| suite.rsplit_once('_')) {
        let cipher = cipher.replace('_', "-").replace("-CBC", "-CBC:+SHA256");
        priority += &format!(":-CIPHER-ALL:+{cipher}");
    }
    if let Some(signature) = terms.signature {
        let signature = signature.to_uppercase().replace("_PKCS1", "");
        priority += &format!(":-SIGN-ALL:+SIGN-{}", signature.replace('_', "-"));
    }
    priority
}

/// The port of a process that was told port 0 and reports 0.
fn port(process: u32) -> u16 {
    // proc_pid_net(5) describes the columns.
    const LISTENS: &str = "0A";
    let sockets = fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let sockets = sockets.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let sockets: Vec<_> = sockets.collect();
    let table = fs::read_to_string(format!("/proc/{process}/net/tcp")).unwrap();
    let mut rows = table.lines().map(|row| row.split_whitespace().collect());
    let address = rows.find_map(|columns: Vec<&str>| match columns[..] {
        [_, address, _, LISTENS, _, _, _, _, _, inode, ..] => sockets
            .contains(&format!("socket:[{inode}]").into())
            .then_some(address),
        _ => None,
    });
    let (_, port) = address.unwrap().split_once(':').unwrap();
    u16::from_str_radix(port, 16).unwrap()
}

/// The server's description of the next connection.
pub(super) fn resumed(server: &mut Server) -> bool {
    let (_, before) = server.hear("- Description: ");
    before
        .iter()
        .any(|line| line == "*** This is a resumed session")
}
