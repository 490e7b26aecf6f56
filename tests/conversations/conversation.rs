//! A scripted server for a session, without a connection.

use std::rc::Rc;

use envoi::sasl::{Credentials, MAX_ATTEMPTS, Mechanism, Nonce, Password};
use envoi::smtp::config::{
    AuthPipelining, ConnectUntil, InitialResponse, PartialDelivery, PipeliningAfterMessage,
    Protocol, Security, ServerConfig, SessionConfig,
};
use envoi::smtp::content_scan::scan;
use envoi::smtp::delivery::MessageInfo;
use envoi::smtp::envelope::Envelope;
use envoi::smtp::error::Error;
use envoi::smtp::local_name::LocalName;
use envoi::smtp::outgoing::Output;
use envoi::smtp::parameters::Options;
use envoi::smtp::receipt::Receipt;
use envoi::smtp::server_memory::ServerMemory;
use envoi::smtp::session::{Action, Session};

/// The nonce of RFC 5802, section 5, and two others.
const NONCES: [[u8; 18]; MAX_ATTEMPTS] = [
    [
        0x7f, 0x29, 0x28, 0xf9, 0xdd, 0xa5, 0x6d, 0xb1, 0x60, 0x38, 0xd4, 0x6f, 0xf6, 0xa9, 0x31,
        0x75, 0xac, 0x0b,
    ],
    [1; 18],
    [2; 18],
];

/// The configuration of a server and of one session with it.
pub(crate) struct Setup {
    pub protocol: Protocol,
    pub until: ConnectUntil,
    pub local_name: Option<LocalName>,
    pub security: Security,
    pub is_loopback: bool,
    pub credentials: Option<Credentials>,
    pub mechanisms: Vec<Mechanism>,
    pub initial_response: InitialResponse,
    pub pipelining_after_message: PipeliningAfterMessage,
    pub chunking: bool,
    pub auth_pipelining: AuthPipelining,
    pub plain_fallback: bool,
    pub memory: ServerMemory,
    pub nonces: [Nonce; MAX_ATTEMPTS],
}

impl Setup {
    pub(crate) fn session(self) -> Session {
        let server = ServerConfig {
            protocol: self.protocol,
            security: self.security,
            credentials: self.credentials,
            mechanisms: self.mechanisms,
            initial_response: self.initial_response,
            pipelining_after_message: self.pipelining_after_message,
            chunking: self.chunking,
            auth_pipelining: self.auth_pipelining,
            plain_fallback: self.plain_fallback,
            port: Some(587),
            ..ServerConfig::new("server.example.com".into())
        };
        Session::new(SessionConfig {
            host: server.host.clone(),
            server: Rc::new(server),
            local_name: self.local_name,
            is_loopback: self.is_loopback,
            until: self.until,
            nonces: self.nonces,
            memory: self.memory,
        })
    }
}

/// A session without TLS and credentials; the server is not on loopback.
pub(crate) fn setup() -> Setup {
    Setup {
        protocol: Protocol::Smtp,
        until: ConnectUntil::Ready,
        local_name: Some(LocalName::parse("client.test").unwrap()),
        security: Security::Plaintext,
        is_loopback: false,
        credentials: None,
        mechanisms: Mechanism::DEFAULT.to_vec(),
        initial_response: InitialResponse::Auto,
        pipelining_after_message: PipeliningAfterMessage::Always,
        chunking: true,
        auth_pipelining: AuthPipelining::PlainAndExternal,
        plain_fallback: true,
        memory: ServerMemory::default(),
        nonces: NONCES,
    }
}

/// A session inside TLS, with this password.
pub(crate) fn setup_with_password(password: &str) -> Setup {
    let credentials = Password {
        username: "user".into(),
        password: password.into(),
        authorization_id: None,
    };
    Setup {
        security: Security::ImplicitTls,
        credentials: Some(Credentials::Password(credentials)),
        ..setup()
    }
}

/// The missing extension, and the reason in words.
#[track_caller]
pub(crate) fn unavailable(result: Result<(), Error>) -> (String, String) {
    match result {
        Err(Error::ExtensionUnavailable(unavailable)) => (unavailable.keyword, unavailable.reason),
        other => panic!("{other:?}"),
    }
}

/// Runs a conversation with whole lines, and again one octet at a time.
pub(crate) fn both_ways(setup: impl Fn() -> Setup, steps: impl Fn(&mut Conversation)) {
    for by_octet in [false, true] {
        run_steps(setup(), by_octet, &steps);
    }
}

