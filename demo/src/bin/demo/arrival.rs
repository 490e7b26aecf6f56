//! What arrived: shows it, and compares it with what was composed.

use demo::Screen;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders};
use servers::sink::Delivery;

use crate::message;

pub(crate) fn parsed(delivery: &Delivery) -> Result<Message<'_>, String> {
    let parsed = MessageParser::default().parse(&delivery.message);
    parsed.ok_or_else(|| "what arrived is not a message".into())
}

pub(crate) fn show(screen: Screen, delivery: &Delivery, message: &Message) {
    screen.title("What arrived");
    let tls = if delivery.tls {
        ", inside TLS"
    } else {
        ", in clear"
    };
    screen.item("as", &format!("{}{tls}", delivery.username));
    screen.item("from", &delivery.sender);
    screen.item("to", &delivery.recipients.join(", "));
    screen.item("subject", message.subject().unwrap_or_default());
    let parts = message.parts.iter().filter(|part| !part.is_multipart());
    parts.for_each(|part| show_part(screen, part));
}

fn show_part(screen: Screen, part: &MessagePart) {
    let content_type = part.content_type().map(|found| {
        let subtype = found.subtype().unwrap_or_default();
        format!("{}/{subtype}", found.ctype())
    });
    let name = part.attachment_name().map(|name| format!(", {name}"));
    screen.item(
        "part",
        &format!(
            "{:>6} octets of {}{}",
            part.contents().len(),
            content_type.unwrap_or_default(),
            name.unwrap_or_default()
        ),
    );
}

/// The error names the first difference.
pub(crate) fn compare(
    delivery: &Delivery,
    message: &Message,
    username: &str,
) -> Result<(), String> {
    let texts = [message.body_text(0), message.body_html(0)];
    let composed = [message::TEXT, message::HTML].map(|text| text.replace('\n', "\r\n"));
    let files: Vec<&[u8]> = message.attachments().map(MessagePart::contents).collect();
    for (is_same, what) in [
        (delivery.sender == message::SENDER, "the sender"),
        (delivery.recipients == message::RECIPIENTS, "the recipients"),
        (delivery.tls, "TLS"),
        (delivery.username == username, "the user"),
        (message.subject() == Some(message::SUBJECT), "the subject"),
        (
            texts.each_ref().map(Option::as_deref) == composed.each_ref().map(|text| Some(&**text)),
            "the text",
        ),
        (
            files == [message::IMAGE.content()?, message::ATTACHMENT.content()?],
            "the image or the attachment",
        ),
    ] {
        if !is_same {
            return Err(format!("{what} did not arrive as it was sent"));
        }
    }
    Ok(())
}
