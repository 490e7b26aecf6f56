//! The transcript of a session, for people: commands and replies, without credentials and contents.

use super::reply::Reply;

/// The source of a line of the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Speaker {
    /// A command.
    Client,
    /// A line of a reply.
    Server,
    /// An event, such as a connection or a TLS handshake.
    Event,
}

/// The lines since the last [`Self::take`], if the caller enabled the transcript.
#[derive(Default)]
pub struct TranscriptBuffer {
    is_enabled: bool,
    lines: Vec<(Speaker, String)>,
}

impl TranscriptBuffer {
    /// Records lines from now on, or no longer.
    pub fn set_enabled(&mut self, is_enabled: bool) {
        self.is_enabled = is_enabled;
    }

    /// Takes the recorded lines out.
    pub fn take(&mut self) -> Vec<(Speaker, String)> {
        std::mem::take(&mut self.lines)
    }

    pub(super) fn record(&mut self, speaker: Speaker, text: impl FnOnce() -> String) {
        if self.is_enabled {
            self.lines.push((speaker, text()));
        }
    }

    pub(super) fn record_reply(&mut self, reply: &Reply) {
        let last = reply.lines.len().saturating_sub(1);
        for (i, line) in reply.lines.iter().enumerate() {
            let separator = if i < last { '-' } else { ' ' };
            self.record(Speaker::Server, || {
                format!("{}{separator}{line}", reply.code)
            });
        }
    }

    /// Records the code of a reply whose text may hold a secret.
    pub(super) fn record_hidden_reply(&mut self, reply: &Reply) {
        self.record(Speaker::Server, || format!("{} <hidden>", reply.code));
    }
}
