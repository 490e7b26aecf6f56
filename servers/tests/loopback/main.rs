//! The loopback servers, seen by a client that can only write and read lines.

mod client;
mod scripted;
mod sink;
