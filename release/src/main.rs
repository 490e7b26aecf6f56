//! `release RUSTC`: makes `dist/release/`. RUSTC is the version of the compiler that built `dist/*.wasm`.
//! `release publish URL`: pushes its components and its WIT package to an OCI registry.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Error, Result, bail};
use release::{Commit, Place, make, publish, root};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let folder = root().join("dist/release");
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["publish", url] => push(&folder, url),
        [rustc] => make_from_commit(&folder, rustc),
        _ => bail!("usage: release RUSTC, or release publish URL; `cargo xtask dist` runs it"),
    }
}

fn make_from_commit(folder: &Path, rustc: &str) -> Result<()> {
    make(folder, &Commit::current()?, rustc)?;
    print!("{}", fs::read_to_string(folder.join("SHA256SUMS"))?);
    println!("release: dist/release is complete; RELEASE.md tells how to publish it");
    Ok(())
}

fn push(folder: &Path, url: &str) -> Result<()> {
    let place = Place::parse(url)?;
    if !setup::folder("wkg").exists() {
        eprintln!("release: compiling wkg, which pushes (several minutes, once)");
    }
    let wkg = setup::wkg().map_err(Error::msg)?;
    publish(folder, &place, &wkg)?;
    println!("release: published at {url}");
    Ok(())
}
