//! The driver over a network that is made up: scripted servers, and a clock that jumps to the next event. No sockets,
//! no waiting.

mod connecting;
mod messages;
mod network;
mod reuse;
mod server;
mod shared_connection;
mod timeouts;
