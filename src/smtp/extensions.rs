//! What a server offers in its reply to EHLO (RFC 5321, section 4.1.1.1).
//!
//! ```text
//! 250-mail.example.org greets you      the first line is a greeting
//! 250-SIZE 35882577                    then keywords, known or not, and their parameters
//! 250 AUTH PLAIN LOGIN
//! ```

use super::reply::Reply;

/// The extensions on offer. With HELO, and before any reply, there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions(Vec<(String, String)>);

impl Extensions {
    /// From a positive reply to EHLO.
    pub fn from_reply(reply: &Reply) -> Self {
        let mut extensions = Self::default();
        for line in reply.lines.iter().skip(1) {
            let line = line.trim();
            let (keyword, parameters) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let keyword = keyword.to_ascii_uppercase();
            match keyword.strip_prefix("AUTH=") {
                // The form before RFC 2554, which servers offer beside the new one for old clients.
                Some(first) => extensions.add("AUTH", &format!("{first} {parameters}")),
                None => extensions.add(&keyword, parameters),
            }
        }
        extensions
    }

    /// The parameters of `keyword`, in any case; empty where it is offered without any.
    pub fn get(&self, keyword: &str) -> Option<&str> {
        self.iter()
            .find(|(offered, _)| offered.eq_ignore_ascii_case(keyword))
            .map(|(_, parameters)| parameters)
    }

    pub fn has(&self, keyword: &str) -> bool {
        self.get(keyword).is_some()
    }

    /// Keywords, in upper case, and their parameters, as the server ordered them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(keyword, parameters)| (&**keyword, &**parameters))
    }

    /// The largest message that the server takes, in octets (RFC 1870, section 4), if it says so:
    /// 0 stands for no limit.
    pub fn size_limit(&self) -> Option<u64> {
        let parameters = self.get("SIZE")?;
        let limit = parameters.split_whitespace().next()?;
        let is_number = limit.bytes().all(|octet| octet.is_ascii_digit());
        limit.parse().ok().filter(|limit| is_number && *limit > 0)
    }

    /// The SASL mechanisms on offer (RFC 4954, section 3), in upper case, each once.
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

    /// Joins the parameters of a keyword that comes again.
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

    #[test]
    fn keywords_are_found_in_any_case_and_with_their_parameters() {
        let offered = extensions(&["size 1000", "Pipelining", "LIMITS RCPTMAX=20 MAILMAX=5"]);
        assert_eq!(offered.get("SIZE"), Some("1000"));
        assert_eq!(offered.get("pipelining"), Some(""));
        assert_eq!(offered.get("LIMITS"), Some("RCPTMAX=20 MAILMAX=5"));
        assert!(!offered.has("STARTTLS"));
    }

    #[test]
    fn the_greeting_is_no_keyword() {
        let lines = vec!["STARTTLS".into()];
        let reply = Reply {
            code: 250,
            enhanced: None,
            lines,
        };
        assert_eq!(Extensions::from_reply(&reply), Extensions::default());
    }

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

    #[test]
    fn a_size_that_is_absent_nought_or_no_number_is_no_limit() {
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
}
