//! The server's own certificate was added as a trust anchor.

use envoi::tls::Failure::{
    CertificateExpired, CertificateInvalid, CertificateNotYetValid, CertificateUnknownIssuer,
    CertificateWrongName,
};

use super::certificate::{
    ALTERNATIVE_NAMES, ANY_USAGE, CLIENT_AUTH, Certificate, Name::*, SERVER_AUTH, Template,
};
use super::der::sequence;
use super::judge::{NAME, ROOT, Row};
use super::keys::Key;
use super::openssl;

/// Like one of `openssl req -x509 -addext subjectAltName=DNS:mail.example.org`.
fn authority() -> Template {
    Template::new("A server")
        .names(&[Dns(NAME)])
        .basic_constraints(true, None)
}

/// Like one of `openssl x509 -req -signkey`: version 1, without extensions.
fn version_1() -> Template {
    Template::new(NAME).version(1)
}

fn added(what: &'static str, certificate: &Certificate) -> Row {
    Row::new(what, &[certificate]).trusting(&[certificate])
}

fn row(what: &'static str, template: Template) -> Row {
    added(what, &template.self_signed())
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(super) fn rows() -> Vec<Row> {
    let old = ["251001000000Z", "261123235959Z"];
    let new = ["261125000000Z", "281001000000Z"];
    let expired = |row: Row| {
        row.ours(CertificateExpired, "expired on 2026-11-23 23:59 UTC")
            .openssl(openssl::EXPIRED)
    };
    let not_yet_valid = |row: Row| {
        row.ours(CertificateNotYetValid, "is valid from 2026-11-25 00:00 UTC")
            .openssl(openssl::NOT_YET_VALID)
    };
    let purpose = |row: Row| {
        row.ours(
            CertificateInvalid,
            "its extended key usage lacks serverAuth",
        )
        .openssl(openssl::PURPOSE)
    };
    // OpenSSL requires a self-signed anchor by default.
    let by_another = |row: Row| row.openssl(openssl::ISSUER_NOT_FOUND);
    vec![
        row("an authority's", authority()),
        row("of version 1", version_1()),
        row(
            "an authority's for servers",
            authority().extended_usage(&[CLIENT_AUTH, SERVER_AUTH]),
        ),
        row(
            "an authority's until 2051",
            authority().valid("261001000000Z", "20510101000000Z"),
        ),
        row(
            "of version 1 until 9999",
            version_1().valid("261001000000Z", "99991231235959Z"),
        ),
        row("a server's", Template::server(NAME)),
        by_another(added(
            "a server's, by another",
            &ROOT.issue(Template::server(NAME)),
        )),
        by_another(added(
            "an authority's, by another",
            &ROOT.issue(authority()),
        )),
        by_another(added("of version 1, by another", &ROOT.issue(version_1()))),
        expired(row(
            "an authority's, expired",
            authority().valid(old[0], old[1]),
        )),
        expired(row(
            "of version 1, expired",
            version_1().valid(old[0], old[1]),
        )),
        not_yet_valid(row(
            "an authority's, not yet valid",
            authority().valid(new[0], new[1]),
        )),
        not_yet_valid(row(
            "of version 1, not yet valid",
            version_1().valid(new[0], new[1]),
        )),
        purpose(row(
            "an authority's for clients",
            authority().extended_usage(&[CLIENT_AUTH]),
        )),
        purpose(row(
            "an authority's for anything",
            authority().extended_usage(&[ANY_USAGE]),
        )),
        row(
            "an authority's with an unknown critical extension",
            authority().extension("1.3.6.1.4.1.55555.1", true, sequence(&[])),
        )
        .ours(
            CertificateInvalid,
            "has a critical extension that is unknown here",
        )
        .openssl(openssl::UNKNOWN_CRITICAL_EXTENSION),
    ]
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(super) fn names() -> Vec<Row> {
    let wrong = |row: Row, says| {
        row.ours(CertificateWrongName, says)
            .openssl(openssl::HOST_NAME)
    };
    let nameless = || authority().without(ALTERNATIVE_NAMES);
    vec![
        row(
            "an authority's, by its common name",
            nameless().common_name(NAME),
        ),
        row(
            "in other letters",
            nameless().common_name("Mail.Example.ORG"),
        ),
        wrong(
            row(
                "of another name",
                authority().names(&[Dns("other.example")]),
            ),
            "has other names: other.example;",
        ),
        wrong(
            row(
                "of another common name",
                nameless().common_name("other.example"),
            ),
            "has other names: other.example;",
        ),
        wrong(
            row(
                "of version 1 and another common name",
                version_1().common_name("other.example"),
            ),
            "has other names: other.example;",
        ),
        // The common name counts only if there is no subjectAltName (RFC 6125, section 6.4.4).
        wrong(
            row(
                "names beside it",
                authority().names(&[Dns("other.example")]).common_name(NAME),
            ),
            "has other names: other.example;",
        ),
        // OpenSSL ignores the common name only if there are DNS names.
        row(
            "mail beside it",
            authority()
                .names(&[Email("a@example.org")])
                .common_name(NAME),
        )
        .ours(CertificateWrongName, "has no name at all"),
        // An added certificate needs no wildcard; OpenSSL accepts one.
        row(
            "a common name with a wildcard",
            nameless().common_name("*.example.org"),
        )
        .ours(CertificateWrongName, "has other names: *.example.org;"),
        wrong(row("no name", nameless().nameless()), "has no name at all"),
        row("an address", authority().names(&[Ip(&[192, 0, 2, 1])])).asked("192.0.2.1"),
        // OpenSSL does not compare a common name with an address.
        row(
            "an address as the common name",
            version_1().common_name("192.0.2.1"),
        )
        .asked("192.0.2.1")
        .openssl(openssl::IP_ADDRESS),
        row(
            "another address as the common name",
            version_1().common_name("192.0.2.2"),
        )
        .asked("192.0.2.1")
        .ours(CertificateWrongName, "has other names: 192.0.2.2;")
        .openssl(openssl::IP_ADDRESS),
    ]
}

pub(super) fn others() -> Vec<Row> {
    const AUTHORITY: &str = "is a certificate for an authority";
    let key = Key::p256();
    let ours = authority().key(&key).self_signed();
    let renewed = authority().key(&key).serial(&[2]).self_signed();
    let first = version_1().key(&key).self_signed();
    let first_renewed = version_1().key(&key).serial(&[2]).self_signed();
    let below = ours.issue(authority());
    vec![
        // OpenSSL allows authorities as servers, but takes one with its issuer's name for self-signed.
        Row::new(
            "an authority's that was not added",
            &[&ROOT.issue(authority())],
        )
        .ours(CertificateInvalid, AUTHORITY),
        Row::new("an authority's below an added one", &[&below])
            .trusting(&[&ours])
            .ours(CertificateInvalid, AUTHORITY)
            .openssl(openssl::LEAF_SELF_SIGNED),
        // The same key, name and issuer, but another certificate.
        Row::new("renewed since", &[&renewed])
            .trusting(&[&ours])
            .ours(CertificateInvalid, AUTHORITY)
            .openssl(openssl::LEAF_SELF_SIGNED),
        Row::new("of version 1, renewed since", &[&first_renewed])
            .trusting(&[&first])
            .ours(CertificateInvalid, "X.509's version 3")
            .openssl(openssl::LEAF_SELF_SIGNED),
        Row::new(
            "added, but not the server's",
            &[&ROOT.issue(Template::server(NAME)), &ours],
        )
        .trusting(&[&ours])
        .ours(
            CertificateUnknownIssuer,
            "is issued by no trusted authority",
        )
        .openssl(openssl::ISSUER_NOT_FOUND),
        Row::new("of version 1, not added", &[&first])
            .ours(CertificateInvalid, "X.509's version 3")
            .openssl(openssl::LEAF_SELF_SIGNED),
        // It is still an authority for others.
        Row::new(
            "issued by an added authority",
            &[&ours.issue(Template::server(NAME))],
        )
        .trusting(&[&ours]),
        // The common name counts only in an added certificate.
        Row::new(
            "the common name of another",
            &[&ROOT.issue(Template::new(NAME))],
        )
        .ours(CertificateWrongName, "has no name at all"),
    ]
}
