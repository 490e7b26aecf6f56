//! The session of one client: its commands and the replies to them (RFC 5321, section 4.1).

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use super::auth::{Exchange, MECHANISMS, Step};
use super::{Delivery, Shared, command};
use crate::scripted::{Speaker, unstuffed};
use crate::shutdown::UNPOISONED;
use crate::wire::Wire;

/// In octets (RFC 1870); more than any demonstration needs.
const SIZE_LIMIT: usize = 64 * 1024 * 1024;

const NOT_NOW: &str = "503 5.5.1 Not now";
const TOO_LARGE: &str = "552 5.3.4 Message too large";
const SYNTAX: &str = "501 5.5.4 Syntax error";

pub(super) fn serve(stream: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
    let wire = Wire::new(stream, shared.shutdown.clone())?;
    let mut session = ServerSession {
        wire,
        shared,
        unsent: Vec::new(),
        greeted: false,
        username: None,
        envelope: None,
    };
    session.reply("220 localhost ESMTP ready");
    loop {
        let Some(line) = session.read(command::without_secrets)? else {
            return Ok(());
        };
        if session.execute(&line)? == Next::Close {
            session.flush()?;
            session.wire.hang_up();
            return Ok(());
        }
    }
}

struct ServerSession {
    wire: Wire,
    shared: Arc<Shared>,
    /// The replies to a group of commands leave together (RFC 2920, section 3.2).
    unsent: Vec<String>,
    greeted: bool,
    username: Option<String>,
    envelope: Option<Envelope>,
}

struct Envelope {
    sender: String,
    recipients: Vec<String>,
}

#[derive(PartialEq)]
enum Next {
    Continue,
    Close,
}

impl ServerSession {
    fn execute(&mut self, line: &str) -> io::Result<Next> {
        let (verb, argument) = command::verb(line);
        match verb.as_str() {
            "EHLO" => self.hello(true),
            "HELO" => self.hello(false),
            "STARTTLS" => self.start_tls()?,
            "AUTH" => self.auth(argument)?,
            "MAIL" => self.mail(argument),
            "RCPT" => self.rcpt(argument),
            "DATA" => self.data()?,
            "RSET" => {
                self.envelope = None;
                self.reply("250 2.0.0 Forgotten");
            }
            "NOOP" => self.reply("250 2.0.0 Nothing done"),
            "QUIT" => {
                self.reply("221 2.0.0 Goodbye");
                return Ok(Next::Close);
            }
            _ => self.reply("500 5.5.2 Unknown command"),
        }
        Ok(Next::Continue)
    }

