//! Service extensions: the keywords and parameters of the reply to EHLO (RFC 5321, section 4.1.1.1).
//!
//! ```text
//! 250-mail.example.org greets you      the first line is a greeting
//! 250-SIZE 35882577                    then keywords, known or not, and their parameters
//! 250 AUTH PLAIN LOGIN
//! ```

use super::decimal;
use super::error::Error;
use super::reply::Reply;
use core::str::FromStr;

/// Digits of a number. SIZE may have any (RFC 1870, section 3).
const MAX_DIGITS: usize = usize::MAX;

/// The extensions that the server offers: none after HELO, and none before the reply to EHLO.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions(Vec<(String, String)>);

impl Extensions {
    /// No extension at all, as after HELO.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Reads a positive reply to EHLO or LHLO. The first line is a greeting.
    pub fn from_reply(reply: &Reply) -> Self {
        let mut extensions = Self::default();
        for line in reply.lines.iter().skip(1) {
            let line = line.trim();
            let (keyword, parameters) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let keyword = keyword.to_ascii_uppercase();
            match keyword.strip_prefix("AUTH=") {
                // The form before RFC 2554. Servers offer it to old clients, beside the other.
                Some(first) => extensions.add("AUTH", &format!("{first} {parameters}")),
                None => extensions.add(&keyword, parameters),
            }
        }
        extensions
    }

    /// The parameters of `keyword`, which may be in any case. They are empty if the server gives none.
    pub fn get(&self, keyword: &str) -> Option<&str> {
        self.iter()
            .find(|(offered, _)| offered.eq_ignore_ascii_case(keyword))
            .map(|(_, parameters)| parameters)
    }

    /// Whether the server offers `keyword`, which may be in any case.
    pub fn has(&self, keyword: &str) -> bool {
        self.get(keyword).is_some()
    }

