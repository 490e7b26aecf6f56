//! Arguments of callers: each is refused, or the server gets the lines that belong to it and nothing else.
//!
//! An input is pieces of a letter and a text; `SETTERS` has the letters. What is taken goes to a server that takes
//! every command.
#![no_main]

use std::rc::Rc;

use envoi::Mailer;
use envoi::sasl::{Bearer, Credentials, Mechanism, Password, decode};
use envoi::smtp::config::{
    ConnectUntil, PartialDelivery, Protocol, Security, ServerConfig, SessionConfig,
};
use envoi::smtp::content_scan::scan;
use envoi::smtp::delivery::MessageInfo;
use envoi::smtp::envelope::Envelope;
use envoi::smtp::error::Error;
use envoi::smtp::local_name::LocalName;
use envoi::smtp::parameters::{DsnContents, Notify, Options};
use envoi::smtp::server_memory::ServerMemory;
use envoi::smtp::session::{Action, Session};
use envoi_fuzz::pieces::pieces;
use libfuzzer_sys::fuzz_target;

const HELLO: &str = "250-mail.test\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250-8BITMIME\r\n\
    250-DSN\r\n250-SIZE 1000000\r\n250-DELIVERBY\r\n250-MT-PRIORITY\r\n250-FUTURERELEASE 99999 \
    2030-01-01T00:00:00Z\r\n250-REQUIRETLS\r\n250-AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2 OAUTHBEARER \
    EXTERNAL X-OWN\r\n250 HELP\r\n";

struct Arguments {
    config: ServerConfig,
    local_name: Option<LocalName>,
    sender: Option<String>,
    recipients: Vec<String>,
    options: Options,
    password: Password,
    /// Commands of the caller's own, sent after the message.
    commands: Vec<Command>,
}

enum Command {
    Ask(String),
    Raw(String),
    Auth(String, Option<Vec<u8>>),
}

type Setter = fn(&mut Arguments, &str);

/// What a setter refuses leaves no trace.
const SETTERS: &[(u8, Setter)] = &[
    (b's', |all, text| all.sender = Some(text.into())),
    (b'r', |all, text| all.recipients.push(text.into())),
    (b'h', |all, text| {
        if let Ok(name) = LocalName::parse(text) {
            all.local_name = Some(name);
        }
    }),
    (b'i', |all, text| drop(all.options.set_envelope_id(text))),
    (b'o', |all, text| {
        let (kind, address) = text.split_once(';').unwrap_or((text, ""));
        let recipient = all.recipients.first().cloned().unwrap_or_default();
        let options = &mut all.options;
        drop(options.set_original_recipient(&recipient, kind, address));
    }),
    (b'a', |all, text| {
        let submitter = Some(text).filter(|text| !text.is_empty());
        drop(all.options.set_submitter(submitter));
    }),
    (b'p', |all, text| {
        let (keyword, value) = split(text);
        drop(all.options.add_parameter(keyword, value));
    }),
    (b'q', |all, text| {
        let (keyword, value) = split(text);
        let options = &mut all.options;
        drop(options.add_recipient_parameter(None, keyword, value));
    }),
    (b'n', Arguments::notify),
    (b'd', |all, text| {
        let (seconds, returns) = (number(text), text.starts_with(' '));
        drop(all.options.set_deliver_by(seconds, returns, false));
    }),
    (b'y', |all, text| {
        let priority = i8::try_from(number(text)).unwrap_or(10);
        drop(all.options.set_priority(priority));
    }),
    (b'w', |all, text| {
        drop(all.options.set_hold_for(number(text).unsigned_abs()));
    }),
    (b'8', |all, _| all.options.set_smtputf8(true)),
    (b'R', |all, _| all.options.set_require_tls(true)),
    (b'l', |all, _| all.config.protocol = Protocol::Lmtp),
    (b'U', |all, text| all.password.username = text.into()),
    (b'P', |all, text| all.password.password = text.into()),
    (b'Z', |all, text| {
        all.password.authorization_id = Some(text.into());
    }),
    (b'C', Arguments::log_in),
    (b'A', |all, text| {
        all.commands.push(Command::Ask(text.into()));
    }),
    (b'T', |all, text| {
        let (name, initial) = split(text);
        let initial = initial.map(|text| text.as_bytes().into());
        all.commands.push(Command::Auth(name.into(), initial));
    }),
    (b'X', |all, text| {
        all.commands.push(Command::Raw(text.into()));
    }),
    (b'u', |_, text| {
        drop(Mailer::from_url(text));
        let mut mailer = Mailer::new("mail.test".into());
        drop(mailer.set_mechanisms(&[text.into()]));
        drop(mailer.set_local_name(text));
        drop(mailer.set_server_name(text));
    }),
];

