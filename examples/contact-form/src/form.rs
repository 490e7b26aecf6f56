//! The fields of the form, and their checks.

const LONGEST_NAME: usize = 100;
const LONGEST_MESSAGE: usize = 10_000;
/// RFC 5321, section 4.5.3.1: envoi's limits too.
const LONGEST_LOCAL_PART: usize = 64;
const LONGEST_ADDRESS: usize = 254;

#[derive(Default)]
pub struct Form {
    pub name: String,
    pub address: String,
    /// Lines end in LF.
    pub message: String,
    /// A hidden field, which people leave empty.
    pub website: String,
}

/// A sentence for each field; empty if the field is valid.
#[derive(Default)]
pub struct Errors {
    pub name: &'static str,
    pub address: &'static str,
    pub message: &'static str,
}

impl Errors {
    pub fn any(&self) -> bool {
        ![self.name, self.address, self.message].concat().is_empty()
    }
}

impl Form {
    pub fn parse(body: &[u8]) -> Self {
        let field = |wanted| {
            let mut fields = form_urlencoded::parse(body);
            let found = fields.find(|(name, _)| name == wanted);
            found.map_or(String::new(), |(_, value)| value.trim().to_owned())
        };
        Self {
            name: field("name"),
            address: field("address"),
            message: field("message").replace("\r\n", "\n"),
            website: field("website"),
        }
    }

    pub fn errors(&self) -> Errors {
        Errors {
            name: name_error(&self.name),
            address: address_error(&self.address),
            message: message_error(&self.message),
        }
    }
}

fn name_error(name: &str) -> &'static str {
    if name.is_empty() {
        "Enter your name."
    } else if name.chars().count() > LONGEST_NAME {
        "Your name has more than 100 characters: shorten it."
    } else if name.contains(is_break_or_control) {
        "Your name holds a line break or another control character: remove it."
    } else {
        ""
    }
}

/// U+2028 and U+2029 are line breaks that are not control characters.
fn is_break_or_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn address_error(address: &str) -> &'static str {
    if address.is_empty() {
        "Enter your email address."
    } else if !is_address(address) {
        "Enter an address like ada@example.org."
    } else {
        ""
    }
}

fn message_error(message: &str) -> &'static str {
    let is_unsendable = |c: char| c.is_control() && c != '\n' && c != '\t';
    if message.is_empty() {
        "Enter a message."
    } else if message.chars().count() > LONGEST_MESSAGE {
        "Your message has more than 10,000 characters: shorten it."
    } else if message.contains(is_unsendable) {
        "Your message holds a control character: remove it."
    } else {
        ""
    }
}

/// Stricter than RFC 5321, which allows addresses that nobody uses: no quotes, no comments, and only
/// ASCII, because not every server takes a header in UTF-8.
fn is_address(address: &str) -> bool {
    let Some((local_part, domain)) = address.split_once('@') else {
        return false;
    };
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let is_local_part = local_part
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atom));
    let is_label = |label: &str| {
        let is_inside = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty() && label.chars().all(is_inside)
    };
    is_local_part
        && local_part.len() <= LONGEST_LOCAL_PART
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && address.len() <= LONGEST_ADDRESS
}
