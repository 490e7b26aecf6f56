//! Commands of a session of the caller's own.

use host_tests::{Credentials, Envelope, Session};

use super::messages::{RECIPIENT, SENDER};
use super::settings::{bearer, password};
use super::stage::Stage;
use super::{Row, Try};
use crate::support::{MESSAGE, to_b};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = commands();
    rows.extend(questions());
    rows.extend(logins());
    rows.extend(exchanges());
    rows.extend(messages());
    rows
}

fn commands() -> Vec<Row> {
    vec![
        (
            "session.hello(local-name)",
            Try::Text("client.test", |stage, name| {
                stage.says(&["EHLO"], |session| session.hello(name));
            }),
        ),
        (
            "session.extension(keyword)",
            Try::Text("DSN", |stage, keyword| {
                stage.says(&[], |session| Ok(session.extension(keyword)));
            }),
        ),
        (
            "session.mail(sender)",
            Try::Text(SENDER, |stage, sender| {
                stage.says(&["MAIL"], |session| session.mail(Some(sender)));
            }),
        ),
        (
            "session.rcpt(recipient)",
            Try::Text(RECIPIENT, |stage, recipient| {
                stage.says(&["MAIL", "RCPT"], |session| {
                    session.mail(Some(SENDER))?;
                    session.rcpt(recipient)
                });
            }),
        ),
    ]
}

fn questions() -> Vec<Row> {
    vec![
        (
            "session.verify(address)",
            Try::Text(RECIPIENT, |stage, address| {
                stage.says(&["VRFY"], |session| session.verify(address));
            }),
        ),
        (
            "session.expand(name)",
            Try::Text("staff", |stage, name| {
                stage.says(&["EXPN"], |session| session.expand(name));
            }),
        ),
        (
            "session.help(topic)",
            Try::Text("MAIL", |stage, topic| {
                stage.says(&["HELP"], |session| session.help(Some(topic)));
            }),
        ),
        (
            "session.command(line)",
            Try::Text("X-ONE", |stage, line| {
                stage.says_one_line(|session| session.command(line));
            }),
        ),
    ]
}

fn logins() -> Vec<Row> {
    vec![
        (
            "session.authenticate(credentials.password.username)",
            Try::Text("ada", |stage, name| {
                logs_in(stage, password(name, "sesame", None))
            }),
        ),
        (
            "session.authenticate(credentials.password.password)",
            Try::Text("sesame", |stage, secret| {
                logs_in(stage, password("ada", secret, None))
            }),
        ),
        (
            "session.authenticate(credentials.password.authorization-id)",
            Try::Text("grace", |stage, id| {
                logs_in(stage, password("ada", "sesame", Some(id)))
            }),
        ),
        (
            "session.authenticate(credentials.bearer.username)",
            Try::Text("ada", |stage, name| logs_in(stage, bearer(name, "token"))),
        ),
        (
            "session.authenticate(credentials.bearer.token)",
            Try::Text("token", |stage, token| logs_in(stage, bearer("ada", token))),
        ),
        (
            "session.authenticate(credentials.external)",
            Try::Text("ada", |stage, id| {
                logs_in(stage, Credentials::External(Some(id.into())))
            }),
        ),
    ]
}

fn logs_in(stage: &Stage, credentials: Credentials) {
    stage.says(&["AUTH"], |session: &Session| {
        session.authenticate(&credentials)
    });
}

fn exchanges() -> Vec<Row> {
    vec![
        (
            "session.auth-start(mechanism)",
            Try::Text("X-TEST", |stage, mechanism| {
                stage.says(&["AUTH"], |session| {
                    session.auth_start(mechanism, Some(b"first")).map(drop)
                });
            }),
        ),
        (
            "session.auth-start(initial-response)",
            Try::Octets(b"first", |stage, initial| {
                stage.says(&["AUTH"], |session| {
                    session.auth_start("X-TEST", Some(initial)).map(drop)
                });
            }),
        ),
        (
            "session.auth-respond(response)",
            Try::Octets(b"second", |stage, response| {
                stage.says(&["AUTH"], |session| {
                    session.auth_start("X-TEST", None)?;
                    session.auth_respond(response).map(drop)
                });
            }),
        ),
    ]
}

fn messages() -> Vec<Row> {
    vec![
        (
            "session.send(envelope.sender)",
            Try::Text(SENDER, |stage, sender| {
                let envelope = Envelope {
                    sender: Some(sender.into()),
                    ..to_b()
                };
                send(stage, &envelope, MESSAGE);
            }),
        ),
        (
            "session.send(envelope.recipients)",
            Try::Text(RECIPIENT, |stage, recipient| {
                let envelope = Envelope {
                    recipients: vec![recipient.into()],
                    ..to_b()
                };
                send(stage, &envelope, MESSAGE);
            }),
        ),
        (
            "session.send(message)",
            Try::Octets(MESSAGE, |stage, message| send(stage, &to_b(), message)),
        ),
    ]
}

fn send(stage: &Stage, envelope: &Envelope, message: &[u8]) {
    stage.says(&["MAIL", "RCPT", "DATA"], |session| {
        session.send(envelope, message)
    });
}
