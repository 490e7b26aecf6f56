//! What holds for any input at all.

mod content;
mod mailbox;
mod reply;
mod sasl;
