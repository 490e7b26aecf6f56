//! SMTP servers on loopback for tests: scripted ones and real ones, and messages to send to them.

pub mod authority;
mod ending;
pub mod messages;
pub mod real;
pub mod refusing;
pub mod report;
pub mod scripted;
pub mod sink;
pub mod unanswered;
mod wire;
