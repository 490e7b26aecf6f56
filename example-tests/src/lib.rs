//! The parts that the examples' tests share with the programs that demonstrate the examples.

pub mod hosts;
pub mod mail_server;
pub mod node;
pub mod program;
pub mod published;
pub mod site;
pub mod wasi03;

use std::path::PathBuf;

/// The folder of the built files.
pub fn dist() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../dist")
}
