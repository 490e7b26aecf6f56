//! Internationalized domain names (UTS 46, IDNA 2008), SASLprep (RFC 4013) and normalization (NFKC), over
//! 11 KB of tables.
//!
//! - [`to_ascii`]: a domain name with Punycode labels, for DNS and for SMTP servers without SMTPUTF8.
//! - [`saslprep`]: a user name or password as SASL mechanisms such as SCRAM hash it.
//! - [`nfkc`]: Normalization Form KC (UAX 15).
//!
//! ```
//! assert_eq!(envoi_unicode::to_ascii("BÜCHER.example").unwrap(), "xn--bcher-kva.example");
//! assert_eq!(*envoi_unicode::saslprep("I\u{ad}X").unwrap(), "IX");
//! assert_eq!(envoi_unicode::nfkc("½"), "1⁄2");
//! ```
//!
//! The data are of Unicode 18, and of Unicode 3.2 where SASLprep asks for that version. Tests compare each
//! function with the crates `idna`, `stringprep` and `icu_normalizer` for every character and for random
//! texts. Those crates bring tables of 150 KB.
//!
//! The first call decodes the tables, once for the process: some milliseconds, and 200 KB of memory, which stay
//! allocated. `saslprep` does without for ASCII.
//!
//! ```text
//! uts46           BÜCHER.example -> xn--bcher-kva.example: maps the domain, then checks each label
//!   punycode        bücher <-> bcher-kva
//!   bidi, joiners   the contextual rules for labels
//! saslprep        maps, normalizes and checks a user name or password
//! normalization   A ˚ -> Å, ½ -> 1⁄2; in domains also A -> a
//! tables          properties and mappings of characters, which decoder reads from tables.bin
//! ```

#![no_std]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod bidi;
mod classes;
mod coding;
mod decoder;
mod error;
mod hangul;
mod joiners;
mod mapping;
mod normalization;
mod properties;
mod punycode;
mod runs;
#[cfg(test)]
mod samples;
mod saslprep;
mod tables;
mod uts46;

pub use error::{DomainError, SaslprepError};
pub use normalization::nfkc;
pub use saslprep::saslprep;
pub use uts46::to_ascii;
