//! The crate mail-parser.

use std::borrow::Cow;
use std::error::Error;

use mail_parser::{AddressList, MessageParser, MessagePart, PartKind};
use serde_json::{Value, json};

use crate::attachment;

pub fn read(octets: &[u8]) -> Result<Value, Box<dyn Error>> {
    let message = MessageParser::default()
        .parse(octets)
        .ok_or("it is no message")?;
    // Each list has a part of the other form if there is none of its own.
    let text = message
        .text_body()
        .find(|part| matches!(part.kind(), PartKind::Text));
    let html = message
        .html_body()
        .find(|part| matches!(part.kind(), PartKind::Html));
    let attachments: Vec<Value> = message.attachments().map(attached).collect();
    Ok(json!({
        "subject": message.subject(),
        "from": addresses(message.from()),
        "to": addresses(message.to()),
        "cc": addresses(message.cc()),
        "text": text.and_then(|part| part.text()),
        "html": html.and_then(|part| part.text()),
        "attachments": attachments,
    }))
}

fn addresses(list: Option<AddressList<'_>>) -> Vec<Value> {
    let mailboxes = list.into_iter().flat_map(|list| list.mailboxes());
    mailboxes
        .map(|mailbox| json!([mailbox.name(), mailbox.address()]))
        .collect()
}

fn attached(part: MessagePart<'_>) -> Value {
    let kind = part.content_type().map_or(String::new(), |kind| {
        format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default())
    });
    let content = match part.kind() {
        PartKind::Message(message) => Cow::Borrowed(message.raw()),
        _ => part.decoded(),
    };
    attachment(part.attachment_name(), &kind, &content, part.content_id())
}
