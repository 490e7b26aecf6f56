//! Mail readers by others, which read back what the composer makes.
//!
//! A [`Reader`] is a library in its own language, with a driver in `drivers/` that prints what it finds in each
//! message of a folder. `tests/corpus.rs` compares that with what the composer was given.
//!
//! | to add | go to |
//! | --- | --- |
//! | a message | `corpus/cases.rs` |
//! | a reader | a driver, a [`Reader`] in the file of its language, and [`READERS`] |
//! | what a reader legitimately makes of a message | [`known::KNOWN`] |
//!
//! Readers are installed below `target/`, once; nothing else on the machine changes.

pub mod corpus;
mod gmime;
pub mod known;
mod node;
pub mod picture;
mod python;
mod reader;
mod reading;
mod rust;
pub mod table;

pub use gmime::GMIME;
pub use node::{EMAILJS, MAILPARSER, POSTAL_MIME};
pub use python::{COMPAT32, DEFAULT_POLICY};
pub use reader::{Prepared, Reader};
pub use reading::{Address, Attachment, Difference, Reading};
pub use rust::{MAIL_PARSER, MAILPARSE};

pub const READERS: [Reader; 8] = [
    DEFAULT_POLICY,
    COMPAT32,
    MAILPARSER,
    POSTAL_MIME,
    EMAILJS,
    MAIL_PARSER,
    MAILPARSE,
    GMIME,
];
