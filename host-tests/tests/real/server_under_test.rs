//! A running server, and the messages that its mailbox has to contain.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use host_tests::{Envelope, Grants, Host, Instance, Mailer, Protocol, RecipientReply, Security};
use servers::authority::Authority;
use servers::real::{Kind, PASSWORD, RealServer, Settings, USER};

use crate::missing::describe_missing;

/// The ways to start TLS, with their names.
pub(crate) const TLS_MODES: [(Security, &str); 2] = [
    (Security::Starttls, "STARTTLS"),
    (Security::ImplicitTls, "implicit TLS"),
];

/// A message for checks that do not depend on it.
pub(crate) const MESSAGE: &[u8] = b"From: <sender@example.test>\r\nTo: <user@example.test>\r\n\
    Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <any@example.test>\r\nSubject: any\r\n\
    \r\nHello.\r\n";

/// More lines than any conversation here has.
const TRANSCRIPT: u32 = 10_000;

pub(crate) struct ServerUnderTest {
    pub real: RealServer,
    /// The authority of the server's certificate, which is for `localhost` only.
    pub authority: Authority,
    /// The messages that the mailbox has to contain.
    sent: Vec<Vec<u8>>,
}

impl ServerUnderTest {
    /// `None` if the machine cannot have the server.
    pub(crate) fn start(kind: Kind) -> Option<ServerUnderTest> {
        ServerUnderTest::start_with(kind, "")
    }

    /// As [`ServerUnderTest::start`], with another configuration.
    pub(crate) fn start_with(kind: Kind, settings: impl Into<Settings>) -> Option<ServerUnderTest> {
        let authority = Authority::new();
        let identity = authority.issue(&["localhost"]);
        Some(ServerUnderTest {
            real: RealServer::start_if_available_with(kind, &identity, settings).ok()?,
            authority,
            sent: Vec::new(),
        })
    }

    /// A mailer that trusts only the server's authority, and keeps a transcript.
    pub(crate) fn mailer<'a>(&self, instance: &'a Instance, security: Security) -> Mailer<'a> {
        self.mailer_to("localhost", &self.authority, instance, security)
    }

    /// A mailer that uses this name for the server and trusts only this authority.
    pub(crate) fn mailer_to<'a>(
        &self,
        host: &str,
        trusted: &Authority,
        instance: &'a Instance,
        security: Security,
    ) -> Mailer<'a> {
        let mailer = instance.mailer(host);
        mailer.set_port(match security {
            Security::ImplicitTls => self.real.tls_port,
            _ => self.real.port,
        });
        mailer.set_security(security);
        if security == Security::ImplicitTls && self.real.kind.needs_auth_over_implicit_tls() {
            mailer.set_password(USER, PASSWORD);
        }
        if matches!(self.real.kind, Kind::Dovecot | Kind::Cyrus) {
            mailer.set_protocol(Protocol::Lmtp);
        }
        mailer.set_bundled_roots(false);
        let anchor = trusted.pem();
        mailer.add_trust_anchors(anchor.as_bytes()).unwrap();
        mailer.set_transcript_lines(TRANSCRIPT);
        mailer
    }

    /// The server accepts a message for its user.
    #[track_caller]
    pub(crate) fn deliver(&mut self, mailer: &Mailer) {
        let receipt = mailer.send(&to(&[USER]), MESSAGE).unwrap();
        assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
        self.expect_stored(MESSAGE);
    }

    /// The server has accepted this message, whose lines end with CRLF, so the mailbox has to contain it.
    pub(crate) fn expect_stored(&mut self, message: &[u8]) {
        self.sent.push(self.real.kind.stored_form(message));
    }

    /// The mailbox contains all accepted messages, in any order, and nothing else.
    #[track_caller]
    pub(crate) fn assert_mailbox(&mut self) {
        let kind = self.real.kind;
        let stored = self.real.wait_for(self.sent.len()).unwrap();
        let own = |stored| {
            kind.without_trace(stored)
                .expect("the server's trace header")
        };
        let mut arrived: Vec<&[u8]> = stored.iter().map(|stored| own(stored)).collect();
        arrived.sort_unstable();
        self.sent.sort_unstable();
        assert!(
            arrived == self.sent,
            "{kind}: {}",
            describe_missing(&self.sent, &arrived)
        );
    }
}

pub(crate) fn instance() -> Instance {
    Host::shared().instance(Grants::all())
}

/// An instance, and a counter of its connections.
pub(crate) fn counting_instance() -> (Instance, Arc<AtomicUsize>) {
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = connections.clone();
    let grants = Grants {
        connecting: Some(Arc::new(move |address| {
            // `localhost` may also be ::1, at which no server listens.
            let counted = usize::from(address.is_ipv4());
            counter.fetch_add(counted, Ordering::Relaxed);
        })),
        ..Grants::all()
    };
    (Host::shared().instance(grants), connections)
}

pub(crate) fn to(recipients: &[&str]) -> Envelope {
    Envelope {
        sender: Some("sender@example.test".into()),
        recipients: recipients.iter().map(|name| name.to_string()).collect(),
    }
}

/// Each recipient with the code of the reply.
pub(crate) fn codes(replies: &[RecipientReply]) -> Vec<(&str, u16)> {
    let pairs = replies
        .iter()
        .map(|told| (told.recipient.as_str(), told.reply.code));
    pairs.collect()
}

/// The conversation since the last call.
pub(crate) fn transcript(mailer: &Mailer) -> String {
    let lines = mailer.take_transcript().into_iter().map(|line| line.text);
    lines.collect::<Vec<_>>().join("\n")
}

/// The mechanisms tried since the last call. The transcript must not contain the secret.
#[track_caller]
pub(crate) fn mechanisms_tried(mailer: &Mailer, secret: &str) -> Vec<String> {
    let shown = transcript(mailer);
    assert!(!shown.contains(secret), "{shown}");
    let lines = shown.lines().filter_map(|line| line.strip_prefix("AUTH "));
    let names = lines.filter_map(|line| line.split(' ').next());
    names.map(String::from).collect()
}
