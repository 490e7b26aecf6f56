//! Settings of a mailer: each is made, or refused; then the mailer sends a message.

use std::time::Duration;

use host_tests::{
    BearerCredentials, Credentials, Error, Mailer, PasswordCredentials, Security, Timeout,
};

use super::stage::{Stage, expect_honest};
use super::{Row, Try};
use crate::support::{MESSAGE, to_b};

const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const KEY: &[u8] = include_bytes!("../../../../message/tests/keys/ed25519.pem");

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = names();
    rows.extend(credentials());
    rows.extend(certificates());
    rows.extend(numbers());
    rows.extend(limits());
    rows
}

fn names() -> Vec<Row> {
    vec![
        ("mailer.constructor(host)", Try::Text("mail.test", host)),
        (
            "mailer.from-url(url)",
            Try::Text("smtp://127.0.0.1:PORT", url),
        ),
        (
            "mailer.set-mechanisms(mechanisms)",
            Try::Text("PLAIN", |stage, name| {
                let mailer = stage.mailer();
                let set = mailer.set_mechanisms(&[name]);
                stage.sends_after(mailer, set);
            }),
        ),
        (
            "mailer.set-local-name(name)",
            Try::Text("client.test", |stage, name| {
                let mailer = stage.mailer();
                let set = mailer.set_local_name(name);
                stage.sends_after(mailer, set);
            }),
        ),
        (
            "mailer.set-server-name(name)",
            Try::Text("mail.test", |stage, name| {
                let mailer = stage.mailer();
                let set = mailer.set_server_name(name);
                stage.sends_after(mailer, set);
            }),
        ),
    ]
}

fn host(stage: &Stage, host: &str) {
    let mailer = stage.instance.mailer(host);
    mailer.set_port(stage.port());
    mailer.set_security(Security::Plaintext);
    stage.sends(mailer, &to_b(), MESSAGE, MESSAGE);
}

fn url(stage: &Stage, url: &str) {
    let url = url.replace("PORT", &stage.port().to_string());
    match stage.instance.mailer_from_url(&url) {
        Ok(mailer) => stage.sends(mailer, &to_b(), MESSAGE, MESSAGE),
        Err(error) => expect_honest::<()>(&Err(error)),
    }
}

fn credentials() -> Vec<Row> {
    vec![
        (
            "mailer.set-credentials(credentials.password.username)",
            Try::Text("ada", |stage, name| {
                logs_in(stage, password(name, "sesame", None))
            }),
        ),
        (
            "mailer.set-credentials(credentials.password.password)",
            Try::Text("sesame", |stage, secret| {
                logs_in(stage, password("ada", secret, None))
            }),
        ),
        (
            "mailer.set-credentials(credentials.password.authorization-id)",
            Try::Text("grace", |stage, id| {
                logs_in(stage, password("ada", "sesame", Some(id)))
            }),
        ),
        (
            "mailer.set-credentials(credentials.bearer.username)",
            Try::Text("ada", |stage, name| logs_in(stage, bearer(name, "token"))),
        ),
        (
            "mailer.set-credentials(credentials.bearer.token)",
            Try::Text("token", |stage, token| logs_in(stage, bearer("ada", token))),
        ),
        (
            "mailer.set-credentials(credentials.external)",
            Try::Text("ada", |stage, id| {
                logs_in(stage, Credentials::External(Some(id.into())))
            }),
        ),
    ]
}

pub(crate) fn password(username: &str, password: &str, id: Option<&str>) -> Credentials {
    Credentials::Password(PasswordCredentials {
        username: username.into(),
        password: password.into(),
        authorization_id: id.map(str::to_owned),
    })
}

pub(crate) fn bearer(username: &str, token: &str) -> Credentials {
    Credentials::Bearer(BearerCredentials {
        username: username.into(),
        token: token.into(),
    })
}

fn logs_in(stage: &Stage, credentials: Credentials) {
    let mailer = stage.mailer();
    mailer.set_credentials(Some(credentials));
    let sent = mailer.send(&to_b(), MESSAGE);
    drop(mailer);
    stage.judge_as(&["EHLO", "AUTH", "MAIL", "RCPT", "DATA"], sent, MESSAGE);
}

fn certificates() -> Vec<Row> {
    vec![
        (
            "mailer.add-trust-anchors(certificates)",
            Try::Octets(CERTIFICATE, |stage, octets| {
                let mailer = stage.mailer();
                let set = mailer.add_trust_anchors(octets);
                stage.sends_after(mailer, set);
            }),
        ),
        (
            "mailer.set-client-certificate(chain)",
            Try::Octets(CERTIFICATE, |stage, octets| {
                let mailer = stage.mailer();
                let set = mailer.set_client_certificate(octets, KEY);
                stage.sends_after(mailer, set);
            }),
        ),
        (
            "mailer.set-client-certificate(key)",
            Try::Octets(KEY, |stage, octets| {
                let mailer = stage.mailer();
                let set = mailer.set_client_certificate(CERTIFICATE, octets);
                stage.sends_after(mailer, set);
            }),
        ),
        (
            "mailer.set-pinned-keys(digests)",
            Try::Octets(&[7; 32], |stage, octets| {
                let mailer = stage.mailer();
                let set = mailer.set_pinned_keys(&[octets.to_vec()]);
                stage.sends_after(mailer, set);
            }),
        ),
    ]
}

const SET: Result<(), Error> = Ok(());

fn numbers() -> Vec<Row> {
    vec![
        (
            "mailer.set-port(port)",
            Try::Number(|stage, number| {
                sets(stage, number, |mailer, port| {
                    mailer.set_port(port);
                    // Who listens there is no part of this test.
                    mailer.set_port(stage.port());
                });
            }),
        ),
        (
            "mailer.set-timeout(limit)",
            Try::Number(|stage, number| {
                sets(stage, number, |mailer, nanoseconds| {
                    mailer.set_timeout(Timeout::Total, Duration::from_nanos(nanoseconds));
                });
            }),
        ),
    ]
}

fn limits() -> Vec<Row> {
    vec![
        (
            "mailer.set-connection-limits(idle)",
            Try::Number(|stage, number| {
                sets(stage, number, |mailer, nanoseconds| {
                    mailer.set_connection_limits(Some(Duration::from_nanos(nanoseconds)), None);
                });
            }),
        ),
        (
            "mailer.set-connection-limits(messages)",
            Try::Number(|stage, number| {
                sets(stage, number, |mailer, messages| {
                    mailer.set_connection_limits(None, Some(messages));
                });
            }),
        ),
        (
            "mailer.set-transcript-lines(lines)",
            Try::Number(|stage, number| {
                sets(stage, number, |mailer, lines| {
                    mailer.set_transcript_lines(lines)
                })
            }),
        ),
    ]
}

/// A setting that takes every number of its type.
pub(super) fn sets<T: TryFrom<i128>>(stage: &Stage, number: i128, set: impl FnOnce(&Mailer, T)) {
    let Ok(number) = number.try_into() else {
        return;
    };
    let mailer = stage.mailer();
    set(&mailer, number);
    stage.sends_after(mailer, SET);
}
