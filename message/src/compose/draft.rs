//! The draft of a message: what is said, checked as it is set.

use super::address::{Address, Destination, Group, check_all, check_name};
use super::content_type::ContentType;
use super::{Invalid, content_id, date, file_name, mailbox, message_id, own_field, unsubscribe};

/// A file for the message.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The name that people see, in any script: 255 octets at most. No path. Blanks at its ends are left out, as
    /// many readers do.
    pub name: Option<String>,
    /// Such as `application/pdf`; parameters may follow. `charset=utf-8` is added to text in UTF-8 that names
    /// no other. A message (`message/rfc822`) that is not ASCII goes as `application/octet-stream`, as it may
    /// not be encoded (RFC 2046, section 5.2.1).
    pub content_type: String,
    /// The file itself.
    pub content: Content,
    /// Makes it a part of the HTML text, which refers to it as `cid:` and this id. No angle brackets. If the
    /// HTML text does not refer to it, it is shown among the other attachments.
    pub content_id: Option<String>,
}

/// The octets of an attachment.
#[derive(Clone, Debug)]
pub enum Content {
    /// All of them.
    Octets(Vec<u8>),
    /// They come while the message is sent, in base64 of [`Base64Lines`](super::Base64Lines). Streams are
    /// numbered from 0 in the order of attaching.
    Streamed,
}

/// A message in the making. A setter replaces what was set before, unless its name begins with `add`; if it
/// fails, the draft is as it was.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub(super) from: Vec<Address>,
    pub(super) sender: Option<Address>,
    pub(super) reply_to: Vec<Address>,
    pub(super) to: Vec<Address>,
    pub(super) cc: Vec<Address>,
    pub(super) bcc: Vec<Address>,
    pub(super) groups: Vec<Group>,
    pub(super) return_path: ReturnPath,
    pub(super) subject: String,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    pub(super) alternatives: Vec<Alternative>,
    pub(super) attached: Vec<Attached>,
    pub(super) date: Option<String>,
    /// Ids have no angle brackets.
    pub(super) message_id: Option<String>,
    pub(super) in_reply_to: Option<String>,
    pub(super) references: Vec<String>,
    pub(super) unsubscribe: Vec<String>,
    pub(super) one_click: bool,
    pub(super) own_fields: Vec<(String, String)>,
}

/// Where bounces go.
#[derive(Clone, Debug, Default)]
pub(super) enum ReturnPath {
    /// To the one who sends.
    #[default]
    Sender,
    Nowhere,
    Mailbox(String),
}

#[derive(Clone, Debug)]
pub(super) struct Alternative {
    pub content_type: ContentType,
    pub content: Source,
}

#[derive(Clone, Debug)]
pub(super) struct Attached {
    pub name: Option<String>,
    pub content_type: ContentType,
    pub content: Source,
    pub content_id: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) enum Source {
    Octets(Vec<u8>),
    /// By its number.
    Stream(usize),
}

impl Draft {
    /// From: the author, or several if [`Self::set_sender`] names the one who sends (RFC 5322, section 3.6.2).
    ///
    /// # Errors
    ///
    /// `from`: a name or a mailbox is malformed.
    pub fn set_from(&mut self, authors: Vec<Address>) -> Result<(), Invalid> {
        check_all("from", &authors)?;
        self.from = authors;
        Ok(())
    }

    /// Sender. It is left out if it is the only author.
    ///
    /// # Errors
    ///
    /// `sender`: the name or the mailbox is malformed.
    pub fn set_sender(&mut self, sender: Address) -> Result<(), Invalid> {
        check_all("sender", core::slice::from_ref(&sender))?;
        self.sender = Some(sender);
        Ok(())
    }

    /// Reply-To: where answers go, if not to the authors.
    ///
    /// # Errors
    ///
    /// `reply-to`: a name or a mailbox is malformed.
    pub fn set_reply_to(&mut self, to: Vec<Address>) -> Result<(), Invalid> {
        check_all("reply-to", &to)?;
        self.reply_to = to;
        Ok(())
    }

    /// To, beside the groups of [`Self::add_group`].
    ///
    /// # Errors
    ///
    /// `to`: a name or a mailbox is malformed.
    pub fn set_to(&mut self, to: Vec<Address>) -> Result<(), Invalid> {
        check_all("to", &to)?;
        self.to = to;
        Ok(())
    }

