//! Good sessions: the replies of the server, octet by octet, and what the client sends in between.

use std::ops::Range;
use std::sync::Arc;

use host_tests::{Envelope, Instance, Mailer, Phase, Protocol, Security};
use rustls::ServerConfig;
use servers::authority::{Authority, Identity};
use servers::scripted::Script;

use crate::support::{QUEUED, ehlo, to};
use crate::tls::LOOPBACK;

/// Several messages, and the server for them.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) order: Order,
    pub(crate) security: Security,
    pub(crate) protocol: Protocol,
    /// CHUNKING, PIPELINING.
    pub(crate) keywords: &'static [&'static str],
    pub(crate) recipients: &'static [&'static str],
    pub(crate) messages: Vec<Vec<u8>>,
    tls: Arc<Tls>,
}

/// How the messages are sent.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Order {
    /// One after the other, over one connection.
    InTurn,
    /// All at the same time, over a pool of two connections. The fault comes in the first message of the first one.
    #[cfg(feature = "p3")]
    AtOnce,
}

/// The server's certificate.
pub(crate) struct Tls {
    is_12: bool,
    authority: Authority,
    config: Arc<ServerConfig>,
}

/// One reply.
pub(crate) struct Reply {
    pub(crate) phase: Phase,
    /// Its octets among all that the server says.
    pub(crate) octets: Range<usize>,
    code: [u8; 3],
    /// The message that it belongs to. What comes before the first message belongs to that.
    pub(crate) message: usize,
    /// Whether it accepts the message for a recipient.
    pub(crate) is_final: bool,
}

/// A good session.
pub(crate) struct Session {
    pub(crate) said: Vec<u8>,
    pub(crate) replies: Vec<Reply>,
    /// The ends of what is said at once.
    pub(crate) flights: Vec<usize>,
    /// What is said before TLS.
    pub(crate) tls_after: Option<usize>,
    /// Whether the TLS handshake ends with the server's message: in TLS 1.2 it does (RFC 5246, section 7.3), in 1.3 with
    /// the client's (RFC 8446, section 2).
    pub(crate) server_finishes_handshake: bool,
}

/// The script of a session and its replies, while they are made.
struct Maker {
    script: Script,
    session: Session,
    message: usize,
}

impl Reply {
    /// Whether this code does as well: only 220 is a greeting, otherwise the first digit counts (RFC 5321, section
    /// 4.2.1).
    pub(crate) fn is_answered_by(&self, code: [u8; 3]) -> bool {
        match self.phase {
            Phase::Greeting => code == self.code,
            _ => code[0] == self.code[0],
        }
    }
}

impl Tls {
    /// The newest version that both have: 1.3.
    pub(crate) fn new() -> Arc<Tls> {
        Tls::with(false, Identity::server_config)
    }

    /// TLS 1.2 only.
    pub(crate) fn old() -> Arc<Tls> {
        Tls::with(true, Identity::server_config_tls12)
    }

    fn with(is_12: bool, config: impl Fn(&Identity) -> Arc<ServerConfig>) -> Arc<Tls> {
        let authority = Authority::new();
        let config = config(&authority.issue(LOOPBACK));
        Arc::new(Tls {
            is_12,
            authority,
            config,
        })
    }
}

