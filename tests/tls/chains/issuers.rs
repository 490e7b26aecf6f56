//! Issuers: paths, authorities, trust anchors.

use envoi::tls::Failure::{CertificateInvalid, CertificateUnknownIssuer};

use super::certificate::{
    BASIC_CONSTRAINTS, CERTIFICATE_SIGN, CRL_SIGN, Certificate, DIGITAL_SIGNATURE, KEY_USAGE,
    Template,
};
use super::judge::{NAME, ROOT, Row};
use super::keys::Key;
use super::openssl;

const UNKNOWN: &str = "is issued by no trusted authority";
const NO_AUTHORITY: &str = "is issued by a certificate that is not an authority's";
const FORGED: &str = "belongs to another authority of the same name";

fn server() -> Template {
    Template::server(NAME)
}

/// The server's certificate, and authorities up to one below the root.
fn chain(length: usize) -> Vec<Certificate> {
    let mut chain = vec![ROOT.clone()];
    for level in 1..length {
        let next = chain[0].issue(Template::authority(&format!("Level {level}")));
        chain.insert(0, next);
    }
    chain.insert(0, chain[0].issue(server()));
    chain.pop();
    chain
}

fn all(chain: &[Certificate]) -> Vec<&Certificate> {
    chain.iter().collect()
}

pub(super) fn paths() -> Vec<Row> {
    let two = chain(2);
    let four = chain(4);
    let stranger = Template::authority("Stranger").self_signed();
    let namesake = Template::authority("Root").self_signed();
    let itself = server().self_signed();
    let mut rows = vec![
        Row::new("from the root", &all(&chain(1))),
        Row::new("one between", &all(&two)),
        Row::new("three between", &all(&four)),
        Row::new("the root sent too", &[&two[0], &two[1], &ROOT]),
        Row::new("out of order", &[&four[0], &four[3], &four[1], &four[2]]),
        Row::new("one sent twice", &[&two[0], &two[1], &two[1]]),
        Row::new(
            "strangers sent too",
            &[&two[0], &stranger, &two[1], &itself],
        ),
        Row::new("one missing", &[&two[0]])
            .ours(CertificateUnknownIssuer, UNKNOWN)
            .openssl(openssl::ISSUER_NOT_FOUND),
        Row::new("one missing in the middle", &[&four[0], &four[1], &four[3]])
            .ours(CertificateUnknownIssuer, UNKNOWN)
            .openssl(openssl::ISSUER_NOT_FOUND),
        Row::new("unknown root", &[&stranger.issue(server())])
            .ours(CertificateUnknownIssuer, UNKNOWN)
            .openssl(openssl::ISSUER_NOT_FOUND),
        Row::new(
            "unknown root, sent",
            &[&stranger.issue(server()), &stranger],
        )
        .ours(CertificateUnknownIssuer, UNKNOWN)
        .openssl(openssl::ROOT_NOT_TRUSTED),
        Row::new("self-signed", &[&itself])
            .ours(CertificateUnknownIssuer, UNKNOWN)
            .openssl(openssl::LEAF_SELF_SIGNED),
        Row::new("self-signed and trusted", &[&itself]).trusting(&[&itself]),
        Row::new("a root's namesake", &[&namesake.issue(server())])
            .ours(CertificateInvalid, FORGED)
            .openssl(openssl::SIGNATURE_FAILURE),
        // An anchor may be any authority (RFC 5280, section 6.1.1); OpenSSL requires self-signed ones by
        // default.
        Row::new("an authority between as the anchor", &all(&two))
            .trusting(&[&two[1]])
            .openssl(openssl::ISSUER_MISSING),
    ];
    rows.extend(crossings());
    rows
}

/// Authorities with two certificates.
fn crossings() -> Vec<Row> {
    let stranger = Template::authority("Stranger").self_signed();
    let namesake = Template::authority("Root").self_signed();
    let between = Template::authority("Between").key(&Key::p256());
    let (ours, theirs) = (ROOT.issue(between.clone()), stranger.issue(between));
    let leaf = ours.issue(server());
    let (one, other) = (Template::authority("One"), Template::authority("Other"));
    let one_itself = one.clone().self_signed();
    let other_by_one = one_itself.issue(other);
    let one_by_other = other_by_one.issue(one);
    vec![
        Row::new("cross-signed", &[&leaf, &ours, &theirs]),
        // OpenSSL follows the first matching issuer and does not try another.
        Row::new(
            "cross-signed, the stranger's first",
            &[&leaf, &theirs, &ours],
        )
        .openssl(openssl::ISSUER_NOT_FOUND),
        Row::new("two roots of a name", &[&ROOT.issue(server())]).trusting(&[&ROOT, &namesake]),
        // Likewise: without key identifiers only the signature tells them apart.
        Row::new(
            "two roots of a name, the other first",
            &[&ROOT.issue(server())],
        )
        .trusting(&[&namesake, &ROOT])
        .openssl(openssl::SIGNATURE_FAILURE),
        Row::new(
            "a loop",
            &[&one_itself.issue(server()), &one_by_other, &other_by_one],
        )
        .ours(CertificateUnknownIssuer, UNKNOWN)
        .openssl(openssl::ISSUER_NOT_FOUND),
    ]
}

