//! Custom parameters of MAIL and RCPT: those that a caller adds by keyword, of extensions unknown to envoi.
//!
//! ```text
//! esmtp-param    =  esmtp-keyword ["=" esmtp-value]
//! esmtp-keyword  =  (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
//! esmtp-value    =  1*(%d33-60 / %d62-126)
//! ```
//!
//! RFC 5321, section 4.1.2.

use crate::smtp::excerpt::excerpt;
use core::fmt;

/// Octets of all in one command. A command line has 512, and no extension has added more than this: `AUTH=`
/// (RFC 4954, section 3).
const MAX_CUSTOM: usize = 500;

/// Parameters with a setter of their own, which checks whether they may be sent.
const KNOWN: [(&str, &str); 12] = [
    ("SIZE", "set-size"),
    ("BODY", "set-body-type"),
    ("SMTPUTF8", "set-smtputf8"),
    ("RET", "set-dsn-contents"),
    ("ENVID", "set-envelope-id"),
    ("NOTIFY", "set-notify"),
    ("ORCPT", "set-original-recipient"),
    ("REQUIRETLS", "set-require-tls"),
    ("BY", "set-deliver-by"),
    ("MT-PRIORITY", "set-priority"),
    ("HOLDFOR", "set-hold-for"),
    ("AUTH", "set-submitter"),
];

/// HOLDFOR as a date. A command has only one of the two (RFC 4865).
const HOLD_UNTIL: &str = "HOLDUNTIL";

/// The custom parameters of one command, each keyword once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CustomParameters(Vec<CustomParameter>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CustomParameter {
    keyword: String,
    value: Option<String>,
}

impl CustomParameters {
    pub(super) fn add(&mut self, keyword: &str, value: Option<&str>) -> Result<(), String> {
        let refused = |reason: &str| {
            let keyword = excerpt(keyword.as_bytes());
            Err(format!("parameter `{keyword}`: {reason}"))
        };
        let parameter = match CustomParameter::parse(keyword, value) {
            Ok(parameter) => parameter,
            Err(reason) => return refused(&reason),
        };
        if self.has(keyword) {
            return refused("it was added before: a command takes each once");
        }
        if self.len() + parameter.len() > MAX_CUSTOM {
            return refused(&format!(
                "together with those added before, it takes more than {MAX_CUSTOM} octets"
            ));
        }
        self.0.push(parameter);
        Ok(())
    }

    pub(super) fn has(&self, keyword: &str) -> bool {
        self.0.iter().any(|parameter| parameter.is(keyword))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &CustomParameter> {
        self.0.iter()
    }

    fn len(&self) -> usize {
        self.0.iter().map(CustomParameter::len).sum()
    }
}

impl CustomParameter {
    pub(super) fn keyword(&self) -> &str {
        &self.keyword
    }

    fn parse(keyword: &str, value: Option<&str>) -> Result<Self, String> {
        let known = KNOWN
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(keyword));
        if let Some((_, setter)) = known {
            return Err(format!("it is set with {setter}"));
        }
        if keyword.eq_ignore_ascii_case(HOLD_UNTIL) {
            return Err("a release is set in seconds from now, with set-hold-for".into());
        }
        let of_keyword = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
        if keyword.is_empty() || keyword.starts_with('-') || !keyword.bytes().all(of_keyword) {
            return Err("a keyword is made of letters, digits and, not first, hyphens".into());
        }
        let of_value = |octet: u8| octet.is_ascii_graphic() && octet != b'=';
        match value {
            Some("") => return Err("an empty value is not sent: give none at all".into()),
            Some(value) if !value.bytes().all(of_value) => {
                return Err("a value is visible ASCII without `=`: encode the rest".into());
            }
            _ => (),
        }
        Ok(Self {
            keyword: keyword.into(),
            value: value.map(String::from),
        })
    }

    fn is(&self, keyword: &str) -> bool {
        self.keyword.eq_ignore_ascii_case(keyword)
    }

    /// Octets, with the space before it.
    fn len(&self) -> usize {
        self.keyword.len() + self.value.as_ref().map_or(0, |value| 1 + value.len()) + 1
    }
}

impl fmt::Display for CustomParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.keyword)?;
        match &self.value {
            Some(value) => write!(f, "={value}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn added(keyword: &str, value: Option<&str>) -> Result<String, String> {
        let mut parameters = CustomParameters::default();
        parameters.add(keyword, value)?;
        Ok(parameters.iter().map(CustomParameter::to_string).collect())
    }

    #[test]
    fn parameters_of_the_grammar_are_sent_as_they_are() {
        assert_eq!(added("XVERP", None), Ok("XVERP".into()));
        assert_eq!(added("x-1", Some("a;b<c>+~")), Ok("x-1=a;b<c>+~".into()));
        assert_eq!(added("1X", Some("!")), Ok("1X=!".into()));
    }

    #[test]
    fn a_malformed_parameter_is_refused_with_a_remedy() {
        for (keyword, value, reason) in [
            ("", None, "letters, digits"),
            ("-X", None, "letters, digits"),
            ("X_Y", None, "letters, digits"),
            ("X Y", None, "letters, digits"),
            ("X\r\nRSET", None, "letters, digits"),
            ("É", None, "letters, digits"),
            ("X=1", None, "letters, digits"),
            ("X", Some(""), "give none"),
            ("X", Some("a=b"), "without `=`"),
            ("X", Some("a b"), "visible ASCII"),
            ("X", Some("a\r\nRSET"), "visible ASCII"),
            ("X", Some("é"), "visible ASCII"),
            ("size", Some("1"), "set-size"),
            ("Body", Some("8BITMIME"), "set-body-type"),
            ("notify", Some("NEVER"), "set-notify"),
            ("HoldUntil", Some("2030-01-01T00:00:00Z"), "set-hold-for"),
        ] {
            let error = added(keyword, value).unwrap_err();
            assert!(error.starts_with("parameter `"), "{error}");
            assert!(error.contains(reason), "{keyword} {value:?}: {error}");
        }
    }

    // Conformance: 58
    #[test]
    fn a_keyword_comes_once_in_any_case() {
        let mut parameters = CustomParameters::default();
        parameters.add("X-One", None).unwrap();
        parameters.add("X-Two", None).unwrap();
        let error = parameters.add("x-one", Some("1")).unwrap_err();
        assert!(error.contains("added before"), "{error}");
        assert_eq!(parameters.iter().count(), 2);
    }

    #[test]
    fn all_together_take_at_most_500_octets() {
        let mut parameters = CustomParameters::default();
        parameters.add("X", Some(&"a".repeat(496))).unwrap();
        assert!(parameters.add("Y", None).unwrap_err().contains("500"));
        let mut parameters = CustomParameters::default();
        parameters.add("X", Some(&"a".repeat(497))).unwrap();
        assert!(parameters.add("Y", None).is_err());
        assert!(added("X", Some(&"a".repeat(498))).is_err());
    }

    proptest! {
        #[test]
        fn an_accepted_parameter_is_one_word_of_ascii(keyword in ".{1,9}|[A-Z0-9-]{1,9}", value in ".{0,9}") {
            if let Ok(text) = added(&keyword, Some(&value)) {
                prop_assert!(text.bytes().all(|octet| octet.is_ascii_graphic()));
                prop_assert_eq!(text.split_once('='), Some((&*keyword, &*value)));
            }
        }
    }
}
