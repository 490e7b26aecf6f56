//! Postfix, with Cyrus SASL and its password file.

use std::fs::File;
use std::io;
use std::process::Command;
use std::time::{Duration, SystemTime};

use super::cyrus;
use super::instance::Instance;
use super::namespace::{self, POSTDROP, UID};
use super::spec::ServerSpec;

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "Postfix",
    mechanisms: &["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "CRAM-MD5"],
    token_mechanisms: &[],
    trace_fields: &["Return-Path", "X-Original-To", "Delivered-To", "Received"],
    stores_lf: true,
    adds_blank_line: false,
    command_log_prefix: Some(" < unknown[127.0.0.1]: "),
    packages: PACKAGES,
    install: namespace::unpack,
    check: namespace::check,
    command,
};

const PACKAGES: &[&str] = &[
    "postfix=3.10.*",
    cyrus::TOOLS,
    cyrus::MECHANISMS,
    cyrus::PASSWORDS,
];

const QUEUES: &[&str] = &[
    "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private",
    "saved", "trace",
];

/// `master -w` returns once the ports are open.
pub(super) const START: &str = "/usr/lib/postfix/sbin/master -c /mnt/etc -w
    touch ready";

const SASL: &str = "smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = /mnt/sasl
";

fn command(instance: &Instance) -> Result<Command, String> {
    let fill = configure(instance, SASL).and_then(|()| cyrus::configure(instance, "smtpd"));
    fill.map_err(|error| format!("Postfix's folder cannot be filled: {error}"))?;
    let start = format!("{}\n{START}", cyrus::START);
    Ok(cyrus::command(namespace::command(instance, &start)))
}

/// Writes the configuration, which ends with that of SASL, and creates the folders.
pub(super) fn configure(instance: &Instance, sasl: &str) -> io::Result<()> {
    let main = include_str!("../../config/postfix.main.cf");
    let master = include_str!("../../config/postfix.master.cf");
    for (name, template) in [
        (
            "etc/main.cf",
            &*format!("{}{sasl}", without(main, &instance.settings.lines)),
        ),
        ("etc/master.cf", master),
    ] {
        let path = instance.configure(name, template)?;
        // Postfix waits until its configuration files are 2 s old, to read none that is half written.
        let minute_ago = SystemTime::now() - Duration::from_secs(60);
        File::options()
            .write(true)
            .open(path)?
            .set_modified(minute_ago)?;
    }
    make_folders(instance)
}

/// The template's lines, but for the parameters that `settings` sets anew. Postfix warns of a parameter that is set
/// twice, and `postlogd` sends its own warning to its own socket, before it reads from it. If the other processes have
/// filled that by then, it waits for itself, and all of Postfix 3.10.3 waits for it.
fn without(template: &str, settings: &str) -> String {
    let parameter = |line: &str| Some(line.split_once('=')?.0.trim().to_owned());
    let anew: Vec<String> = settings.lines().filter_map(parameter).collect();
    let mut stays = true;
    let lines = template.split_inclusive('\n').filter(|line| {
        // A line that begins with white space continues the one before.
        if !line.starts_with(char::is_whitespace) {
            stays = parameter(line).is_none_or(|name| !anew.contains(&name));
        }
        stays
    });
    lines.collect()
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

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn a_parameter_that_a_test_sets_is_set_once() {
        let template = "# Limits.\nlimit = 100\nlog = yes\nchecks = a,\n  b = 1\n@SETTINGS@\n";
        assert_eq!(
            without(template, "limit = 4\nchecks =\nother = 1"),
            "# Limits.\nlog = yes\n@SETTINGS@\n"
        );
    }
}
