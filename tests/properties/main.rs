//! Properties that hold for every input.

mod content;
mod mailbox;
mod reply;
mod sasl;