fuzz_target!(|input: &[u8]| {
    let mut arguments = Arguments::default();
    for piece in pieces(input).take(30) {
        let Some((letter, text)) = piece.split_first() else {
            continue;
        };
        let text = String::from_utf8_lossy(text);
        let setter = SETTERS.iter().find(|(known, _)| known == letter);
        if let Some((_, set)) = setter {
            set(&mut arguments, &text);
        }
    }
    let session = arguments.session();
    let author = Author::Mechanism;
    let mut server = Server { session, author };
    // An argument that is refused only now is as good.
    let _ = arguments.send(&mut server);
    server.author = Author::Caller;
    for command in &arguments.commands {
        let _ = command.send(&mut server);
    }
});

impl Default for Arguments {
    fn default() -> Self {
        let mut config = ServerConfig::new("mail.test".into());
        config.security = Security::ImplicitTls;
        Self {
            config,
            local_name: LocalName::parse("client.test").ok(),
            sender: None,
            recipients: Vec::new(),
            options: Options::default(),
            password: Password {
                username: "user".into(),
                password: "password".into(),
                authorization_id: None,
            },
            commands: Vec::new(),
        }
    }
}

impl Arguments {
    fn notify(&mut self, text: &str) {
        let has = |letter| text.contains(letter);
        let notify = Notify {
            never: has('n'),
            success: has('s'),
            failure: has('f'),
            delay: has('d'),
        };
        drop(self.options.set_notify(None, notify));
        self.options.set_dsn_contents(DsnContents::Headers);
    }

    fn log_in(&mut self, kind: &str) {
        let password = self.password.clone();
        self.config.credentials = Some(match kind {
            "bearer" => Credentials::Bearer(Bearer {
                username: password.username.clone(),
                token: password.password.clone(),
            }),
            "external" => Credentials::External(password.authorization_id.clone()),
            _ => Credentials::Password(password),
        });
        if let Some(mechanism) = Mechanism::from_name(kind) {
            self.config.mechanisms = vec![mechanism];
        }
    }

    fn session(&self) -> Session {
        Session::new(SessionConfig {
            server: Rc::new(self.config.clone()),
            host: "mail.test".into(),
            local_name: self.local_name.clone(),
            is_loopback: false,
            until: ConnectUntil::Ready,
            nonces: Default::default(),
            memory: ServerMemory::default(),
        })
    }

    fn send(&self, server: &mut Server) -> Result<(), Error> {
        server.session.receive(b"220 mail.test ESMTP\r\n")?;
        server.run()?;
        let (sender, protocol) = (self.sender.as_deref(), self.config.protocol);
        let envelope = Envelope::parse(sender, &self.recipients, protocol)?;
        let content = b"Subject: hello\r\n\r\nHello.\r\n";
        let info = MessageInfo::Scanned(scan(content).unwrap());
        let (options, partial) = (&self.options, PartialDelivery::Allowed);
        server
            .session
            .start_message(envelope, options, info, partial)?;
        server.run()?;
        server.session.write(content)?;
        server.session.finish();
        server.session.next_action()?;
        let content = server.written();
        assert!(content.ends_with(b"\r\nHello.\r\n.\r\n"));
        for _ in &self.recipients {
            server.session.receive(b"250 queued\r\n")?;
            if protocol == Protocol::Smtp {
                break;
            }
        }
        server.run()
    }
}

