//! Postfix with Dovecot's SASL.

use std::process::Command;

use super::instance::Instance;
use super::spec::ServerSpec;
use super::{dovecot, namespace, postfix};

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "Postfix-Dovecot",
    token_mechanisms: &["OAUTHBEARER", "XOAUTH2"],
    packages: PACKAGES,
    install: namespace::unpack,
    check: dovecot::check,
    command,
    ..postfix::SPEC
};

const PACKAGES: &[&str] = &["postfix=3.10.*", "dovecot-core=1:2.3.21*"];

const SASL: &str = "smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
";

fn command(instance: &Instance) -> Result<Command, String> {
    let dovecot = include_str!("../../config/dovecot.auth.conf");
    let fill =
        postfix::configure(instance, SASL).and_then(|()| dovecot::configure(instance, dovecot));
    fill.map_err(|error| format!("the folder of Postfix and Dovecot cannot be filled: {error}"))?;
    let start = format!("{}\n{}", dovecot::START, postfix::START);
    Ok(namespace::command(instance, &start))
}
