//! xtext and utf-8-addr-xtext: encodings of parameter values that hold spaces, `+`, `=` or other scripts.
//!
//! ```text
//! encode("a+b c")           ->  "a+2Bb+20c"
//! encode_unicode("δ+c")     ->  "\x{3B4}\x{2B}c"
//! ```

/// xtext (RFC 3461, section 4).
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for octet in text.bytes() {
        match octet {
            b'!'..=b'~' if !b"+=".contains(&octet) => encoded.push(char::from(octet)),
            _ => encoded += &format!("+{octet:02X}"),
        }
    }
    encoded
}

/// utf-8-addr-xtext (RFC 6533, section 3). The result is xtext too, so that servers without SMTPUTF8 accept
/// it.
pub(super) fn encode_unicode(text: &str) -> String {
    let mut encoded = String::new();
    for character in text.chars() {
        match character {
            '!'..='~' if !r"+=\".contains(character) => encoded.push(character),
            _ => encoded += &format!(r"\x{{{:02X}}}", u32::from(character)),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Conformance: 57
    #[test]
    fn graphic_characters_except_plus_and_equals_stay_as_they_are() {
        let graphic: String = ('!'..='~').filter(|c| !"+=".contains(*c)).collect();
        assert_eq!(encode(&graphic), graphic);
        assert_eq!(encode("a+b=c d\r\n\x7f"), "a+2Bb+3Dc+20d+0D+0A+7F");
        assert_eq!(encode("é"), "+C3+A9");
    }

    #[test]
    fn characters_of_other_scripts_become_their_code_points() {
        assert_eq!(
            encode_unicode(r"δ+a=b\ @x.🦀"),
            r"\x{3B4}\x{2B}a\x{3D}b\x{5C}\x{20}@x.\x{1F980}"
        );
    }

    /// Decodes as a server does.
    fn decode(xtext: &str) -> String {
        let mut octets = Vec::new();
        let mut rest = xtext.bytes();
        while let Some(octet) = rest.next() {
            octets.push(match octet {
                b'+' => {
                    let digits: Vec<u8> = rest.by_ref().take(2).collect();
                    assert!(!digits.iter().any(u8::is_ascii_lowercase));
                    u8::from_str_radix(str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                octet => octet,
            });
        }
        String::from_utf8(octets).unwrap()
    }

    /// Decodes as a server does.
    fn decode_unicode(text: &str) -> String {
        let mut parts = text.split(r"\x{");
        let mut decoded = String::from(parts.next().unwrap());
        for part in parts {
            let (code_point, rest) = part.split_once('}').unwrap();
            let code_point = u32::from_str_radix(code_point, 16).unwrap();
            decoded.push(char::from_u32(code_point).unwrap());
            decoded += rest;
        }
        decoded
    }

    proptest! {
        #[test]
        fn any_text_can_be_decoded_and_is_encoded_in_graphic_ascii(text in any::<String>()) {
            for (encoded, decoded) in [
                (encode(&text), decode(&encode(&text))),
                (encode_unicode(&text), decode_unicode(&encode_unicode(&text))),
            ] {
                prop_assert_eq!(decoded, &*text);
                prop_assert!(encoded.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'='));
            }
        }
    }
}
