//! What the examples' tests share with the programs that show them.

pub mod hosts;
pub mod mail_server;
pub mod node;
pub mod program;
pub mod site;

use std::path::PathBuf;

/// What `cargo xtask` builds.
pub fn dist() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../dist")
}
