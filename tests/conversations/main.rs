//! The session's conversations, each also one octet at a time.

mod authentication;
mod delivery;
mod opening;
mod talk;
