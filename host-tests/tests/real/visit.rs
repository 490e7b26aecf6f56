//! A running server, and what it was sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use host_tests::{Envelope, Grants, Host, Instance, Mailer, Protocol, RecipientReply, Security};
use servers::authority::Authority;
use servers::real::{Kind, PASSWORD, RealServer, USER};

use crate::lost::lost;

/// The ways into each server, with their names.
pub const WAYS: [(Security, &str); 2] = [
    (Security::Starttls, "STARTTLS"),
    (Security::ImplicitTls, "implicit TLS"),
];

/// For topics that do not care which.
pub const MESSAGE: &[u8] = b"From: <sender@example.test>\r\nTo: <user@example.test>\r\n\
    Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <any@example.test>\r\nSubject: any\r\n\
    \r\nHello.\r\n";

/// Lines of a conversation; more than any here has.
const TRANSCRIPT: u32 = 10_000;

pub struct Visit {
    pub server: RealServer,
    /// Issued the certificate, for `localhost` only.
    pub authority: Authority,
    /// What is to be in the server's mailbox.
    sent: Vec<Vec<u8>>,
}

impl Visit {
    /// None where the machine cannot have the server.
    pub fn begin(kind: Kind) -> Option<Visit> {
        let authority = Authority::new();
        let identity = authority.issue(&["localhost"]);
        Some(Visit {
            server: RealServer::start_if_available(kind, &identity).ok()?,
            authority,
            sent: Vec::new(),
        })
    }

    /// Trusts the server's authority alone, and keeps a transcript.
    pub fn mailer<'a>(&self, instance: &'a Instance, security: Security) -> Mailer<'a> {
        self.mailer_to("localhost", &self.authority, instance, security)
    }

    /// Goes to the server by that name, and trusts that authority alone.
    pub fn mailer_to<'a>(
        &self,
        host: &str,
        trusted: &Authority,
        instance: &'a Instance,
        security: Security,
    ) -> Mailer<'a> {
        let mailer = instance.mailer(host);
        mailer.set_port(match security {
            Security::ImplicitTls => self.server.tls_port,
            _ => self.server.port,
        });
        mailer.set_security(security);
        if security == Security::ImplicitTls && self.server.kind.wants_password() {
            mailer.set_password(USER, PASSWORD);
        }
        if matches!(self.server.kind, Kind::Dovecot | Kind::Cyrus) {
            mailer.set_protocol(Protocol::Lmtp);
        }
        mailer.set_bundled_roots(false);
        let anchor = trusted.pem();
        mailer.add_trust_anchors(anchor.as_bytes()).unwrap();
        mailer.set_transcript_lines(TRANSCRIPT);
        mailer
    }

    /// The server takes the message, for its user.
    #[track_caller]
    pub fn delivers(&mut self, mailer: &Mailer) {
        let receipt = mailer.send(&to(&[USER]), MESSAGE).unwrap();
        assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
        self.took(MESSAGE);
    }

    /// The server said that it has taken this message, whose lines end with CRLF.
    pub fn took(&mut self, message: &[u8]) {
        self.sent.push(self.server.kind.expected(message));
    }

    /// The mailbox holds what the server has taken, in whatever order it was delivered, and
    /// nothing else.
    #[track_caller]
    pub fn everything_arrived(&mut self) {
        let kind = self.server.kind;
        let stored = self.server.wait_for(self.sent.len()).unwrap();
        let own = |stored| kind.own(stored).expect("the server's trace header");
        let mut arrived: Vec<&[u8]> = stored.iter().map(|stored| own(stored)).collect();
        arrived.sort_unstable();
        self.sent.sort_unstable();
        assert!(
            arrived == self.sent,
            "{kind}: {}",
            lost(&self.sent, &arrived)
        );
    }
}

pub fn instance() -> Instance {
    Host::shared().instance(Grants::all())
}

/// Counts the connections that it opens.
pub fn counting_instance() -> (Instance, Arc<AtomicUsize>) {
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = connections.clone();
    let grants = Grants {
        connecting: Some(Arc::new(move |address| {
            // `localhost` may also be ::1, where no server listens.
            let counted = usize::from(address.is_ipv4());
            counter.fetch_add(counted, Ordering::Relaxed);
        })),
        ..Grants::all()
    };
    (Host::shared().instance(grants), connections)
}

pub fn to(recipients: &[&str]) -> Envelope {
    Envelope {
        sender: Some("sender@example.test".into()),
        recipients: recipients.iter().map(|name| name.to_string()).collect(),
    }
}

/// Who was told what.
pub fn codes(replies: &[RecipientReply]) -> Vec<(&str, u16)> {
    let pairs = replies
        .iter()
        .map(|told| (told.recipient.as_str(), told.reply.code));
    pairs.collect()
}

/// The conversation since the last look.
pub fn transcript(mailer: &Mailer) -> String {
    let lines = mailer.take_transcript().into_iter().map(|line| line.text);
    lines.collect::<Vec<_>>().join("\n")
}

/// The mechanisms tried since the last look, of which none has shown the secret.
#[track_caller]
pub fn tried(mailer: &Mailer, secret: &str) -> Vec<String> {
    let shown = transcript(mailer);
    assert!(!shown.contains(secret), "{shown}");
    let lines = shown.lines().filter_map(|line| line.strip_prefix("AUTH "));
    let names = lines.filter_map(|line| line.split(' ').next());
    names.map(String::from).collect()
}
