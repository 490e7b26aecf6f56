//! Whole calls of a mailer: whatever the server says, whenever it closes or falls silent, each recipient has one
//! outcome, and it is the true one. A plain observer beside the server says what is true.
//!
//! The first line of an input holds letters, which `Call::read` explains; `network.rs` explains the rest.
#![no_main]

use std::collections::BTreeMap;

use envoi::Mailer;
use envoi::sasl::{Bearer, Credentials, Password};
use envoi::smtp::config::{
    AuthPipelining, InitialResponse, PipeliningAfterMessage, Protocol, Security,
};
use envoi::smtp::error::Error;
use envoi::smtp::outgoing_message::OutgoingMessage;
use envoi::smtp::parameters::Options;
use envoi::smtp::receipt::Receipt;
use envoi_fuzz::network::ScriptedNetwork;
use envoi_fuzz::pieces::settings;
use envoi_fuzz::tls_peer::AUTHORITY;
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "sEcReT-9";

fuzz_target!(|input: &[u8]| {
    let (letters, script) = settings(input);
    let call = Call::read(letters);
    let network = ScriptedNetwork::new(script, call.window, call.protocol);
    let options = Options::default();
    let mut mailer = call.mailer(&network);
    let messages: Vec<_> = (0..call.messages)
        .map(|number| call.message(&mailer, number, &options))
        .collect();
    let outcomes = if call.has(b'q') && messages.len() == 1 {
        vec![ScriptedNetwork::run(mailer.send_last(&messages[0]))]
    } else {
        let outcomes = ScriptedNetwork::run(mailer.send_all(&messages));
        call.check_transcript(&mut mailer, script);
        ScriptedNetwork::run(mailer.close());
        outcomes
    };
    call.check_quantity(&network);
    let truth = call.truth(&network);
    for (number, outcome) in outcomes.iter().enumerate() {
        call.check(number, outcome, &truth);
    }
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

    fn message<'a>(
        &'a self,
        mailer: &Mailer<ScriptedNetwork>,
        number: usize,
        options: &'a Options,
    ) -> OutgoingMessage<'a> {
        let recipients: Vec<String> = (0..self.recipients).map(recipient).collect();
        let sender = sender(number);
        mailer
            .outgoing_message(Some(&sender), &recipients, &self.content, options)
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

    fn check(&self, number: usize, outcome: &Result<Receipt, Error>, truth: &Truth) {
        for recipient in (0..self.recipients).map(recipient) {
            let codes = truth.get(&(sender(number), recipient.clone()));
            let codes = codes.map(Vec::as_slice).unwrap_or_default();
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
            let said = self.said(outcome, &recipient);
            let context = || format!("{recipient} of {number}: {codes:?}, {outcome:?}");
            match said {
                Said::Accepted => assert!(accepted == 1, "{}", context()),
                Said::Refused | Said::Unsent => assert!(accepted + unknown == 0, "{}", context()),
                Said::Unknown => assert!(accepted == 0, "{}", context()),
            }
        }
        let text = format!("{outcome:?}");
        assert!(!text.contains(SECRET));
    }

    /// The one outcome of a recipient.
    fn said(&self, outcome: &Result<Receipt, Error>, recipient: &str) -> Said {
        let receipt = match outcome {
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
