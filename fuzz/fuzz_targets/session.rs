//! Whole calls of a mailer: whatever the server says, whenever it closes or falls silent, each recipient has one
//! outcome, and it is the true one. A plain observer beside the server says what is true.
//!
//! The first line of an input holds letters, which `Call` reads: settings, and behind `:` commands, if the caller sends
//! these one by one. `network.rs` explains the rest.
#![no_main]

use std::collections::BTreeMap;

use envoi::sasl::{Bearer, Credentials, Password};
use envoi::smtp::config::{
    AuthPipelining, InitialResponse, PipeliningAfterMessage, Protocol, Security,
};
use envoi::smtp::error::Error;
use envoi::smtp::outgoing_message::OutgoingMessage;
use envoi::smtp::parameters::Options;
use envoi::smtp::receipt::Receipt;
use envoi::{Client, Mailer};
use envoi_fuzz::network::ScriptedNetwork;
use envoi_fuzz::pieces::settings;
use envoi_fuzz::tls_peer::AUTHORITY;
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "sEcReT-9";

fuzz_target!(|input: &[u8]| {
    let (letters, script) = settings(input);
    let mut letters = letters.split(|letter| *letter == b':');
    let call = Call::read(letters.next().unwrap_or_default());
    let network = ScriptedNetwork::new(script, call.window, call.protocol);
    let mailer = call.mailer(&network);
    let outcomes = match letters.next() {
        Some(commands) => ScriptedNetwork::run(call.command(mailer, commands)),
        None => ScriptedNetwork::run(call.send(mailer, script)),
    };
    call.check_quantity(&network);
    let mut truth = call.truth(&network);
    for outcome in &outcomes {
        outcome.check(&mut truth);
    }
    assert!(truth.is_empty(), "nobody knows of these: {truth:?}");
});

struct Call {
    letters: Vec<u8>,
    protocol: Protocol,
    window: usize,
    messages: usize,
    recipients: usize,
    content: Vec<u8>,
}

/// For each message and recipient, the codes of the replies to a message that was sent whole.
type Truth = BTreeMap<(String, String), Vec<Option<u16>>>;

/// What the caller is told of a message.
struct Outcome {
    number: usize,
    recipients: Vec<String>,
    result: Result<Receipt, Error>,
}

impl Call {
    fn read(letters: &[u8]) -> Self {
        let has = |letter| letters.contains(&letter);
        let mut content = b"Subject: hello\r\n\r\n.dot\r\n..\r\n.\r\n".to_vec();
        if has(b'B') {
            content.extend(b"0123456789abcde\r\n".repeat(4200));
        }
        Self {
            protocol: if has(b'l') {
                Protocol::Lmtp
            } else {
                Protocol::Smtp
            },
            window: if has(b'w') { 7 } else { 65_536 },
            messages: 1 + usize::from(has(b'2')) + 2 * usize::from(has(b'3')),
            recipients: 1 + 2 * usize::from(has(b'r')) + 9 * usize::from(has(b'R')),
            content,
            letters: letters.to_vec(),
        }
    }

    fn has(&self, letter: u8) -> bool {
        self.letters.contains(&letter)
    }

    fn mailer(&self, network: &ScriptedNetwork) -> Mailer<ScriptedNetwork> {
        let mut mailer = Mailer::over(network.clone(), "mail.example.org".into());
        mailer.set_bundled_roots(false);
        mailer.add_trust_anchors(AUTHORITY).unwrap();
        mailer.set_protocol(self.protocol);
        mailer.set_security(match () {
            () if self.has(b's') => Security::StartTls,
            () if self.has(b'o') => Security::Opportunistic,
            () if self.has(b'i') => Security::ImplicitTls,
            () => Security::Plaintext,
        });
        mailer.set_credentials(self.credentials());
        mailer.set_chunking(!self.has(b'c'));
        mailer.set_early_content(self.has(b'x'));
        mailer.set_partial_delivery(!self.has(b'f'));
        mailer.set_transcript(100);
        if self.has(b'a') {
            mailer.set_auth_pipelining(AuthPipelining::TokensToo);
        }
        if self.has(b'n') {
            mailer.set_initial_response(InitialResponse::Never);
        }
        if self.has(b'y') {
            mailer.set_pipelining_after_message(PipeliningAfterMessage::Always);
        }
        mailer
    }

