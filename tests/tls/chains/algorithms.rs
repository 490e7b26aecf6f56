//! Algorithms of keys and signatures.

use std::sync::Arc;

use envoi::tls::Failure::{CertificateInvalid, Incompatible};

use super::certificate::Template;
use super::judge::{NAME, ROOT, Row};
use super::keys::{Key, P521, RSA_1024, RSA_2048, Signature};
use super::openssl;
use crate::openssl::installed;

fn server() -> Template {
    Template::server(NAME)
}

/// A root with this key signs with this algorithm; the server's key is of the same kind.
fn signed(what: &'static str, key: &Arc<Key>, signature: Signature) -> Row {
    let root = Template::authority("Another root").key(key).self_signed();
    let leaf = root.issue(server().key(key).signed_with(signature));
    Row::new(what, &[&leaf]).trusting(&[&root])
}

pub(super) fn rows() -> Vec<Row> {
    let (p256, p384, ed25519) = (Key::p256(), Key::p384(), Key::ed25519());
    let mut rows = vec![
        signed("P-256", &p256, Signature::EcdsaSha256),
        signed("P-256 with SHA-384", &p256, Signature::P256Sha384),
        signed("P-384", &p384, Signature::EcdsaSha384),
        signed("Ed25519", &ed25519, Signature::Ed25519),
        signed("RSA with SHA-256", &RSA_2048, Signature::RsaSha256),
        signed("RSA with SHA-384", &RSA_2048, Signature::RsaSha384),
        signed("RSA with SHA-512", &RSA_2048, Signature::RsaSha512),
        signed("PSS", &RSA_2048, Signature::PssSha256),
    ];
    rows.extend(old_hashes());
    rows.extend(keys());
    rows.extend(forgeries());
    if installed() {
        rows.push(issued_by_p521());
    }
    rows
}

fn old_hashes() -> Vec<Row> {
    const OLD: &str = "signed with an algorithm that is not accepted";
    let root = Template::authority("Another root").key(&RSA_2048);
    let old_root = root.clone().signed_with(Signature::RsaSha1).self_signed();
    let root = root.self_signed();
    let between = |signature| {
        let between = root.issue(Template::authority("Between").signed_with(signature));
        [between.issue(server()), between]
    };
    let sha1 = between(Signature::RsaSha1);
    let weak = |row: Row| {
        row.ours(CertificateInvalid, OLD)
            .openssl(openssl::CA_HASH_TOO_WEAK)
    };
    vec![
        weak(signed("SHA-1", &RSA_2048, Signature::RsaSha1)),
        weak(signed("MD5", &RSA_2048, Signature::RsaMd5)),
        weak(Row::new("SHA-1 above", &[&sha1[0], &sha1[1]]).trusting(&[&root])),
        // The root's own signature is not verified.
        Row::new("SHA-1 in the root", &[&old_root.issue(server())]).trusting(&[&old_root]),
    ]
}

fn keys() -> Vec<Row> {
    const FALSE: &str = "has a wrong signature";
    let between = ROOT.issue(Template::authority("Between").key(&RSA_1024));
    let root = Template::authority("Another root")
        .key(&RSA_1024)
        .self_signed();
    vec![
        Row::new("RSA of 1024 bits", &[&ROOT.issue(server().key(&RSA_1024))])
            .ours(CertificateInvalid, FALSE)
            .openssl(openssl::LEAF_KEY_TOO_SMALL),
        Row::new(
            "RSA of 1024 bits above",
            &[&between.issue(server()), &between],
        )
        .ours(CertificateInvalid, FALSE)
        .openssl(openssl::CA_KEY_TOO_SMALL),
        Row::new("RSA of 1024 bits in the root", &[&root.issue(server())])
            .trusting(&[&root])
            .ours(CertificateInvalid, FALSE)
            .openssl(openssl::CA_KEY_TOO_SMALL),
        // P-521 is not offered, so a server with such a key has no common signature scheme.
        Row::new("P-521", &[&ROOT.issue(server().key(&P521))])
            .ours(Incompatible, "HandshakeFailure"),
    ]
}

/// P-521 is not offered; CAs must not use it either (Mozilla's Root Store Policy, section 5.1).
fn issued_by_p521() -> Row {
    let root = Template::authority("Another root").key(&P521).self_signed();
    Row::new("P-521 in the root", &[&root.issue(server())])
        .trusting(&[&root])
        .ours(
            CertificateInvalid,
            "signed with an algorithm that is not accepted",
        )
}

fn forgeries() -> Vec<Row> {
    let flipped = |der: &mut Vec<u8>, from_end: usize| {
        let place = der.len() - from_end;
        der[place] ^= 1;
    };
    let mut forged = ROOT.issue(server());
    flipped(&mut forged.der, 1);
    let mut above = ROOT.issue(Template::authority("Between"));
    let below = above.issue(server());
    flipped(&mut above.der, 1);
    vec![
        Row::new("a changed signature", &[&forged])
            .ours(CertificateInvalid, "has a wrong signature")
            .openssl(openssl::SIGNATURE_FAILURE),
        Row::new("a changed signature above", &[&below, &above])
            .ours(CertificateInvalid, "has a wrong signature")
            .openssl(openssl::SIGNATURE_FAILURE),
        // OpenSSL finds no issuer for a certificate that it cannot read.
        Row::new(
            "another algorithm than it says",
            &[&ROOT.issue(server().claiming(Signature::RsaSha256))],
        )
        .ours(CertificateInvalid, "malformed: SignatureAlgorithmMismatch")
        .openssl(openssl::ISSUER_NOT_FOUND),
    ]
}
