//! What a server sees of one connection, read the plain way: commands, messages, and the replies that belong to
//! them by their order. A second opinion on what was delivered.

use envoi::smtp::config::Protocol;

use crate::plain_replies;

/// What awaits one reply, or in LMTP, at the end of a message, one for each accepted recipient.
#[derive(Clone, Debug, PartialEq)]
enum Event {
    /// The greeting, a command without effect here, or a response of an AUTH exchange.
    Other,
    /// EHLO, RSET and others end a transaction.
    Reset,
    Mail(String),
    Rcpt(String),
    Data,
    Chunk,
    /// The end of a message, and its content.
    End(Vec<u8>),
}

enum Mode {
    Lines,
    /// After DATA was agreed to.
    Content(Vec<u8>),
    /// Octets of a chunk that are still to come, and whether it is the last one.
    Chunk(usize, bool),
}

/// One connection.
pub struct Witness {
    protocol: Protocol,
    events: Vec<Event>,
    mode: Mode,
    /// The beginning of a line.
    line: Vec<u8>,
    /// The chunks of a message so far.
    chunks: Vec<u8>,
    heard: Vec<u8>,
}

/// The end of a message, for one recipient that the server has accepted.
#[derive(Debug)]
pub struct Delivery {
    pub sender: String,
    pub recipient: String,
    pub content: Vec<u8>,
    /// The code of the reply to the message, if that came.
    pub code: Option<u16>,
}

impl Witness {
    pub fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            events: vec![Event::Other],
            mode: Mode::Lines,
            line: Vec::new(),
            chunks: Vec::new(),
            heard: Vec::new(),
        }
    }

    /// The client reads what the server says.
    pub fn hears(&mut self, octets: &[u8]) {
        self.heard.extend_from_slice(octets);
    }

    /// Whether the client's next octets begin a line.
    pub fn is_between_lines(&self) -> bool {
        matches!(self.mode, Mode::Lines) && self.line.is_empty()
    }

    /// The number of lines and messages that the client has sent, and of replies that it has read.
    pub fn counts(&self) -> (usize, usize) {
        (self.events.len(), self.codes().len())
    }

    /// The client writes.
    pub fn says(&mut self, octets: &[u8]) {
        if self.is_between_lines() && self.events.last() == Some(&Event::Data) && self.is_agreed() {
            self.mode = Mode::Content(b"\r\n".to_vec());
        }
        let mut rest = octets;
        while !rest.is_empty() {
            rest = match &mut self.mode {
                Mode::Lines => self.says_line(rest),
                Mode::Content(content) => {
                    content.push(rest[0]);
                    if content.ends_with(b"\r\n.\r\n") {
                        let content = unstuffed(&content[2..content.len() - 3]);
                        self.ends(content);
                    }
                    &rest[1..]
                }
                Mode::Chunk(left, is_last) => {
                    let (now, later) = rest.split_at(rest.len().min(*left));
                    self.chunks.extend_from_slice(now);
                    *left -= now.len();
                    let (is_done, is_last) = (*left == 0, *is_last);
                    if is_done {
                        self.ends_chunk(is_last);
                    }
                    later
                }
            };
        }
    }

    fn says_line<'a>(&mut self, octets: &'a [u8]) -> &'a [u8] {
        let (octet, rest) = octets.split_first().expect("an octet is left");
        self.line.push(*octet);
        if !self.line.ends_with(b"\r\n") {
            return rest;
        }
        let line = String::from_utf8(std::mem::take(&mut self.line)).expect("commands are UTF-8");
        let line = line.trim_end_matches("\r\n");
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
        let event = match line.split(' ').next().unwrap_or_default() {
            "MAIL" => Event::Mail(path(line)),
            "RCPT" => Event::Rcpt(path(line)),
            "DATA" => Event::Data,
            "BDAT" => {
                self.begins_chunk(line);
                return rest;
            }
            "EHLO" | "LHLO" | "HELO" | "RSET" | "STARTTLS" => Event::Reset,
            _ => Event::Other,
        };
        self.events.push(event);
        rest
    }

    fn begins_chunk(&mut self, line: &str) {
        let size = line.split(' ').nth(1).and_then(|size| size.parse().ok());
        let (size, is_last) = (size.expect("a size"), line.ends_with(" LAST"));
        self.mode = Mode::Chunk(size, is_last);
        if size == 0 {
            self.ends_chunk(is_last);
        }
    }

    fn ends_chunk(&mut self, is_last: bool) {
        self.mode = Mode::Lines;
        if is_last {
            let content = std::mem::take(&mut self.chunks);
            self.ends(content);
        } else {
            self.events.push(Event::Chunk);
        }
    }

    fn ends(&mut self, content: Vec<u8>) {
        self.mode = Mode::Lines;
        self.events.push(Event::End(content));
    }

    fn codes(&self) -> Vec<u16> {
        let (replies, _) = plain_replies::read(&self.heard);
        replies.iter().map(|reply| reply.code).collect()
    }

    /// Whether the last event has a reply that asks for more.
    fn is_agreed(&self) -> bool {
        let (_, last) = self.read();
        last.is_some_and(|code| code / 100 == 3)
    }

    /// The messages of which the last octet was sent, for each accepted recipient.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.read().0
    }

    /// Goes through the events, and gives each its replies. Returns the first reply of the last event, too.
    fn read(&self) -> (Vec<Delivery>, Option<u16>) {
        let mut codes = self.codes().into_iter();
        let (mut deliveries, mut last) = (Vec::new(), None);
        let (mut sender, mut accepted) = (None, Vec::new());
        // After its 421, a server that closes has taken nothing of what it has not answered (RFC 5321, section 3.8).
        let mut is_closing = false;
        for event in &self.events {
            last = codes.next();
            is_closing |= last == Some(421) && matches!(event, Event::Mail(_) | Event::Rcpt(_));
            let is_success = last.is_some_and(|code| code / 100 == 2);
            match event {
                Event::Mail(path) => {
                    (sender, accepted) = (is_success.then(|| path.clone()), Vec::new());
                }
                Event::Rcpt(path) if is_success && sender.is_some() => {
                    accepted.push(path.clone());
                }
                Event::Reset => (sender, accepted) = (None, Vec::new()),
                // The chunks behind it are refused too, whether their replies are read or not (RFC 3030, section 2).
                Event::Chunk if last.is_some() && !is_success => accepted.clear(),
                Event::End(_) if is_closing && last.is_none() => accepted.clear(),
                Event::End(content) => {
                    let mut code = last;
                    for (index, recipient) in accepted.drain(..).enumerate() {
                        if index > 0 && self.protocol == Protocol::Lmtp {
                            code = codes.next();
                        }
                        deliveries.push(Delivery {
                            sender: sender.clone().unwrap_or_default(),
                            recipient,
                            content: content.clone(),
                            code,
                        });
                    }
                }
                Event::Other | Event::Rcpt(_) | Event::Data | Event::Chunk => {}
            }
        }
        (deliveries, last)
    }
}

/// The path of MAIL or RCPT.
fn path(line: &str) -> String {
    let (_, path) = line.split_once('<').expect("a path");
    path.split_once('>').expect("a path").0.into()
}

fn unstuffed(content: &[u8]) -> Vec<u8> {
    let lines = content.split_inclusive(|octet| *octet == b'\n');
    let lines = lines.map(|line| line.strip_prefix(b".").unwrap_or(line));
    lines.flatten().copied().collect()
}