    /// Cc, beside the groups of [`Self::add_group`].
    ///
    /// # Errors
    ///
    /// `cc`: a name or a mailbox is malformed.
    pub fn set_cc(&mut self, cc: Vec<Address>) -> Result<(), Invalid> {
        check_all("cc", &cc)?;
        self.cc = cc;
        Ok(())
    }

    /// Recipients that the message does not name.
    ///
    /// # Errors
    ///
    /// `bcc`: a name or a mailbox is malformed.
    pub fn set_bcc(&mut self, bcc: Vec<Address>) -> Result<(), Invalid> {
        check_all("bcc", &bcc)?;
        self.bcc = bcc;
        Ok(())
    }

    /// Adds a group after the addresses of To or Cc (RFC 5322, section 3.4): its members receive the message.
    /// `undisclosed-recipients` without members says that there are others.
    ///
    /// # Errors
    ///
    /// `to` or `cc`: a name or a mailbox is malformed, or the group has no name.
    pub fn add_group(
        &mut self,
        field: Destination,
        name: &str,
        members: Vec<Address>,
    ) -> Result<(), Invalid> {
        check_name(field.setter(), name)?;
        if name.trim().is_empty() {
            let reason = "a group has no name: give it one";
            return Err(Invalid::new(field.setter(), reason));
        }
        check_all(field.setter(), &members)?;
        self.groups.push(Group {
            field,
            name: name.into(),
            members,
        });
        Ok(())
    }

    /// Where bounces go, if not to the one who sends; `None` for the null reverse-path `<>`.
    ///
    /// # Errors
    ///
    /// `return-path`: the mailbox is malformed.
    pub fn set_return_path(&mut self, mailbox: Option<&str>) -> Result<(), Invalid> {
        self.return_path = match mailbox {
            None => ReturnPath::Nowhere,
            Some(mailbox) => {
                in_field("return-path", mailbox::check(mailbox))?;
                ReturnPath::Mailbox(mailbox.into())
            }
        };
        Ok(())
    }

    /// Subject, in any script. An empty one is left out.
    ///
    /// # Errors
    ///
    /// `subject`: it has a control character, or more than 10,000 octets.
    pub fn set_subject(&mut self, subject: &str) -> Result<(), Invalid> {
        in_field("subject", own_field::check_text(subject))?;
        self.subject = subject.into();
        Ok(())
    }

    /// The text, with line ends of any kind. NUL becomes U+FFFD, the replacement character.
    pub fn set_text(&mut self, text: impl Into<String>) {
        self.text = Some(text.into());
    }

    /// The text in HTML. If [`Self::set_text`] is not called, there is no plain text.
    pub fn set_html(&mut self, html: impl Into<String>) {
        self.html = Some(html.into());
    }

    /// Adds another form of the same text. `text/calendar` and types other than text follow the HTML text, as
    /// a reader shows the last form that it knows; other text precedes it.
    ///
    /// An invitation, `text/calendar; method=REQUEST`, is attached as `invite.ics` too, unless a calendar is
    /// attached: some readers look for it there.
    ///
    /// # Errors
    ///
    /// `alternative`: the content type is malformed, or one that cannot be an alternative.
    pub fn add_alternative(&mut self, content_type: &str, content: Vec<u8>) -> Result<(), Invalid> {
        let content_type = in_field("alternative", parse_alternative(content_type))?;
        self.alternatives.push(Alternative {
            content_type,
            content: Source::Octets(content),
        });
        Ok(())
    }

