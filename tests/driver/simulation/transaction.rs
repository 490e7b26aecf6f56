//! A mail transaction, as the server sees it.

use std::collections::BTreeSet;

pub(crate) struct Transaction {
    pub sender: String,
    /// The recipients that the client has named.
    pub asked: Vec<String>,
    /// Those that the server has taken.
    pub recipients: Vec<String>,
    pub content: Vec<u8>,
    /// A chunk was refused: the others are of no use (RFC 3030, section 2).
    pub is_spoilt: bool,
}

impl Transaction {
    pub(crate) fn new(sender: &str) -> Self {
        Self {
            sender: sender.into(),
            asked: Vec::new(),
            recipients: Vec::new(),
            content: Vec::new(),
            is_spoilt: false,
        }
    }

    /// How many domains were named.
    pub(crate) fn domains(&self) -> usize {
        let domains = self
            .asked
            .iter()
            .filter_map(|recipient| recipient.split_once('@'));
        domains
            .map(|(_, domain)| domain)
            .collect::<BTreeSet<_>>()
            .len()
    }
}
