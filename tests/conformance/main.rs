//! Conversations for the lines of docs/conformance.md that no other test covers.

mod authentication;
mod chunking;
mod commands;
mod lmtp;
mod parameters;
mod replies;
mod steps;
#[allow(dead_code)] // The conversations use the rest.
#[path = "../conversations/talk.rs"]
mod talk;
