//! Domains to ASCII (UTS 46): non-transitional, with STD 3 rules, and with hyphens allowed in the third and
//! fourth place of a label.
//!
//! ```text
//! BÜCHER。Example  ->  bücher.example  ->  xn--bcher-kva.example
//! ```

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::error::DomainError;
use crate::normalization::{Form, normalize};
use crate::tables::Tables;
use crate::{bidi, joiners, punycode};

/// Octets without the root's dot (RFC 1035, section 2.3.4).
const MAX_DOMAIN: usize = 253;
const MAX_LABEL: usize = 63;

/// The prefix of a Punycode label (RFC 5890, section 2.3.2.5).
const ACE_PREFIX: &str = "xn--";

/// Converts a domain name to ASCII by UTS 46, with the flags `CheckHyphens` (in its form for the first and
/// last place only), `CheckBidi`, `CheckJoiners`, `UseSTD3ASCIIRules` and `VerifyDnsLength`, and without
/// `Transitional_Processing`. This is the profile that browsers and mail programs use.
///
/// The domain may end with the root's dot. Its Punycode labels are checked too.
///
/// # Errors
///
/// [`DomainError`] names the first rule that the domain breaks.
///
/// ```
/// use envoi_unicode::{DomainError, to_ascii};
///
/// assert_eq!(to_ascii("faß.example."), Ok("xn--fa-hia.example.".into()));
/// assert_eq!(to_ascii("é..example"), Err(DomainError::EmptyLabel));
/// assert_eq!(to_ascii("xn--a.example"), Err(DomainError::Punycode));
/// ```
pub fn to_ascii(domain: &str) -> Result<String, DomainError> {
    let domain: Vec<char> = domain.chars().collect();
    let domain = map(&domain)?;
    let (name, root) = match domain.split_last() {
        Some(('.', name)) => (name, "."),
        _ => (domain.as_slice(), ""),
    };
    // ASCII is never shorter: this bounds the work below.
    if name.len() > MAX_DOMAIN {
        return Err(DomainError::TooLong);
    }
    let labels = name.split(|c| *c == '.').map(unicode_label);
    let labels: Vec<_> = labels.collect::<Result<_, _>>()?;
    if !bidi::is_satisfied(&labels) {
        return Err(DomainError::Bidi);
    }
    let ascii = labels.iter().map(|label| ascii_label(label));
    let name = ascii.collect::<Result<Vec<_>, _>>()?.join(".");
    if name.len() > MAX_DOMAIN {
        return Err(DomainError::TooLong);
    }
    Ok(name + root)
}

/// UTS 46, section 4, steps 1 and 2.
fn map(text: &[char]) -> Result<Zeroizing<Vec<char>>, DomainError> {
    let tables = Tables::get();
    if text.iter().any(|c| tables.properties(*c).disallowed) {
        return Err(DomainError::DisallowedCharacter);
    }
    Ok(normalize(text, Form::Domain))
}

/// Step 4: decodes a Punycode label, and checks every label.
fn unicode_label(label: &[char]) -> Result<Vec<char>, DomainError> {
    let label = match label.iter().collect::<String>().strip_prefix(ACE_PREFIX) {
        Some(encoded) => decode(encoded)?,
        None => label.to_vec(),
    };
    check(&label)?;
    Ok(label)
}

/// The decoded label must not be ASCII, and mapping must not change it.
fn decode(encoded: &str) -> Result<Vec<char>, DomainError> {
    let label = punycode::decode(encoded).ok_or(DomainError::Punycode)?;
    let is_mapped = map(&label).is_ok_and(|mapped| *mapped == label);
    if label.iter().all(char::is_ascii) || !is_mapped {
        return Err(DomainError::Punycode);
    }
    Ok(label)
}

/// UTS 46, section 4.1, except the Bidi Rule.
fn check(label: &[char]) -> Result<(), DomainError> {
    let [Some(first), Some(last)] = [label.first(), label.last()] else {
        return Err(DomainError::EmptyLabel);
    };
    let is_std_3 = |c: &char| !c.is_ascii() || matches!(c, 'a'..='z' | '0'..='9' | '-');
    if *first == '-' || *last == '-' {
        Err(DomainError::Hyphen)
    } else if Tables::get().properties(*first).mark {
        Err(DomainError::LeadingMark)
    } else if !label.iter().all(is_std_3) {
        Err(DomainError::DisallowedCharacter)
    } else if !joiners::are_allowed(label) {
        Err(DomainError::Joiner)
    } else {
        Ok(())
    }
}

