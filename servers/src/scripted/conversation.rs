//! Runs a script with a client.

use std::io;
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};

use rustls::ServerConfig;

use super::counting;
use super::digest::Digest;
use super::fault::{Begun, Fault, Place, Plan, last_reply};
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
    let mut conversation = Conversation {
        wire,
        record,
        said: Vec::new(),
    };
    conversation
        .wire
        .single_bytes(script.reads_byte_by_byte, script.writes_byte_by_byte);
    *conversation.wire.plan() = script.plan;
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
            step => match conversation.try_to_perform(&step) {
                Attempt::Done => {}
                Attempt::Failed(failure) => return Err(at(failure)),
                Attempt::FaultIsDue => {
                    conversation.commit();
                    return Ok(());
                }
                Attempt::HoldsNoMore => break,
            },
        }
    }
    conversation.end()
}

/// What came of a step.
enum Attempt {
    Done,
    Failed(String),
    /// The planned fault is due, and ends the script.
    FaultIsDue,
    /// The client does something else since the fault has begun.
    HoldsNoMore,
}

struct Conversation {
    wire: Wire,
    /// All that was said by the script.
    said: Vec<u8>,
    /// Shared, so that a report can show a session that has not ended.
    record: Arc<Mutex<SessionRecord>>,
}

impl Conversation {
    fn try_to_perform(&mut self, step: &Step) -> Attempt {
        let said = self.said.len();
        let performed = self.perform(step);
        self.note_fault(said);
        match performed {
            Ok(()) => Attempt::Done,
            Err(_) if self.wire.plan().is_due() => Attempt::FaultIsDue,
            Err(_) if self.wire.plan().has_begun() => Attempt::HoldsNoMore,
            Err(failure) => Attempt::Failed(failure),
        }
    }

    fn end(mut self) -> Result<(), String> {
        let (written, read) = self.wire.octets();
        {
            let mut record = self.record();
            (record.octets_written, record.octets_read) = (written, read);
        }
        if self.wire.plan().has_begun() {
            // Open until the client closes.
            let _ = self.wire.read_to_end();
            return Ok(());
        }
        self.nothing_more("the script has ended")
    }

    fn perform(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Say(bytes) => self
                .check_nothing_unread(bytes)
                .and_then(|()| self.say(bytes)),
            Step::Interrupt(bytes) => self.say(bytes),
            Step::Expect(patterns) => patterns.iter().try_for_each(|pattern| self.expect(pattern)),
            Step::Content => self.expect_content(),
            Step::SomeContent(size) => self.expect_some_content(*size),
            Step::Chunk(size) => self.expect_chunk(*size),
            Step::CountedContent => self.expect_counted(counting::content),
            Step::CountedChunks(reply) => self.expect_counted(|wire| counting::chunks(wire, reply)),
            Step::StartTls(config) => self.start_tls(config.clone()),
            Step::TlsRefused(config) => self.expect_tls_refusal(config.clone()),
            Step::Repeat(steps) => self.repeat(steps),
            Step::Closed => self.expect_close(),
            Step::Silence => self.silence(),
            Step::StopReading | Step::HangUp | Step::CloseAbruptly | Step::Reset => {
                unreachable!("`run` handles the steps that end a script")
            }
        }
    }

    fn check_nothing_unread(&mut self, bytes: &[u8]) -> Result<(), String> {
        if let unread @ [_, ..] = self.wire.unread() {
            let said = String::from_utf8_lossy(bytes);
            let unread = String::from_utf8_lossy(unread);
            return Err(format!(
                "before {said:?} was said, the client sent {unread:?}"
            ));
        }
        // Inside TLS, a read may have had something to write first.
        if self.wire.plan().is_due() {
            return Err("the planned fault is due".into());
        }
        Ok(())
    }

    fn repeat(&mut self, steps: &[Step]) -> Result<(), String> {
        while self.wire.goes_on().map_err(|error| error.to_string())? {
            steps.iter().try_for_each(|step| self.perform(step))?;
        }
        Ok(())
    }

    fn say(&mut self, bytes: &[u8]) -> Result<(), String> {
        if let Some(before) = self.octets_before_fault(bytes.len()) {
            let (first, rest) = bytes.split_at(before);
            self.write(first)?;
            self.said.extend_from_slice(first);
            self.commit_and_go_on()?;
            self.write(rest)?;
            self.said.extend_from_slice(rest);
        } else {
            self.write(bytes)?;
            self.said.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        if bytes.is_empty() {
            return Ok(());
        }
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
        self.record().octets_before_tls = self.wire.octets().0;
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

    // --- the planned fault --------------------------------------------------------------------

    /// How many of the octets that are said next come before the fault, if that falls among them.
    fn octets_before_fault(&mut self, octets: usize) -> Option<usize> {
        let said = self.said.len();
        match self.wire.plan().ahead()?.place {
            Place::Before(at) if (said..said + octets).contains(&at) => Some(at - said),
            Place::After(at) if (said + 1..=said + octets).contains(&at) => Some(at - said),
            _ => None,
        }
    }

    /// Commits the fault whose place is reached. An error if nothing can follow it.
    fn commit_and_go_on(&mut self) -> Result<(), String> {
        match self.wire.plan().reach() {
            Some(Fault::Slow) => {
                self.note_fault(self.said.len());
                self.wire.slow_down();
            }
            Some(_) => {
                self.note_fault(self.said.len());
                let repeated = last_reply(&self.said).to_vec();
                self.write(&repeated)?;
            }
            None => return Err("the planned fault is due".into()),
        }
        Ok(())
    }

    /// Records the fault if it has begun in the step before which so many octets were said.
    fn note_fault(&mut self, said: usize) {
        let said = match self.wire.plan() {
            Plan::NoFault | Plan::Ahead(_) => return,
            // It ends the script: all that was said is said.
            Plan::Due(_) => self.said.len(),
            Plan::Begun => said,
        };
        let in_handshake = self.wire.in_handshake();
        let begun = Begun { said, in_handshake };
        self.record().fault.get_or_insert(begun);
    }

    /// Commits the fault that is due.
    fn commit(mut self) {
        let Some((fault, place)) = self.wire.plan().begin() else {
            return;
        };
        if matches!(place, Place::OnWire(_)) {
            self.wire.forget_tls();
        }
        let octets = fault.octets();
        // The client may leave meanwhile.
        let _ = match fault {
            Fault::Close => {
                self.wire.hang_up();
                Ok(())
            }
            Fault::Reset => self.wire.reset(),
            Fault::HalfClose => self
                .wire
                .half_close()
                .and_then(|()| self.wire.read_to_end().map(drop)),
            Fault::Unavailable => self.wire.write(octets).map(|()| self.wire.hang_up()),
            Fault::EndlessReplies | Fault::EndlessLines => {
                self.wire.write_without_end(octets);
                Ok(())
            }
            Fault::StopReading => {
                self.wire.stop_reading();
                Ok(())
            }
            Fault::Silence | Fault::Garbage | Fault::Repeat | Fault::Slow => self
                .wire
                .write(octets)
                .and_then(|()| self.wire.read_to_end().map(drop)),
        };
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
