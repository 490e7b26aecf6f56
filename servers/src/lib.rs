//! SMTP servers on loopback for tests.

pub mod authority;
pub mod messages;
pub mod real;
