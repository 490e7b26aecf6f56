//! Values of the DSN parameters RET, ENVID, NOTIFY and ORCPT (delivery status notifications, RFC 3461).

use crate::smtp::excerpt::excerpt;
use crate::smtp::xtext;

/// Characters of an envelope id before it is encoded (RFC 3461, section 4.4).
const MAX_ENVELOPE_ID: usize = 100;

/// Octets of the whole ORCPT parameter (RFC 3461, section 4.2).
const MAX_ORIGINAL_RECIPIENT: usize = 500;

/// How much of the message a notification returns (RFC 3461, section 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DsnContents {
    /// The whole message.
    Full,
    /// The header only.
    Headers,
}

/// When to notify the sender (RFC 3461, section 4.1). `never` excludes the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notify {
    /// Not even of a failure.
    pub never: bool,
    /// When the message is delivered.
    pub success: bool,
    /// When delivery has failed.
    pub failure: bool,
    /// When delivery takes longer than usual.
    pub delay: bool,
}

impl DsnContents {
    /// The value of RET.
    pub(super) fn value(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Headers => "HDRS",
        }
    }
}

impl Notify {
    /// The value of NOTIFY.
    pub(super) fn value(self) -> Result<String, String> {
        let when = [
            (self.success, "SUCCESS"),
            (self.failure, "FAILURE"),
            (self.delay, "DELAY"),
        ];
        let when: Vec<_> = when
            .into_iter()
            .filter_map(|(asked, name)| asked.then_some(name))
            .collect();
        match (self.never, when.is_empty()) {
            (true, true) => Ok("NEVER".into()),
            (false, false) => Ok(when.join(",")),
            (true, false) => Err("notify: `never` excludes the others: leave them out".into()),
            (false, true) => Err("notify: nothing is set: set an event, or `never`".into()),
        }
    }
}

/// The value of ENVID.
pub(super) fn envelope_id(id: &str) -> Result<String, String> {
    match id.len() {
        1..=MAX_ENVELOPE_ID if is_printable(id) => Ok(xtext::encode(id)),
        _ => Err(format!(
            "envelope id `{}`: it is 1 to {MAX_ENVELOPE_ID} printable characters of ASCII",
            excerpt(id.as_bytes())
        )),
    }
}

/// The value of ORCPT. The address need not be one of SMTP: its type decides.
pub(super) fn original_recipient(address_type: &str, address: &str) -> Result<String, String> {
    typed_address(address_type, address).map_err(|reason| {
        let (kind, address) = (
            excerpt(address_type.as_bytes()),
            excerpt(address.as_bytes()),
        );
        format!("original recipient `{kind};{address}`: {reason}")
    })
}

fn typed_address(address_type: &str, address: &str) -> Result<String, String> {
    // An atom (RFC 3461, section 4.2). The registered types hold only these characters.
    let of_type = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
    if address_type.is_empty() || !address_type.bytes().all(of_type) {
        return Err("the type is a name such as rfc822 or utf-8".into());
    }
    if address.is_empty() {
        return Err("the address is missing".into());
    }
    let encoded = if address_type.eq_ignore_ascii_case("utf-8") {
        if address.contains(char::is_control) {
            return Err("it holds a control character, such as a line break".into());
        }
        xtext::encode_unicode(address)
    } else if is_printable(address) {
        xtext::encode(address)
    } else {
        return Err("it holds more than printable ASCII: its type is utf-8".into());
    };
    let value = format!("{address_type};{encoded}");
    if "ORCPT=".len() + value.len() > MAX_ORIGINAL_RECIPIENT {
        return Err(format!(
            "encoded, it is longer than {MAX_ORIGINAL_RECIPIENT} octets"
        ));
    }
    Ok(value)
}

/// Graphic characters and the space (RFC 3461, sections 4.2 and 4.4).
fn is_printable(text: &str) -> bool {
    text.bytes().all(|octet| matches!(octet, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Conformance: 58
    #[test]
    fn notify_is_never_alone_or_at_least_one_event() {
        let notify = |never, success, failure, delay| {
            let notify = Notify {
                never,
                success,
                failure,
                delay,
            };
            notify.value()
        };
        assert_eq!(notify(true, false, false, false), Ok("NEVER".into()));
        assert_eq!(
            notify(false, true, true, true),
            Ok("SUCCESS,FAILURE,DELAY".into())
        );
        assert_eq!(notify(false, false, true, false), Ok("FAILURE".into()));
        let error = notify(true, false, true, false).unwrap_err();
        assert!(error.contains("excludes the others"), "{error}");
        let error = notify(false, false, false, false).unwrap_err();
        assert!(error.contains("nothing is set"), "{error}");
    }

    // Conformance: 57
    #[test]
    fn an_envelope_id_is_xtext_of_at_most_100_printable_characters() {
        assert_eq!(envelope_id("a b+c=1"), Ok("a+20b+2Bc+3D1".into()));
        assert_eq!(envelope_id(&"+".repeat(100)), Ok("+2B".repeat(100)));
        for id in ["", "é", "a\r\nRSET", "a\tb", &"a".repeat(101)] {
            let error = envelope_id(id).unwrap_err();
            assert!(error.contains("1 to 100 printable"), "{error}");
        }
    }

    // Conformance: 57
    #[test]
    fn an_original_recipient_is_its_type_and_xtext() {
        for (address_type, address, value) in [
            ("rfc822", "a+b@example.org", "rfc822;a+2Bb@example.org"),
            ("x400", "/C=GR/S=a b/", "x400;/C+3DGR/S+3Da+20b/"),
            ("UTF-8", "δ@example.org", r"UTF-8;\x{3B4}@example.org"),
            ("utf-8", r"a\b", r"utf-8;a\x{5C}b"),
        ] {
            assert_eq!(original_recipient(address_type, address), Ok(value.into()));
        }
    }

    #[test]
    fn an_original_recipient_that_cannot_be_sent_is_refused_with_the_reason() {
        for (address_type, address, reason) in [
            ("", "a@example.org", "the type is a name"),
            ("rfc 822", "a@example.org", "the type is a name"),
            ("rfc822;x", "a@example.org", "the type is a name"),
            ("rfc822", "", "address is missing"),
            ("rfc822", "δ@example.org", "its type is utf-8"),
            ("rfc822", "a\r\nRSET", "its type is utf-8"),
            ("utf-8", "a\r\nRSET", "control character"),
            ("rfc822", &"=".repeat(163), "longer than 500"),
        ] {
            let error = original_recipient(address_type, address).unwrap_err();
            assert!(error.starts_with("original recipient `"), "{error}");
            assert!(error.contains(reason), "{error}");
        }
        assert!(original_recipient("rfc822", &"=".repeat(162)).is_ok());
    }
}
