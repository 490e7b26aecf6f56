//! The command `nats-server`, of Debian's package, which installed would run as a service.

use std::path::PathBuf;

use crate::{debian::unpack, install};

pub fn nats_server() -> Result<PathBuf, String> {
    let packages = ["nats-server"];
    let folder = install("nats-server", &packages, |folder| unpack(&packages, folder))?;
    Ok(folder.join("usr/sbin/nats-server"))
}
