//! Python's email, by each of its two policies.

use std::process::Command;

use crate::reader::{Prepared, Reader, driver};

pub const DEFAULT_POLICY: Reader = Reader {
    name: "email (policy.default) of Python",
    source: "its standard library",
    prepare: |_| prepare("default"),
};

pub const COMPAT32: Reader = Reader {
    name: "email (policy.compat32) of Python",
    source: "its standard library",
    prepare: |_| prepare("compat32"),
};

fn prepare(policy: &str) -> Result<Prepared, String> {
    let version = setup::run(Command::new("python3").arg("--version"))?;
    let mut command = Command::new("python3");
    command.arg(driver("python_email.py")).arg(policy);
    // No caches beside the sources.
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    let version = version.trim().trim_start_matches("Python ").into();
    Ok(Prepared {
        version,
        driver: command,
    })
}
