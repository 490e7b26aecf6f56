//! Postfix, with Cyrus SASL and its password file.

use std::fs::File;
use std::io;
use std::process::Command;
use std::time::{Duration, SystemTime};

use super::instance::Instance;
use super::namespace::{self, POSTDROP, UID};
use super::recipe::Recipe;
use super::{PASSWORD, debian};

pub(super) const RECIPE: Recipe = Recipe {
    name: "Postfix",
    mechanisms: &["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "CRAM-MD5"],
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
    "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private",
    "saved", "trace",
];

/// `master -w` returns once the ports are open.
const START: &str =
    "printf %s \"$PASSWORD\" | saslpasswd2 -p -c -f etc/sasldb2 -u example.test user
    chown postfix etc/sasldb2
    /usr/lib/postfix/sbin/master -c /mnt/etc -w
    touch ready";

fn command(instance: &Instance) -> Result<Command, String> {
    let filled = configure(instance).and_then(|()| make_folders(instance));
    filled.map_err(|error| format!("Postfix's folder cannot be filled: {error}"))?;
    let mut command = namespace::command(instance, START);
    command.env("PASSWORD", PASSWORD);
    Ok(command)
}

fn configure(instance: &Instance) -> io::Result<()> {
    let main = include_str!("../../config/postfix.main.cf");
    let master = include_str!("../../config/postfix.master.cf");
    let sasl = include_str!("../../config/postfix.sasl.conf");
    instance.configure("etc/sasl/smtpd.conf", sasl)?;
    for (name, template) in [("etc/main.cf", main), ("etc/master.cf", master)] {
        let path = instance.configure(name, template)?;
        // Postfix waits until they are 2 s old, lest they be half written.
        let minute_ago = SystemTime::now() - Duration::from_secs(60);
        File::options()
            .write(true)
            .open(path)?
            .set_modified(minute_ago)?;
    }
    Ok(())
}

fn make_folders(instance: &Instance) -> io::Result<()> {
    for name in QUEUES {
        instance.make_owned(&format!("queue/{name}"), UID, UID)?;
    }
    instance.make_owned("queue/maildrop", UID, POSTDROP)?;
    instance.make_owned("queue/public", UID, POSTDROP)?;
    instance.make_owned("queue/pid", 0, 0)?;
    instance.make_owned("data", UID, UID)?;
    instance.make_owned("inbox", UID, UID)
}
