//! chasquid, a server in Go. It discards all commands that arrive together with the end of a message.
//!
//! Its third 4yz or 5yz reply in a connection is a 421, and it closes. It cannot refuse a recipient
//! temporarily, so [`DEFERRED`](super::DEFERRED) does not exist there. Its implicit TLS port requires
//! authentication.

use std::process::Command;
use std::{fs, io};

use super::instance::Instance;
use super::namespace::{self, UID};
use super::spec::ServerSpec;
use super::{PASSWORD, SIZE_LIMIT, USER};

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "chasquid",
    // Only inside TLS.
    mechanisms: &["PLAIN"],
    token_mechanisms: &[],
    trace_fields: &["Received"],
    stores_lf: true,
    adds_blank_line: false,
    command_log_prefix: None,
    packages: &["chasquid=1.11-*"],
    install: namespace::unpack,
    check: |packages| namespace::check_release(packages, "1.11"),
    command,
};

const START: &str = "chasquid -config_dir=/mnt/chasquid &";

fn command(instance: &Instance) -> Result<Command, String> {
    fill(instance).map_err(|error| format!("chasquid's folder cannot be filled: {error}"))?;
    let open = namespace::wait_until_open(instance, "kill -0 $!");
    Ok(namespace::command(instance, &format!("{START}\n{open}")))
}

fn fill(instance: &Instance) -> io::Result<()> {
    let template = include_str!("../../config/chasquid.conf");
    // The unit is the megabyte.
    let template = template.replace("@MEGABYTES@", &(SIZE_LIMIT >> 20).to_string());
    instance.configure("chasquid/chasquid.conf", &template)?;
    instance.configure("chasquid/domains/example.test/users", &users())?;
    let aliases = format!("empfänger: {USER}\n");
    instance.configure("chasquid/domains/example.test/aliases", &aliases)?;
    let certificate = instance.folder.join("chasquid/certs/mail.test");
    fs::create_dir_all(&certificate)?;
    for (name, own) in [("certificate", "fullchain"), ("key", "privkey")] {
        let from = instance.folder.join(format!("{name}.pem"));
        fs::copy(from, certificate.join(format!("{own}.pem")))?;
    }
    instance.configure("deliver.sh", include_str!("../../scripts/deliver.sh"))?;
    for name in ["inbox", "inbox/tmp", "inbox/new"] {
        instance.make_owned(name, UID, UID)?;
    }
    Ok(())
}

/// In the text format of protocol buffers.
fn users() -> String {
    let (name, _) = USER.split_once('@').unwrap_or_default();
    format!("users: {{ key: {name:?} value: {{ plain: {{ password: {PASSWORD:?} }} }} }}\n")
}
