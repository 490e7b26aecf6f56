//! Names: in the certificate, and asked for.

use envoi::tls::Failure::CertificateWrongName;

use super::certificate::{ALTERNATIVE_NAMES, Certificate, Name, Name::*, Template};
use super::judge::{NAME, ROOT, Row};
use super::openssl;

fn bearing(names: &[Name<'_>]) -> Certificate {
    ROOT.issue(Template::server(NAME).names(names))
}

/// Has other names than the one asked for.
fn other(what: &'static str, names: &[Name<'_>], says: &'static str) -> Row {
    Row::new(what, &[&bearing(names)])
        .ours(CertificateWrongName, says)
        .openssl(openssl::HOST_NAME)
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(super) fn rows() -> Vec<Row> {
    let many: Vec<String> = (0..500).map(|n| format!("host{n}.example.org")).collect();
    let mut many: Vec<Name<'_>> = many.iter().map(|name| Dns(name)).collect();
    many.push(Dns(NAME));
    let common_name = Template::server(NAME).without(ALTERNATIVE_NAMES);
    let mut rows = vec![
        Row::new("the name", &[&bearing(&[Dns(NAME)])]),
        Row::new("in capitals", &[&bearing(&[Dns("MAIL.Example.ORG")])]),
        Row::new("the second", &[&bearing(&[Dns("example.org"), Dns(NAME)])]),
        Row::new("the last of many", &[&bearing(&many)]),
        Row::new(
            "without a subject",
            &[&ROOT.issue(Template::server(NAME).nameless())],
        ),
        other(
            "another name",
            &[Dns("example.com")],
            "has other names: example.com",
        ),
        other(
            "its domain alone",
            &[Dns("example.org")],
            "other names: example.org",
        ),
        other(
            "a longer name",
            &[Dns("a.mail.example.org")],
            "other names: a.mail.example.org",
        ),
        other("an ending", &[Dns("ail.example.org")], "has other names"),
        other(
            "with a final dot",
            &[Dns("mail.example.org.")],
            "has other names",
        ),
        other(
            "with a NUL behind",
            &[Dns("mail.example.org\0.example.com")],
            "has other names",
        ),
        other(
            "an address alone",
            &[Ip(&[192, 0, 2, 1])],
            "has other names: 192.0.2.1",
        ),
        // RFC 9525, section 2, ignores names in the subject; OpenSSL reads them if there is no dNSName.
        Row::new(
            "in the subject alone",
            &[&ROOT.issue(common_name_of(NAME, &[]))],
        )
        .ours(CertificateWrongName, "has no name at all"),
        Row::new(
            "in the subject, beside an address for mail",
            &[&ROOT.issue(common_name_of(NAME, &[Email("postmaster@example.org")]))],
        )
        .ours(CertificateWrongName, "has no name at all"),
        Row::new(
            "in the subject, beside another",
            &[&ROOT.issue(common_name_of(NAME, &[Dns("example.com")]))],
        )
        .ours(CertificateWrongName, "has other names: example.com")
        .openssl(openssl::HOST_NAME),
        Row::new("no name anywhere", &[&ROOT.issue(common_name)])
            .ours(CertificateWrongName, "has no name at all")
            .openssl(openssl::HOST_NAME),
    ];
    rows.extend(wildcards());
    rows.extend(international());
    rows
}

fn common_name_of(name: &str, alternatives: &[Name<'_>]) -> Template {
    match alternatives {
        [] => Template::new(name),
        names => Template::new(name).names(names),
    }
}

fn wildcards() -> Vec<Row> {
    vec![
        Row::new("a wildcard", &[&bearing(&[Dns("*.example.org")])]),
        other(
            "a wildcard for two labels",
            &[Dns("*.example.org")],
            "*.example.org",
        )
        .asked("a.mail.example.org"),
        other(
            "a wildcard for none",
            &[Dns("*.example.org")],
            "*.example.org",
        )
        .asked("example.org"),
        other(
            "a wildcard in the middle",
            &[Dns("mail.*.org")],
            "has other names",
        ),
        other("a wildcard twice", &[Dns("*.*.org")], "has other names"),
        other("nothing but a wildcard", &[Dns("*")], "has other names"),
        other(
            "a wildcard for all of a top-level domain",
            &[Dns("*.org")],
            "has other names",
        )
        .asked("example.org"),
        other(
            "a wildcard in a label",
            &[Dns("m*l.example.org")],
            "has other names",
        ),
        // A wildcard is a whole label (RFC 9525, section 6.3); OpenSSL still allows the forms of RFC 6125.
        Row::new(
            "a wildcard behind a label",
            &[&bearing(&[Dns("mail*.example.org")])],
        )
        .ours(CertificateWrongName, "has other names"),
    ]
}

fn international() -> Vec<Row> {
    const BUECHER: &str = "xn--bcher-kva.example.org";
    vec![
        Row::new("an A-label", &[&bearing(&[Dns(BUECHER)])]).asked(BUECHER),
        Row::new(
            "a wildcard for an A-label",
            &[&bearing(&[Dns("*.example.org")])],
        )
        .asked(BUECHER),
        other(
            "a wildcard in an A-label",
            &[Dns("xn--bcher-*.example.org")],
            "has other names",
        )
        .asked(BUECHER),
        other(
            "a U-label",
            &[Dns("b\u{fc}cher.example.org")],
            "has other names",
        )
        .asked(BUECHER),
    ]
}

pub(super) fn addresses() -> Vec<Row> {
    let v6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1];
    let wrong = |what, names: &[Name<'_>], says| {
        Row::new(what, &[&bearing(names)])
            .asked("192.0.2.1")
            .ours(CertificateWrongName, says)
            .openssl(openssl::IP_ADDRESS)
    };
    vec![
        Row::new("an IPv4 address", &[&bearing(&[Ip(&[192, 0, 2, 1])])]).asked("192.0.2.1"),
        Row::new("an IPv6 address", &[&bearing(&[Dns(NAME), Ip(&v6)])]).asked("2001:db8::1"),
        wrong(
            "another address",
            &[Ip(&[192, 0, 2, 2])],
            "has other names: 192.0.2.2",
        ),
        wrong(
            "a name alone",
            &[Dns(NAME)],
            "has other names: mail.example.org",
        ),
        wrong(
            "an address written as a name",
            &[Dns("192.0.2.1")],
            "has other names",
        ),
        wrong(
            "a wildcard of addresses",
            &[Dns("*.0.2.1")],
            "has other names",
        ),
        wrong(
            "an address mapped to IPv6",
            &[Ip(&mapped)],
            "has other names: 0::ffff:c000:201",
        ),
        wrong(
            "an address of three octets",
            &[Ip(&[192, 0, 2])],
            "has other names",
        ),
    ]
}
