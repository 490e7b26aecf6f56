//! The interface `compose`.

use core::cell::RefCell;

use envoi_message::compose::{
    Address, Attachment, Composed, Content, Destination, Draft, Invalid, Piece,
};

use super::bindings::exports::envoi::mail::compose as wit;
#[cfg(any(feature = "component", feature = "component-p3"))]
use super::streams::Streams;
use super::{Component, Host};
use crate::net::{Network, NoRandomness};

impl wit::Guest for Component {
    type Draft = GuestDraft;
}

#[derive(Default)]
pub(super) struct GuestDraft {
    pub(super) draft: RefCell<Draft>,
    /// The contents that are streamed.
    #[cfg(any(feature = "component", feature = "component-p3"))]
    pub(super) streams: RefCell<Streams>,
}

impl GuestDraft {
    fn set(&self, set: impl FnOnce(&mut Draft) -> Result<(), Invalid>) -> Result<(), wit::Invalid> {
        valid(set(&mut self.draft.borrow_mut()))
    }
}

impl wit::GuestDraft for GuestDraft {
    fn new() -> Self {
        Self::default()
    }

    fn set_from(&self, authors: Vec<wit::Address>) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_from(addresses(authors)))
    }

    fn set_sender(&self, sender: wit::Address) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_sender(sender.into()))
    }

    fn set_reply_to(&self, to: Vec<wit::Address>) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_reply_to(addresses(to)))
    }

    fn set_to(&self, to: Vec<wit::Address>) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_to(addresses(to)))
    }

    fn set_cc(&self, cc: Vec<wit::Address>) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_cc(addresses(cc)))
    }

    fn set_bcc(&self, bcc: Vec<wit::Address>) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_bcc(addresses(bcc)))
    }

    fn add_group(&self, name: String, members: Vec<wit::Address>) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.add_group(Destination::To, &name, addresses(members)))
    }

    fn set_return_path(&self, mailbox: Option<String>) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_return_path(mailbox.as_deref()))
    }

    fn set_subject(&self, subject: String) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_subject(&subject))
    }

    fn set_text(&self, text: String) {
        self.draft.borrow_mut().set_text(text);
    }

    fn set_html(&self, html: String) {
        self.draft.borrow_mut().set_html(html);
    }

    fn add_alternative(&self, content_type: String, content: Vec<u8>) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.add_alternative(&content_type, content))
    }

    fn attach(&self, attachment: wit::Attachment) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.attach(attachment.into()))
    }

    fn set_date(&self, seconds: i64, offset: i16) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_date(seconds, offset))
    }

    fn set_message_id(&self, id: String) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_message_id(&id))
    }

    fn set_reply(&self, in_reply_to: String, references: Vec<String>) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_reply(&in_reply_to, &references))
    }

    fn set_unsubscribe(&self, urls: Vec<String>, one_click: bool) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.set_unsubscribe(urls, one_click))
    }

    fn add_header(&self, name: String, text: String) -> Result<(), wit::Invalid> {
        self.set(|draft| draft.add_header(&name, &text))
    }

    fn compose(&self) -> Result<wit::Composed, wit::Invalid> {
        let Composed {
            return_path: sender,
            recipients,
            pieces,
            message_id,
        } = valid(compose(&self.draft.borrow()))?;
        let Ok([Piece::Octets(message)]) = <[Piece; 1]>::try_from(pieces) else {
            return Err(wit::Invalid {
                field: "attachment".into(),
                reason: "an attachment is a stream, which is read as it is sent: use send-draft"
                    .into(),
            });
        };
        Ok(wit::Composed {
            sender,
            recipients,
            message,
            message_id,
        })
    }
}

/// Composes a draft, with the host's time and random octets.
pub(super) fn compose(draft: &Draft) -> Result<Composed, Invalid> {
    let mut random = [0; 32];
    Host::random(&mut random).map_err(|NoRandomness| Invalid {
        field: "message-id".into(),
        reason: "the host gave no random numbers, which boundaries and the Message-ID need".into(),
    })?;
    let now = i64::try_from(Host::unix_time().as_secs()).unwrap_or(i64::MAX);
    draft.compose(now, random)
}

/// The result of an export. One generic function, so that its code is not repeated in each export.
pub(super) fn valid<T>(result: Result<T, Invalid>) -> Result<T, wit::Invalid> {
    result.map_err(|Invalid { field, reason }| wit::Invalid { field, reason })
}

fn addresses(addresses: Vec<wit::Address>) -> Vec<Address> {
    addresses.into_iter().map(Into::into).collect()
}

impl From<wit::Address> for Address {
    fn from(wit::Address { name, mailbox }: wit::Address) -> Self {
        Self { name, mailbox }
    }
}

impl From<wit::Attachment> for Attachment {
    fn from(attachment: wit::Attachment) -> Self {
        Self {
            name: attachment.name,
            content_type: attachment.content_type,
            content: Content::Octets(attachment.content),
            content_id: attachment.content_id,
        }
    }
}
