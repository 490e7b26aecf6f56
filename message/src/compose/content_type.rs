//! Content types that the caller names (RFC 2045, section 5.1).

use super::phrase::quoted;

/// Octets of a content type with its parameters: each is on one line of a message, which has 998 at most.
const MAX_LENGTH: usize = 500;

/// `type/subtype` in small letters, and parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ContentType {
    essence: String,
    parameters: Vec<(String, String)>,
}

impl ContentType {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("it is longer than {MAX_LENGTH} octets: shorten it"));
        }
        if !text.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
            return Err(
                "it may hold printable ASCII only: give one such as application/pdf".into(),
            );
        }
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        let essence = essence.trim().to_ascii_lowercase();
        let parts = essence.split_once('/');
        if !parts.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype)) {
            return Err("it is not `type/subtype`: give one such as application/pdf".into());
        }
        if essence.starts_with("multipart/") {
            return Err("a part in several parts is not composed: attach each by itself".into());
        }
        Ok(Self {
            essence,
            parameters: parse_parameters(parameters)?,
        })
    }

    /// Without parameters.
    pub(super) fn essence(&self) -> &str {
        &self.essence
    }

    pub(super) fn is_text(&self) -> bool {
        self.essence.starts_with("text/")
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let (_, value) = self.parameters.iter().find(|(other, _)| other == name)?;
        Some(value)
    }

    /// Each as it is written.
    pub(super) fn parameters(&self) -> Vec<String> {
        let written = |(name, value): &(String, String)| {
            if is_token(value) {
                format!("{name}={value}")
            } else {
                format!("{name}={}", quoted(value))
            }
        };
        self.parameters.iter().map(written).collect()
    }
}

fn parse_parameters(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut parameters: Vec<(String, String)> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, value, after) = parse_parameter(rest)
            .ok_or("its parameters are not `name=value` with `;` between them")?;
        if matches!(name.as_str(), "name" | "boundary") {
            return Err(format!(
                "the parameter `{name}` is the composer's: leave it out, and name the attachment itself"
            ));
        }
        if parameters.iter().any(|(other, _)| *other == name) {
            return Err(format!(
                "the parameter `{name}` stands there twice: remove one"
            ));
        }
        parameters.push((name, value));
        rest = after;
    }
    Ok(parameters)
}

/// Name and value of the first parameter, and what follows its semicolon.
fn parse_parameter(text: &str) -> Option<(String, String, &str)> {
    let (name, rest) = text.split_once('=')?;
    let (name, rest) = (name.trim().to_ascii_lowercase(), rest.trim_start());
    // A name with `*` would be a piece, or encoded (RFC 2231).
    if !is_token(&name) || name.contains('*') {
        return None;
    }
    let (value, rest) = match rest.strip_prefix('"') {
        Some(rest) => parse_quoted(rest)?,
        None => {
            let end = rest.find(';').unwrap_or(rest.len());
            let (value, rest) = rest.split_at_checked(end)?;
            let value = value.trim_end();
            (is_token(value).then(|| value.to_string())?, rest)
        }
    };
    let rest = rest.trim_start();
    if rest.is_empty() {
        return Some((name, value, rest));
    }
    Some((name, value, rest.strip_prefix(';')?.trim_start()))
}

/// The value after an opening quote, and what follows the closing one.
fn parse_quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => return Some((value, characters.as_str())),
            '\\' => value.push(characters.next()?),
            character => value.push(character),
        }
    }
}

/// RFC 2045, section 5.1.
fn is_token(text: &str) -> bool {
    let of_token = |octet: u8| octet.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&octet);
    !text.is_empty() && text.bytes().all(of_token)
}

#[cfg(test)]
mod tests {
    use super::ContentType;

    #[test]
    fn parameters_are_written_as_they_were_given_or_quoted() {
        let parsed =
            ContentType::parse("Text/Calendar; METHOD=REQUEST ;x=\"a; \\\"b\\\"\"; charset=utf-8;")
                .unwrap();
        assert_eq!(parsed.essence(), "text/calendar");
        assert_eq!(parsed.parameter("method"), Some("REQUEST"));
        assert_eq!(
            parsed.parameters(),
            ["method=REQUEST", r#"x="a; \"b\"""#, "charset=utf-8"]
        );
    }

    #[test]
    fn what_is_not_a_content_type_is_refused() {
        for text in [
            "",
            "pdf",
            "application/",
            "/pdf",
            "a/b/c",
            "a b/c",
            "application/pdf\r\nX: y",
            "application/pdf; x",
            "application/pdf; x=",
            "application/pdf; x=a b",
            "application/pdf; x=\"a",
            "application/pdf; x=\"a\" b",
            "application/pdf; name=a.pdf",
            "application/pdf; name*=UTF-8''a",
            "application/pdf; x=1; X=2",
            "multipart/mixed; boundary=a",
            "application/pdf; x=\"é\"",
        ] {
            assert!(ContentType::parse(text).is_err(), "{text}");
        }
    }
}
