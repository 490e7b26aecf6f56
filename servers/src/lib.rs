//! SMTP servers on loopback for tests.

pub mod authority;
mod ending;
pub mod scripted;
pub mod sink;
pub mod unanswered;
mod wire;