fn ascii_label(label: &[char]) -> Result<String, DomainError> {
    let ascii: String = if label.iter().all(char::is_ascii) {
        label.iter().collect()
    } else {
        ACE_PREFIX.to_string() + &punycode::encode(label)
    };
    if ascii.len() > MAX_LABEL {
        return Err(DomainError::TooLong);
    }
    Ok(ascii)
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::prelude::v1::*;

    use super::*;
    use crate::samples;
    use idna::AsciiDenyList;
    use idna::uts46::{DnsLength, Hyphens, Uts46};
    use proptest::prelude::*;

    fn expected(domain: &str) -> Option<String> {
        let domain = domain.as_bytes();
        let (list, hyphens, length) = (
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::VerifyAllowRootDot,
        );
        let ascii = Uts46::new().to_ascii(domain, list, hyphens, length);
        ascii.ok().map(|ascii| ascii.into_owned())
    }

    #[test]
    fn labels_become_ascii_each_for_itself() {
        for (domain, ascii) in [
            ("bücher.example", "xn--bcher-kva.example"),
            ("Bücher.EXAMPLE.", "xn--bcher-kva.example."),
            ("XN--BCHER-KVA．bücher", "xn--bcher-kva.xn--bcher-kva"),
            ("x\u{ad}n--bcher-kva", "xn--bcher-kva"),
            ("ab--c.é", "ab--c.xn--9ca"),
            ("a≮b", "xn--ab-tjv"),
        ] {
            assert_eq!(to_ascii(domain).as_deref(), Ok(ascii), "{domain}");
            assert_eq!(expected(domain).as_deref(), Some(ascii), "{domain}");
        }
    }

    #[test]
    fn punycode_labels_are_held_to_the_same_rules() {
        for domain in [
            "xn--",
            "xn--abc-",
            "xn---",
            "xn----",
            "xn--a",
            "xn--9ca-",
            "xn--bücher",
        ] {
            assert!(to_ascii(domain).is_err(), "{domain}");
            assert_eq!(expected(domain), None, "{domain}");
        }
        for label in [
            "É",
            "é\u{ad}",
            "e\u{301}",
            "é\u{200d}",
            "\u{301}é",
            "é-",
            "-é",
            "é_",
            "é.",
            "。",
            "é\u{fffd}",
        ] {
            let label: Vec<_> = label.chars().collect();
            let domain = ACE_PREFIX.to_string() + &punycode::encode(&label);
            assert!(to_ascii(&domain).is_err(), "{label:?}");
            assert_eq!(expected(&domain), None, "{label:?}");
        }
    }

    #[test]
    fn a_right_to_left_label_binds_the_others() {
        for (domain, is_valid) in [
            ("אב.example", true),
            ("אב.1a", false),
            ("אב.a1", true),
            ("אב.a-1", true),
            ("אa", false),
            ("א1", true),
            ("א1٢", false),
            ("א٢", true),
            ("٢א", false),
            ("a٢", false),
            ("א1\u{5b0}", true),
            ("aא", false),
            ("xn--4dbc.1a", false),
        ] {
            assert_eq!(to_ascii(domain).is_ok(), is_valid, "{domain}");
            assert_eq!(expected(domain).is_some(), is_valid, "{domain}");
        }
    }

    #[test]
    fn joiners_are_allowed_where_they_show() {
        for (domain, is_valid) in [
            ("क\u{94d}\u{200d}ष", true),
            ("क\u{94d}\u{200c}ष", true),
            ("क\u{200d}ष", false),
            ("ب\u{200c}ب", true),
            ("ب\u{64b}\u{200c}\u{64b}ب", true),
            ("ب\u{200d}ب", false),
            ("ا\u{200c}ب", false),
            ("ب\u{200c}ء", false),
            ("ب\u{200c}", false),
            ("\u{200c}ب", false),
        ] {
            assert_eq!(to_ascii(domain).is_ok(), is_valid, "{domain}");
            assert_eq!(expected(domain).is_some(), is_valid, "{domain}");
        }
    }

    #[test]
    fn lengths_are_those_of_dns() {
        let label = "é".repeat(56);
        let octets_247 = ["é"; 31].join(".");
        for domain in [
            format!("{octets_247}.12345"),
            format!("{octets_247}.12345."),
            format!("{octets_247}.123456"),
            format!("{octets_247}.123456."),
            "é".repeat(57),
            format!("{label}.{}", "é".repeat(58)),
            format!("{}é", "a".repeat(56)),
            format!("{}é", "a".repeat(57)),
            ["aé"; 31].join("."),
            ["aé"; 28].join("."),
            format!("{}.", ["aé"; 28].join(".")),
            "é..".into(),
            ".é".into(),
            ".".into(),
            "".into(),
        ] {
            assert_eq!(to_ascii(&domain).ok(), expected(&domain), "{domain}");
        }
    }

    #[test]
    fn the_error_names_the_rule() {
        for (domain, error) in [
            ("é\u{fffd}.example", DomainError::DisallowedCharacter),
            ("é_x.example", DomainError::DisallowedCharacter),
            ("é..example", DomainError::EmptyLabel),
            ("-é.example", DomainError::Hyphen),
            ("é-.example", DomainError::Hyphen),
            ("\u{301}é.example", DomainError::LeadingMark),
            ("a\u{200d}é.example", DomainError::Joiner),
            ("אa.example", DomainError::Bidi),
            ("é.xn--a.example", DomainError::Punycode),
            (&"é".repeat(64), DomainError::TooLong),
            (&"é".repeat(254), DomainError::TooLong),
        ] {
            assert_eq!(to_ascii(domain), Err(error), "{domain}");
        }
    }

    #[test]
    fn a_million_characters_take_no_longer_than_each_of_them() {
        for (domain, ascii) in [
            ("é".repeat(1_000_000), None),
            ("\u{ad}".repeat(1_000_000) + "é", Some("xn--9ca".into())),
            ("\u{301}\u{323}".repeat(500_000), None),
            ("xn--".to_string() + &"a".repeat(1_000_000), None),
        ] {
            assert_eq!(to_ascii(&domain).ok(), ascii);
        }
    }

    #[test]
    fn every_character_is_treated_as_by_the_library() {
        for c in '\0'..=char::MAX {
            for domain in [
                format!("{c}"),
                format!("a{c}\u{301}"),
                format!("{c}\u{5d0}"),
                format!("\u{5d0}{c}"),
                format!("{c}\u{200d}a"),
                format!("\u{628}{c}\u{200c}\u{628}"),
                format!("\u{628}\u{200c}{c}\u{628}"),
                format!("xn--{}", punycode::encode(&[c])),
            ] {
                assert_eq!(to_ascii(&domain).ok(), expected(&domain), "{domain:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn domains_are_treated_as_by_the_library(domain in samples::domain()) {
            prop_assert_eq!(to_ascii(&domain).ok(), expected(&domain));
        }
    }
}