    fn credentials(&self) -> Option<Credentials> {
        let username = "user".to_string();
        if self.has(b'p') {
            return Some(Credentials::Password(Password {
                username,
                password: SECRET.into(),
                authorization_id: None,
            }));
        }
        let token = SECRET.into();
        self.has(b'k')
            .then(|| Credentials::Bearer(Bearer { username, token }))
    }

    /// Sends all messages, or one in pieces.
    async fn send(&self, mut mailer: Mailer<ScriptedNetwork>, script: &[u8]) -> Vec<Outcome> {
        let options = Options::default();
        let numbers = 0..self.messages;
        let messages: Vec<_> = numbers
            .map(|number| self.message(&mailer, number, &options))
            .collect();
        let results = if self.has(b'm') {
            vec![self.send_in_pieces(&mut mailer).await]
        } else if self.has(b'q') && messages.len() == 1 {
            vec![mailer.send_last(&messages[0]).await]
        } else {
            let results = mailer.send_all(&messages).await;
            self.check_transcript(&mut mailer, script);
            mailer.close().await;
            results
        };
        let results = results.into_iter().enumerate();
        results
            .map(|(number, result)| Outcome {
                number,
                recipients: self.recipients(),
                result,
            })
            .collect()
    }

    async fn send_in_pieces(&self, mailer: &mut Mailer<ScriptedNetwork>) -> Result<Receipt, Error> {
        let (sender, options) = (sender(0), Options::default());
        let recipients = self.recipients();
        let started = mailer.start_message(Some(&sender), &recipients, &options);
        let mut message = started.await?;
        for piece in self.content.chunks(self.content.len().div_ceil(3)) {
            message.write(piece).await?;
        }
        message.finish().await
    }

    /// A session command by command, in any order.
    async fn command(&self, mut mailer: Mailer<ScriptedNetwork>, commands: &[u8]) -> Vec<Outcome> {
        let Ok(client) = mailer.dial().await else {
            return Vec::new();
        };
        let mut manual = Manual {
            client,
            credentials: self.credentials().unwrap_or(Credentials::External(None)),
            content: &self.content,
            recipients: Vec::new(),
            outcomes: Vec::new(),
        };
        for command in commands.iter().take(40) {
            manual.step(*command).await;
        }
        let _ = manual.client.quit().await;
        manual.outcomes
    }

    fn recipients(&self) -> Vec<String> {
        (0..self.recipients).map(recipient).collect()
    }

    fn message<'a>(
        &'a self,
        mailer: &Mailer<ScriptedNetwork>,
        number: usize,
        options: &'a Options,
    ) -> OutgoingMessage<'a> {
        let sender = sender(number);
        mailer
            .outgoing_message(Some(&sender), &self.recipients(), &self.content, options)
            .unwrap()
    }

    /// No secret shows, unless the server says it itself.
    fn check_transcript(&self, mailer: &mut Mailer<ScriptedNetwork>, script: &[u8]) {
        let script = String::from_utf8_lossy(script);
        let lines = mailer.take_transcript();
        let text = format!("{lines:?}");
        // In base64 at each of the three places: `sEcReT-9` without its ends.
        for secret in [SECRET, "c0VjUmVULT", "NFY1JlVC0", "RWNSZVQt"] {
            assert!(!text.contains(secret) || script.contains(secret), "{text}");
        }
    }

    /// A server's words make the client say only so much.
    fn check_quantity(&self, network: &ScriptedNetwork) {
        network.each_witness(|witness| {
            let (said, heard) = witness.counts();
            assert!(said <= (heard + 1) * (self.recipients + 8));
        });
    }

    fn truth(&self, network: &ScriptedNetwork) -> Truth {
        let mut truth = Truth::new();
        network.each_witness(|witness| {
            for delivery in witness.deliveries() {
                assert_eq!(delivery.content, self.content);
                let codes = truth.entry((delivery.sender, delivery.recipient));
                codes.or_default().push(delivery.code);
            }
        });
        truth
    }
}

/// A session of the caller's own.
struct Manual<'a> {
    client: Client<ScriptedNetwork>,
    credentials: Credentials,
    content: &'a [u8],
    /// The accepted ones of the current transaction.
    recipients: Vec<String>,
    outcomes: Vec<Outcome>,
}

