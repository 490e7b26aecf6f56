//! Dovecot's LMTP server, and Dovecot's SASL for Postfix.

use std::io;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};

use super::instance::Instance;
use super::namespace::{self, UID};
use super::spec::ServerSpec;
use super::{DEFERRED, HASHED, OVER_QUOTA, PASSWORD, TokenCheck, USER, token};

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "Dovecot",
    // LMTP offers no AUTH here.
    mechanisms: &[],
    token_mechanisms: &[],
    trace_fields: &["Return-Path", "Received"],
    stores_lf: true,
    adds_blank_line: false,
    command_log_prefix: None,
    packages: PACKAGES,
    install: namespace::unpack,
    check,
    command,
};

const PACKAGES: &[&str] = &["dovecot-core=1:2.3.21*", "dovecot-lmtpd=1:2.3.21*"];

/// Dovecot 2.4 has another configuration language.
const VERSION: &str = "2.3.";

/// Runs in the background, because Dovecot does not detach as a child of process 1; the script ends if
/// Dovecot ends. Dovecot writes its PID file once the ports are open.
pub(super) const START: &str = "dovecot -F -c /mnt/dovecot.conf &
    until [ -e run/master.pid ]; do kill -0 $!; sleep 0.01; done";

pub(super) fn check(packages: &Path) -> Result<(), String> {
    namespace::check(packages)?;
    let version = namespace::output(packages, "dovecot --version")?;
    if version.starts_with(VERSION) {
        return Ok(());
    }
    let version = version.trim();
    Err(format!(
        "this is for Dovecot {VERSION}x, and the system has {version}"
    ))
}

fn command(instance: &Instance) -> Result<Command, String> {
    let lmtp = include_str!("../../config/dovecot.lmtp.conf");
    let fill = configure(instance, lmtp).and_then(|()| instance.make_owned("inbox", UID, UID));
    fill.map_err(|error| format!("Dovecot's folder cannot be filled: {error}"))?;
    Ok(namespace::command(
        instance,
        &format!("{START}\ntouch ready"),
    ))
}

/// Writes the users and the configuration, which ends with that of the service.
pub(super) fn configure(instance: &Instance, service: &str) -> io::Result<()> {
    let common = include_str!("../../config/dovecot.conf");
    instance.configure("dovecot.conf", &format!("{common}{service}"))?;
    instance.configure("users", &users())?;
    instance.configure("oauth2.conf", &oauth2(&instance.settings.token_check))?;
    instance.configure("keys/default/HS256/default", &token::key_base64())?;
    instance.make_owned("home", UID, UID)
}

fn oauth2(check: &TokenCheck) -> String {
    match check {
        TokenCheck::Signature => include_str!("../../config/dovecot.oauth2.conf").into(),
        TokenCheck::Introspection { url, scope } => {
            include_str!("../../config/dovecot.introspection.conf")
                .replace("@URL@", url)
                .replace("@SCOPE@", scope)
        }
    }
}

/// In the format of /etc/passwd, with Dovecot's additional last field.
fn users() -> String {
    let hash = BASE64_STANDARD.encode(digest(&SHA256, PASSWORD.as_bytes()));
    format!(
        "{USER}:{{PLAIN}}{PASSWORD}::::::\n\
         {HASHED}:{{SHA256}}{hash}::::::\n\
         {OVER_QUOTA}:::::::userdb_mail=maildir:/mnt/home/full userdb_quota_rule=*:bytes=1\n\
         {DEFERRED}:::::::userdb_tempfail=yes\n"
    )
}
