//! The ordinary way: the Rust in use, with a ready-made standard library for the target.

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

/// Some 20 MB; without the network that it needs, rustup may hang.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(60);

pub fn state(target: &str) -> State {
    if has_target(target) {
        State::Ready
    } else if answer(Command::new("rustup").arg("--version")).is_some() {
        State::Obtainable
    } else {
        State::Unobtainable
    }
}

pub fn has_target(target: &str) -> bool {
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

pub fn obtain(target: &str) -> Result<()> {
    eprintln!("toolchain: asking rustup for {target}");
    let mut add = Command::new("rustup");
    add.args(["target", "add", target])
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null());
    run_within(DOWNLOAD_LIMIT, &mut add)?;
    ensure!(
        has_target(target),
        "rustup added {target}, but not to the Rust in use"
    );
    Ok(())
}

/// The linker for WebAssembly that comes with rustup's toolchains.
pub fn rust_lld() -> Option<PathBuf> {
    let sysroot = PathBuf::from(answer(rustc().args(["--print", "sysroot"]))?);
    let host = answer(rustc().args(["--print", "host-tuple"]))?;
    let lld = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
    lld.exists().then_some(lld)
}

pub fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}