impl Manual<'_> {
    async fn step(&mut self, command: u8) {
        let (client, options) = (&self.client, Options::default());
        match command {
            b'h' => drop(client.hello("client.test").await),
            b't' => drop(client.start_tls().await),
            b'a' => drop(client.authenticate(self.credentials.clone()).await),
            b'b' => drop(client.auth_start("X-OWN", Some(b"first")).await),
            b'c' => drop(client.auth_respond(b"next").await),
            b'd' => drop(client.auth_cancel().await),
            b'm' => {
                let sender = sender(self.outcomes.len());
                if client.mail(Some(&sender), &options).await.is_ok() {
                    self.recipients.clear();
                }
            }
            b'r' => {
                let name = recipient(self.recipients.len());
                if client.rcpt(&name, &options).await.is_ok() {
                    self.recipients.push(name);
                }
            }
            b'w' => {
                let result = self.write().await;
                self.outcomes.push(Outcome {
                    number: self.outcomes.len(),
                    recipients: std::mem::take(&mut self.recipients),
                    result,
                });
            }
            b'z' => drop(client.reset().await),
            b'n' => drop(client.noop().await),
            b'v' => drop(client.verify("bob").await),
            b'x' => drop(client.command("XCLIENT NAME=a").await),
            _ => {}
        }
    }

    async fn write(&self) -> Result<Receipt, Error> {
        let mut message = self.client.data().await?;
        message.write(self.content).await?;
        message.finish().await
    }
}

impl Outcome {
    /// Takes what is told here out of the truth.
    fn check(&self, truth: &mut Truth) {
        for recipient in &self.recipients {
            let codes = truth.remove(&(sender(self.number), recipient.clone()));
            let codes = codes.unwrap_or_default();
            let count = |class| {
                codes
                    .iter()
                    .filter(|code| class_of(**code) == class)
                    .count()
            };
            let accepted = count(2);
            // No reply, or one that says nothing.
            let unknown = codes.len() - accepted - count(4) - count(5);
            assert!(accepted + unknown <= 1, "sent twice: {codes:?}");
            // After a reply that makes no sense, none of those behind it is believed.
            let stopped_reading = matches!(self.result, Err(Error::Protocol(..)));
            let is_true = match self.said(recipient) {
                Said::Accepted => accepted == 1,
                Said::Refused | Said::Unsent => accepted + unknown == 0,
                Said::Unknown => accepted == 0 || stopped_reading,
            };
            let (number, result) = (self.number, &self.result);
            assert!(is_true, "{recipient} of {number}: {codes:?}, {result:?}");
        }
        if let Err(error) = &self.result {
            let sentence = error.explain().sentence;
            assert!(sentence.chars().count() <= 1000 && !sentence.contains(char::is_control));
            let text = format!("{error:?} {error} {sentence}");
            assert!(!text.contains(SECRET));
        }
    }

    /// The one outcome of a recipient.
    fn said(&self, recipient: &str) -> Said {
        let receipt = match &self.result {
            Ok(receipt) => receipt,
            Err(error) if error.may_have_been_delivered() => return Said::Unknown,
            Err(_) => return Said::Unsent,
        };
        let accepted = receipt.accepted.iter().map(|one| &one.recipient);
        let refused = receipt.refused.iter().map(|one| &one.recipient);
        let unsent = receipt.unsent.iter().map(|one| &one.recipient);
        let all = (accepted.map(|name| (name, Said::Accepted)))
            .chain(refused.map(|name| (name, Said::Refused)))
            .chain(receipt.unknown.iter().map(|name| (name, Said::Unknown)))
            .chain(unsent.map(|name| (name, Said::Unsent)));
        let mut own = all.filter(|(name, _)| *name == recipient);
        let (_, said) = own.next().expect("each recipient has an outcome");
        assert!(own.next().is_none(), "two outcomes: {receipt:?}");
        said
    }
}

enum Said {
    Accepted,
    Refused,
    Unknown,
    Unsent,
}

fn class_of(code: Option<u16>) -> u16 {
    code.map_or(0, |code| code / 100)
}

fn sender(number: usize) -> String {
    format!("sender{number}@example.org")
}

fn recipient(number: usize) -> String {
    format!("recipient{number}@example.net")
}
