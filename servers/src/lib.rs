//! SMTP servers on loopback for tests.

pub mod authority;
pub mod real;
