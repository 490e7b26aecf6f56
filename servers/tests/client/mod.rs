//! A minimal SMTP client for tests of the servers themselves.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rustls::{ClientConnection, StreamOwned};
use servers::authority::Authority;

/// The longest wait for a server.
const LIMIT: Duration = Duration::from_secs(60);

pub(crate) struct Client<S: Read + Write> {
    stream: BufReader<S>,
}

pub(crate) type TlsStream = StreamOwned<ClientConnection, TcpStream>;

impl Client<TcpStream> {
    pub(crate) fn plain(port: u16) -> Client<TcpStream> {
        Client {
            stream: BufReader::new(connect(port)),
        }
        .greeted()
    }

    /// Starts TLS; called after the reply to STARTTLS.
    pub(crate) fn encrypt(self, authority: &Authority) -> Client<TlsStream> {
        Client {
            stream: BufReader::new(tls(self.stream.into_inner(), authority)),
        }
    }
}

impl Client<TlsStream> {
    pub(crate) fn implicit_tls(port: u16, authority: &Authority) -> Client<TlsStream> {
        Client {
            stream: BufReader::new(tls(connect(port), authority)),
        }
        .greeted()
    }
}

impl<S: Read + Write> Client<S> {
    /// Sends a command and returns the whole reply.
    pub(crate) fn command(&mut self, line: &str) -> String {
        self.write(format!("{line}\r\n").as_bytes());
        self.reply()
    }

    /// Sends a message to user@example.test.
    pub(crate) fn send(&mut self, message: &[u8]) -> String {
        assert_starts(&self.command("MAIL FROM:<sender@example.test>"), "250");
        assert_starts(&self.command("RCPT TO:<user@example.test>"), "250");
        assert_starts(&self.command("DATA"), "354");
        self.write(&stuffed(message));
        self.write(b".\r\n");
        self.reply()
    }

    fn greeted(mut self) -> Self {
        assert_starts(&self.reply(), "220");
        assert_starts(&self.command("EHLO localhost"), "250");
        self
    }

    fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
        self.stream.get_mut().flush().unwrap();
    }

    fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let start = reply.len();
            self.stream.read_line(&mut reply).unwrap();
            if reply.as_bytes().get(start + 3) != Some(&b'-') {
                return reply;
            }
        }
    }
}

pub(crate) fn assert_starts(reply: &str, code: &str) {
    assert!(reply.starts_with(code), "{code} is expected: {reply}");
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    // What ends a message would wait for the ACK of what is before it.
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    stream
}

fn tls(stream: TcpStream, authority: &Authority) -> TlsStream {
    let name = "localhost".try_into().unwrap();
    StreamOwned::new(
        ClientConnection::new(authority.client_config(), name).unwrap(),
        stream,
    )
}

/// Dot-stuffing (RFC 5321, section 4.5.2) of a message whose lines end with CRLF.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(message.len() + message.len() / 8);
    for line in message.split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b".") {
            stuffed.push(b'.');
        }
        stuffed.extend(line);
    }
    stuffed
}
