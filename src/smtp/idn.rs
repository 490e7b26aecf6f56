//! Internationalized domain names (IDNA, UTS 46): A-labels for DNS and for servers without SMTPUTF8.
//!
//! ```text
//! bücher.example  ->  xn--bcher-kva.example
//! ```

use super::excerpt::excerpt;
use envoi_unicode::to_ascii;

/// The name of a host with A-labels instead of U-labels, by UTS 46, non-transitional, as in browsers and
/// other mail programs. An ASCII name or address literal stays as it is.
///
/// # Errors
///
/// A text for people: `host` is no internationalized domain name.
pub fn to_ascii_host(host: &str) -> Result<String, String> {
    if host.is_ascii() {
        return Ok(host.into());
    }
    to_ascii(host).map_err(|_| {
        format!(
            "`{}` is no internationalized domain name (UTS 46)",
            excerpt(host.as_bytes())
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Conformance: 53
    #[test]
    fn u_labels_become_a_labels() {
        for (host, ascii) in [
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.Example", "xn--bcher-kva.example"),
            ("bu\u{308}cher.example", "xn--bcher-kva.example"),
            ("παράδειγμα.δοκιμή", "xn--hxajbheg2az3al.xn--jxalpdlp"),
            ("उदाहरण.परीक्षा", "xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g"),
            ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"),
            ("例。テスト", "xn--fsq.xn--zckzah"),
        ] {
            assert_eq!(to_ascii_host(host), Ok(ascii.into()));
        }
    }

    #[test]
    fn deviation_characters_stay_as_in_idna_2008() {
        assert_eq!(
            to_ascii_host("faß.example"),
            Ok("xn--fa-hia.example".into())
        );
        assert_eq!(to_ascii_host("βόλος.com"), Ok("xn--nxasmm1c.com".into()));
    }

    #[test]
    fn ascii_stays_as_it_is() {
        for host in [
            "Mail.Example.ORG",
            "[IPv6:::1]",
            "192.0.2.1",
            "my_host",
            "xn--a",
        ] {
            assert_eq!(to_ascii_host(host), Ok(host.into()));
        }
    }

    #[test]
    fn a_name_that_is_no_domain_name_is_refused() {
        for host in [
            "é_x.example",
            "é..example",
            "-é.example",
            "é é.example",
            "a\u{200d}é.example",
            "\u{301}é.example",
            "אa.example",
            "é.xn--a.example",
            "é\u{fffd}.example",
            &"é".repeat(64),
        ] {
            let error = to_ascii_host(host).expect_err(host);
            assert!(
                error.contains("no internationalized domain name"),
                "{error}"
            );
        }
    }

    proptest! {
        #[test]
        fn an_accepted_name_is_ascii_and_stays_so(host in "[a-zé-ſα-ω.-]{1,30}|\\PC{1,20}") {
            if let Ok(ascii) = to_ascii_host(&host) {
                prop_assert!(ascii.is_ascii());
                prop_assert_eq!(to_ascii_host(&ascii), Ok(ascii));
            }
        }
    }
}
