//! From a draft to a message: its header, its parts, its envelope.

use std::collections::BTreeSet;

use super::address::{Address, Destination};
use super::address_list::{write_addresses, write_list};
use super::body::Body;
use super::draft::{Draft, ReturnPath};
use super::field::{Field, write_field, write_parameters};
use super::file_name::{filename_parameter, name_parameter};
use super::structure::{Leaf, Part, structure};
use super::text::write_text;
use super::{Base64Lines, Invalid, content_id, date, mailbox};

/// A message, and the envelope that it is sent in.
#[derive(Clone, Debug)]
pub struct Composed {
    /// The reverse-path: `None` for the null one, `<>`.
    pub return_path: Option<String>,
    /// The mailboxes of To, Cc and Bcc, each once.
    pub recipients: Vec<String>,
    /// The message, one piece after the other: a single one if no content is streamed.
    ///
    /// Line ends are CRLF. No line is longer than 76 octets if it can be folded, none than 998. All is ASCII,
    /// but for mailboxes in UTF-8: these need SMTPUTF8 (RFC 6531).
    pub pieces: Vec<Piece>,
    /// With angle brackets.
    pub message_id: String,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it is sent.
    Octets(Vec<u8>),
    /// The stream of this number, encoded by [`Base64Lines`].
    Streamed(usize),
}

impl Composed {
    /// The whole message, if no content is streamed.
    pub fn message(&self) -> Option<&[u8]> {
        match self.pieces.as_slice() {
            [Piece::Octets(octets)] => Some(octets),
            _ => None,
        }
    }
}

impl Draft {
    /// Makes the message.
    ///
    /// `now` is in seconds since 1970. `random` makes the Message-ID and the boundaries: it has to be new for
    /// each message. The same draft with the same time and octets gives the same message.
    ///
    /// # Errors
    ///
    /// The draft lacks an author (`from`), one who sends for several authors (`sender`), a recipient (`to`) or
    /// content (`text`); its HTML text refers to a part that is not attached (`html`); `now` is not within
    /// the years 1970 to 9999 (`date`).
    pub fn compose(&self, now: i64, random: [u8; 32]) -> Result<Composed, Invalid> {
        let Some(author) = self.from.first() else {
            return Err(Invalid::new("from", "there is no author: set one"));
        };
        if self.from.len() > 1 && self.sender.is_none() {
            let reason = "several authors need one who sends: set `sender`";
            return Err(Invalid::new("sender", reason));
        }
        let recipients = self.recipients();
        if recipients.is_empty() {
            let reason = "there are no recipients: set `to`, `cc` or `bcc`";
            return Err(Invalid::new("to", reason));
        }
        self.check_references()?;
        let Some(part) = structure(self) else {
            let reason = "the draft is empty: set `text` or `html`, or attach something";
            return Err(Invalid::new("text", reason));
        };
        let date = match &self.date {
            Some(date) => date.clone(),
            None => date::date(now, 0).map_err(|reason| Invalid::new("date", reason))?,
        };
        let (for_id, for_boundary) = two_numbers(random);
        let message_id = match &self.message_id {
            Some(id) => format!("<{id}>"),
            None => format!("<{for_id:032x}@{}>", ascii_domain(author)),
        };

        let mut writer = PartWriter::new(&part, for_boundary);
        writer.message.reserve(part.size() + 2048);
        self.write_header(&mut writer.message, &date, &message_id);
        writer.write(&part);
        Ok(Composed {
            return_path: self.return_path(author),
            recipients,
            pieces: writer.finish(),
            message_id,
        })
    }

    fn return_path(&self, author: &Address) -> Option<String> {
        match &self.return_path {
            ReturnPath::Sender => Some(self.sender.as_ref().unwrap_or(author).mailbox.clone()),
            ReturnPath::Nowhere => None,
            ReturnPath::Mailbox(mailbox) => Some(mailbox.clone()),
        }
    }

    /// Domains are the same in capital and small letters, local parts are not (RFC 5321, section 2.4).
    fn recipients(&self) -> Vec<String> {
        let in_groups = self.groups.iter().flat_map(|group| &group.members);
        let all = self
            .to
            .iter()
            .chain(&self.cc)
            .chain(in_groups)
            .chain(&self.bcc);
        let mut seen = BTreeSet::new();
        all.map(|address| &address.mailbox)
            .filter(|mailbox| {
                let (local_part, domain) = mailbox.split_once('@').unwrap_or((mailbox, ""));
                seen.insert(format!("{local_part}@{}", domain.to_ascii_lowercase()))
            })
            .cloned()
            .collect()
    }

    fn check_references(&self) -> Result<(), Invalid> {
        let html = self.html.as_deref().unwrap_or_default();
        let is_attached = |id: &str| {
            let mut ids = self.attached.iter().map(|part| part.content_id.as_deref());
            ids.any(|own| own == Some(id))
        };
        match content_id::references(html).find(|id| !is_attached(id)) {
            None => Ok(()),
            Some(id) => Err(Invalid::new(
                "html",
                format!("no attachment has the content-id of `cid:{id}`: attach it"),
            )),
        }
    }

