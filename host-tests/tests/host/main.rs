//! The component in wasmtime against scripted servers, one file per topic. `support.rs` has the usual
//! parts of scripts. A mark `// Conformance: N` above a test puts it into docs/conformance.md.

mod addresses;
mod arguments;
mod authentication;
#[cfg(feature = "p3")]
mod cancellation;
mod certificates;
mod chunking;
mod compose;
mod composer;
mod denials;
mod disconnects;
mod dkim;
mod drafts;
mod envelopes;
mod exhaustion;
mod explain;
mod faults;
mod grants;
mod imports;
mod injection;
mod lmtp;
mod mailer;
mod many_instances;
mod mechanisms;
#[cfg(feature = "p3")]
mod meeting;
mod memory;
mod memory_freed;
mod messages;
mod options;
#[cfg(not(feature = "p3"))]
mod own_connections;
mod pipelining_after_message;
mod pipelining_and_reuse;
#[cfg(feature = "p3")]
mod pool;
mod process;
mod randomness;
mod recipient_split;
mod records;
mod secrets_of_keys;
mod secrets_of_mechanisms;
mod secrets_wiped;
mod send_all;
mod session_commands;
mod session_setup;
mod soak;
mod start_message;
mod starttls_attacks;
#[cfg(feature = "p3")]
mod stream_messages;
mod streams;
mod support;
mod timeouts;
mod tls;
mod tls_requirements;
#[cfg(not(feature = "p3"))]
mod wide_arithmetic;
