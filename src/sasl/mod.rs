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
//! ```

mod base64;
mod cram_md5;
mod exchange;
mod mechanism;
mod password;

pub use base64::{decode, encode, encode_initial};
pub use exchange::Exchange;
pub use mechanism::{Mechanism, choose};
pub use password::Password;
