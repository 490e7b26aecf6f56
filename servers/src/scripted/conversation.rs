//! Runs a script with a client.

use std::io;
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};

use rustls::ServerConfig;

use super::counting;
use super::digest::Digest;
use super::script::{Pattern, Script, Step};
use super::transcript::SessionRecord;
use crate::shutdown::{Shutdown, UNPOISONED};
use crate::wire::{Wire, is_close};

/// The most octets of unexpected input in a report.
const SHOWN: usize = 200;

/// Runs the script of one connection; the error says what was expected and what came instead.
pub(super) fn run(
    stream: TcpStream,
    script: Script,
    shutdown: Arc<Shutdown>,
    record: Arc<Mutex<SessionRecord>>,
) -> Result<(), String> {
    let wire = Wire::new(stream, shutdown).map_err(|error| error.to_string())?;
    let mut conversation = Conversation { wire, record };
    conversation
        .wire
        .single_bytes(script.reads_byte_by_byte, script.writes_byte_by_byte);
    for (number, step) in (1..).zip(script.steps) {
        let at = |failure| format!("step {number}: {failure}");
        match step {
            Step::HangUp => {
                conversation.wire.hang_up();
                return Ok(());
            }
            Step::CloseAbruptly => return Ok(()),
            Step::StopReading => {
                conversation.wire.stop_reading();
                return Ok(());
            }
            Step::Reset => {
                return conversation
                    .wire
                    .reset()
                    .map_err(|error| at(error.to_string()));
            }
            step => conversation.perform(step).map_err(at)?,
        }
    }
    conversation.nothing_more("the script has ended")
}

struct Conversation {
    wire: Wire,
    /// Shared, so that a report can show a session that has not ended.
    record: Arc<Mutex<SessionRecord>>,
}

impl Conversation {
    fn perform(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Say(bytes) => self
                .check_nothing_unread(&bytes)
                .and_then(|()| self.say(&bytes)),
            Step::Interrupt(bytes) => self.say(&bytes),
            Step::Expect(patterns) => patterns.iter().try_for_each(|pattern| self.expect(pattern)),
            Step::Content => self.expect_content(),
            Step::SomeContent(size) => self.expect_some_content(size),
            Step::Chunk(size) => self.expect_chunk(size),
            Step::CountedContent => self.expect_counted(counting::content),
            Step::CountedChunks(reply) => {
                self.expect_counted(|wire| counting::chunks(wire, &reply))
            }
            Step::StartTls(config) => self.start_tls(config),
            Step::TlsRefused(config) => self.expect_tls_refusal(config),
            Step::Closed => self.expect_close(),
            Step::Silence => self.silence(),
            Step::StopReading | Step::HangUp | Step::CloseAbruptly | Step::Reset => {
                unreachable!("`run` handles the steps that end a script")
            }
        }
    }

    fn check_nothing_unread(&mut self, bytes: &[u8]) -> Result<(), String> {
        let said = String::from_utf8_lossy(bytes);
        match self.wire.unread() {
            [] => Ok(()),
            unread => {
                let unread = String::from_utf8_lossy(unread);
                Err(format!(
                    "before {said:?} was said, the client sent {unread:?}"
                ))
            }
        }
    }

    fn say(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.record().add_server_lines(bytes);
        match self.wire.write(bytes) {
            // If the client has left, the next expected line reports it.
            Err(error) if is_close(&error) => Ok(()),
            other => {
                let said = String::from_utf8_lossy(bytes);
                other.map_err(|error| format!("line {said:?}: {error}"))
            }
        }
    }

    fn start_tls(&mut self, config: Arc<ServerConfig>) -> Result<(), String> {
        let started = self.wire.start_tls(config);
        started.map_err(|error| format!("TLS: {error}"))?;
        let resumed = self.wire.tls_is_resumed();
        let mut record = self.record();
        (record.tls, record.tls_resumed) = (true, resumed);
        Ok(())
    }

    fn expect_tls_refusal(&mut self, config: Arc<ServerConfig>) -> Result<(), String> {
        match self.wire.start_tls(config) {
            Ok(()) => Err("expected the TLS handshake to fail, but it succeeded".into()),
            Err(error) => {
                self.record().tls_refusal = Some(error.to_string());
                Ok(())
            }
        }
    }

    fn expect(&mut self, pattern: &Pattern) -> Result<(), String> {
        let instead = |what: String| format!("expected {}, got {what}", pattern.name);
        let line = self
            .wire
            .read_line()
            .map_err(|error| instead(error.to_string()))?;
        let line = line.ok_or_else(|| instead("the end of the connection".into()))?;
        self.record().add_client_line(line.clone());
        if (pattern.matches)(&line) {
            Ok(())
        } else {
            Err(instead(format!("{line:?}")))
        }
    }

    fn expect_content(&mut self) -> Result<(), String> {
        let content = self.wire.read_content().map_err(no_content)?;
        let ended = content == b".\r\n" || content.ends_with(b"\r\n.\r\n");
        self.record().add_content(content);
        if ended {
            Ok(())
        } else {
            Err("the content's final dot did not come".into())
        }
    }

    fn expect_some_content(&mut self, size: usize) -> Result<(), String> {
        let content = self.wire.read_bytes(size).map_err(no_content)?;
        let came = content.len();
        self.record().add_content(content);
        if came >= size {
            Ok(())
        } else {
            Err(format!("{came} bytes of content, not {size}"))
        }
    }

    fn expect_chunk(&mut self, size: usize) -> Result<(), String> {
        let chunk = self.wire.read_exactly(size).map_err(no_content)?;
        let came = chunk.len();
        self.record().add_content(chunk);
        if came == size {
            Ok(())
        } else {
            Err(format!("{came} octets of a chunk, not {size}"))
        }
    }

    fn expect_counted(
        &mut self,
        count: impl FnOnce(&mut Wire) -> io::Result<Digest>,
    ) -> Result<(), String> {
        let digest = count(&mut self.wire).map_err(no_content)?;
        self.record().counted.push(digest);
        Ok(())
    }

    fn expect_close(&mut self) -> Result<(), String> {
        let rest = self.wire.read_bytes(usize::MAX);
        let rest = rest.map_err(|error| format!("expected the client to close, got {error}"))?;
        nothing(&rest, "the client has to close")
    }

    fn silence(&mut self) -> Result<(), String> {
        let rest = self.wire.read_to_end().map_err(|error| error.to_string())?;
        for line in String::from_utf8_lossy(&rest).lines() {
            self.record().add_client_line(line.into());
        }
        Ok(())
    }

    fn nothing_more(&mut self, because: &str) -> Result<(), String> {
        let rest = self.wire.read_to_end().map_err(|error| error.to_string())?;
        nothing(&rest, because)
    }

    fn record(&self) -> MutexGuard<'_, SessionRecord> {
        self.record.lock().expect(UNPOISONED)
    }
}

fn no_content(error: io::Error) -> String {
    format!("expected content, got {error}")
}

fn nothing(rest: &[u8], because: &str) -> Result<(), String> {
    match rest {
        [] => Ok(()),
        rest => {
            let start = String::from_utf8_lossy(&rest[..rest.len().min(SHOWN)]);
            Err(format!("{because}, but the client sent {start:?}"))
        }
    }
}
