//! The cryptography of TLS and SCRAM that takes most time, and the search through the lines of a message, in a
//! crate of its own, compiled for speed.
//!
//! ChaCha20-Poly1305 over WebAssembly's vectors is this project's own code; the rest wraps RustCrypto's.
//!
//! A cargo profile sets the optimisation of each crate, and generic code is compiled with the crate that
//! uses it. So this crate exports nothing generic: it is compiled for speed, and the component around it
//! for size. Its functions are not inlined into other crates, which would compile them for size again.

#![warn(missing_docs)]

#[cfg(any(test, target_feature = "simd128"))]
#[allow(unreachable_pub, reason = "exported with simd128 alone")]
mod chacha20;
#[cfg(any(test, target_feature = "simd128"))]
#[allow(unreachable_pub, reason = "exported with simd128 alone")]
mod chacha20poly1305;
mod hash;
#[cfg(any(test, target_feature = "simd128"))]
#[allow(unreachable_pub, reason = "exported with simd128 alone")]
mod lanes;
mod lines;
mod mlkem;
mod p384;
mod pbkdf2;
#[cfg(any(test, target_feature = "simd128"))]
#[allow(unreachable_pub, reason = "exported with simd128 alone")]
mod poly1305;
mod private_key;
mod stack;

#[cfg(not(target_feature = "simd128"))]
pub use ::chacha20poly1305::ChaCha20Poly1305;
#[cfg(target_feature = "simd128")]
pub use chacha20::ChaCha20;
#[cfg(target_feature = "simd128")]
pub use chacha20poly1305::ChaCha20Poly1305;
pub use hash::{HmacSha256, HmacSha384, Sha256, Sha384};
pub use lines::{LineFault, LineScanner, encode_lines};
pub use mlkem::MlKem768;
pub use p384::verify_p384;
pub use pbkdf2::{pbkdf2_sha1, pbkdf2_sha256};
#[cfg(target_feature = "simd128")]
pub use poly1305::Poly1305;
pub use private_key::{KeyError, MAX_PRIVATE_KEY, private_key};
pub use stack::wipe_stack;