    fn write_header(&self, message: &mut Vec<u8>, date: &str, message_id: &str) {
        let groups =
            |field: Destination| self.groups.iter().filter(move |group| group.field == field);
        let addresses = |message: &mut Vec<u8>, name, addresses: &[Address]| {
            write_addresses(message, name, addresses, core::iter::empty());
        };
        addresses(message, "From", &self.from);
        if let Some(sender) = &self.sender
            && self
                .from
                .iter()
                .map(|author| &author.mailbox)
                .ne([&sender.mailbox])
        {
            addresses(message, "Sender", core::slice::from_ref(sender));
        }
        addresses(message, "Reply-To", &self.reply_to);
        write_addresses(message, "To", &self.to, groups(Destination::To));
        write_addresses(message, "Cc", &self.cc, groups(Destination::Cc));
        if !self.subject.is_empty() {
            write_unstructured(message, "Subject", &self.subject);
        }
        write_field(message, "Date", date);
        write_field(message, "Message-ID", message_id);
        if let Some(id) = &self.in_reply_to {
            write_field(message, "In-Reply-To", &format!("<{id}>"));
        }
        self.write_references(message);
        self.write_unsubscribe(message);
        for (name, text) in &self.own_fields {
            write_unstructured(message, name, text);
        }
        write_field(message, "MIME-Version", "1.0");
    }

    fn write_references(&self, message: &mut Vec<u8>) {
        if self.references.is_empty() {
            return;
        }
        let mut field = Field::new(message, "References");
        for id in &self.references {
            field.word(&format!("<{id}>"));
        }
        field.end();
    }

    fn write_unsubscribe(&self, message: &mut Vec<u8>) {
        let in_brackets = |url: &String| vec![format!("<{url}>")];
        let urls = self.unsubscribe.iter().map(in_brackets).collect();
        write_list(message, "List-Unsubscribe", urls);
        if self.one_click {
            write_field(
                message,
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click",
            );
        }
    }
}

fn write_unstructured(message: &mut Vec<u8>, name: &str, text: &str) {
    let mut field = Field::new(message, name);
    write_text(&mut field, text);
    field.end();
}

/// The domain of a Message-ID, which is ASCII. An address literal has no A-labels, and needs none.
fn ascii_domain(author: &Address) -> String {
    let domain = mailbox::domain(&author.mailbox);
    // The conversion decodes its tables, which takes milliseconds.
    if domain.is_ascii() {
        return domain.to_ascii_lowercase();
    }
    envoi_unicode::to_ascii(domain).map_or_else(|_| domain.into(), Into::into)
}

fn two_numbers(random: [u8; 32]) -> (u128, u128) {
    let number = |octets: &[u8]| {
        octets
            .iter()
            .fold(0, |number, octet| number << 8 | u128::from(*octet))
    };
    let (first, second) = random.split_at(16);
    (number(first), number(second))
}

/// Writes parts, with boundaries that none of them holds.
struct PartWriter {
    done: Vec<Piece>,
    message: Vec<u8>,
    /// The beginning of each boundary, all of one length, so that none is the beginning of another.
    stem: String,
    boundaries: u8,
}

impl PartWriter {
    fn new(part: &Part<'_>, random: u128) -> Self {
        let mut number = random;
        let mut stem = format!("{number:032x}");
        // A single part has no boundary.
        while matches!(part, Part::Multipart { .. }) && part.contains(&stem) {
            number = number.wrapping_add(1);
            stem = format!("{number:032x}");
        }
        Self {
            done: Vec::new(),
            message: Vec::new(),
            stem,
            boundaries: 0,
        }
    }

    fn write(&mut self, part: &Part<'_>) {
        match part {
            Part::Leaf(leaf) => self.write_leaf(leaf),
            Part::Multipart {
                subtype,
                parameters,
                parts,
            } => self.write_multipart(subtype, parameters, parts),
        }
    }

    fn write_multipart(&mut self, subtype: &str, parameters: &[String], parts: &[Part<'_>]) {
        // There are three levels at most.
        let boundary = format!("{}{}", self.stem, self.boundaries);
        self.boundaries += 1;
        let mut parameters = parameters.to_vec();
        parameters.push(format!("boundary=\"{boundary}\""));
        write_parameters(
            &mut self.message,
            "Content-Type",
            &format!("multipart/{subtype}"),
            &parameters,
        );
        for part in parts {
            self.put(&["\r\n--", &boundary, "\r\n"]);
            self.write(part);
        }
        self.put(&["\r\n--", &boundary, "--\r\n"]);
    }

    fn write_leaf(&mut self, leaf: &Leaf<'_>) {
        let message = &mut self.message;
        let mut parameters = leaf.parameters.clone();
        parameters.extend(leaf.name.map(name_parameter));
        write_parameters(message, "Content-Type", &leaf.content_type, &parameters);
        write_field(
            message,
            "Content-Transfer-Encoding",
            leaf.body.transfer_encoding(),
        );
        if let Some(disposition) = leaf.disposition {
            let name: Vec<_> = leaf.name.map(filename_parameter).into_iter().collect();
            write_parameters(message, "Content-Disposition", disposition, &name);
        }
        if let Some(id) = leaf.content_id {
            write_field(message, "Content-ID", &format!("<{id}>"));
        }
        self.put(&["\r\n"]);
        match &leaf.body {
            Body::Base64(octets) => {
                let mut lines = Base64Lines::default();
                lines.push(octets, &mut self.message);
                lines.finish(&mut self.message);
            }
            Body::Streamed(number) => {
                let before = core::mem::take(&mut self.message);
                self.done.push(Piece::Octets(before));
                self.done.push(Piece::Streamed(*number));
            }
            body => self.put(&[body.readable()]),
        }
    }

    fn put(&mut self, texts: &[&str]) {
        for text in texts {
            self.message.extend_from_slice(text.as_bytes());
        }
    }

    fn finish(mut self) -> Vec<Piece> {
        self.done.push(Piece::Octets(self.message));
        self.done
    }
}