impl Scenario {
    pub(crate) fn new(
        name: &'static str,
        (security, protocol): (Security, Protocol),
        keywords: &'static [&'static str],
        messages: Vec<Vec<u8>>,
        tls: &Arc<Tls>,
    ) -> Scenario {
        let recipients: &[&str] = match protocol {
            Protocol::Smtp => &["b@mail.test"],
            Protocol::Lmtp => &["b@mail.test", "c@mail.test"],
        };
        Scenario {
            name,
            order: Order::InTurn,
            security,
            protocol,
            keywords,
            recipients,
            messages,
            tls: tls.clone(),
        }
    }

    #[cfg(feature = "p3")]
    pub(crate) fn at_once(self) -> Scenario {
        let order = Order::AtOnce;
        Scenario { order, ..self }
    }

    pub(crate) fn envelope(&self) -> Envelope {
        to(self.recipients)
    }

    /// A mailer with the settings of this scenario.
    pub(crate) fn mailer<'a>(&self, instance: &'a Instance, port: u16) -> Mailer<'a> {
        let mailer = instance.mailer(LOOPBACK[0]);
        mailer.set_port(port);
        mailer.set_security(self.security);
        mailer.set_protocol(self.protocol);
        if self.is_secure() {
            let anchor = self.tls.authority.der();
            mailer.add_trust_anchors(anchor).unwrap();
        }
        #[cfg(feature = "p3")]
        if self.order == Order::AtOnce {
            mailer.set_connections(2);
        }
        mailer
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.security != Security::Plaintext
    }

    /// The messages that the connection with the fault gets in any case.
    pub(crate) fn of_first_connection(&self) -> &[Vec<u8>] {
        match self.order {
            Order::InTurn => &self.messages,
            #[cfg(feature = "p3")]
            Order::AtOnce => &self.messages[..1],
        }
    }

    /// The session that the fault comes in.
    pub(crate) fn session(&self) -> (Script, Session) {
        let mut maker = self.opening();
        for (number, message) in self.of_first_connection().iter().enumerate() {
            maker.message = number;
            self.add_message(&mut maker, message);
        }
        let script = match self.order {
            Order::InTurn => maker.script,
            #[cfg(feature = "p3")]
            Order::AtOnce => maker.script.repeat(self.any_message()),
        };
        (script, maker.session)
    }

    /// A session with as many messages as come: `messages` are all alike in length.
    pub(crate) fn further(&self) -> Script {
        self.opening().script.repeat(self.any_message())
    }

    fn any_message(&self) -> Script {
        let mut message = Maker::new();
        self.add_message(&mut message, &self.messages[0]);
        message.script
    }

    fn opening(&self) -> Maker {
        let mut maker = Maker::new();
        if self.security == Security::ImplicitTls {
            maker.start_tls(&self.tls);
        }
        let hello = match self.protocol {
            Protocol::Smtp => "EHLO [127.0.0.1]",
            Protocol::Lmtp => "LHLO [127.0.0.1]",
        };
        maker.say(&[(Phase::Greeting, "220 mail.test")]);
        if self.security == Security::Starttls {
            maker.expect(&[hello]);
            maker.say(&[(Phase::Hello, &ehlo(&["STARTTLS"]))]);
            maker.expect(&["STARTTLS"]);
            maker.say(&[(Phase::Starttls, "220 2.0.0 Go ahead")]);
            maker.start_tls(&self.tls);
        }
        maker.expect(&[hello]);
        maker.say(&[(Phase::Hello, &ehlo(self.keywords))]);
        maker
    }

    fn add_message(&self, maker: &mut Maker, message: &[u8]) {
        let chunking = self.keywords.contains(&"CHUNKING");
        let rcpt = |to: &&str| format!("RCPT TO:<{to}>");
        let mut commands = vec!["MAIL FROM:<a@mail.test>".to_owned()];
        commands.extend(self.recipients.iter().map(rcpt));
        let mut replies = vec![(Phase::Mail, "250 2.1.0 Ok")];
        replies.extend(
            self.recipients
                .iter()
                .map(|_| (Phase::Rcpt, "250 2.1.5 Ok")),
        );
        if !chunking {
            commands.push("DATA".into());
            replies.push((Phase::Data, "354 Go ahead"));
        }
        let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
        if self.keywords.contains(&"PIPELINING") {
            maker.expect(&commands);
            maker.say(&replies);
        } else {
            for (command, reply) in commands.iter().zip(replies) {
                maker.expect(&[command]);
                maker.say(&[reply]);
            }
        }
        if chunking {
            self.add_chunks(maker, message);
        } else {
            maker.then(Script::expect_content);
        }
        maker.accept(self.recipients.len());
    }

    /// The chunks of a message, and the replies to all but the last.
    fn add_chunks(&self, maker: &mut Maker, message: &[u8]) {
        let mut chunks = message.chunks(CHUNK).peekable();
        while let Some(chunk) = chunks.next() {
            let is_last = chunks.peek().is_none();
            let last = if is_last { " LAST" } else { "" };
            let line = format!("BDAT {}{last}", chunk.len());
            maker.then(|script| script.expect_chunk(&line));
            if !is_last {
                maker.say(&[(Phase::Content, "250 2.0.0 Ok")]);
            }
        }
    }
}

/// The octets of a chunk of the component.
pub(crate) const CHUNK: usize = 64 * 1024;

impl Maker {
    fn new() -> Maker {
        Maker {
            script: Script::new(),
            session: Session {
                said: Vec::new(),
                replies: Vec::new(),
                flights: Vec::new(),
                tls_after: None,
                server_finishes_handshake: false,
            },
            message: 0,
        }
    }

    fn then(&mut self, step: impl FnOnce(Script) -> Script) {
        self.script = step(std::mem::take(&mut self.script));
    }

    fn start_tls(&mut self, tls: &Tls) {
        self.session.tls_after = Some(self.session.said.len());
        self.session.server_finishes_handshake = tls.is_12;
        self.then(|script| script.start_tls_with(tls.config.clone()));
    }

    fn expect(&mut self, lines: &[&str]) {
        self.then(|script| script.expect_group(lines));
    }

    fn say(&mut self, replies: &[(Phase, &str)]) {
        self.flight(replies, false);
    }

    /// The replies for all recipients.
    fn accept(&mut self, recipients: usize) {
        self.flight(&vec![(Phase::Acceptance, QUEUED); recipients], true);
    }

    fn flight(&mut self, replies: &[(Phase, &str)], is_final: bool) {
        let session = &mut self.session;
        let start = session.said.len();
        for (phase, reply) in replies {
            let begin = session.said.len();
            session.said.extend_from_slice(reply.as_bytes());
            session.said.extend_from_slice(b"\r\n");
            session.replies.push(Reply {
                phase: *phase,
                octets: begin..session.said.len(),
                code: reply.as_bytes().first_chunk().copied().unwrap(),
                message: self.message,
                is_final,
            });
        }
        let flight = session.said[start..].to_vec();
        session.flights.push(session.said.len());
        self.then(|script| script.say_bytes(flight));
    }
}

/// A message of its own, with this many octets at least.
pub(crate) fn message(number: usize, octets: usize) -> Vec<u8> {
    let text = "Lorem ipsum dolor sit amet\r\n";
    let body = text.repeat(octets / text.len());
    format!("Subject: number {number:02}\r\n\r\n{body}the end of {number:02}\r\n").into_bytes()
}
