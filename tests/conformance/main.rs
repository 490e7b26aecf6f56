//! Conversations for the lines of docs/conformance.md that no other test covers.

mod authentication;
mod chunking;
mod commands;
#[allow(dead_code)] // The conversations use the rest.
#[path = "../conversations/conversation.rs"]
mod conversation;
mod lmtp;
mod parameters;
mod replies;
mod steps;
