//! The ordinary toolchain: the Rust in use, with the compiled standard library of the target, and with its
//! sources for modules that need a smaller one.

use std::{
    env, fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Result, ensure};

use crate::{
    process::{answer, run_within},
    toolchain::State,
};

/// For some 20 MB. Without a network, rustup may hang.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(60);

pub(crate) fn state(target: &str) -> State {
    if has_target(target) && has_sources() {
        State::Ready
    } else if answer(Command::new("rustup").arg("--version")).is_some() {
        State::Obtainable
    } else {
        State::Unobtainable
    }
}

pub(crate) fn has_target(target: &str) -> bool {
    let Some(libraries) = answer(rustc().args(["--print", "target-libdir", "--target", target]))
    else {
        return false;
    };
    let Ok(entries) = fs::read_dir(libraries) else {
        return false;
    };
    entries
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
}

fn has_sources() -> bool {
    sysroot().is_some_and(|root| root.join("lib/rustlib/src/rust/library/std").exists())
}

pub(crate) fn obtain(target: &str) -> Result<()> {
    if !has_target(target) {
        add(&["target", "add", target])?;
    }
    if !has_sources() {
        add(&["component", "add", "rust-src"])?;
    }
    ensure!(
        has_target(target) && has_sources(),
        "rustup added {target} and rust-src, but not to the Rust in use"
    );
    Ok(())
}

fn add(what: &[&str]) -> Result<()> {
    eprintln!("toolchain: rustup {}", what.join(" "));
    let mut rustup = Command::new("rustup");
    rustup
        .args(what)
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null());
    run_within(DOWNLOAD_LIMIT, &mut rustup)
}

/// The linker for WebAssembly that comes with rustup's toolchains.
pub(crate) fn rust_lld() -> Option<PathBuf> {
    let host = answer(rustc().args(["--print", "host-tuple"]))?;
    let lld = sysroot()?
        .join("lib/rustlib")
        .join(host)
        .join("bin/rust-lld");
    lld.exists().then_some(lld)
}

fn sysroot() -> Option<PathBuf> {
    Some(answer(rustc().args(["--print", "sysroot"]))?.into())
}

pub(crate) fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}
