//! Purposes, name constraints and other extensions.

use envoi::tls::Failure::CertificateInvalid;

use super::certificate::{
    ANY_USAGE, CLIENT_AUTH, CRL_SIGN, Certificate, EMAIL_PROTECTION, EXTENDED_KEY_USAGE,
    KEY_AGREEMENT, KEY_ENCIPHERMENT, KEY_USAGE, NAME_CONSTRAINTS, Name, Name::*, SERVER_AUTH,
    Template,
};
use super::der::sequence;
use super::judge::{NAME, ROOT, Row};
use super::openssl;

fn server() -> Template {
    Template::server(NAME)
}

fn row(what: &'static str, template: Template) -> Row {
    Row::new(what, &[&ROOT.issue(template)])
}

fn below(between: Template) -> [Certificate; 2] {
    let between = ROOT.issue(between);
    [between.issue(server()), between]
}

fn between(what: &'static str, template: Template) -> Row {
    let [leaf, between] = below(template);
    Row::new(what, &[&leaf, &between])
}

pub(super) fn purposes() -> Vec<Row> {
    let authority = || Template::authority("Between");
    let wrong = |row: Row, says| row.ours(CertificateInvalid, says).openssl(openssl::PURPOSE);
    const PURPOSE: &str = "its extended key usage lacks serverAuth";
    vec![
        row(
            "any purpose, by line none",
            server().without(EXTENDED_KEY_USAGE),
        ),
        row(
            "servers and clients",
            server().extended_usage(&[CLIENT_AUTH, SERVER_AUTH]),
        ),
        wrong(
            row("clients alone", server().extended_usage(&[CLIENT_AUTH])),
            PURPOSE,
        ),
        wrong(
            row("mail alone", server().extended_usage(&[EMAIL_PROTECTION])),
            PURPOSE,
        ),
        // RFC 5280, section 4.2.1.12, allows clients to refuse it: CAs must not use it for servers.
        wrong(
            row(
                "any purpose, by its name",
                server().extended_usage(&[ANY_USAGE]),
            ),
            PURPOSE,
        ),
        between(
            "an authority for servers",
            authority().extended_usage(&[SERVER_AUTH]),
        ),
        wrong(
            between(
                "an authority for clients",
                authority().extended_usage(&[CLIENT_AUTH]),
            ),
            PURPOSE,
        ),
        row("a key to encipher with", server().usage(KEY_ENCIPHERMENT)),
        row("a key to agree with", server().usage(KEY_AGREEMENT)),
        row("any use of the key", server().without(KEY_USAGE)),
        // webpki ignores the key usage: the key has signed the handshake.
        row("a key for revocations", server().usage(CRL_SIGN)).openssl(openssl::PURPOSE),
    ]
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(super) fn constraints() -> Vec<Row> {
    let under = |permitted: &[Name<'_>], excluded: &[Name<'_>]| {
        Template::authority("Between").name_constraints(permitted, excluded)
    };
    let broken = |what, template, error| {
        between(what, template)
            .ours(
                CertificateInvalid,
                "a name that an authority above it is not allowed to give",
            )
            .openssl(error)
    };
    let two_names = ROOT.issue(under(&[Dns("example.org")], &[]));
    let two_names = [
        two_names.issue(server().names(&[Dns(NAME), Dns("mail.example.com")])),
        two_names,
    ];
    let root = under(&[Dns("example.com")], &[]).self_signed();
    vec![
        between("its domain permitted", under(&[Dns("example.org")], &[])),
        between("another domain excluded", under(&[], &[Dns("example.com")])),
        between(
            "its domain and another permitted",
            under(&[Dns("a.example"), Dns("org")], &[]),
        ),
        between("addresses excluded", under(&[], &[Ip(&[0; 8])])),
        between("mail permitted", under(&[Email("example.com")], &[])),
        broken(
            "another permitted",
            under(&[Dns("example.com")], &[]),
            openssl::NOT_PERMITTED,
        ),
        broken(
            "an ending permitted",
            under(&[Dns("ample.org")], &[]),
            openssl::NOT_PERMITTED,
        ),
        broken(
            "its domain excluded",
            under(&[], &[Dns("example.org")]),
            openssl::EXCLUDED,
        ),
        broken(
            "permitted and excluded",
            under(&[Dns("org")], &[Dns("mail.example.org")]),
            openssl::EXCLUDED,
        ),
        Row::new(
            "the second name not permitted",
            &[&two_names[0], &two_names[1]],
        )
        .ours(
            CertificateInvalid,
            "a name that an authority above it is not allowed to give",
        )
        .openssl(openssl::NOT_PERMITTED),
        Row::new("not permitted by the root", &[&root.issue(server())])
            .trusting(&[&root])
            .ours(
                CertificateInvalid,
                "a name that an authority above it is not allowed to give",
            )
            .openssl(openssl::NOT_PERMITTED),
    ]
    .into_iter()
    .chain(address_constraints())
    .collect()
}

fn address_constraints() -> Vec<Row> {
    let subnet: &[u8] = &[192, 0, 2, 0, 255, 255, 255, 0];
    let chain = |permitted: &[Name<'_>], excluded: &[Name<'_>]| {
        let between = Template::authority("Between").name_constraints(permitted, excluded);
        let between = ROOT.issue(between);
        [
            between.issue(server().names(&[Ip(&[192, 0, 2, 1])])),
            between,
        ]
    };
    let row =
        |what, chain: [Certificate; 2]| Row::new(what, &[&chain[0], &chain[1]]).asked("192.0.2.1");
    vec![
        row("its subnet permitted", chain(&[Ip(subnet)], &[])),
        row("its subnet excluded", chain(&[], &[Ip(subnet)]))
            .ours(
                CertificateInvalid,
                "a name that an authority above it is not allowed to give",
            )
            .openssl(openssl::EXCLUDED),
    ]
}

pub(super) fn extensions() -> Vec<Row> {
    /// Unassigned.
    const UNKNOWN: &str = "1.3.6.1.4.1.55555.1";
    let nothing = || sequence(&[]);
    let unknown = |row: Row| {
        row.ours(
            CertificateInvalid,
            "has a critical extension that is unknown here",
        )
        .openssl(openssl::UNKNOWN_CRITICAL_EXTENSION)
    };
    let authority = || Template::authority("Between");
    vec![
        row(
            "an unknown one",
            server().extension(UNKNOWN, false, nothing()),
        ),
        between(
            "an unknown one above",
            authority().extension(UNKNOWN, false, nothing()),
        ),
        unknown(row(
            "an unknown critical one",
            server().extension(UNKNOWN, true, nothing()),
        )),
        unknown(between(
            "an unknown critical one above",
            authority().extension(UNKNOWN, true, nothing()),
        )),
        row("no purpose at all", server().extended_usage(&[]))
            .ours(CertificateInvalid, "malformed: EmptyEkuExtension")
            .openssl(openssl::PURPOSE),
        // OpenSSL finds no issuer for a certificate that it cannot read.
        row(
            "one twice",
            server().also(KEY_USAGE, true, vec![3, 2, 7, 0x80]),
        )
        .ours(CertificateInvalid, "malformed: ExtensionValueInvalid")
        .openssl(openssl::ISSUER_NOT_FOUND),
        between(
            "empty name constraints",
            authority().extension(NAME_CONSTRAINTS, true, nothing()),
        ),
        row("none", Template::new("A server").version(1))
            .ours(CertificateInvalid, "X.509's version 3")
            .openssl(openssl::HOST_NAME),
    ]
}
