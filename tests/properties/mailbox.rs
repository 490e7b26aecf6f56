//! Every address of the grammar is accepted, and no accepted address can leave its angle brackets.

use envoi::smtp::mailbox::Mailbox;
use proptest::prelude::*;
use proptest::string::string_regex;

/// Addresses of RFC 5321, section 4.1.2, and RFC 6531, section 3.3, within the limits of size. Domains may
/// contain `_`; literals contain no angle brackets and quotes.
fn addresses() -> impl Strategy<Value = String> {
    let atom = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~éλ字-]{1,8}";
    let dot_string = string_regex(&format!("{atom}([.]{atom})?")).unwrap();
    let quoted = r#""([ !#-\[\]-~é]|\\[ -~]){0,20}""#;
    let local_part = prop_oneof![dot_string, quoted];
    let label = "[a-zA-Z0-9_-]{1,7}|[éλ字]{1,5}";
    // The last label has letters, so that the name is not an IP address.
    let name = string_regex(&format!("(({label})[.]){{0,5}}[a-z]{{2,9}}")).unwrap();
    let v4 = any::<core::net::Ipv4Addr>().prop_map(|address| format!("[{address}]"));
    let v6 = any::<core::net::Ipv6Addr>().prop_map(|address| format!("[IPv6:{address}]"));
    let other = r#"\[x-[a-z]{1,5}:[!-Z^-~&&[^<>"]]{1,20}\]"#;
    let domain = prop_oneof![4 => name, 1 => v4, 1 => v6, 1 => other];
    (local_part, domain).prop_map(|(local_part, domain)| format!("{local_part}@{domain}"))
}

/// Addresses in which other characters replace some.
fn near_addresses() -> impl Strategy<Value = String> {
    let foreign = r#"[\r\n\x00\t "\\<>@.,:;\[\]é\u{a0}]{0,2}|.{0,2}"#;
    (
        addresses(),
        any::<prop::sample::Index>(),
        0..3_usize,
        foreign,
    )
        .prop_map(|(address, at, lost, foreign)| {
            let mut characters: Vec<char> = address.chars().collect();
            let start = at.index(characters.len());
            let end = characters.len().min(start + lost);
            characters.splice(start..end, foreign.chars());
            characters.into_iter().collect()
        })
}

/// User names of a mail store, and similar text.
fn near_names() -> impl Strategy<Value = String> {
    near_addresses().prop_map(|address| match address.rsplit_once('@') {
        Some((local_part, _)) => local_part.into(),
        None => address,
    })
}

/// The text outside quotes, as a parser of commands finds it that does not know addresses.
fn outside_quotes(text: &str) -> String {
    let mut outside = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for character in text.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if !quoted => outside.push(character),
            _ => (),
        }
    }
    assert!(!quoted && !escaped, "a quote stays open in {text:?}");
    outside
}

fn stays_within_its_brackets(mailbox: &Mailbox) {
    let command = format!("MAIL FROM:<{}> SIZE=1", mailbox.as_str());
    assert!(!command.contains(['\r', '\n', '\0']), "{command:?}");
    // A server that understands quotes finds the right bracket.
    let outside = outside_quotes(&command);
    let (path, parameters) = outside.split_once('>').unwrap();
    assert_eq!(path.rfind('<'), Some("MAIL FROM:".len()), "{command:?}");
    assert_eq!(parameters, " SIZE=1", "{command:?}");
    assert_eq!(outside.split(char::is_whitespace).count(), 3, "{command:?}");
}

proptest! {
    #[test]
    fn every_address_of_the_grammar_is_accepted(address in addresses()) {
        let mailbox = Mailbox::parse(&address);
        prop_assert!(mailbox.is_ok(), "{mailbox:?}");
        let mailbox = mailbox.unwrap();
        prop_assert_eq!(mailbox.as_str(), &address);
        let domain = mailbox.domain().unwrap();
        prop_assert_eq!(address.strip_suffix(domain).unwrap().chars().last(), Some('@'));
        stays_within_its_brackets(&mailbox);
    }

    #[test]
    fn an_accepted_near_address_stays_within_its_brackets(
        address in near_addresses(),
    ) {
        if let Ok(mailbox) = Mailbox::parse_recipient(&address) {
            prop_assert_eq!(mailbox.as_str(), &address);
            stays_within_its_brackets(&mailbox);
        }
    }

    #[test]
    fn an_accepted_near_name_stays_within_its_brackets(
        name in near_names(),
    ) {
        if let Ok(mailbox) = Mailbox::parse_lmtp_recipient(&name) {
            prop_assert_eq!(mailbox.as_str(), &name);
            stays_within_its_brackets(&mailbox);
        }
    }

    // Conformance: 1
    #[test]
    fn any_text_is_accepted_or_refused_in_one_line(address in ".{0,300}|[\\PC\r\n\x00]{0,20}") {
        match Mailbox::parse(&address) {
            Ok(mailbox) => stays_within_its_brackets(&mailbox),
            Err(error) => prop_assert!(!error.contains(char::is_control), "{error:?}"),
        }
        match Mailbox::parse_lmtp_recipient(&address) {
            Ok(mailbox) => stays_within_its_brackets(&mailbox),
            Err(error) => prop_assert!(!error.contains(char::is_control), "{error:?}"),
        }
    }
}
