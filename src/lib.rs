//! placeholder
pub mod smtp;
