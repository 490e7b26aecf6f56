//! The servers on loopback, tested with a client that can only write and read lines.

mod client;
mod scripted;
mod sink;
