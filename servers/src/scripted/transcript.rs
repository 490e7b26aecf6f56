//! What a scripted server saw.

use std::fmt;

use super::digest::Digest;
use super::fault::Begun;

/// The most lines of a conversation in a report; the end says what went wrong.
const SHOWN_LINES: usize = 60;
const SHOWN_LENGTH: usize = 400;

/// The connections in their order.
#[derive(Debug)]
pub struct Transcript {
    pub sessions: Vec<SessionRecord>,
}

impl Transcript {
    /// The session, if there was exactly one.
    pub fn only(&self) -> &SessionRecord {
        match self.sessions.as_slice() {
            [session] => session,
            sessions => panic!("{} sessions, not one", sessions.len()),
        }
    }
}

/// What one connection brought.
#[derive(Clone, Debug, Default)]
pub struct SessionRecord {
    pub lines: Vec<Line>,
    /// The content after each 354, with its dots stuffed and its final dot.
    pub contents: Vec<Vec<u8>>,
    /// The content that was counted and not kept.
    pub counted: Vec<Digest>,
    /// Whether the connection ended inside TLS.
    pub tls: bool,
    /// Whether the TLS session was resumed from an earlier connection.
    pub tls_resumed: bool,
    /// How often the client wrote and then waited for the server.
    pub flights: usize,
    /// Why the client, or this server, ended the TLS handshake.
    pub tls_refusal: Option<String>,
    /// The planned fault, once it has begun.
    pub fault: Option<Begun>,
    /// The octets that the server wrote to the network before TLS.
    pub octets_before_tls: usize,
    /// All octets that it wrote to the network by the end of its script.
    pub octets_written: usize,
    /// All octets that it read from the network by then.
    pub octets_read: usize,
    last_was_client: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub from: Speaker,
    pub text: String,
    pub tls: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speaker {
    Client,
    Server,
}

impl SessionRecord {
    /// All lines of the client, without the contents of messages.
    pub fn commands(&self) -> Vec<&str> {
        let client = self
            .lines
            .iter()
            .filter(|line| line.from == Speaker::Client);
        client.map(|line| line.text.as_str()).collect()
    }

    /// The contents of messages with the dot-stuffing undone.
    pub fn messages(&self) -> Vec<Vec<u8>> {
        self.contents
            .iter()
            .map(|content| unstuffed(content))
            .collect()
    }

    pub(super) fn add_client_line(&mut self, text: String) {
        self.count_flight();
        self.lines.push(Line {
            from: Speaker::Client,
            text,
            tls: self.tls,
        });
    }

    pub(super) fn add_server_lines(&mut self, bytes: &[u8]) {
        self.last_was_client = false;
        for line in String::from_utf8_lossy(bytes).lines() {
            self.lines.push(Line {
                from: Speaker::Server,
                text: line.into(),
                tls: self.tls,
            });
        }
    }

    pub(super) fn add_content(&mut self, content: Vec<u8>) {
        self.count_flight();
        self.contents.push(content);
    }

    fn count_flight(&mut self) {
        self.flights += usize::from(!self.last_was_client);
        self.last_was_client = true;
    }
}

impl fmt::Display for SessionRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped = self.lines.len().saturating_sub(SHOWN_LINES);
        if skipped > 0 {
            writeln!(f, "    ({skipped} lines before)")?;
        }
        for Line { from, text, tls } in &self.lines[skipped..] {
            let text: String = text.chars().take(SHOWN_LENGTH).collect();
            let from = if *from == Speaker::Client { "C:" } else { "S:" };
            let tls = if *tls { "*" } else { " " };
            writeln!(f, "   {tls}{from} {}", text.escape_debug())?;
        }
        let sizes: Vec<usize> = self.contents.iter().map(Vec::len).collect();
        if !sizes.is_empty() {
            writeln!(f, "    contents, in bytes: {sizes:?}")?;
        }
        Ok(())
    }
}

/// Undoes dot-stuffing: removes the final dot, and one dot from each line that begins with one (RFC 5321,
/// section 4.5.2).
pub fn unstuffed(content: &[u8]) -> Vec<u8> {
    let content = content.strip_suffix(b".\r\n").unwrap_or(content);
    let lines = content.split_inclusive(|&byte| byte == b'\n');
    lines
        .flat_map(|line| line.strip_prefix(b".").unwrap_or(line))
        .copied()
        .collect()
}