    fn hello(&mut self, extended: bool) {
        self.greeted = true;
        self.envelope = None;
        if !extended {
            return self.reply("250 localhost");
        }
        self.reply("250-localhost");
        // Passwords are accepted only inside TLS.
        if self.wire.is_tls() {
            self.reply(&format!("250-AUTH {MECHANISMS}"));
        } else if self.shared.tls.is_some() {
            self.reply("250-STARTTLS");
        }
        for keyword in ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"] {
            self.reply(&format!("250-{keyword}"));
        }
        self.reply(&format!("250 SIZE {SIZE_LIMIT}"));
    }

    fn start_tls(&mut self) -> io::Result<()> {
        let tls = self.shared.tls.clone();
        let Some(tls) = tls.filter(|_| self.greeted && !self.wire.is_tls()) else {
            self.reply(NOT_NOW);
            return Ok(());
        };
        self.reply("220 2.0.0 Go ahead");
        self.flush()?;
        self.wire.start_tls(tls)?;
        // TLS discards what the client sent before (RFC 3207, section 4.2).
        (self.greeted, self.username, self.envelope) = (false, None, None);
        Ok(())
    }

    fn auth(&mut self, argument: &str) -> io::Result<()> {
        if !self.wire.is_tls() || !self.greeted || self.username.is_some() {
            self.reply(NOT_NOW);
            return Ok(());
        }
        let (mechanism, initial) = match argument.split_once(' ') {
            Some((mechanism, initial)) => (mechanism, Some(initial)),
            None => (argument, None),
        };
        let Some(mut exchange) = Exchange::new(mechanism) else {
            self.reply("504 5.5.4 Unknown mechanism");
            return Ok(());
        };
        let mut step = match initial {
            Some(response) => exchange.answer(response, &self.shared.accounts),
            None => exchange.begin(),
        };
        while let Step::Challenge(challenge) = step {
            self.reply(&format!("334 {challenge}"));
            let Some(response) = self.read(|_| "(secret)".into())? else {
                return Ok(());
            };
            step = exchange.answer(&response, &self.shared.accounts);
        }
        match step {
            Step::Authenticated(username) => {
                self.username = Some(username);
                self.reply("235 2.7.0 Welcome");
            }
            Step::Malformed => self.reply("501 5.5.2 Not a response of this mechanism"),
            _ => self.reply("535 5.7.8 Username or password is wrong"),
        }
        Ok(())
    }

    fn mail(&mut self, argument: &str) {
        if self.username.is_none() && self.shared.tls.is_some() {
            return self.reply("530 5.7.0 Authentication required");
        }
        if self.envelope.is_some() {
            return self.reply(NOT_NOW);
        }
        let Some((sender, parameters)) = command::path(argument, "FROM") else {
            return self.reply(SYNTAX);
        };
        if let Some(refusal) = parameters.iter().find_map(|parameter| refusal(parameter)) {
            return self.reply(refusal);
        }
        self.envelope = Some(Envelope {
            sender: sender.to_owned(),
            recipients: Vec::new(),
        });
        self.reply("250 2.1.0 Sender ok");
    }

    fn rcpt(&mut self, argument: &str) {
        let Some(envelope) = &mut self.envelope else {
            return self.reply(NOT_NOW);
        };
        match command::path(argument, "TO") {
            Some((recipient, parameters)) if !recipient.is_empty() && parameters.is_empty() => {
                if let Some(refusal) = (self.shared.refusal)(recipient) {
                    return self.reply(&refusal);
                }
                envelope.recipients.push(recipient.to_owned());
                self.reply("250 2.1.5 Recipient ok");
            }
            _ => self.reply(SYNTAX),
        }
    }

    fn data(&mut self) -> io::Result<()> {
        let complete = |envelope: &mut Envelope| !envelope.recipients.is_empty();
        let Some(envelope) = self.envelope.take_if(complete) else {
            self.reply(NOT_NOW);
            return Ok(());
        };
        self.reply("354 End with a dot");
        self.flush()?;
        let content = self.wire.read_content()?;
        if !content.ends_with(b".\r\n") {
            return Ok(());
        }
        let tls = self.wire.is_tls();
        self.shared.observe(
            Speaker::Client,
            &format!("(message, {} bytes)", content.len()),
            tls,
        );
        let Envelope { sender, recipients } = envelope;
        let message = unstuffed(&content);
        let delivery = Delivery {
            sender,
            recipients,
            message,
            username: self.username.clone().unwrap_or_default(),
            tls,
        };
        let mut deliveries = self.shared.deliveries.lock().expect(UNPOISONED);
        deliveries.push(delivery);
        let number = deliveries.len();
        drop(deliveries);
        self.reply(&format!("250 2.0.0 Taken as message {number}"));
        Ok(())
    }

    /// The next line; observers see what `shown` makes of it.
    fn read(&mut self, shown: impl Fn(&str) -> String) -> io::Result<Option<String>> {
        if !self.wire.has_line() {
            self.flush()?;
        }
        let line = self.wire.read_line()?;
        if let Some(line) = &line {
            self.shared
                .observe(Speaker::Client, &shown(line), self.wire.is_tls());
        }
        Ok(line)
    }

    fn reply(&mut self, line: &str) {
        self.unsent.push(line.to_owned());
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut flight = String::new();
        for line in self.unsent.drain(..) {
            self.shared
                .observe(Speaker::Server, &line, self.wire.is_tls());
            flight.push_str(&line);
            flight.push_str("\r\n");
        }
        self.wire.write(flight.as_bytes())
    }
}

/// The reply that refuses a parameter of MAIL.
fn refusal(parameter: &str) -> Option<&'static str> {
    let (keyword, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    match (keyword.to_ascii_uppercase().as_str(), value) {
        ("SIZE", size) => match size.parse() {
            Ok(0..=SIZE_LIMIT) => None,
            Ok(_) => Some(TOO_LARGE),
            Err(_) => Some(SYNTAX),
        },
        ("BODY", "7BIT" | "8BITMIME") | ("SMTPUTF8", "") => None,
        _ => Some("555 5.5.4 Unknown parameter"),
    }
}
