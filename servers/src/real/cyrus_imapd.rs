//! The LMTP server of Cyrus IMAP with Cyrus SASL. It offers SCRAM with channel binding.
//!
//! It has no implicit TLS: `port` speaks STARTTLS with TLS 1.3, and `tls_port` STARTTLS with TLS 1.2.

use std::io;
use std::process::Command;

use super::cyrus;
use super::instance::Instance;
use super::namespace::{self, UID};
use super::spec::ServerSpec;

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "Cyrus",
    mechanisms: &["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"],
    token_mechanisms: &[],
    trace_fields: &["Return-Path", "Received", "X-Cyrus-Script-Id", "X-Sieve"],
    stores_lf: false,
    adds_blank_line: false,
    command_log_prefix: None,
    packages: PACKAGES,
    install: namespace::unpack,
    check: namespace::check,
    command,
};

/// The backported versions need a ClamAV that Debian has since replaced. Both packages have to be named,
/// because apt takes the backported one for a package that is not named.
const PACKAGES: &[&str] = &[
    "cyrus-imapd=3.6.*",
    "cyrus-common=3.6.*",
    cyrus::TOOLS,
    cyrus::MECHANISMS,
    cyrus::PASSWORDS,
];

/// Runs in the background, because Cyrus does not detach as a child of process 1; the script ends if
/// Cyrus ends. Cyrus is ready when the kernel lists both ports (in hexadecimal) as listening (`0A`).
const START: &str = r#"mkdir -p conf/db conf/proc conf/socket conf/log conf/lock conf/user conf/quota
    chown -R --reference=conf conf
    cyrmaster -D -C /mnt/imapd.conf -M /mnt/master.conf -p /mnt/master.pid &
    for port in $PORTS; do
      until grep -q ":$(printf %04X $port) 00000000:0000 0A" /proc/net/tcp; do
        kill -0 $!
        sleep 0.01
      done
    done
    touch ready"#;

fn command(instance: &Instance) -> Result<Command, String> {
    fill(instance).map_err(|error| format!("Cyrus's folder cannot be filled: {error}"))?;
    let start = format!("{}\n{START}", cyrus::START);
    let mut command = cyrus::command(namespace::command(instance, &start));
    command.env("PORTS", format!("{} {}", instance.port, instance.tls_port));
    Ok(command)
}

fn fill(instance: &Instance) -> io::Result<()> {
    instance.configure("imapd.conf", include_str!("../../config/cyrus.imapd.conf"))?;
    let master = include_str!("../../config/cyrus.master.conf");
    instance.configure("master.conf", master)?;
    let folders = ["conf", "spool", "sasl"];
    folders
        .iter()
        .try_for_each(|name| instance.make_owned(name, UID, UID))
}
