//! The component in wasmtime against scripted servers.

mod arguments;
mod authentication;
mod certificates;
mod closed;
mod envelopes;
mod grants;
mod imports;
mod messages;
mod session;
mod support;
mod timeouts;
mod tls;
