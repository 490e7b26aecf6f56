//! SMTP servers on loopback for tests.

pub mod authority;
pub mod scripted;
pub mod sink;
mod wire;
