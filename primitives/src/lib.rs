//! The arithmetic of TLS and SCRAM that takes time, and the search through the lines of a message, in a crate of
//! their own.
//!
//! A cargo profile sets how to optimise crate by crate, and generic code is compiled with the crate
//! that uses it. Here none is generic any more: this crate is compiled for speed, and the component
//! around it for size. Nothing is inlined out of here, where it would be compiled for size again.

#[cfg(any(test, target_feature = "simd128"))]
mod chacha20;
mod field25519;
mod hash;
// Some of it is for ChaCha20 and Poly1305 alone.
#[cfg_attr(not(target_feature = "simd128"), allow(dead_code, unused_imports))]
mod lanes;
mod lines;
mod mlkem;
mod multiplier;
mod p384;
mod pbkdf2;
#[cfg(any(test, target_feature = "simd128"))]
mod poly1305;
#[cfg(any(test, target_feature = "simd128"))]
mod simd;
mod x25519;

#[cfg(not(target_feature = "simd128"))]
pub use chacha20poly1305::ChaCha20Poly1305;
pub use hash::{HmacSha256, HmacSha384, Sha256, Sha384};
pub use lines::{LineFault, LineScanner, encode_lines};
pub use mlkem::MlKem768;
pub use p384::verify_p384;
pub use pbkdf2::{pbkdf2_sha1, pbkdf2_sha256};
#[cfg(target_feature = "simd128")]
pub use simd::ChaCha20Poly1305;
pub use x25519::{x25519, x25519_public_key};
