//! Runs what users run, with a limit.

mod program;

pub use program::{Ended, Program};

use std::path::PathBuf;

/// The checkout's `dist/`.
pub fn dist() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../dist")
}
