//! The SMTP protocol, without I/O.
pub mod error;
pub mod reply;
