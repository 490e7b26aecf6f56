//! A script against a session, and nothing between them.

use envoi::sasl::{Credentials, MAX_ATTEMPTS, Mechanism, Password};
use envoi::smtp::content_scan::scan;
use envoi::smtp::delivery::Content;
use envoi::smtp::envelope::{Envelope, Receipt};
use envoi::smtp::error::Error;
use envoi::smtp::local_name::LocalName;
use envoi::smtp::options::Options;
use envoi::smtp::server_memory::ServerMemory;
use envoi::smtp::session::{
    AuthPipelining, Dialect, Goal, InitialResponse, PipeliningAfterMessage, Plan, Security,
    Session, Step,
};

/// That of RFC 5802, section 5, and two others.
const NONCES: [[u8; 18]; MAX_ATTEMPTS] = [
    [
        0x7f, 0x29, 0x28, 0xf9, 0xdd, 0xa5, 0x6d, 0xb1, 0x60, 0x38, 0xd4, 0x6f, 0xf6, 0xa9, 0x31,
        0x75, 0xac, 0x0b,
    ],
    [1; 18],
    [2; 18],
];

/// In clear, to a server elsewhere, without credentials.
pub fn plan() -> Plan {
    Plan {
        dialect: Dialect::Smtp,
        goal: Goal::Ready,
        host: "server.example.com".into(),
        port: 587,
        local_name: Some(LocalName::parse("client.test").unwrap()),
        security: Security::Plaintext,
        loopback: false,
        credentials: None,
        mechanisms: Mechanism::DEFAULT.to_vec(),
        initial_response: InitialResponse::Auto,
        after_message: PipeliningAfterMessage::Always,
        may_chunk: true,
        auth_pipelining: AuthPipelining::PlainAndExternal,
        plain_fallback: true,
        memory: ServerMemory::default(),
        nonces: NONCES,
    }
}

/// Inside TLS, as this user.
pub fn plan_with_password(password: &str) -> Plan {
    let credentials = Password {
        username: "user".into(),
        password: password.into(),
        authorization_id: None,
    };
    Plan {
        security: Security::ImplicitTls,
        credentials: Some(Credentials::Password(credentials)),
        ..plan()
    }
}

/// The extension that is missing, and the words for people.
#[track_caller]
pub fn unavailable(result: Result<(), Error>) -> (String, String) {
    match result {
        Err(Error::ExtensionUnavailable(unavailable)) => (unavailable.keyword, unavailable.reason),
        other => panic!("{other:?}"),
    }
}

/// Runs a conversation with whole lines, and again one octet at a time.
pub fn both_ways(plan: impl Fn() -> Plan, conversation: impl Fn(&mut Talk)) {
    for by_octet in [false, true] {
        hold(plan(), by_octet, &conversation);
    }
}

/// Runs a conversation that leaves behind what a second would meet.
pub fn once(plan: impl Fn() -> Plan, conversation: impl Fn(&mut Talk)) {
    hold(plan(), false, &conversation);
}

fn hold(plan: Plan, by_octet: bool, conversation: &impl Fn(&mut Talk)) {
    let mut session = Session::new(plan);
    session.words().want(true);
    conversation(&mut Talk { session, by_octet });
}

pub struct Talk {
    pub session: Session,
    by_octet: bool,
}

impl Talk {
    /// Follows a script of lines that the server says (`S: `) and that the client must say
    /// (`C: `, those that follow each other in one flight); returns what is needed next.
    pub fn run(&mut self, script: &str) -> Result<Step, Error> {
        let lines: Vec<&str> = script
            .lines()
            .map(str::trim_start)
            .filter(|line| !line.is_empty())
            .collect();
        let mut result = self.session.step();
        for flight in lines.chunk_by(|a, b| a[..3] == b[..3]) {
            let text: String = flight
                .iter()
                .map(|line| format!("{}\r\n", &line[3..]))
                .collect();
            match &flight[0][..3] {
                "C: " => {
                    result = result.and_then(|_| self.session.step());
                    assert_eq!(self.said(), text, "{result:?}");
                }
                "S: " => result = self.hear(text.as_bytes()),
                other => panic!("a script's line starts with C: or S:, not {other}"),
            }
        }
        result
    }

    /// To the end of a script that must go well.
    pub fn goes(&mut self, script: &str) -> Step {
        self.run(script)
            .unwrap_or_else(|error| panic!("{error:?} in {script}"))
    }

    /// To the end of a script that must fail there.
    pub fn fails(&mut self, script: &str) -> Error {
        self.run(script).expect_err(script)
    }

    /// What the server says, line ends and all.
    pub fn hear(&mut self, bytes: &[u8]) -> Result<Step, Error> {
        if !self.by_octet {
            self.session.receive(bytes)?;
            return self.session.step();
        }
        let mut result = self.session.step();
        for octet in bytes {
            self.session.receive(&[*octet])?;
            result = self.session.step();
            result.as_ref().map_err(Clone::clone)?;
        }
        result
    }

    /// All that the session wants to say.
    pub fn said(&mut self) -> String {
        self.session.leaving();
        String::from_utf8(std::mem::take(self.session.outgoing())).unwrap()
    }

    /// Greeting and EHLO with a server that offers `extensions`.
    pub fn open(&mut self, extensions: &[&str]) {
        self.goes("S: 220 mail.test ESMTP\nC: EHLO client.test");
        let offered: String = extensions.iter().map(|e| format!("S: 250-{e}\n")).collect();
        self.goes(&format!("S: 250-mail.test\n{offered}S: 250 HELP"));
    }

    pub fn deliver(
        &mut self,
        sender: &str,
        recipients: &[&str],
        message: &[u8],
        partial: bool,
    ) -> Result<(), Error> {
        let recipients: Vec<String> = recipients.iter().map(|r| r.to_string()).collect();
        let sender = Some(sender).filter(|s| !s.is_empty());
        let envelope = Envelope::parse(sender, &recipients, self.session.dialect())?;
        self.session.deliver(
            envelope,
            &Options::default(),
            Content::Whole(scan(message).unwrap()),
            partial,
        )
    }

    /// From a to these recipients, one line.
    pub fn deliver_to(&mut self, recipients: &[&str]) {
        self.deliver("a@client.test", recipients, b"Hello\r\n", true)
            .unwrap();
    }

    /// The message, after 354; the server's answer to it.
    pub fn finish(&mut self, message: &[u8], reply: &str) -> Result<Receipt, Error> {
        for piece in message.chunks(if self.by_octet {
            1
        } else {
            message.len().max(1)
        }) {
            self.session.write(piece)?;
        }
        self.session.finish();
        self.session.step()?;
        self.session.leaving();
        self.run(reply)?;
        Ok(self.session.take_receipt().expect("a receipt"))
    }

    /// The conversation for people.
    pub fn transcript(&mut self) -> String {
        self.session
            .words()
            .take()
            .into_iter()
            .map(|(who, text)| format!("{who:?}: {text}\n"))
            .collect()
    }
}