pub(super) fn authorities() -> Vec<Row> {
    let below = |template: Template| {
        let between = ROOT.issue(template);
        [between.issue(server()), between]
    };
    let no_authority = |what, template| {
        let [leaf, between] = below(template);
        Row::new(what, &[&leaf, &between])
            .ours(CertificateInvalid, NO_AUTHORITY)
            .openssl(openssl::INVALID_CA)
    };
    let between = || Template::authority("Between");
    let signs = between().usage(DIGITAL_SIGNATURE);
    let silent = between().without(BASIC_CONSTRAINTS);
    vec![
        no_authority("a server as an authority", Template::server("example.com")),
        no_authority(
            "not an authority, it says",
            between().basic_constraints(false, None),
        ),
        no_authority(
            "neither constraints nor usage",
            silent.clone().without(KEY_USAGE),
        ),
        two("of version 1", &below(Template::new("Between").version(1)))
            .ours(CertificateInvalid, "X.509's version 3")
            .openssl(openssl::INVALID_CA),
        // Without the flag it is no authority (RFC 5280, section 4.2.1.9), despite its key usage.
        no_authority("usage for certificates, but no constraints", silent),
        // webpki ignores the key usage: only the flag makes an authority.
        two("usage for handshakes alone", &below(signs)).openssl(openssl::INVALID_CA),
        two("without key usage", &below(between().without(KEY_USAGE))),
    ]
    .into_iter()
    .chain(lengths())
    .chain(servers_that_are_authorities())
    .collect()
}

fn two(what: &'static str, chain: &[Certificate; 2]) -> Row {
    Row::new(what, &[&chain[0], &chain[1]])
}

fn lengths() -> Vec<Row> {
    let between = |name, length| Template::authority(name).basic_constraints(true, Some(length));
    let none_below = ROOT.issue(between("None below", 0));
    let one_below = ROOT.issue(between("One below", 1));
    let inner = Template::authority("Inner");
    let narrow_root = between("Narrow root", 0).self_signed();
    let (too_deep, deep) = (
        none_below.issue(inner.clone()),
        one_below.issue(inner.clone()),
    );
    let below_root = narrow_root.issue(inner);
    vec![
        Row::new(
            "a path length kept",
            &[&none_below.issue(server()), &none_below],
        ),
        Row::new(
            "a path length of one kept",
            &[&deep.issue(server()), &deep, &one_below],
        ),
        Row::new(
            "a path length passed",
            &[&too_deep.issue(server()), &too_deep, &none_below],
        )
        .ours(
            CertificateInvalid,
            "more authorities above it than one of them allows",
        )
        .openssl(openssl::PATH_LENGTH),
        // A trust anchor is a name and a key (RFC 5280, section 6.1.1).
        Row::new(
            "the root's path length passed",
            &[&below_root.issue(server()), &below_root],
        )
        .trusting(&[&narrow_root])
        .openssl(openssl::PATH_LENGTH),
        Row::new("six between", &all(&chain(7))),
        // webpki's limit; OpenSSL's is 100. No authority of the web has more than two.
        Row::new("seven between", &all(&chain(8)))
            .ours(CertificateInvalid, "more than six authorities above it"),
    ]
}

/// webpki refuses an authority's certificate as a server's, because CAs must not issue one (Baseline
/// Requirements, section 7.1.2.7); RFC 5280 and OpenSSL allow it.
fn servers_that_are_authorities() -> Vec<Row> {
    const SERVES: &str = "is a certificate for an authority";
    let usage = CERTIFICATE_SIGN | CRL_SIGN | DIGITAL_SIGNATURE;
    let both = server().basic_constraints(true, None).usage(usage);
    let itself = both.clone().self_signed();
    vec![
        Row::new("an authority as a server", &[&ROOT.issue(both)]).ours(CertificateInvalid, SERVES),
        // The same certificate was added: see `trusted_certificate`.
        Row::new("a trusted root as a server", &[&itself]).trusting(&[&itself]),
        Row::new(
            "no authority, it says",
            &[&ROOT.issue(server().basic_constraints(false, None))],
        ),
    ]
}
