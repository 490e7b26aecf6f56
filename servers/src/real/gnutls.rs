//! GnuTLS's `gnutls-serv`.

use std::fs;
use std::path::Path;
use std::process::Command;

use setup::{debian, install, run};

const PACKAGES: &[&str] = &["gnutls-bin"];

/// gnutls-serv listens on all addresses and has no option for one.
const LOOPBACK: &str = include_str!("../../scripts/loopback.c");

/// The command from Debian's package, or why this machine cannot have it. It needs no namespace, because
/// it has no compiled-in path.
pub fn gnutls_serv() -> Result<Command, String> {
    let folder = install("GnuTLS", PACKAGES, |folder| {
        compile_loopback(folder)?;
        debian::unpack(PACKAGES, folder)
    })?;
    let mut command = Command::new(folder.join("usr/bin/gnutls-serv"));
    command.env("LD_LIBRARY_PATH", debian::libraries(&folder)?);
    command.env("LD_PRELOAD", folder.join("loopback.so"));
    Ok(command)
}

/// Uses the C compiler that Rust links with.
fn compile_loopback(folder: &Path) -> Result<(), String> {
    let source = folder.join("loopback.c");
    fs::write(&source, LOOPBACK).map_err(|error| error.to_string())?;
    let mut compiler = Command::new("cc");
    compiler.args([
        "-shared",
        "-fPIC",
        "-o",
        "loopback.so",
        "loopback.c",
        "-ldl",
    ]);
    run(compiler.current_dir(folder)).map(drop)
}
