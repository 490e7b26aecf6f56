//! One connection of a test server, plain or TLS. Every wait has a limit.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{self, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::{HandshakeKind, ServerConfig, ServerConnection};

use crate::scripted::{Fault, PAUSE, Place, Plan};
use crate::shutdown::{Shutdown, ShutdownStage};

/// A client that is silent for this long does not go on.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);
/// How often a wait checks whether the server shuts down.
const TICK: Duration = Duration::from_millis(10);
const READ_SIZE: usize = 64 * 1024;
/// Longer than any command of SMTP (RFC 5321, section 4.5.3.1.4; RFC 4954, section 4).
const LONGEST_LINE: usize = 16 * 1024;

/// A connection.
pub(crate) struct Wire {
    tcp: Tcp,
    tls: Option<ServerConnection>,
    received: Vec<u8>,
    /// Where a read puts octets: cleared once, not for each read.
    room: Vec<u8>,
    in_handshake: bool,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, shutdown: Arc<Shutdown>) -> io::Result<Wire> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TICK))?;
        stream.set_write_timeout(Some(LIMIT))?;
        let tcp = Tcp {
            stream,
            shutdown,
            wait: Wait::ForClient,
            single_bytes: (false, false),
            written: 0,
            read: 0,
            last_write: Vec::new(),
            plan: Plan::NoFault,
            is_slow: false,
        };
        Ok(Wire {
            tcp,
            tls: None,
            received: Vec::new(),
            room: vec![0; READ_SIZE],
            in_handshake: false,
        })
    }

    /// The fault of this connection. What it does to octets on the network, the wire does.
    pub(crate) fn plan(&mut self) -> &mut Plan {
        &mut self.tcp.plan
    }

    /// Waits before each octet from now on.
    pub(crate) fn slow_down(&mut self) {
        self.tcp.is_slow = true;
    }

    /// The octets that were written to the network, and read from it.
    pub(crate) fn octets(&self) -> (usize, usize) {
        (self.tcp.written, self.tcp.read)
    }

    pub(crate) fn in_handshake(&self) -> bool {
        self.in_handshake
    }

    /// What follows is not encrypted, even in the middle of a record.
    pub(crate) fn forget_tls(&mut self) {
        self.tls = None;
    }

    /// Whether to read, and to write, one byte at a time.
    pub(crate) fn single_bytes(&mut self, reads: bool, writes: bool) {
        self.tcp.single_bytes = (reads, writes);
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    pub(crate) fn tls_is_resumed(&self) -> bool {
        let kind = self.tls.as_ref().and_then(|tls| tls.handshake_kind());
        kind == Some(HandshakeKind::Resumed)
    }

    /// Everything that follows is inside TLS.
    pub(crate) fn start_tls(&mut self, config: Arc<ServerConfig>) -> io::Result<()> {
        let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
        while tls.is_handshaking() {
            let done = tls.complete_io(&mut self.tcp);
            self.in_handshake = tls.is_handshaking();
            done?;
        }
        self.tls = Some(tls);
        Ok(())
    }

    /// Whether a complete line has arrived that was not read.
    pub(crate) fn has_line(&self) -> bool {
        self.received.contains(&b'\n')
    }

    /// One line without its CRLF; `None` if the client has closed.
    pub(crate) fn read_line(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = self.received.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.received.drain(..=end).collect();
                let line = line
                    .strip_suffix(b"\r\n")
                    .ok_or_else(|| bare_line_feed(&line))?;
                return Ok(Some(String::from_utf8_lossy(line).into_owned()));
            }
            if self.received.len() > LONGEST_LINE {
                return Err(io::Error::new(ErrorKind::InvalidData, "an endless line"));
            }
            if self.fill()? == 0 {
                return Ok(None);
            }
        }
    }

    /// Reads what follows a 354, with its dots stuffed, up to the final dot (RFC 5321, section 4.1.1.4);
    /// less if the client closes.
    pub(crate) fn read_content(&mut self) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        loop {
            let from = content.len().saturating_sub(b"\r\n.\r\n".len());
            content.append(&mut self.received);
            if let Some(end) = content_end(&content, from) {
                self.received = content.split_off(end);
                return Ok(content);
            }
            if self.fill()? == 0 {
                return Ok(content);
            }
        }
    }

    /// Whether the client goes on; if not, it has closed, or the server finishes.
    pub(crate) fn goes_on(&mut self) -> io::Result<bool> {
        self.tcp.wait = Wait::ForFinish;
        let goes_on = if self.received.is_empty() {
            self.fill().map(|size| size > 0)
        } else {
            Ok(true)
        };
        self.tcp.wait = Wait::ForClient;
        goes_on
    }

    /// At least this many bytes; fewer if the client closes.
    pub(crate) fn read_bytes(&mut self, least: usize) -> io::Result<Vec<u8>> {
        while self.received.len() < least && self.fill()? > 0 {}
        Ok(std::mem::take(&mut self.received))
    }

    /// This many bytes; fewer if the client closes.
    pub(crate) fn read_exactly(&mut self, size: usize) -> io::Result<Vec<u8>> {
        while self.received.len() < size && self.fill()? > 0 {}
        let rest = self.received.split_off(size.min(self.received.len()));
        Ok(std::mem::replace(&mut self.received, rest))
    }

    /// All bytes until the client closes or the server finishes.
    pub(crate) fn read_to_end(&mut self) -> io::Result<Vec<u8>> {
        self.tcp.wait = Wait::ForFinish;
        let read = self.read_bytes(usize::MAX);
        self.tcp.wait = Wait::ForClient;
        read
    }

    /// Waits, without reading, until the server finishes.
    pub(crate) fn stop_reading(&self) {
        self.tcp.shutdown.wait();
    }

    /// The bytes that have arrived and that no step has read.
    pub(crate) fn unread(&mut self) -> &[u8] {
        self.tcp.wait = Wait::Never;
        // The next read reports an end or an error.
        while self.fill().is_ok_and(|size| size > 0) {}
        self.tcp.wait = Wait::ForClient;
        &self.received
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls, &mut self.tcp).write_all(bytes),
            None => self.tcp.write_all(bytes),
        }
    }

    /// Sends close_notify (RFC 8446, section 6.1), and closes.
    pub(crate) fn hang_up(mut self) {
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify();
            // The client may have closed already.
            let _ = tls.write_tls(&mut self.tcp);
        }
    }

    /// Writes nothing more: inside TLS, after close_notify.
    pub(crate) fn half_close(&mut self) -> io::Result<()> {
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify();
            tls.write_tls(&mut self.tcp)?;
        }
        self.tcp.stream.shutdown(net::Shutdown::Write)
    }

    /// Writes this over and over, until the client closes or the server finishes.
    pub(crate) fn write_without_end(&mut self, bytes: &[u8]) {
        let many = bytes.repeat(READ_SIZE / bytes.len().max(1));
        while self.write(&many).is_ok() && !self.tcp.shutdown.has_reached(ShutdownStage::Finishing)
        {
        }
    }

    /// Closes with RST.
    pub(crate) fn reset(self) -> io::Result<()> {
        socket2::SockRef::from(&self.tcp.stream).set_linger(Some(Duration::ZERO))
    }

    /// Reads into `received`; returns 0 if the client has closed or reset the connection.
    fn fill(&mut self) -> io::Result<usize> {
        let read = match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls, &mut self.tcp).read(&mut self.room),
            None => self.tcp.read(&mut self.room),
        };
        let size = match read {
            Err(error) if is_close(&error) => 0,
            other => other?,
        };
        self.received.extend_from_slice(&self.room[..size]);
        Ok(size)
    }
}

