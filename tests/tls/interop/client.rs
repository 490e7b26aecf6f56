//! The client under test on a socket, fed in pieces of any size.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use envoi::tls::{Error, ServerName, Settings, Tls};

use crate::peer::NAME;

/// A silence this long is a defect of the server or the client.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Client {
    pub tls: Tls,
    stream: TcpStream,
    step: usize,
    /// ClientHellos sent: more than one if the server asked again.
    pub hellos: usize,
}

impl Client {
    /// Connects and completes the handshake.
    pub(super) fn connect(settings: &Settings, port: u16, step: usize) -> Result<Self, Error> {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut client = Self {
            tls: Tls::new(settings, &ServerName::parse(NAME).unwrap()).unwrap(),
            stream,
            step,
            hellos: 0,
        };
        client.flush();
        while client.tls.is_handshaking() {
            client.pump()?;
        }
        Ok(client)
    }

    pub(super) fn send(&mut self, text: &str) {
        self.tls.send(text.as_bytes()).unwrap();
        self.flush();
    }

    /// Reads the next line.
    pub(super) fn line(&mut self) -> Result<String, Error> {
        loop {
            let plaintext = self.tls.plaintext();
            if let Some(end) = plaintext.iter().position(|octet| *octet == b'\n') {
                let line = plaintext.drain(..=end).collect();
                return Ok(String::from_utf8(line).unwrap());
            }
            self.pump()?;
        }
    }

    /// Receives some octets, perhaps without plaintext.
    pub(super) fn pump(&mut self) -> Result<(), Error> {
        let mut octets = [0; 4096];
        let length = self.stream.read(&mut octets).unwrap();
        assert_ne!(length, 0, "the server hung up");
        let result = octets[..length]
            .chunks(self.step)
            .try_for_each(|piece| self.tls.receive(piece));
        self.flush();
        result
    }

    /// Closes cleanly, because servers forget sessions that do not.
    pub(super) fn close(mut self) {
        self.tls.close();
        self.flush();
        while !self.tls.is_closed() {
            self.pump().unwrap();
        }
    }

    fn flush(&mut self) {
        let octets = std::mem::take(self.tls.outgoing());
        self.hellos += hellos(&octets);
        for piece in octets.chunks(self.step) {
            self.stream.write_all(piece).unwrap();
        }
    }
}

/// Counts the ClientHellos among the records (RFC 8446, sections 4 and 5.1).
fn hellos(mut records: &[u8]) -> usize {
    const HANDSHAKE: u8 = 22;
    const CLIENT_HELLO: u8 = 1;
    let mut hellos = 0;
    while let [kind, _, _, high, low, rest @ ..] = records {
        let (record, next) = rest.split_at(usize::from(u16::from_be_bytes([*high, *low])));
        let length = u32::try_from(record.len()).unwrap();
        // An encrypted record rarely begins like this and with a matching length.
        let begins = [&[CLIENT_HELLO], &length.wrapping_sub(4).to_be_bytes()[1..]].concat();
        hellos += usize::from(*kind == HANDSHAKE && record.starts_with(&begins));
        records = next;
    }
    hellos
}
