//! The component in wasmtime against scripted servers.

mod addresses;
mod arguments;
mod attacks;
mod authentication;
mod batches;
mod certificates;
mod chunking;
mod client;
mod closed;
mod demands;
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
