//! Large and unusual chains.

use envoi::tls::Failure::{CertificateInvalid, HandshakeFailed};

use super::certificate::{Certificate, Template};
use super::der::{OCTET_STRING, element};
use super::judge::{NAME, ROOT, Row};

/// An unassigned extension, not critical.
const FILLER: &str = "1.3.6.1.4.1.55555.2";

fn filled(template: Template, octets: usize) -> Template {
    template.extension(FILLER, false, element(OCTET_STRING, &[&vec![0; octets]]))
}

/// The server's certificate, and this many authorities of 10 kB each.
fn large(authorities: usize) -> Vec<Certificate> {
    let mut chain = vec![ROOT.clone()];
    for level in 0..authorities {
        let template = Template::authority(&format!("Level {level}"));
        chain.insert(0, chain[0].issue(filled(template, 10_000)));
    }
    chain.insert(0, chain[0].issue(Template::server(NAME)));
    chain.pop();
    chain
}

fn all(chain: &[Certificate]) -> Vec<&Certificate> {
    chain.iter().collect()
}

pub(super) fn rows() -> Vec<Row> {
    let server = || Template::server(NAME);
    let mut strangers = vec![ROOT.issue(server())];
    let stranger = filled(Template::authority("Stranger"), 10_000).self_signed();
    strangers.resize(11, stranger);
    vec![
        Row::new("50 kB", &all(&large(5))),
        Row::new(
            "a certificate of 50 kB",
            &[&ROOT.issue(filled(server(), 50_000))],
        ),
        // rustls accepts messages of up to 64 KiB; OpenSSL's clients, unlike its command, up to 100 KiB.
        Row::new("100 kB", &all(&strangers)).ours(
            HandshakeFailed,
            "is longer than any certificate chain explains",
        ),
        Row::new(
            "a certificate of 100 kB",
            &[&ROOT.issue(filled(server(), 100_000))],
        )
        .ours(
            HandshakeFailed,
            "is longer than any certificate chain explains",
        ),
        Row::new(
            "a serial number of 20 octets",
            &[&ROOT.issue(server().serial(&[0x7f; 20]))],
        ),
        // RFC 5280, section 4.1.2.2, forbids it, but asks clients to accept some of it.
        Row::new(
            "a serial number of 0",
            &[&ROOT.issue(server().serial(&[0]))],
        ),
        Row::new(
            "a negative serial number",
            &[&ROOT.issue(server().serial(&[0x80]))],
        ),
        Row::new(
            "a serial number of 40 octets",
            &[&ROOT.issue(server().serial(&[0x7f; 40]))],
        ),
        Row::new("of version 2", &[&ROOT.issue(server().version(2))])
            .ours(CertificateInvalid, "X.509's version 3"),
    ]
}
