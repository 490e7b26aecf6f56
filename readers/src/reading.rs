//! What a message says to a person: its reader's findings, or what the composer was given.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub struct Reading {
    pub subject: Option<String>,
    pub from: Vec<Address>,
    /// The members of groups too.
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub text: Option<String>,
    pub html: Option<String>,
    /// All that is neither the text nor the HTML, in the order of the message.
    pub attachments: Vec<Attachment>,
}

/// A display name and a mailbox.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Address(pub Option<String>, pub String);

#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Attachment {
    pub name: Option<String>,
    #[serde(rename = "type")]
    pub kind: String,
    /// In hexadecimal.
    pub sha256: String,
    pub size: u64,
    /// Content-ID.
    pub cid: Option<String>,
}

/// One field in which a reading is not what was expected.
#[derive(Debug, PartialEq)]
pub struct Difference {
    /// Such as `attachments[1].name`.
    pub field: String,
    pub expected: Value,
    /// Null if there is none.
    pub reported: Value,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Difference {
            field,
            expected,
            reported,
        } = self;
        write!(f, "{field}: expected {expected}, reported {reported}")
    }
}

impl Reading {
    /// Without that in which readers legitimately differ: line ends are LF, and there are none at the end of a
    /// text; an empty text, name or subject is none; a media type has no parameters and is in small letters; a
    /// Content-ID has no angle brackets.
    pub fn normalized(mut self) -> Reading {
        self.subject = filled(self.subject);
        self.text = self.text.and_then(normalized_text);
        self.html = self.html.and_then(normalized_text);
        for Address(name, _) in self.from.iter_mut().chain(&mut self.to).chain(&mut self.cc) {
            *name = filled(name.take());
        }
        for attachment in &mut self.attachments {
            attachment.name = filled(attachment.name.take());
            let essence = attachment.kind.split(';').next().unwrap_or_default();
            attachment.kind = essence.trim().to_ascii_lowercase();
            let cid = attachment.cid.take();
            attachment.cid = filled(cid.map(|cid| cid.trim_matches(['<', '>']).into()));
        }
        self
    }

    /// Where `reported` says something else.
    pub fn differences(&self, reported: &Reading) -> Vec<Difference> {
        let (expected, reported) = (self.fields(), reported.fields());
        let names: BTreeSet<&String> = expected.keys().chain(reported.keys()).collect();
        let value =
            |fields: &BTreeMap<String, Value>, name| fields.get(name).cloned().unwrap_or_default();
        let differences = names.into_iter().map(|field| Difference {
            field: field.clone(),
            expected: value(&expected, field),
            reported: value(&reported, field),
        });
        differences
            .filter(|difference| difference.expected != difference.reported)
            .collect()
    }

    fn fields(&self) -> BTreeMap<String, Value> {
        let mut fields = BTreeMap::new();
        let mut set = |name: String, value: Value| drop(fields.insert(name, value));
        set("subject".into(), json!(self.subject));
        set("text".into(), json!(self.text));
        set("html".into(), json!(self.html));
        for (field, list) in [("from", &self.from), ("to", &self.to), ("cc", &self.cc)] {
            for (index, Address(name, mailbox)) in list.iter().enumerate() {
                set(format!("{field}[{index}]"), json!([name, mailbox]));
            }
        }
        for (index, attachment) in self.attachments.iter().enumerate() {
            let mut set = |name, value| set(format!("attachments[{index}].{name}"), value);
            let Attachment {
                name,
                kind,
                sha256,
                size,
                cid,
            } = attachment;
            set("name", json!(name));
            set("type", json!(kind));
            set("content", json!(format!("{size} octets, SHA-256 {sha256}")));
            set("cid", json!(cid));
        }
        fields
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn normalized_text(text: String) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    filled(Some(text.trim_end_matches('\n').into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading() -> Reading {
        Reading {
            subject: Some("Hello".into()),
            from: vec![Address(Some("Ada".into()), "ada@example.org".into())],
            to: Vec::new(),
            cc: Vec::new(),
            text: Some("One\r\ntwo \r\n\r\n".into()),
            html: Some(String::new()),
            attachments: vec![Attachment {
                name: None,
                kind: "Image/PNG; name=x".into(),
                sha256: "00".into(),
                size: 1,
                cid: Some("<a@b>".into()),
            }],
        }
    }

    #[test]
    fn only_line_ends_and_spellings_are_normalized() {
        let normalized = reading().normalized();
        assert_eq!(normalized.text.as_deref(), Some("One\ntwo "));
        assert_eq!(normalized.html, None);
        assert_eq!(normalized.from, reading().from);
        assert_eq!(normalized.attachments[0].kind, "image/png");
        assert_eq!(normalized.attachments[0].cid.as_deref(), Some("a@b"));
    }

    #[test]
    fn a_difference_names_its_field_and_what_is_missing_is_null() {
        let mut reported = reading();
        reported.from.clear();
        reported.attachments[0].size = 2;
        let differences = reading().differences(&reported);
        let lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "attachments[0].content: expected \"1 octets, SHA-256 00\", reported \"2 octets, SHA-256 00\"",
                "from[0]: expected [\"Ada\",\"ada@example.org\"], reported null",
            ]
        );
    }
}
