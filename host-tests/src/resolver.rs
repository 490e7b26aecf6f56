//! Replaces the host's resolver in a test, for names that no machine has.

#[cfg(not(feature = "p3"))]
mod wasi02;
#[cfg(feature = "p3")]
mod wasi03;

use std::collections::HashMap;
use std::net::IpAddr;

#[cfg(not(feature = "p3"))]
pub(crate) use wasi02::add_to_linker;
#[cfg(feature = "p3")]
pub(crate) use wasi03::add_to_linker;

/// The addresses of each name, in the order of the answers.
pub(crate) type Names = HashMap<String, Vec<IpAddr>>;