    /// Keywords in upper case, with their parameters, in the order of the server.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(keyword, parameters)| (&**keyword, &**parameters))
    }

    /// Nothing is sent to a server that does not offer its extension (RFC 5321, section 4.1.1.11).
    ///
    /// # Errors
    ///
    /// [`Error::ExtensionUnavailable`] names `option`, which asks for it, and adds `instead`, the advice.
    pub fn require(&self, keyword: &str, option: &str, instead: &str) -> Result<(), Error> {
        if self.has(keyword) {
            return Ok(());
        }
        let need = format!("which {option} asks for: {instead}");
        Err(Error::unavailable(keyword, need))
    }

    /// The server's limit for a message, in octets (RFC 1870, section 4). A limit of 0 means no limit.
    pub fn size_limit(&self) -> Option<u64> {
        self.number("SIZE").filter(|limit| *limit > 0)
    }

    /// The least time, in seconds, after which the server returns an undelivered message (RFC 2852).
    pub fn minimum_deliver_by(&self) -> Option<u32> {
        self.number("DELIVERBY")
    }

    /// The longest time, in seconds, that the server holds a message back (RFC 4865).
    pub fn maximum_hold(&self) -> Option<u32> {
        self.number("FUTURERELEASE").filter(|maximum| *maximum > 0)
    }

    /// The SASL mechanisms that the server offers (RFC 4954, section 3), in upper case, each once.
    pub fn auth_mechanisms(&self) -> Vec<String> {
        let mut mechanisms = Vec::new();
        for mechanism in self.get("AUTH").unwrap_or_default().split_whitespace() {
            let mechanism = mechanism.to_ascii_uppercase();
            if !mechanisms.contains(&mechanism) {
                mechanisms.push(mechanism);
            }
        }
        mechanisms
    }

    /// The first parameter of `keyword`, if it is a number that fits.
    fn number<N: FromStr>(&self, keyword: &str) -> Option<N> {
        let first = self.get(keyword)?.split_whitespace().next()?;
        decimal::parse(first, MAX_DIGITS)
    }

    /// If a keyword comes again, its parameters are joined.
    fn add(&mut self, keyword: &str, parameters: &str) {
        let parameters = parameters.trim();
        match self.0.iter_mut().find(|(known, _)| known == keyword) {
            Some((_, known)) => *known = format!("{known} {parameters}").trim().into(),
            None if keyword.is_empty() => (),
            None => self.0.push((keyword.into(), parameters.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extensions(lines: &[&str]) -> Extensions {
        let lines = [&["mail.example.org"], lines].concat();
        let lines = lines.into_iter().map(String::from).collect();
        Extensions::from_reply(&Reply {
            code: 250,
            enhanced: None,
            lines,
        })
    }

    // Conformance: 5
    #[test]
    fn keywords_are_found_in_any_case_and_with_their_parameters() {
        let offered = extensions(&["size 1000", "Pipelining", "LIMITS RCPTMAX=20 MAILMAX=5"]);
        assert_eq!(offered.get("SIZE"), Some("1000"));
        assert_eq!(offered.get("pipelining"), Some(""));
        assert_eq!(offered.get("LIMITS"), Some("RCPTMAX=20 MAILMAX=5"));
        assert!(!offered.has("STARTTLS"));
    }

    // Conformance: 5
    #[test]
    fn the_greeting_is_not_a_keyword() {
        let lines = vec!["STARTTLS".into()];
        let reply = Reply {
            code: 250,
            enhanced: None,
            lines,
        };
        assert_eq!(Extensions::from_reply(&reply), Extensions::default());
    }

    // Conformance: 5
    #[test]
    fn unknown_keywords_are_kept_in_order_and_empty_lines_are_not() {
        let offered = extensions(&["XFOO bar", "", "8bitmime ", "  x-clacks Overhead"]);
        let offered: Vec<_> = offered.iter().collect();
        assert_eq!(
            offered,
            [("XFOO", "bar"), ("8BITMIME", ""), ("X-CLACKS", "Overhead")]
        );
    }

    #[test]
    fn mechanisms_come_from_both_forms_of_auth_each_once() {
        let offered = extensions(&["AUTH PLAIN login", "AUTH=LOGIN CRAM-MD5"]);
        assert_eq!(offered.auth_mechanisms(), ["PLAIN", "LOGIN", "CRAM-MD5"]);
        assert_eq!(extensions(&["AUTH=PLAIN"]).auth_mechanisms(), ["PLAIN"]);
        assert_eq!(extensions(&["AUTH"]).get("AUTH"), Some(""));
        assert!(extensions(&["SIZE"]).auth_mechanisms().is_empty());
    }

    #[test]
    fn repeated_keywords_join_their_parameters() {
        let offered = extensions(&["LIMITS MAILMAX=5", "LIMITS", "limits RCPTMAX=20"]);
        assert_eq!(offered.get("LIMITS"), Some("MAILMAX=5 RCPTMAX=20"));
        assert_eq!(extensions(&["XFOO", "XFOO bar"]).get("XFOO"), Some("bar"));
    }

    // Conformance: 56
    #[test]
    fn a_size_that_is_absent_zero_or_no_number_is_no_limit() {
        let limit = |line| extensions(&[line]).size_limit();
        assert_eq!(limit("SIZE 35882577"), Some(35_882_577));
        assert_eq!(limit("SIZE 18446744073709551615"), Some(u64::MAX));
        for line in [
            "SIZE",
            "SIZE 0",
            "SIZE -1",
            "SIZE +1",
            "SIZE many",
            "SIZE 99999999999999999999",
            "HELP",
        ] {
            assert_eq!(limit(line), None, "{line}");
        }
    }

    #[test]
    fn times_are_the_first_parameter_and_a_number() {
        let offered = extensions(&["DELIVERBY 240", "FUTURERELEASE 86400 2030-01-01T00:00:00Z"]);
        assert_eq!(offered.minimum_deliver_by(), Some(240));
        assert_eq!(offered.maximum_hold(), Some(86400));
        for parameter in ["", " soon", " -1", " 99999999999"] {
            let lines = [
                format!("DELIVERBY{parameter}"),
                format!("FUTURERELEASE{parameter}"),
            ];
            let offered = extensions(&lines.each_ref().map(|line| &**line));
            assert_eq!(offered.minimum_deliver_by(), None, "{parameter}");
            assert_eq!(offered.maximum_hold(), None, "{parameter}");
        }
    }

    #[test]
    fn an_extension_that_is_required_and_not_offered_is_named() {
        let offered = extensions(&["dsn"]);
        assert_eq!(offered.require("DSN", "set-notify", "leave it out"), Ok(()));
        let Err(Error::ExtensionUnavailable(unavailable)) =
            offered.require("SMTPUTF8", "set-smtputf8", "leave it out")
        else {
            panic!("SMTPUTF8 is not offered")
        };
        assert_eq!(unavailable.keyword, "SMTPUTF8");
        assert_eq!(
            unavailable.reason,
            "the server does not offer SMTPUTF8, which set-smtputf8 asks for: leave it out"
        );
    }
}
