//! The driver over a fake network: scripted servers, and a clock that jumps to the next event. No sockets, no
//! waiting.

mod connecting;
mod logins;
mod messages;
mod network;
mod pool;
mod reuse;
mod server;
mod shared_connection;
mod signing;
mod simulation;
mod timeouts;
