//! Composes messages: a [`Draft`] of addresses, texts and attachments becomes a message and its envelope.
//!
//! ```
//! use envoi_message::compose::{Address, Draft};
//!
//! let mut draft = Draft::default();
//! draft.set_from(vec![Address::named("Jörg Müller", "joerg@example.org")])?;
//! draft.set_to(vec![Address::bare("ann@example.net")])?;
//! draft.set_subject("Grüße")?;
//! draft.set_text("Hello Ann");
//! let composed = draft.compose(1_795_942_800, [7; 32])?;
//!
//! let message = String::from_utf8(composed.message().unwrap().to_vec()).unwrap();
//! assert!(message.starts_with("From: =?UTF-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg@example.org>\r\n"));
//! assert!(message.ends_with("\r\n\r\nHello Ann\r\n"));
//! assert_eq!(composed.recipients, ["ann@example.net"]);
//! # Ok::<(), envoi_message::compose::Invalid>(())
//! ```
//!
//! ```text
//! draft            what is said; each setter checks what it is given
//!   address, mailbox, message_id, content_type, content_id, file_name, date, unsubscribe, own_field
//!   check            characters that no field can hold
//! message          the header, then the parts; the envelope
//!   address_list, phrase, text     values of fields, in words
//!   encoded_word     a word that is not ASCII (RFC 2047)
//!   field            words in folded lines
//! structure        mixed(related(alternative(text, html, ...), inline...), attachments...)
//!   body             7bit, quoted_printable or base64_lines
//! ```
//!
//! The RFCs leave a choice in many places. If readers disagree about one, the composer takes what all of
//! them read alike, and a comment says so.

mod address;
mod address_list;
mod base64_lines;
mod body;
mod check;
mod content_id;
mod content_type;
mod date;
mod draft;
mod encoded_word;
mod field;
mod file_name;
mod invalid;
mod mailbox;
mod message;
mod message_id;
mod own_field;
mod phrase;
mod quoted_printable;
mod structure;
mod text;
mod unsubscribe;

pub use address::{Address, Destination};
pub use base64_lines::Base64Lines;
pub use draft::{Attachment, Content, Draft};
pub use invalid::Invalid;
pub use message::{Composed, Piece};
