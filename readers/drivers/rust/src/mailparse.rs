//! The crate mailparse.

use std::error::Error;

use mailparse::{
    DispositionType, MailAddr, MailHeaderMap, MailParseError, ParsedMail, SingleInfo,
    addrparse_header, parse_mail,
};
use serde_json::{Value, json};

use crate::attachment;

pub fn read(octets: &[u8]) -> Result<Value, Box<dyn Error>> {
    let message = parse_mail(octets)?;
    let leaves: Vec<&ParsedMail<'_>> = message
        .parts()
        .filter(|part| part.subparts.is_empty())
        .collect();
    let body = |kind: &str| {
        leaves
            .iter()
            .position(|part| part.ctype.mimetype == kind && !is_attachment(part))
    };
    let (plain, html) = (body("text/plain"), body("text/html"));
    let text = |index: Option<usize>| index.map(|index| leaves[index].get_body()).transpose();
    let others = leaves
        .iter()
        .enumerate()
        .filter(|(index, _)| Some(*index) != plain && Some(*index) != html);
    let attachments: Result<Vec<Value>, MailParseError> =
        others.map(|(_, part)| attached(part)).collect();
    Ok(json!({
        "subject": message.headers.get_first_value("Subject"),
        "from": addresses(&message, "From")?,
        "to": addresses(&message, "To")?,
        "cc": addresses(&message, "Cc")?,
        "text": text(plain)?,
        "html": text(html)?,
        "attachments": attachments?,
    }))
}

fn is_attachment(part: &ParsedMail<'_>) -> bool {
    part.get_content_disposition().disposition == DispositionType::Attachment
}

fn addresses(message: &ParsedMail<'_>, field: &str) -> Result<Vec<Value>, MailParseError> {
    let Some(header) = message.headers.get_first_header(field) else {
        return Ok(Vec::new());
    };
    let list = addrparse_header(header)?.into_inner().into_iter();
    let mailboxes = list.flat_map(|address| match address {
        MailAddr::Single(single) => vec![single],
        MailAddr::Group(group) => group.addrs,
    });
    let pair = |mailbox: SingleInfo| json!([mailbox.display_name, mailbox.addr]);
    Ok(mailboxes.map(pair).collect())
}

fn attached(part: &ParsedMail<'_>) -> Result<Value, MailParseError> {
    let disposition = part.get_content_disposition();
    let name = disposition
        .params
        .get("filename")
        .or(part.ctype.params.get("name"));
    let cid = part.headers.get_first_value("Content-ID");
    let content = part.get_body_raw()?;
    Ok(attachment(
        name.map(String::as_str),
        &part.ctype.mimetype,
        &content,
        cid.as_deref(),
    ))
}