    /// Adds an attachment, or a part of the HTML text.
    ///
    /// # Errors
    ///
    /// `attachment`: the name or the content type is malformed, or the name is a path. `content-id`: an id
    /// that some readers do not find, or that another attachment has.
    pub fn attach(&mut self, attachment: Attachment) -> Result<(), Invalid> {
        if let Some(name) = &attachment.name {
            in_field("attachment", file_name::check(name))?;
        }
        let content_type = in_field("attachment", parse_type(&attachment.content_type))?;
        if let Some(id) = &attachment.content_id {
            in_field("content-id", content_id::check(id))?;
            if self
                .attached
                .iter()
                .any(|other| other.content_id.as_ref() == Some(id))
            {
                let reason = format!("two attachments have the id `{id}`: give each its own");
                return Err(Invalid::new("content-id", reason));
            }
        }
        let is_stream = |attached: &&Attached| matches!(attached.content, Source::Stream(_));
        let content = match attachment.content {
            Content::Octets(octets) => Source::Octets(octets),
            Content::Streamed => Source::Stream(self.attached.iter().filter(is_stream).count()),
        };
        self.attached.push(Attached {
            name: attachment.name.map(|name| name.trim_matches(' ').into()),
            content_type,
            content,
            content_id: attachment.content_id,
        });
        Ok(())
    }

    /// Date: seconds since 1970, and the zone in minutes east of UTC. By default the time of composing, in
    /// UTC.
    ///
    /// # Errors
    ///
    /// `date`: it is not within the years 1970 to 9999, or the zone is a day or more.
    pub fn set_date(&mut self, seconds: i64, offset: i16) -> Result<(), Invalid> {
        self.date = Some(in_field("date", date::date(seconds, offset))?);
        Ok(())
    }

    /// Message-ID, with or without angle brackets. By default a random one at the domain of the first author.
    ///
    /// # Errors
    ///
    /// `message-id`: it is malformed.
    pub fn set_message_id(&mut self, id: &str) -> Result<(), Invalid> {
        self.message_id = Some(in_field("message-id", message_id::own_id(id))?);
        Ok(())
    }

    /// Makes the message an answer: to the Message-ID `in_reply_to`, which answered the `references`, oldest
    /// first (RFC 5322, section 3.6.4).
    ///
    /// # Errors
    ///
    /// `reply`: an id is malformed.
    pub fn set_reply(&mut self, in_reply_to: &str, references: &[String]) -> Result<(), Invalid> {
        let in_reply_to = in_field("reply", message_id::id(in_reply_to))?;
        let mut ids = Vec::with_capacity(references.len() + 1);
        for id in references {
            let id = in_field("reply", message_id::id(id))?;
            if id != in_reply_to {
                ids.push(id);
            }
        }
        ids.push(in_reply_to.clone());
        self.references = ids;
        self.in_reply_to = Some(in_reply_to);
        Ok(())
    }

    /// List-Unsubscribe (RFC 2369): `https:` and `mailto:` URLs. With `one_click`, List-Unsubscribe-Post too
    /// (RFC 8058): a POST to the https URL unsubscribes, as large mailbox providers ask of bulk senders.
    ///
    /// # Errors
    ///
    /// `unsubscribe`: a URL is malformed, or none is https and `one_click` is set.
    pub fn set_unsubscribe(&mut self, urls: Vec<String>, one_click: bool) -> Result<(), Invalid> {
        in_field("unsubscribe", unsubscribe::check(&urls, one_click))?;
        self.unsubscribe = urls;
        self.one_click = one_click;
        Ok(())
    }

    /// Adds a header field of the caller's own. Its text is encoded if it is not ASCII, and folded.
    ///
    /// # Errors
    ///
    /// The field's name: the field has a setter, or is the composer's or a server's to write; its name is
    /// malformed; its text is empty, has a control character, or more than 10,000 octets.
    pub fn add_header(&mut self, name: &str, text: &str) -> Result<(), Invalid> {
        own_field::check(name, text)?;
        self.own_fields.push((name.into(), text.into()));
        Ok(())
    }
}

fn parse_type(text: &str) -> Result<ContentType, String> {
    ContentType::parse(text).map_err(|reason| format!("the content type: {reason}"))
}

fn parse_alternative(text: &str) -> Result<ContentType, String> {
    let content_type = parse_type(text)?;
    match content_type.essence() {
        "text/plain" => Err("this form has a setter of its own: set `text`".into()),
        "text/html" => Err("this form has a setter of its own: set `html`".into()),
        essence if essence.starts_with("message/") => {
            Err("a message is no form of the text: attach it".into())
        }
        _ => Ok(content_type),
    }
}

fn in_field<T>(field: &str, result: Result<T, String>) -> Result<T, Invalid> {
    result.map_err(|reason| Invalid::new(field, reason))
}
