//! A server that follows a script.
//!
//! ```text
//! S: 220 ready                 it says
//! C: EHLO [192.0.2.9]          it expects
//! C: ...                       it expects the content of a message, up to the final dot
//! after 2s                     it waits
//! reads nothing                it takes no more octets
//! writes first                 it takes no more octets until the client has read its replies
//! closes                       it closes the connection
//! breaks                       it resets the connection
//! ```
//!
//! After the end of its script it is silent.

use std::collections::VecDeque;
use std::time::Duration;

use envoi::net::Read;

pub(crate) struct Server {
    script: VecDeque<Step>,
    /// Octets that it has not looked at.
    received: Vec<u8>,
    /// Its replies, and when they arrive.
    sent: VecDeque<(Duration, Sent)>,
    /// When the last `after` is over.
    busy_until: Duration,
}

#[derive(Debug)]
enum Step {
    Say(String),
    Expect(String),
    ExpectContent,
    After(Duration),
    ReadNothing,
    WriteFirst,
    Close,
    Break,
}

enum Sent {
    Octets(Vec<u8>),
    End,
    Broken,
}

impl Server {
    pub(crate) fn new(script: &str) -> Self {
        let lines = script.lines().map(str::trim_start);
        Self {
            script: lines.filter(|line| !line.is_empty()).map(step).collect(),
            received: Vec::new(),
            sent: VecDeque::new(),
            busy_until: Duration::ZERO,
        }
    }

    /// Whether the client has done all that the script expects.
    pub(crate) fn is_done(&self) -> bool {
        let expects = |step: &Step| matches!(step, Step::Expect(_) | Step::ExpectContent);
        !self.script.iter().any(expects)
    }

    /// Whether it takes octets now.
    pub(crate) fn reads(&self) -> bool {
        match self.script.front() {
            Some(Step::ReadNothing) => false,
            Some(Step::WriteFirst) => self.sent.is_empty(),
            _ => true,
        }
    }

    pub(crate) fn receive(&mut self, bytes: &[u8], now: Duration) {
        self.received.extend(bytes);
        self.advance(now);
    }

    /// The next octets that have arrived at the client, at most so many.
    pub(crate) fn read(&mut self, most: usize, now: Duration) -> Read {
        self.advance(now);
        match self.sent.front_mut() {
            Some((arrives, _)) if *arrives > now => Read::Nothing,
            None => Read::Nothing,
            Some((_, Sent::End)) => Read::End,
            Some((_, Sent::Broken)) => Read::Broken,
            Some((_, Sent::Octets(octets))) => {
                let rest = octets.split_off(most.min(octets.len()));
                let read = std::mem::replace(octets, rest);
                if octets.is_empty() {
                    self.sent.pop_front();
                }
                Read::Bytes(read)
            }
        }
    }

    /// When the client can read something, if the client does nothing meanwhile.
    pub(crate) fn next_arrival(&self) -> Option<Duration> {
        self.sent.front().map(|(arrives, _)| *arrives)
    }

    pub(crate) fn is_broken(&self) -> bool {
        matches!(self.sent.back(), Some((_, Sent::Broken)))
    }

    /// Follows the script as far as it goes without the client.
    pub(crate) fn advance(&mut self, now: Duration) {
        while let Some(step) = self.script.front() {
            let time = self.busy_until.max(now);
            match step {
                Step::Say(line) => {
                    let line = format!("{line}\r\n").into_bytes();
                    self.sent.push_back((time, Sent::Octets(line)));
                }
                Step::Close => self.sent.push_back((time, Sent::End)),
                Step::Break => self.sent.push_back((time, Sent::Broken)),
                Step::After(pause) => self.busy_until = time + *pause,
                Step::WriteFirst if self.sent.is_empty() => {}
                Step::WriteFirst | Step::ReadNothing => return,
                Step::Expect(_) | Step::ExpectContent => {
                    if !self.hear() {
                        return;
                    }
                    continue;
                }
            }
            self.script.pop_front();
        }
    }

    /// Takes the next line, if it is there.
    fn hear(&mut self) -> bool {
        let Some(end) = self.received.windows(2).position(|two| two == b"\r\n") else {
            return false;
        };
        let line: Vec<u8> = self.received.drain(..end + 2).collect();
        let line = String::from_utf8_lossy(&line[..end]).into_owned();
        match self.script.front() {
            Some(Step::ExpectContent) if line != "." => return true,
            Some(Step::Expect(expected)) => assert_eq!(&line, expected, "the client's line"),
            _ => {}
        }
        self.script.pop_front();
        true
    }
}

fn step(line: &str) -> Step {
    let seconds = |text: &str| text.strip_suffix('s').and_then(|s| s.parse().ok());
    match line.split_once(' ') {
        _ if line == "C: ..." => Step::ExpectContent,
        _ if line == "C:" => Step::Expect(String::new()),
        Some(("C:", text)) => Step::Expect(text.into()),
        Some(("S:", text)) => Step::Say(text.into()),
        Some(("after", time)) if let Some(seconds) = seconds(time) => {
            Step::After(Duration::from_secs(seconds))
        }
        _ if line == "reads nothing" => Step::ReadNothing,
        _ if line == "writes first" => Step::WriteFirst,
        _ if line == "closes" => Step::Close,
        _ if line == "breaks" => Step::Break,
        _ => panic!("not a line of a script: {line}"),
    }
}