/// Whether the error means that the client has closed the connection.
pub(crate) fn is_close(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
    )
}

fn fault_is_due() -> io::Error {
    io::Error::other("the planned fault is due")
}

fn content_end(content: &[u8], from: usize) -> Option<usize> {
    const DOT: &[u8] = b".\r\n";
    const END: &[u8] = b"\r\n.\r\n";
    if content.starts_with(DOT) {
        return Some(DOT.len());
    }
    let found = content[from..]
        .windows(END.len())
        .position(|window| window == END)?;
    Some(from + found + END.len())
}

fn bare_line_feed(line: &[u8]) -> io::Error {
    let text = String::from_utf8_lossy(line);
    io::Error::new(
        ErrorKind::InvalidData,
        format!("a line without CR: {text:?}"),
    )
}

/// How long a read waits.
#[derive(Clone, Copy, PartialEq)]
enum Wait {
    /// Up to [`LIMIT`].
    ForClient,
    /// Until the server finishes.
    ForFinish,
    Never,
}

struct Tcp {
    stream: TcpStream,
    shutdown: Arc<Shutdown>,
    wait: Wait,
    single_bytes: (bool, bool),
    written: usize,
    read: usize,
    last_write: Vec<u8>,
    plan: Plan,
    is_slow: bool,
}

