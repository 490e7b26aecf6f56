//! What one connection is to bring, step by step.

use std::sync::Arc;

use rustls::ServerConfig;

use crate::authority::Identity;

/// The script of one connection.
///
/// Whatever the server says, it says only when all that the client has sent was expected: a client
/// that speaks out of its turn breaks the script.
///
/// A script that does not say how it ends stays silent, and wants nothing more to come.
#[derive(Default)]
pub struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) writes_byte_by_byte: bool,
    pub(super) reads_byte_by_byte: bool,
}

pub(super) enum Step {
    Say(Vec<u8>),
    Interrupt(Vec<u8>),
    Expect(Vec<Pattern>),
    Content,
    SomeContent(usize),
    Chunk(usize),
    CountedContent,
    CountedChunks(Vec<u8>),
    StartTls(Arc<ServerConfig>),
    TlsRefused(Arc<ServerConfig>),
    Closed,
    Silence,
    StopReading,
    HangUp,
    CloseAbruptly,
    Reset,
}

pub(super) struct Pattern {
    pub(super) name: String,
    pub(super) matches: Box<dyn Fn(&str) -> bool + Send>,
}

impl Script {
    pub fn new() -> Script {
        Script::default()
    }

    /// Writes all that the server says a byte at a time.
    pub fn write_byte_by_byte(mut self) -> Script {
        self.writes_byte_by_byte = true;
        self
    }

    /// Reads all that the client says a byte at a time.
    pub fn read_byte_by_byte(mut self) -> Script {
        self.reads_byte_by_byte = true;
        self
    }

    /// Says a line, or several with CRLF between them; the last CRLF is added.
    pub fn say(self, line: &str) -> Script {
        self.say_bytes(format!("{line}\r\n"))
    }

    /// Says just these bytes, in one write.
    pub fn say_bytes(self, bytes: impl Into<Vec<u8>>) -> Script {
        self.then(Step::Say(bytes.into()))
    }

    /// Says a line while the client speaks.
    pub fn interrupt(self, line: &str) -> Script {
        self.then(Step::Interrupt(format!("{line}\r\n").into()))
    }

    /// Wants this line; one that ends in `*` is the start of what is wanted.
    pub fn expect(self, line: &str) -> Script {
        self.expect_group(&[line])
    }

    /// Wants these lines, all before the server says anything.
    pub fn expect_group(self, lines: &[&str]) -> Script {
        self.then(Step::Expect(
            lines.iter().map(|line| Pattern::of(line)).collect(),
        ))
    }

    /// Wants a line that fits.
    pub fn expect_that(
        self,
        name: &str,
        matches: impl Fn(&str) -> bool + Send + 'static,
    ) -> Script {
        self.then(Step::Expect(vec![Pattern {
            name: name.into(),
            matches: Box::new(matches),
        }]))
    }

    /// Wants a message's content, to its final dot.
    pub fn expect_content(self) -> Script {
        self.then(Step::Content)
    }

    /// Wants so many bytes of a message's content, and leaves the others.
    pub fn expect_some_content(self, bytes: usize) -> Script {
        self.then(Step::SomeContent(bytes))
    }

    /// Wants this BDAT line, and as many octets after it as it says (RFC 3030, section 2).
    pub fn expect_chunk(self, line: &str) -> Script {
        let size = line.split(' ').nth(1).and_then(|size| size.parse().ok());
        self.expect(line)
            .then(Step::Chunk(size.expect("BDAT, and a number of octets")))
    }

    /// Wants a message's content, of whatever size: it is counted and digested, and not kept.
    pub fn expect_counted_content(self) -> Script {
        self.then(Step::CountedContent)
    }

    /// Wants chunks, and says this line to each but the last, whose octets are counted and
    /// digested, and not kept.
    pub fn expect_counted_chunks(self, line: &str) -> Script {
        self.then(Step::CountedChunks(format!("{line}\r\n").into()))
    }

    /// All that follows is inside TLS. As the first step: implicit TLS.
    pub fn start_tls(self, identity: &Identity) -> Script {
        self.start_tls_with(identity.server_config())
    }

    pub fn start_tls_with(self, config: Arc<ServerConfig>) -> Script {
        self.then(Step::StartTls(config))
    }

    /// Wants the client to refuse this server's identity with an alert.
    pub fn expect_tls_refusal(self, identity: &Identity) -> Script {
        self.expect_tls_refusal_with(identity.server_config())
    }

    /// Wants the handshake to fail, at whichever side.
    pub fn expect_tls_refusal_with(self, config: Arc<ServerConfig>) -> Script {
        self.then(Step::TlsRefused(config))
    }

    /// Wants the client to close, without another word.
    pub fn expect_close(self) -> Script {
        self.then(Step::Closed)
    }

    /// Reads whatever comes and says nothing, until the client closes.
    pub fn silence(self) -> Script {
        self.then(Step::Silence)
    }

    /// Holds the connection, and does not read from it any more.
    pub fn stop_reading(self) -> Script {
        self.then(Step::StopReading)
    }

    /// Closes in good order.
    pub fn hang_up(self) -> Script {
        self.then(Step::HangUp)
    }

    /// Closes without TLS's good-bye.
    pub fn close_abruptly(self) -> Script {
        self.then(Step::CloseAbruptly)
    }

    /// Closes with RST.
    pub fn reset(self) -> Script {
        self.then(Step::Reset)
    }

    /// Goes on with the steps of another script.
    pub fn followed_by(mut self, next: Script) -> Script {
        self.steps.extend(next.steps);
        self
    }

    fn then(mut self, step: Step) -> Script {
        self.steps.push(step);
        self
    }
}

impl Pattern {
    fn of(line: &str) -> Pattern {
        let name = format!("{line:?}");
        match line.strip_suffix('*').map(str::to_owned) {
            Some(start) => Pattern {
                name,
                matches: Box::new(move |line| line.starts_with(&start)),
            },
            None => {
                let whole = line.to_owned();
                Pattern {
                    name,
                    matches: Box::new(move |line| line == whole),
                }
            }
        }
    }
}
