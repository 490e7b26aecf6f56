//! Lines of docs/conformance.md that no other test shows, as conversations.

mod authentication;
mod chunking;
mod commands;
mod lmtp;
mod parameters;
mod replies;
mod steps;
#[allow(dead_code)] // Of what the conversations need, this needs some.
#[path = "../conversations/talk.rs"]
mod talk;
