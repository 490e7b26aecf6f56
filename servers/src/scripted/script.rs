//! The steps of one connection to a scripted server.

use std::sync::Arc;

use rustls::ServerConfig;

use super::fault::{Fault, Place, Plan, Planned};
use crate::authority::Identity;

/// The script of one connection. `say…` methods write to the client, `expect…` methods read from it.
///
/// The server writes only after everything that the client has sent was expected: a client that does not
/// wait for its turn breaks the script ([`Script::interrupt`] is the exception).
///
/// After its last step, the server stays silent, and the client must send nothing more.
#[derive(Default)]
pub struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) writes_byte_by_byte: bool,
    pub(super) reads_byte_by_byte: bool,
    pub(super) plan: Plan,
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
    Repeat(Vec<Step>),
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

    /// Writes all output one byte at a time.
    pub fn write_byte_by_byte(mut self) -> Script {
        self.writes_byte_by_byte = true;
        self
    }

    /// Reads all input one byte at a time.
    pub fn read_byte_by_byte(mut self) -> Script {
        self.reads_byte_by_byte = true;
        self
    }

    /// Commits this fault at this place, and calls `begins` then. From there on, the client need not keep to the
    /// script.
    pub fn fail(
        mut self,
        fault: Fault,
        place: Place,
        begins: impl FnOnce() + Send + 'static,
    ) -> Script {
        let begins = Box::new(begins);
        self.plan = Plan::Ahead(Planned {
            fault,
            place,
            begins,
        });
        self
    }

    /// Writes a line, or several with CRLF between them; the last CRLF is added.
    pub fn say(self, line: &str) -> Script {
        self.say_bytes(format!("{line}\r\n"))
    }

    /// Writes exactly these bytes, in one write.
    pub fn say_bytes(self, bytes: impl Into<Vec<u8>>) -> Script {
        self.then(Step::Say(bytes.into()))
    }

    /// Writes a line even if the client is still sending.
    pub fn interrupt(self, line: &str) -> Script {
        self.then(Step::Interrupt(format!("{line}\r\n").into()))
    }

    /// Expects this line; `*` at the end matches any rest of the line.
    pub fn expect(self, line: &str) -> Script {
        self.expect_group(&[line])
    }

    /// Expects these lines before the server writes anything.
    pub fn expect_group(self, lines: &[&str]) -> Script {
        self.then(Step::Expect(
            lines.iter().map(|line| Pattern::of(line)).collect(),
        ))
    }

    /// Expects a line for which the closure returns true.
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

    /// Expects the content of a message, up to the final dot.
    pub fn expect_content(self) -> Script {
        self.then(Step::Content)
    }

    /// Expects this many bytes of a message's content, and leaves the others unread.
    pub fn expect_some_content(self, bytes: usize) -> Script {
        self.then(Step::SomeContent(bytes))
    }

    /// Expects this BDAT line, and as many octets after it as it announces (RFC 3030, section 2).
    pub fn expect_chunk(self, line: &str) -> Script {
        let size = line.split(' ').nth(1).and_then(|size| size.parse().ok());
        self.expect(line)
            .then(Step::Chunk(size.expect("BDAT, and a number of octets")))
    }

    /// Expects the content of a message of any size. It is counted and digested, not kept.
    pub fn expect_counted_content(self) -> Script {
        self.then(Step::CountedContent)
    }

    /// Expects chunks; answers each but the last with this line. Their octets are counted and digested,
    /// not kept.
    pub fn expect_counted_chunks(self, line: &str) -> Script {
        self.then(Step::CountedChunks(format!("{line}\r\n").into()))
    }

    /// Everything that follows is inside TLS. As the first step, this is implicit TLS.
    pub fn start_tls(self, identity: &Identity) -> Script {
        self.start_tls_with(identity.server_config())
    }

    pub fn start_tls_with(self, config: Arc<ServerConfig>) -> Script {
        self.then(Step::StartTls(config))
    }

    /// Expects the client to refuse this certificate with an alert.
    pub fn expect_tls_refusal(self, identity: &Identity) -> Script {
        self.expect_tls_refusal_with(identity.server_config())
    }

    /// Expects the handshake to fail, on either side.
    pub fn expect_tls_refusal_with(self, config: Arc<ServerConfig>) -> Script {
        self.then(Step::TlsRefused(config))
    }

    /// Expects the client to close without sending anything.
    pub fn expect_close(self) -> Script {
        self.then(Step::Closed)
    }

    /// Reads everything and writes nothing until the client closes.
    pub fn silence(self) -> Script {
        self.then(Step::Silence)
    }

    /// Goes through these steps as often as the client goes on, until it closes.
    pub fn repeat(self, steps: Script) -> Script {
        self.then(Step::Repeat(steps.steps))
    }

    /// Keeps the connection open, and does not read from it any more.
    pub fn stop_reading(self) -> Script {
        self.then(Step::StopReading)
    }

    /// Closes in order: inside TLS, with a close_notify alert.
    pub fn hang_up(self) -> Script {
        self.then(Step::HangUp)
    }

    /// Closes without the close_notify alert of TLS.
    pub fn close_abruptly(self) -> Script {
        self.then(Step::CloseAbruptly)
    }

    /// Closes with RST.
    pub fn reset(self) -> Script {
        self.then(Step::Reset)
    }

    /// Appends the steps of another script.
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
