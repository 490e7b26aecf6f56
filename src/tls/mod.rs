//! TLS 1.3 and 1.2, the client's side: bytes in, bytes out.
//!
//! No I/O, no clock and no randomness of its own: a [`Host`] gives the last two. This is the only
//! module that names a type of rustls.
//!
//! ```text
//!   Policy --> Settings --+
//!                         v
//!   ciphertext --receive--> Tls --plaintext--> what the server said
//!   outgoing   <----------- Tls <--send------- what it is told
//! ```

mod binding;
mod connection;
mod date;
mod der;
mod error;
mod fault;
mod finished;
mod identity;
mod name;
mod output;
mod own;
mod pins;
mod policy;
mod provider;
mod sessions;
mod settings;
mod trust;
mod verifier;

pub use binding::ChannelBinding;
pub use connection::{State, Tls};
pub use error::{Error, Failure};
pub use identity::Identity;
pub use name::ServerName;
pub use pins::Pins;
pub use policy::Policy;
pub use settings::{Host, NoRandomness, Settings};
pub use trust::Trust;
