//! The conversation in words for people: no credentials, no contents.

use super::reply::Reply;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    Client,
    Server,
    /// A connection, a TLS handshake.
    Event,
}

/// What was said since the last `take`, where someone wants to know.
#[derive(Default)]
pub struct TranscriptBuffer {
    wanted: bool,
    said: Vec<(Speaker, String)>,
}

impl TranscriptBuffer {
    pub fn want(&mut self, wanted: bool) {
        self.wanted = wanted;
    }

    pub fn add(&mut self, speaker: Speaker, text: impl FnOnce() -> String) {
        if self.wanted {
            self.said.push((speaker, text()));
        }
    }

    pub fn add_reply(&mut self, reply: &Reply) {
        let last = reply.lines.len().saturating_sub(1);
        for (i, line) in reply.lines.iter().enumerate() {
            let separator = if i < last { '-' } else { ' ' };
            self.add(Speaker::Server, || {
                format!("{}{separator}{line}", reply.code)
            });
        }
    }

    /// A reply of which only the code is for people.
    pub fn add_secret_reply(&mut self, reply: &Reply) {
        self.add(Speaker::Server, || format!("{} <hidden>", reply.code));
    }

    pub fn take(&mut self) -> Vec<(Speaker, String)> {
        std::mem::take(&mut self.said)
    }
}
