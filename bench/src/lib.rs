//! What both benchmarks stand on.

pub mod host;
pub mod lines;
pub mod machine;
pub mod page;
pub mod peer;
pub mod stats;
