//! Messages (RFC 5322, MIME): composed so that every reader shows them alike, and signed (DKIM).
//!
//! Nothing here does I/O, reads a clock or draws random numbers: the caller passes them in.

#![warn(missing_docs)]

pub mod compose;
pub mod dkim;
mod excerpt;

/// The example of README.md compiles and holds.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
