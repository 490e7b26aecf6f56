//! An instance, a server that records, and the judgement of what came.

use std::fmt::Debug;

use host_tests::{
    Envelope, Error, Grants, Host, Instance, Mailer, Options, Receipt, Security, Session,
};

use super::recorder::{Heard, Recorder};
use crate::support::{MESSAGE, to_b};

pub(crate) struct Stage {
    pub instance: Instance,
    recorder: Recorder,
}

/// The verbs of a message without a login.
const MESSAGE_VERBS: [&str; 4] = ["EHLO", "MAIL", "RCPT", "DATA"];

impl Stage {
    pub(crate) fn new() -> Self {
        Self {
            instance: Host::shared().instance(Grants {
                resolver: Some([("mail.test".into(), vec!["127.0.0.1".parse().unwrap()])].into()),
                ..Grants::all()
            }),
            recorder: Recorder::start(),
        }
    }

    pub(crate) fn mailer(&self) -> Mailer<'_> {
        let mailer = self.instance.mailer("127.0.0.1");
        mailer.set_port(self.recorder.port());
        mailer.set_security(Security::Plaintext);
        mailer
    }

    pub(crate) fn port(&self) -> u16 {
        self.recorder.port()
    }

    /// The mailer sends a message after a setting was made, or refused.
    pub(crate) fn sends_after<T: Debug>(&self, mailer: Mailer, set: Result<T, Error>) {
        expect_honest(&set);
        self.sends(mailer, &to_b(), MESSAGE, MESSAGE);
    }

    /// One message, as it is given to a mailer and as it has to arrive.
    pub(crate) fn sends(
        &self,
        mailer: Mailer,
        envelope: &Envelope,
        message: &[u8],
        arrives: &[u8],
    ) {
        let sent = mailer.send(envelope, message);
        drop(mailer);
        self.judge(sent, arrives);
    }

    pub(crate) fn sends_with(&self, set: Result<(), Error>, options: &Options) {
        expect_honest(&set);
        let mailer = self.mailer();
        let sent = mailer.send_with(Some(options), &to_b(), MESSAGE);
        drop(mailer);
        self.judge(sent, MESSAGE);
    }

    /// What came is one message, or nothing if the argument was refused. The connection has been dropped.
    pub(crate) fn judge(&self, sent: Result<Receipt, Error>, arrives: &[u8]) {
        self.judge_as(&MESSAGE_VERBS, sent, arrives);
    }

    pub(crate) fn judge_as(&self, verbs: &[&str], sent: Result<Receipt, Error>, arrives: &[u8]) {
        expect_honest(&sent);
        match sent {
            Ok(_) => {
                let heard = self.recorder.take();
                expect_commands(&heard, verbs);
                assert_eq!(heard.messages.len(), 1);
                assert!(heard.messages[0] == arrives, "another message arrives");
            }
            Err(Error::InvalidArgument(_) | Error::LookupFailed(_) | Error::ConnectFailed(_)) => {
                let heard = self.recorder.take_at_once();
                let said = heard.as_ref().map(|heard| &heard.commands);
                assert!(
                    said.is_none_or(Vec::is_empty),
                    "what is refused was sent: {said:?}"
                );
            }
            // The mailer has opened a connection before it knew.
            Err(error) => {
                let is_known = matches!(
                    error,
                    Error::ExtensionUnavailable(_)
                        | Error::MessageTooLarge(_)
                        | Error::AuthUnavailable(_)
                        | Error::Timeout(_)
                );
                assert!(is_known, "{error:?}");
                if let Some(heard) = self.recorder.try_take() {
                    assert!(heard.messages.is_empty(), "{error:?}");
                    expect_prefix(&heard, verbs);
                }
            }
        }
    }

    /// Commands of a session of the caller's own: `verbs` follow EHLO, but for the last if that is refused.
    pub(crate) fn says<T: Debug>(
        &self,
        verbs: &[&str],
        call: impl FnOnce(&Session) -> Result<T, Error>,
    ) {
        let (result, heard) = self.in_session(call);
        let verbs: Vec<&str> = ["EHLO"].iter().chain(verbs).copied().collect();
        match result {
            Ok(_) => expect_commands(&heard, &verbs),
            Err(error) => {
                expect_refusal(&error);
                expect_prefix(&heard, &verbs[..verbs.len() - 1]);
            }
        }
        assert!(heard.messages.len() <= 1);
    }

    /// One line of the caller's own.
    pub(crate) fn says_one_line<T: Debug>(&self, call: impl FnOnce(&Session) -> Result<T, Error>) {
        let (result, heard) = self.in_session(call);
        let lines = match result {
            Ok(_) => 2,
            Err(error) => {
                expect_refusal(&error);
                1
            }
        };
        assert_eq!(heard.commands.len(), lines);
        expect_clean(&heard);
    }

    fn in_session<T: Debug>(
        &self,
        call: impl FnOnce(&Session) -> Result<T, Error>,
    ) -> (Result<T, Error>, Heard) {
        let mailer = self.mailer();
        let session = mailer.connect().expect("the server takes all");
        let result = call(&session);
        expect_honest(&result);
        drop(session);
        drop(mailer);
        (result, self.recorder.take())
    }

    /// What came over the connection that has been dropped, if there was one.
    pub(crate) fn heard_if_any(&self) -> Option<Heard> {
        self.recorder.try_take()
    }
}

fn expect_refusal(error: &Error) {
    let is_refusal = matches!(
        error,
        Error::InvalidArgument(_)
            | Error::WrongState(_)
            | Error::AuthUnavailable(_)
            | Error::ExtensionUnavailable(_)
    );
    assert!(is_refusal, "{error:?}");
}

/// An error has no control character, so that it harms no log.
pub(crate) fn expect_honest<T: Debug>(result: &Result<T, Error>) {
    if let Err(Error::InvalidArgument(why) | Error::LookupFailed(why) | Error::ConnectFailed(why)) =
        result
    {
        expect_one_line(why);
    }
}

pub(crate) fn expect_one_line(text: &str) {
    assert!(
        !text.contains(char::is_control),
        "{:?}",
        &text[..text.len().min(200)]
    );
    assert!(text.len() < 2_000, "{} octets", text.len());
}

/// These verbs in their order, each with a line of its own.
pub(crate) fn expect_commands(heard: &Heard, verbs: &[&str]) {
    let said: Vec<String> = heard.commands.iter().map(|line| verb(line)).collect();
    assert_eq!(said, verbs, "{:?}", heard.commands);
    expect_clean(heard);
}

fn expect_prefix(heard: &Heard, verbs: &[&str]) {
    let said: Vec<String> = heard.commands.iter().map(|line| verb(line)).collect();
    assert!(
        verbs
            .iter()
            .map(|verb| verb.to_string())
            .collect::<Vec<_>>()
            .starts_with(&said),
        "{said:?}"
    );
    expect_clean(heard);
}

fn expect_clean(heard: &Heard) {
    for line in &heard.commands {
        let broken = line.iter().any(|octet| matches!(octet, b'\r' | b'\n' | 0));
        assert!(!broken, "{:?}", line.escape_ascii().to_string());
    }
}

fn verb(line: &[u8]) -> String {
    let verb = line
        .split(|octet| *octet == b' ')
        .next()
        .unwrap_or_default();
    String::from_utf8_lossy(verb).into_owned()
}
