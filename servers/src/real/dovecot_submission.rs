//! Dovecot's submission server. It has no mailbox: [`relay_to`] names the server that it hands mail on to.

use std::process::Command;

use super::instance::Instance;
use super::spec::ServerSpec;
use super::{RealServer, Settings, TokenCheck, dovecot, namespace};

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "Dovecot-submission",
    mechanisms: &["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "CRAM-MD5"],
    token_mechanisms: &["OAUTHBEARER", "XOAUTH2"],
    trace_fields: &["Received"],
    // The relay's.
    stores_lf: false,
    packages: PACKAGES,
    command,
    ..dovecot::SPEC
};

const PACKAGES: &[&str] = &["dovecot-core=1:2.3.21*", "dovecot-submissiond=1:2.3.21*"];

/// The settings for [`Kind::DovecotSubmission`](super::Kind). The relay is an smtp-server.
pub fn relay_to(relay: &RealServer, token_check: TokenCheck) -> Settings {
    Settings {
        lines: format!("submission_relay_port = {}", relay.port),
        token_check,
    }
}

fn command(instance: &Instance) -> Result<Command, String> {
    let submission = include_str!("../../config/dovecot.submission.conf");
    dovecot::configure(instance, submission)
        .map_err(|error| format!("Dovecot's folder cannot be filled: {error}"))?;
    Ok(namespace::command(
        instance,
        &format!("{}\ntouch ready", dovecot::START),
    ))
}
