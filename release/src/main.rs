//! `release RUSTC`: makes `dist/release/`. RUSTC is the version of the compiler that built `dist/*.wasm`.

use std::env;
use std::fs;

use anyhow::{Result, bail};
use release::{Commit, make, root};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [rustc] = arguments.as_slice() else {
        bail!("usage: release RUSTC; `cargo xtask dist` runs it");
    };
    let folder = root().join("dist/release");
    make(&folder, &Commit::current()?, rustc)?;
    print!("{}", fs::read_to_string(folder.join("SHA256SUMS"))?);
    println!("release: dist/release is complete; RELEASE.md tells how to publish it");
    Ok(())
}
