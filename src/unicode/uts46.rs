//! Domains to ASCII by UTS 46: non-transitional, by the rules of STD 3, with hyphens wherever they are inside a
//! label.
//!
//! ```text
//! BÜCHER。Example  ->  bücher.example  ->  xn--bcher-kva.example
//! ```

use super::normalization::{Form, normalize};
use super::tables::Tables;
use super::{bidi, joiners, punycode};
use zeroize::Zeroizing;

/// Octets, without the root's dot (RFC 1035, section 2.3.4).
const MAX_DOMAIN: usize = 253;
const MAX_LABEL: usize = 63;

/// What a label in ASCII begins with that stands for another (RFC 5890, section 2.3.2.5).
const ACE_PREFIX: &str = "xn--";

/// `None` where it is no domain.
pub fn to_ascii(domain: &str) -> Option<String> {
    let domain: Vec<char> = domain.chars().collect();
    let domain = map(&domain)?;
    let (name, root) = match domain.split_last() {
        Some(('.', name)) => (name, "."),
        _ => (domain.as_slice(), ""),
    };
    // It is no longer than in ASCII: this bounds the work for what follows.
    if name.len() > MAX_DOMAIN {
        return None;
    }
    let labels = name.split(|c| *c == '.').map(unicode_label);
    let labels: Vec<_> = labels.collect::<Option<_>>()?;
    if !bidi::is_fine(&labels) {
        return None;
    }
    let ascii: Option<Vec<_>> = labels.iter().map(|label| ascii_label(label)).collect();
    let name = ascii?.join(".");
    (name.len() <= MAX_DOMAIN).then(|| name + root)
}

/// Steps 1 and 2 of the processing, in UTS 46, section 4.
fn map(text: &[char]) -> Option<Zeroizing<Vec<char>>> {
    let tables = Tables::get();
    let is_allowed = text.iter().all(|c| !tables.properties(*c).disallowed);
    is_allowed.then(|| normalize(text, Form::Domain))
}

/// Step 4: what stands for another label becomes that.
fn unicode_label(label: &[char]) -> Option<Vec<char>> {
    let label = match label.iter().collect::<String>().strip_prefix(ACE_PREFIX) {
        Some(encoded) => decode(encoded)?,
        None => label.to_vec(),
    };
    is_valid(&label).then_some(label)
}

/// What a label stands for is not ASCII, and has nothing left to map.
fn decode(encoded: &str) -> Option<Vec<char>> {
    let label = punycode::decode(encoded)?;
    let is_due = !label.iter().all(char::is_ascii) && *map(&label)? == label;
    is_due.then_some(label)
}

/// UTS 46, section 4.1, but for the Bidi Rule.
fn is_valid(label: &[char]) -> bool {
    let [Some(first), Some(last)] = [label.first(), label.last()] else {
        return false;
    };
    let is_std_3 = |c: &char| !c.is_ascii() || matches!(c, 'a'..='z' | '0'..='9' | '-');
    *first != '-'
        && *last != '-'
        && !Tables::get().properties(*first).mark
        && label.iter().all(is_std_3)
        && joiners::are_fine(label)
}

fn ascii_label(label: &[char]) -> Option<String> {
    let ascii = match label.iter().all(char::is_ascii) {
        true => label.iter().collect(),
        false => ACE_PREFIX.to_string() + &punycode::encode(label),
    };
    (ascii.len() <= MAX_LABEL).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
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
            assert_eq!(to_ascii(domain).as_deref(), Some(ascii), "{domain}");
            assert_eq!(expected(domain).as_deref(), Some(ascii), "{domain}");
        }
    }

    #[test]
    fn what_a_label_in_ascii_stands_for_is_held_to_the_same_rules() {
        for domain in [
            "xn--",
            "xn--abc-",
            "xn---",
            "xn----",
            "xn--a",
            "xn--9ca-",
            "xn--bücher",
        ] {
            assert_eq!(to_ascii(domain), None, "{domain}");
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
            assert_eq!(to_ascii(&domain), None, "{label:?}");
            assert_eq!(expected(&domain), None, "{label:?}");
        }
    }

    #[test]
    fn a_label_that_runs_right_to_left_binds_the_others() {
        for (domain, is_fine) in [
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
            assert_eq!(to_ascii(domain).is_some(), is_fine, "{domain}");
            assert_eq!(expected(domain).is_some(), is_fine, "{domain}");
        }
    }

    #[test]
    fn joiners_stand_where_they_show() {
        for (domain, is_fine) in [
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
            assert_eq!(to_ascii(domain).is_some(), is_fine, "{domain}");
            assert_eq!(expected(domain).is_some(), is_fine, "{domain}");
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
            assert_eq!(to_ascii(&domain), expected(&domain), "{domain}");
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
            assert_eq!(to_ascii(&domain), ascii);
        }
    }

    #[test]
    fn every_character_is_taken_as_by_the_library() {
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
                assert_eq!(to_ascii(&domain), expected(&domain), "{domain:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn domains_are_taken_as_by_the_library(domain in samples::domain()) {
            prop_assert_eq!(to_ascii(&domain), expected(&domain));
        }
    }
}
