//! SASL (RFC 4422): who sends, shown to the server. Challenges in, responses out; no I/O.
//!
//! ```text
//! C: AUTH PLAIN AHVzZXIAc2VjcmV0          one round: all is in the initial response
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
//! C:                                      nothing more to say
//! S: 235 2.7.0 Authentication successful
//! ```

mod attempts;
mod base64;
mod bearer;
mod cram_md5;
mod credentials;
mod exchange;
mod mechanism;
mod password;
mod scram;

pub use attempts::{Attempts, MAX_ATTEMPTS, Refusal};
pub use base64::{decode, encode, encode_initial};
pub use bearer::Bearer;
pub use credentials::Credentials;
pub use exchange::{Context, Exchange};
pub use mechanism::Mechanism;
pub use password::Password;
pub use scram::{ChannelBinding, Nonce};
