//! TLS 1.3 and 1.2, the client's side, without I/O: bytes in, bytes out.
//!
//! Time and randomness come from a [`Platform`]. Only this module names types of rustls.
//!
//! ```text
//!   Policy --> Settings --+
//!                         v
//!   ciphertext --receive--> Tls --plaintext--> what the server sent
//!   outgoing   <----------- Tls <--send------- what goes to the server
//! ```

mod certificate_fault;
mod channel_binding;
mod connection;
mod date;
mod der;
mod error;
mod finished;
mod identity;
mod name;
mod output;
mod pins;
mod platform;
mod policy;
mod provider;
mod sessions;
mod settings;
mod trust;
mod trusted_certificate;
mod verifier;

pub use channel_binding::ChannelBinding;
pub use connection::{State, Tls, room_in_last_record};
pub use error::Error;
pub use identity::Identity;
pub use name::ServerName;
pub use pins::Pins;
pub use platform::{NoRandomness, Platform};
pub use policy::Policy;
pub use settings::Settings;
pub use trust::Trust;

pub use crate::smtp::error::TlsFailure as Failure;
