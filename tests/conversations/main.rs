//! The session's conversations, each also one octet at a time.

mod attempts;
mod authentication;
mod delivery;
mod flights;
mod groups;
mod opening;
mod scram;
mod talk;
mod tokens;
mod too_many;
