//! DKIM signatures (RFC 6376; Ed25519: RFC 8463), relaxed/relaxed with SHA-256.
//!
//! A signature covers the message as it is sent: all lines end with CRLF, and no dot is doubled. A
//! [`Signer`] reads no clock and draws no randomness: the same message at the same time has the same
//! signature.
//!
//! ```text
//! message --- Hasher --> HashedMessage: the header, and the hash of the body
//!                          |
//!             Signer ------+--> DKIM-Signature: v=1; a=...; h=...; bh=...; b=...
//! ```
//!
//! Several keys sign one message as [`sign_all`] does: one of RSA, which every verifier knows, and one of
//! Ed25519.
//!
//! What a server changes on the way breaks a signature, and some verifiers misread what RFC 6376 allows. So
//! [`SignError`] names what is refused. Some things are signed although one verifier is known to
//! reject them, and they are the author's to avoid:
//!
//! - lines of white space alone before the first line of text in the body (rspamd 3.4);
//! - lines of white space alone after the last line of text (the crate mail-auth before 0.15);
//! - a form feed or a vertical tab beside a blank in the body (rspamd 3.4);
//! - the octet A0 in a signed field, as `à` and `Р` have in UTF-8 (npm's mailauth 4.13). Encoded words
//!   (RFC 2047) have none.
//!
//! A verifier may check the topmost three signatures alone (OpenDKIM).

mod body;
mod domain;
mod error;
mod field;
mod hasher;
mod key;
mod lines;
mod selection;
mod signature;
mod signer;
mod spki;

pub use error::{SetupError, SignError};
pub use hasher::{HashedMessage, Hasher};
pub use signer::{Signer, sign_all};
