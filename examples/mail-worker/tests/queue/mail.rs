//! The mail server, and the messages that it received.

use std::collections::BTreeMap;

use servers::authority::Authority;
use servers::sink::{Account, Sink};

pub(crate) struct Mail {
    sink: Sink,
    authority: Authority,
}

impl Mail {
    /// Starts a server. `refusal` returns the reply for a refused recipient.
    pub(crate) fn start(refusal: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Mail {
        let authority = Authority::new();
        let account = Account {
            username: "ada".into(),
            password: "p@ss".into(),
        };
        let identity = authority.issue(&["127.0.0.1"]);
        let sink = Sink::start_refusing(&identity, vec![account], refusal, |_| {});
        Mail { sink, authority }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://ada:p%40ss@127.0.0.1:{}", self.sink.port())
    }

    /// The value for SMTP_CA.
    pub(crate) fn authority(&self) -> String {
        self.authority.pem()
    }

    /// How often each recipient got each message.
    pub(crate) fn copies(&self) -> BTreeMap<(String, String), usize> {
        let mut copies = BTreeMap::new();
        for delivery in self.sink.deliveries() {
            let message = String::from_utf8_lossy(&delivery.message);
            let id = message
                .lines()
                .find_map(|line| line.strip_prefix("Message-ID: "));
            let id = id.expect("each has one").to_owned();
            for recipient in delivery.recipients {
                *copies.entry((id.clone(), recipient)).or_default() += 1;
            }
        }
        copies
    }

    /// The messages, in order.
    pub(crate) fn senders(&self) -> Vec<String> {
        let deliveries = self.sink.deliveries().into_iter();
        deliveries.map(|delivery| delivery.sender).collect()
    }

    /// The number of messages that it accepted.
    pub(crate) fn taken(&self) -> usize {
        self.sink.deliveries().len()
    }
}
