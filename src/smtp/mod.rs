//! The SMTP protocol, without I/O: [`session`] is its state machine, the rest its words.

mod auth_group;
mod authentication;
mod body;
pub mod content;
pub mod delivery;
mod domain;
pub mod envelope;
pub mod error;
mod excerpt;
pub mod extensions;
pub mod idn;
pub mod limits;
mod line;
pub mod local_name;
pub mod mailbox;
mod opening;
pub mod options;
pub mod reply;
pub mod server_memory;
pub mod session;
mod steps;
mod too_many;
mod transaction;
pub mod transcript;
mod xtext;
