//! The component in wasmtime against scripted servers.

mod arguments;
mod authentication;
mod certificates;
mod chunking;
mod client;
mod closed;
mod envelopes;
mod grants;
mod imports;
mod lmtp;
mod mechanisms;
mod memory;
mod messages;
mod options;
mod pieces;
mod session;
mod steps;
mod streams;
mod support;
mod timeouts;
mod tls;
mod wide;
