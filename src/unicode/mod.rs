//! Unicode, as far as domains (UTS 46) and passwords (SASLprep) need it, in little space.
//!
//! ```text
//! uts46           BÜCHER.example -> xn--bcher-kva.example: maps, then takes label by label
//!   punycode        bücher <-> bcher-kva
//!   bidi, joiners   what else holds for labels
//! normalization   A ˚ -> Å, ½ -> 1⁄2, in domains A -> a, too
//! tables          properties and mappings of characters, as decoder reads them from tables.bin
//! ```
//!
//! The crates `idna`, `icu_normalizer` and `stringprep` do the same over tables of 150 KB, and are what tests
//! compare with.

mod bidi;
mod classes;
mod coding;
mod decoder;
mod hangul;
mod joiners;
mod mapping;
mod normalization;
mod properties;
mod punycode;
mod runs;
#[cfg(test)]
pub mod samples;
mod tables;
mod uts46;

pub use classes::Bidi;
pub use normalization::{Form, normalize};
pub use tables::Tables;
pub use uts46::to_ascii;
