//! The fallback: Debian's Rust packages contain the sources of the standard library, and cargo compiles them
//! for the target.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Result, bail};

use crate::{
    process::{answer, run},
    project::{Project, forget_this_package},
    rustup::rust_lld,
    toolchain::{BUILD_LIBRARY, State},
};

/// Debian's current Rust. Its package `rustc` may be years old.
pub(crate) const PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "cargo-web"];
/// The library's sources. Panic messages name this folder.
pub(crate) const SOURCES: &str = "/usr/lib/rustlib/src/rust";

pub(crate) const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

pub(crate) fn state() -> State {
    if missing().is_none() {
        State::Ready
    } else if answer(Command::new("apt-get").arg("--version")).is_some() {
        State::Obtainable
    } else {
        State::Unobtainable
    }
}

pub(crate) fn obtain() -> Result<()> {
    eprintln!(
        "toolchain: installing Debian's {} (a minute or two, once)",
        PACKAGES.join(", ")
    );
    // An unreachable source is ignored: another may have the packages.
    let _ = run(&mut apt_get(&["update"]));
    install(&PACKAGES)?;
    if let (None, Some(lld)) = (linker(), lld_package()) {
        install(&[&lld])?;
    }
    match missing() {
        None => Ok(()),
        Some(what) => bail!("Debian's packages are installed, but {what}"),
    }
}

/// Debian's cargo, without the variables that rustup's cargo has set.
pub(crate) fn cargo(project: &Project) -> Command {
    let mut cargo = Command::new(CARGO);
    forget_this_package(&mut cargo);
    for name in ["CARGO", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        cargo.env_remove(name);
    }
    cargo.env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1");
    if let Some(linker) = linker() {
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    cargo.arg(BUILD_LIBRARY).current_dir(&project.root);
    cargo
}

fn missing() -> Option<String> {
    let needed = env!("CARGO_PKG_RUST_VERSION");
    let version = answer(Command::new(RUSTC).arg("--version")).unwrap_or_default();
    if release(&version) < release(&format!("rustc {needed}")) {
        return Some(format!("{RUSTC} is `{version}`, and {needed} is needed"));
    }
    let paths = [CARGO.into(), Path::new(SOURCES).join("library/std")];
    if let Some(path) = paths.iter().find(|path| !path.exists()) {
        return Some(format!("{} is missing", path.display()));
    }
    linker()
        .is_none()
        .then(|| "there is no linker for WebAssembly (rust-lld or wasm-ld)".into())
}

fn linker() -> Option<PathBuf> {
    let debian = || Some(PathBuf::from(format!("/usr/bin/wasm-ld-{}", llvm()?)));
    rust_lld().or_else(|| debian().filter(|path| path.exists()))
}

fn lld_package() -> Option<String> {
    Some(format!("lld-{}", llvm()?))
}

/// The major version of the LLVM in Debian's rustc: an older linker may not read its output.
fn llvm() -> Option<String> {
    let about = answer(Command::new(RUSTC).arg("-vV"))?;
    let version = about
        .lines()
        .find_map(|line| line.strip_prefix("LLVM version: "))?;
    version.split('.').next().map(str::to_owned)
}

/// Removes no package of the user's, and asks nothing.
fn install(packages: &[&str]) -> Result<()> {
    let options = ["install", "-y", "--no-install-recommends", "--no-remove"];
    run(apt_get(&options).args(packages))
}

fn apt_get(arguments: &[&str]) -> Command {
    let root = answer(Command::new("id").arg("-u")).as_deref() == Some("0");
    let mut command = Command::new(if root { "apt-get" } else { "sudo" });
    if !root {
        command.args(["-n", "apt-get"]);
    }
    // Another installation may hold the lock.
    command
        .args(["-qq", "-o", "DPkg::Lock::Timeout=120"])
        .args(arguments);
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// (1, 96) of `rustc 1.96.0 (…)`.
fn release(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.strip_prefix("rustc ")?.split(['.', ' ']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_compare_as_numbers() {
        assert_eq!(
            release("rustc 1.96.0 (ac68faa20 2026-05-25)"),
            Some((1, 96))
        );
        assert!(release("rustc 1.100.0 (x)") > release("rustc 1.95"));
        assert!(release("rustc 1.63.0") < release("rustc 1.95"));
    }

    #[test]
    fn a_missing_compiler_is_too_old() {
        assert!(release("") < release("rustc 1.95"));
    }
}
