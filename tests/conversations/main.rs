//! The session's conversations, each also one octet at a time.

mod attempts;
mod authentication;
mod conversation;
mod delivery;
mod flights;
mod groups;
mod jobs;
mod opening;
mod recipient_split;
mod scram;
mod sending;
mod states;
mod tokens;
