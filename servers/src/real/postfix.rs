//! Postfix, with Cyrus SASL and its password file.

use std::process::Command;
use std::time::{Duration, SystemTime};
use std::{fs, io};

use std::os::unix::fs::{PermissionsExt, chown};

use super::instance::Instance;
use super::namespace::{self, POSTDROP, UID};
use super::recipe::Recipe;
use super::{PASSWORD, debian};

pub(super) const RECIPE: Recipe = Recipe {
    name: "Postfix",
    mechanisms: &["PLAIN", "LOGIN", "CRAM-MD5"],
    trace: &["Return-Path", "X-Original-To", "Delivered-To", "Received"],
    stores_lf: true,
    ends_header: false,
    install: |folder| debian::unpack(PACKAGES, "3.10.", folder),
    check: namespace::check,
    command,
};

const PACKAGES: &[&str] = &[
    "postfix",
    "sasl2-bin",
    "libsasl2-modules",
    "libsasl2-modules-db",
];

const QUEUES: &[&str] = &[
    "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop",
    "private", "public", "saved", "trace",
];

/// `master -w` returns once the ports are open.
const START: &str = "/usr/lib/postfix/sbin/master -c /mnt/etc -w && touch ready";

fn command(instance: &Instance) -> Result<Command, String> {
    fill(instance).map_err(|error| format!("Postfix's folder cannot be filled: {error}"))?;
    let password = format!(
        "printf %s \"$PASSWORD\" | saslpasswd2 -p -c -f etc/sasldb2 -u example.test user && chown {UID} etc/sasldb2"
    );
    let mut command = namespace::command(instance, &format!("{password}\n{START}"));
    command.env("PASSWORD", PASSWORD);
    Ok(command)
}

fn fill(instance: &Instance) -> io::Result<()> {
    instance.configure("etc/main.cf", include_str!("../../config/postfix.main.cf"))?;
    instance.configure(
        "etc/master.cf",
        include_str!("../../config/postfix.master.cf"),
    )?;
    instance.configure(
        "etc/sasl/smtpd.conf",
        include_str!("../../config/postfix.sasl.conf"),
    )?;
    for name in ["main.cf", "master.cf"] {
        // Postfix waits until they are 2 s old, lest they be half written.
        let minute_ago = SystemTime::now() - Duration::from_secs(60);
        fs::File::options()
            .write(true)
            .open(instance.folder.join("etc").join(name))?
            .set_modified(minute_ago)?;
    }
    for name in QUEUES {
        let queue = instance.make_folder(&format!("queue/{name}"))?;
        chown(queue, Some(UID), Some(UID))?;
    }
    for name in ["data", "inbox"] {
        chown(instance.make_folder(name)?, Some(UID), Some(UID))?;
    }
    instance.make_folder("queue/pid")?;
    for name in ["maildrop", "public"] {
        chown(
            instance.folder.join("queue").join(name),
            Some(UID),
            Some(POSTDROP),
        )?;
    }
    let writable = fs::Permissions::from_mode(0o730);
    fs::set_permissions(instance.folder.join("queue/maildrop"), writable)
}
