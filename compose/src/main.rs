//! `compose SOCKET PLUG OUTPUT`: plugs the component PLUG into SOCKET.

use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    let paths: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [socket, plug, output] = paths.as_slice() else {
        bail!("usage: compose SOCKET PLUG OUTPUT");
    };
    let component = compose::plug(socket, plug)?;
    if fs::read(output).is_ok_and(|old| old == component) {
        return Ok(());
    }
    fs::write(output, component).with_context(|| format!("cannot write {}", output.display()))
}
