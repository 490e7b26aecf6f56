//! SASL authentication (RFC 4422), the client's side. Challenges in, responses out; no I/O.
//!
//! ```text
//! C: AUTH PLAIN AHVzZXIAc2VjcmV0          one round trip: the initial response says all
//! S: 235 2.7.0 Authentication successful
//!
//! C: AUTH LOGIN
//! S: 334 VXNlcm5hbWU6                     a challenge, in base64
//! C: dXNlcg==                             its response
//! S: 334 UGFzc3dvcmQ6
//! C: c2VjcmV0
//! S: 235 2.7.0 Authentication successful
//!
//! C: AUTH SCRAM-SHA-256 eSwsbj11c2VyLH...
//! S: 334 cj1yT3ByTkdmd0ViZV...            a challenge that depends on the initial response
//! C: Yz1iaXdzLHI9ck9wck...
//! S: 334 dj02cnJpVFJCaT...                the server's proof
//! C:                                      an empty response
//! S: 235 2.7.0 Authentication successful
//! ```
//!
//! [`Attempts`] chooses a [`Mechanism`], and [`Exchange`] runs it. To add a mechanism: its file in
//! `mechanisms/`, and its lines in the list in `mechanisms/mod.rs`.

mod attempts;
mod base64;
mod bearer;
mod context;
mod credentials;
mod error;
mod exchange;
mod mechanism;
mod mechanisms;
mod password;

pub use attempts::{Attempts, MAX_ATTEMPTS, Refusal};
pub use base64::{decode, encode, encode_initial};
pub use bearer::Bearer;
pub use context::{ChannelBinding, Context, Nonce};
pub use credentials::Credentials;
pub use error::Error;
pub use exchange::Exchange;
pub use mechanism::Mechanism;
pub use password::Password;
