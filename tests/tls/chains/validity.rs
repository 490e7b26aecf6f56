//! Validity periods. The time is 2026-11-24, 12:00.

use envoi::tls::Failure::{CertificateExpired, CertificateInvalid, CertificateNotYetValid};

use super::certificate::Template;
use super::judge::{NAME, ROOT, Row};
use super::openssl;

#[allow(clippy::too_many_lines, reason = "a table")]
pub(super) fn rows() -> Vec<Row> {
    let server = |from, to| ROOT.issue(Template::server(NAME).valid(from, to));
    let below = |from, to| {
        let between = ROOT.issue(Template::authority("Between").valid(from, to));
        [between.issue(Template::server(NAME)), between]
    };
    let old = below("251001000000Z", "261123235959Z");
    let new = below("261125000000Z", "281001000000Z");
    let old_root = Template::authority("Old root").valid("101001000000Z", "201001000000Z");
    let old_root = old_root.self_signed();
    vec![
        Row::new("in force", &[&server("261124000000Z", "261124235959Z")]),
        Row::new(
            "from this second on",
            &[&server("261124120000Z", "270101000000Z")],
        ),
        // The last second is valid (RFC 5280, section 4.1.2.5), but not for OpenSSL.
        Row::new(
            "until this second",
            &[&server("261001000000Z", "261124120000Z")],
        )
        .openssl(openssl::EXPIRED),
        Row::new("expired", &[&server("251001000000Z", "261123235959Z")])
            .ours(CertificateExpired, "expired on 2026-11-23 23:59 UTC")
            .openssl(openssl::EXPIRED),
        Row::new(
            "not yet valid",
            &[&server("261125000000Z", "281001000000Z")],
        )
        .ours(CertificateNotYetValid, "is valid from 2026-11-25 00:00 UTC")
        .openssl(openssl::NOT_YET_VALID),
        Row::new("never valid", &[&server("270101000000Z", "261001000000Z")])
            .ours(CertificateExpired, "is never valid")
            .openssl(openssl::NOT_YET_VALID),
        Row::new("until 2051", &[&server("261001000000Z", "20510101000000Z")]),
        Row::new("until 9999", &[&server("261001000000Z", "99991231235959Z")]),
        // Dates until 2049 must be UTCTime (RFC 5280, section 4.1.2.5), but neither insists.
        Row::new(
            "since a year in four digits",
            &[&server("20261001000000Z", "270101000000Z")],
        ),
        // webpki has no dates before 1970.
        Row::new("since 1950", &[&server("500101000000Z", "270101000000Z")])
            .ours(CertificateInvalid, "is malformed"),
        Row::new(
            "since a month 13",
            &[&server("251301000000Z", "270101000000Z")],
        )
        .ours(CertificateInvalid, "is malformed")
        .openssl(openssl::BAD_START),
        Row::new("expired intermediate", &[&old[0], &old[1]])
            .ours(CertificateExpired, "expired on 2026-11-23 23:59 UTC")
            .openssl(openssl::EXPIRED),
        Row::new("intermediate not yet valid", &[&new[0], &new[1]])
            .ours(CertificateNotYetValid, "is valid from 2026-11-25 00:00 UTC")
            .openssl(openssl::NOT_YET_VALID),
        // A trust anchor is a name and a key (RFC 5280, section 6.1.1): its dates do not count.
        Row::new("expired root", &[&old_root.issue(Template::server(NAME))])
            .trusting(&[&old_root])
            .openssl(openssl::EXPIRED),
    ]
}
