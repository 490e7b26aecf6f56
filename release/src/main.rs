//! `release RUSTC`, the version of the compiler that built `dist/*.wasm`.

use std::env;
use std::fs;

use anyhow::{Result, bail};
use release::{Commit, make, root};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [rustc] = arguments.as_slice() else {
        bail!("release RUSTC, which `cargo xtask dist` starts");
    };
    let folder = root().join("dist/release");
    make(&folder, &Commit::current()?, rustc)?;
    print!("{}", fs::read_to_string(folder.join("SHA256SUMS"))?);
    println!("release: all of it is in dist/release; RELEASE.md says how to publish it");
    Ok(())
}