/// Runs a conversation once, because a second run meets the memory of the first.
pub(crate) fn once(setup: impl Fn() -> Setup, steps: impl Fn(&mut Conversation)) {
    run_steps(setup(), false, &steps);
}

fn run_steps(setup: Setup, by_octet: bool, steps: &impl Fn(&mut Conversation)) {
    let mut session = setup.session();
    session.transcript().set_enabled(true);
    steps(&mut Conversation { session, by_octet });
}

pub(crate) struct Conversation {
    pub session: Session,
    by_octet: bool,
}

impl Conversation {
    /// Follows a script. The server sends the lines with `S: `; the client must send those with `C: `,
    /// successive ones in one flight. Returns the session's next action.
    pub(crate) fn run(&mut self, script: &str) -> Result<Action, Error> {
        let lines: Vec<&str> = script
            .lines()
            .map(str::trim_start)
            .filter(|line| !line.is_empty())
            .collect();
        let mut result = self.session.next_action();
        for flight in lines.chunk_by(|a, b| a[..3] == b[..3]) {
            let text: String = flight
                .iter()
                .map(|line| format!("{}\r\n", &line[3..]))
                .collect();
            match &flight[0][..3] {
                "C: " => {
                    result = result.and_then(|_| self.session.next_action());
                    assert_eq!(self.said(), text, "{result:?}");
                }
                "S: " => result = self.hear(text.as_bytes()),
                other => panic!("a script's line starts with C: or S:, not {other}"),
            }
        }
        result
    }

    /// Runs a script that must succeed.
    pub(crate) fn expect_ok(&mut self, script: &str) -> Action {
        self.run(script)
            .unwrap_or_else(|error| panic!("{error:?} in {script}"))
    }

    /// Runs a script that must end in an error.
    pub(crate) fn expect_err(&mut self, script: &str) -> Error {
        self.run(script).expect_err(script)
    }

    /// The server sends these octets, which include their line ends.
    pub(crate) fn hear(&mut self, bytes: &[u8]) -> Result<Action, Error> {
        if !self.by_octet {
            self.session.receive(bytes)?;
            return self.session.next_action();
        }
        let mut result = self.session.next_action();
        for octet in bytes {
            self.session.receive(&[*octet])?;
            result = self.session.next_action();
            result.as_ref().map_err(Clone::clone)?;
        }
        result
    }

    /// The octets that the session writes.
    pub(crate) fn said(&mut self) -> String {
        let Output {
            first,
            after_message,
        } = self.session.take_output();
        self.session.mark_message_sent();
        String::from_utf8([&first[..], &after_message[..]].concat()).unwrap()
    }

    /// Greeting and EHLO with a server that offers `extensions`.
    pub(crate) fn open(&mut self, extensions: &[&str]) {
        self.expect_ok("S: 220 mail.test ESMTP\nC: EHLO client.test");
        let offered: String = extensions.iter().map(|e| format!("S: 250-{e}\n")).collect();
        self.expect_ok(&format!("S: 250-mail.test\n{offered}S: 250 HELP"));
    }

    pub(crate) fn deliver(
        &mut self,
        sender: &str,
        recipients: &[&str],
        message: &[u8],
        partial: bool,
    ) -> Result<(), Error> {
        let recipients: Vec<String> = recipients.iter().map(|r| r.to_string()).collect();
        let sender = Some(sender).filter(|s| !s.is_empty());
        let envelope = Envelope::parse(sender, &recipients, self.session.protocol())?;
        self.session.start_message(
            envelope,
            &Options::default(),
            MessageInfo::Scanned(scan(message).unwrap()),
            if partial {
                PartialDelivery::Allowed
            } else {
                PartialDelivery::Forbidden
            },
        )
    }

    /// Starts a message of one line from a to these recipients.
    pub(crate) fn deliver_to(&mut self, recipients: &[&str]) {
        self.deliver("a@client.test", recipients, b"Hello\r\n", true)
            .unwrap();
    }

    /// Writes the content and its end, and runs the script of the reply.
    pub(crate) fn finish(&mut self, message: &[u8], reply: &str) -> Result<Receipt, Error> {
        for piece in message.chunks(if self.by_octet {
            1
        } else {
            message.len().max(1)
        }) {
            self.session.write(piece)?;
        }
        self.session.finish();
        self.session.next_action()?;
        self.session.mark_message_sent();
        self.run(reply)?;
        Ok(self.session.take_receipt().expect("a receipt"))
    }

    /// The transcript, one entry a line.
    pub(crate) fn transcript(&mut self) -> String {
        self.session
            .transcript()
            .take()
            .into_iter()
            .map(|(who, text)| format!("{who:?}: {text}\n"))
            .collect()
    }
}
