//! Mail, as it is made before it is sent: DKIM signatures.

#![warn(missing_docs)]

pub mod dkim;
