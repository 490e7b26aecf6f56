//! Header fields of the caller's own, and those that are not the caller's to set.

use super::Invalid;
use super::check;
use crate::excerpt::shown;

/// Octets of a name, so that an encoded word fits after it on a line.
const MAX_NAME: usize = 50;

/// Octets of a text in a header field. Servers cut longer fields, or refuse them.
const MAX_TEXT: usize = 10_000;

/// Fields that have a setter, each with its name.
const OF_SETTERS: [(&str, &str); 13] = [
    ("from", "from"),
    ("sender", "sender"),
    ("reply-to", "reply-to"),
    ("to", "to"),
    ("cc", "cc"),
    ("bcc", "bcc"),
    ("subject", "subject"),
    ("date", "date"),
    ("message-id", "message-id"),
    ("in-reply-to", "reply"),
    ("references", "reply"),
    ("list-unsubscribe", "unsubscribe"),
    ("list-unsubscribe-post", "unsubscribe"),
];

/// Fields that servers or signers write, so that one of the caller's would be taken for theirs; and those of
/// a message that is sent on.
const OF_SERVERS: [&str; 7] = [
    "apparently-to",
    "authentication-results",
    "delivered-to",
    "dkim-signature",
    "received",
    "received-spf",
    "return-path",
];

/// Checks a field's name and its text.
pub(super) fn check(name: &str, text: &str) -> Result<(), Invalid> {
    let reason = match check_name(name) {
        Ok(()) if text.is_empty() => {
            Err("its text is empty: give one, or leave the field out".into())
        }
        Ok(()) => check_text(text),
        Err(reason) => Err(reason),
    };
    reason.map_err(|reason| Invalid::new(&shown(name), reason))
}

/// Checks the text of an unstructured field.
pub(super) fn check_text(text: &str) -> Result<(), String> {
    if text.len() > MAX_TEXT {
        return Err(format!("it is longer than {MAX_TEXT} octets: shorten it"));
    }
    check::one_line(text)
}

fn check_name(name: &str) -> Result<(), String> {
    let of_name = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(of_name) {
        return Err(format!(
            "a header field's name has letters, digits and hyphens, and {MAX_NAME} of them at most"
        ));
    }
    let name = name.to_ascii_lowercase();
    if let Some((_, setter)) = OF_SETTERS.iter().find(|(field, _)| *field == name) {
        return Err(format!(
            "this field has a setter of its own: set `{setter}`"
        ));
    }
    let starts_with = |prefix: &&str| name.starts_with(prefix);
    if name == "mime-version" || name.starts_with("content-") {
        Err("the composer writes this field: leave it out".into())
    } else if OF_SERVERS.contains(&name.as_str()) || ["arc-", "resent-"].iter().any(starts_with) {
        Err("servers and signers write this field: leave it out".into())
    } else {
        Ok(())
    }
}
