//! The command `nats-server`, from Debian's package. Installed, that package runs a service.

use std::path::PathBuf;

use crate::{debian::unpack, install};

pub fn nats_server() -> Result<PathBuf, String> {
    let packages = ["nats-server"];
    let folder = install("nats-server", &packages, |folder| unpack(&packages, folder))?;
    Ok(folder.join("usr/sbin/nats-server"))
}