impl Command {
    fn send(&self, server: &mut Server) -> Result<(), Error> {
        let session = &mut server.session;
        match self {
            Self::Ask(argument) => session.ask("VRFY", Some(argument))?,
            Self::Raw(text) => session.raw(text)?,
            Self::Auth(mechanism, initial) => session.auth_start(mechanism, initial.as_deref())?,
        }
        server.run()
    }
}

/// A server that answers each line once, so that a line too many leaves a reply that nobody asked for.
struct Server {
    session: Session,
    author: Author,
}

/// Who makes the messages of AUTH.
#[derive(Clone, Copy)]
enum Author {
    /// One of envoi's.
    Mechanism,
    /// Who may say anything under the name of a mechanism.
    Caller,
}

impl Server {
    fn run(&mut self) -> Result<(), Error> {
        while self.session.next_action()? == Action::NeedReply {
            let written = self.written();
            let text = written.strip_suffix(b"\r\n").expect("whole lines");
            for line in text.split(|octet| *octet == b'\n') {
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                assert!(!line.iter().any(|octet| b"\r\n\0".contains(octet)));
                self.session.receive(reply(line, self.author).as_bytes())?;
            }
        }
        assert!(!self.session.has_unsolicited());
        Ok(())
    }

    fn written(&mut self) -> Vec<u8> {
        let output = self.session.take_output();
        self.session.mark_message_sent();
        let written = [&output.first[..], &output.after_message[..]].concat();
        let is_end = |two: &[u8]| two == b"\r\n";
        let ends = written.windows(2).filter(|two| is_end(two)).count();
        let count = |wanted| written.iter().filter(|octet| **octet == wanted).count();
        assert_eq!([count(b'\r'), count(b'\n'), count(0)], [ends, ends, 0]);
        written
    }
}

fn reply(line: &[u8], author: Author) -> String {
    let text = String::from_utf8_lossy(line);
    let mut words = text.split(' ');
    match words.next().unwrap_or_default() {
        "EHLO" | "LHLO" => HELLO.into(),
        "DATA" => "354 go ahead\r\n".into(),
        "AUTH" => match (words.next(), words.next()) {
            (_, None) => "334 PDFAbWFpbC50ZXN0Pg==\r\n".into(),
            (Some(mechanism), Some(initial)) => {
                check_message(mechanism, initial, author);
                "235 welcome\r\n".into()
            }
            (None, _) => unreachable!("`None` comes only after `None`"),
        },
        _ => "250 ok\r\n".into(),
    }
}

/// The separators of a mechanism's message are its own (RFC 4616, section 2; RFC 7628, section 3.1).
fn check_message(mechanism: &str, initial: &str, author: Author) {
    // An empty one (RFC 4954, section 4).
    let initial = if initial == "=" { "" } else { initial };
    let Ok(message) = decode(initial) else {
        panic!("{initial} is not base64");
    };
    let count = |wanted| message.iter().filter(|octet| **octet == wanted).count();
    match (author, mechanism) {
        (Author::Caller, _) => {}
        (_, "PLAIN") => assert_eq!(count(0), 2),
        (_, "XOAUTH2") => assert_eq!((count(0), count(1)), (0, 3)),
        (_, "OAUTHBEARER") => assert_eq!((count(0), count(1)), (0, 5)),
        _ => {}
    }
}

fn number(text: &str) -> i32 {
    text.trim().parse().unwrap_or(0)
}

/// A word and, behind `=`, its value.
fn split(text: &str) -> (&str, Option<&str>) {
    match text.split_once('=') {
        Some((word, value)) => (word, Some(value)),
        None => (text, None),
    }
}