impl Read for Tcp {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut size = if self.single_bytes.0 {
            room.len().min(1)
        } else {
            room.len()
        };
        match self.octets_to_read() {
            Some(0) if self.wait == Wait::Never => return Err(ErrorKind::WouldBlock.into()),
            Some(0) => {
                self.plan.reach();
                return Err(fault_is_due());
            }
            Some(left) => size = size.min(left),
            None => {}
        }
        let read = self.read_once(&mut room[..size]);
        self.read += *read.as_ref().unwrap_or(&0);
        read
    }
}

impl Tcp {
    fn read_once(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.wait == Wait::Never {
            self.stream.set_nonblocking(true)?;
            let read = self.stream.read(room);
            self.stream.set_nonblocking(false)?;
            return read;
        }
        let deadline = Instant::now() + LIMIT;
        loop {
            match self.stream.read(room) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.keep_waiting(deadline)?
                }
                other => return other,
            }
            if self.wait == Wait::ForFinish && self.shutdown.has_reached(ShutdownStage::Finishing) {
                return Ok(0);
            }
        }
    }

    /// The octets until the planned fault, if that is counted in octets on the network.
    fn octets_to_write(&self) -> Option<usize> {
        match self.plan.ahead()?.place {
            Place::OnWire(at) => Some(at.saturating_sub(self.written)),
            _ => None,
        }
    }

    fn octets_to_read(&self) -> Option<usize> {
        match self.plan.ahead()?.place {
            Place::Read(at) => Some(at.saturating_sub(self.read)),
            _ => None,
        }
    }

    /// Commits the fault whose place is reached, if anything can follow it.
    fn commit(&mut self) -> io::Result<()> {
        match self.plan.reach() {
            Some(Fault::Slow) => self.is_slow = true,
            Some(_) => self.stream.write_all(&self.last_write)?,
            None => return Err(fault_is_due()),
        }
        Ok(())
    }

    fn keep_waiting(&self, deadline: Instant) -> io::Result<()> {
        if self.shutdown.has_reached(ShutdownStage::Aborted) {
            return Err(io::Error::other("the server was dropped"));
        }
        if self.wait == Wait::ForClient && Instant::now() > deadline {
            return Err(io::Error::new(
                ErrorKind::TimedOut,
                format!("silence for {LIMIT:?}"),
            ));
        }
        Ok(())
    }
}

impl Write for Tcp {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.octets_to_write() == Some(0) {
            self.commit()?;
        }
        let mut size = bytes
            .len()
            .min(self.octets_to_write().unwrap_or(usize::MAX));
        if self.is_slow {
            self.shutdown.pause(PAUSE);
        }
        if self.single_bytes.1 || self.is_slow {
            size = size.min(1);
        }
        let size = self.stream.write(&bytes[..size])?;
        self.written += size;
        self.last_write = bytes[..size].to_vec();
        Ok(size)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
