//! sendmail, Debian's build with Debian's throttle: after the third refused recipient of a connection,
//! each further one takes a second. It accepts [`UNANNOUNCED_LIMIT`](super::UNANNOUNCED_LIMIT) recipients
//! in a transaction.

use std::io;
use std::process::Command;

use super::instance::Instance;
use super::namespace::{self, SMMTA};
use super::spec::ServerSpec;
use super::{DEFERRED, REJECTED, cyrus};

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "sendmail",
    mechanisms: &["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "CRAM-MD5"],
    token_mechanisms: &[],
    trace_fields: &["Return-Path", "Received"],
    stores_lf: true,
    adds_blank_line: true,
    command_log_prefix: None,
    packages: PACKAGES,
    install: namespace::unpack,
    check: |packages| namespace::check_release(packages, "8.17.1.9"),
    command,
};

const PACKAGES: &[&str] = &[
    "sendmail-bin=8.17.1.9-*",
    "sendmail-base=8.17.1.9-*",
    "sendmail-cf=8.17.1.9-*",
    cyrus::TOOLS,
    cyrus::MECHANISMS,
    cyrus::PASSWORDS,
];

fn command(instance: &Instance) -> Result<Command, String> {
    fill(instance).map_err(|error| format!("sendmail's folder cannot be filled: {error}"))?;
    let start = [
        namespace::DEBIAN_FOLDERS,
        cyrus::START,
        include_str!("../../scripts/sendmail.sh"),
        &namespace::wait_until_open(instance, ":"),
    ];
    Ok(cyrus::command(namespace::command(
        instance,
        &start.join("\n"),
    )))
}

fn fill(instance: &Instance) -> io::Result<()> {
    instance.configure("sendmail.mc", include_str!("../../config/sendmail.mc"))?;
    instance.configure("local-host-names", "example.test\n")?;
    instance.configure("access.txt", &access())?;
    instance.configure("deliver.sh", include_str!("../../scripts/deliver.sh"))?;
    cyrus::configure(instance, "Sendmail")?;
    instance.make_owned("queue", 0, 0)?;
    for name in ["inbox", "inbox/tmp", "inbox/new"] {
        instance.make_owned(name, SMMTA, SMMTA)?;
    }
    Ok(())
}

/// sendmail relays for its own machine, so another domain has to be refused by name.
fn access() -> String {
    format!(
        "To:{REJECTED}\tERROR:\"550 5.1.1 No such user\"\n\
         To:{DEFERRED}\tERROR:\"450 4.2.1 Try again later\"\n\
         To:elsewhere.test\tERROR:\"550 5.7.1 Relaying denied\"\n"
    )
}
