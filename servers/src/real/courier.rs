//! Courier. Its SMTP daemons discard all commands that arrive together with the end of a message.
//!
//! It announces SIZE without the limit. It accepts 100 recipients in a transaction. All addresses that
//! begin with `user-` belong to the one user.

use std::io;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use super::instance::Instance;
use super::namespace::{self, UID};
use super::spec::ServerSpec;
use super::{DEFERRED, PASSWORD, USER};

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "Courier",
    mechanisms: &["PLAIN", "LOGIN", "CRAM-MD5"],
    token_mechanisms: &[],
    trace_fields: &["Delivered-To", "Return-Path", "Received"],
    stores_lf: true,
    adds_blank_line: false,
    command_log_prefix: None,
    packages: &[
        "courier-mta=1.0.16-*",
        "courier-base=1.0.16-*",
        "courier-authlib-userdb=0.71.4-*",
    ],
    install: unpack,
    check: |packages| namespace::check_release(packages, "1.0.16"),
    command,
};

const CONTROL: &[(&str, &str)] = &[
    ("esmtpd", include_str!("../../config/courier.esmtpd")),
    (
        "esmtpd-ssl",
        include_str!("../../config/courier.esmtpd-ssl"),
    ),
    ("courier/me", "mail.test\n"),
    ("courier/defaultdomain", "mail.test\n"),
    ("courier/locals", "localhost\n"),
    ("courier/hosteddomains/test", "example.test\n"),
    ("courier/esmtpacceptmailfor.dir/test", "example.test\n"),
    ("courier/sizelimit", "@SIZE@\n"),
    ("courier/dsnfrom", "postmaster@mail.test\n"),
    (
        "courier/dhparams.pem",
        include_str!("../../config/dhparams.pem"),
    ),
    // For all addresses that begin with `user-`.
    ("home/.courier-default", "/mnt/inbox\n"),
];

/// Does in the folder what the package's installation script does on a system.
fn unpack(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    namespace::unpack_with(name, packages, |folder| {
        symlink("makedat.courier", folder.join("usr/bin/makedat"))
    })
}

fn command(instance: &Instance) -> Result<Command, String> {
    fill(instance).map_err(|error| format!("Courier's folder cannot be filled: {error}"))?;
    let start = [
        namespace::DEBIAN_FOLDERS,
        include_str!("../../scripts/courier.sh"),
        &namespace::wait_until_open(instance, ":"),
    ];
    let mut command = namespace::command(instance, &start.join("\n"));
    command.env("PASSWORD", PASSWORD);
    Ok(command)
}

fn fill(instance: &Instance) -> io::Result<()> {
    for (name, template) in CONTROL {
        instance.configure(name, template)?;
    }
    let account =
        |name: &str, home: &str| format!("{name}\thome={home}|mail=/mnt/inbox|uid=@UID@|gid=@UID@");
    // Courier accepts no home with a `!`: it logs an error and answers 450.
    let others = [
        account("empfänger@example.test", "/mnt/home"),
        account(DEFERRED, "/mnt/home!"),
    ];
    instance.configure("courier/userdb", &(others.join("\n") + "\n"))?;
    instance.configure("user", &account(USER, "/mnt/home"))?;
    for name in ["home", "inbox", "inbox/cur", "inbox/tmp", "inbox/new"] {
        instance.make_owned(name, UID, UID)?;
    }
    Ok(())
}
