//! Parses the command lines of a client.

/// The verb in capitals, and the rest of the line.
pub(super) fn verb(line: &str) -> (String, &str) {
    let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
    (verb.to_ascii_uppercase(), argument.trim())
}

/// The mailbox of `FROM:<mailbox> parameters`, and the parameters
/// (RFC 5321, section 4.1.1.2).
pub(super) fn path<'a>(argument: &'a str, keyword: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let (found, path) = argument.split_once(':')?;
    if !found.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let path = path.trim_start().strip_prefix('<')?;
    let (mailbox, parameters) = path.split_at(path_end(path)?);
    Some((mailbox, parameters[1..].split_whitespace().collect()))
}

/// The line without the initial response of AUTH.
pub(super) fn without_secrets(line: &str) -> String {
    match verb(line) {
        (verb, argument) if verb == "AUTH" => match argument.split_once(' ') {
            Some((mechanism, _)) => format!("AUTH {mechanism} (secret)"),
            None => line.to_owned(),
        },
        _ => line.to_owned(),
    }
}

/// The position of the `>` that is not inside a quoted string.
fn path_end(path: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in path.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_local_part_may_contain_an_angle_bracket() {
        let argument = r#"TO:<"a\">b"@mail.test> NOTIFY=NEVER"#;
        assert_eq!(
            path(argument, "TO"),
            Some((r#""a\">b"@mail.test"#, vec!["NOTIFY=NEVER"]))
        );
    }

    #[test]
    fn a_path_needs_angle_brackets() {
        assert_eq!(path("FROM:a@mail.test", "FROM"), None);
        assert_eq!(path("FROM:<a@mail.test", "FROM"), None);
        assert_eq!(path("FROM:<>", "FROM"), Some(("", vec![])));
    }

    #[test]
    fn an_initial_response_is_a_secret() {
        assert_eq!(
            without_secrets("auth PLAIN AGEAYg=="),
            "AUTH PLAIN (secret)"
        );
        assert_eq!(without_secrets("AUTH LOGIN"), "AUTH LOGIN");
    }
}
