//! A server that takes all it gets, and records it.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// What came over one connection.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    pub commands: Vec<Vec<u8>>,
    pub messages: Vec<Vec<u8>>,
    /// Lines of AUTH after the first.
    pub responses: Vec<Vec<u8>>,
}

pub(crate) struct Recorder {
    port: u16,
    heard: Receiver<Heard>,
}

impl Recorder {
    /// It listens until the test ends.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, heard) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let sender = sender.clone();
                thread::spawn(move || record(&stream.unwrap(), &sender));
            }
        });
        Self { port, heard }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What came over the connection that was made, once it has ended.
    pub(crate) fn take(&self) -> Heard {
        self.heard.recv().unwrap()
    }

    /// The same, if there was a connection.
    pub(crate) fn try_take(&self) -> Option<Heard> {
        self.heard.recv_timeout(Duration::from_millis(100)).ok()
    }

    /// What has come already.
    pub(crate) fn take_at_once(&self) -> Option<Heard> {
        self.heard.try_recv().ok()
    }
}

fn record(stream: &TcpStream, sender: &Sender<Heard>) {
    let mut heard = Heard::default();
    // The client may close at any time.
    let _ = converse(stream, &mut heard);
    let _ = sender.send(heard);
}

fn converse(mut stream: &TcpStream, heard: &mut Heard) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    stream.write_all(b"220 mail.test ESMTP\r\n")?;
    loop {
        let mut line = Vec::new();
        if read_line(&mut reader, &mut line)? == 0 {
            return Ok(());
        }
        line.truncate(line.len().saturating_sub(2));
        let verb = line
            .split(|octet| *octet == b' ')
            .next()
            .unwrap_or_default();
        let reply = match verb {
            b"EHLO" => {
                "250-mail.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n250-SIZE\r\n250-DELIVERBY\r\n\
                 250-MT-PRIORITY\r\n250-FUTURERELEASE 999999999\r\n250 AUTH PLAIN XOAUTH2 EXTERNAL X-TEST\r\n"
            }
            b"AUTH" if line.iter().filter(|octet| **octet == b' ').count() < 2 => {
                stream.write_all(b"334 \r\n")?;
                let mut response = Vec::new();
                read_line(&mut reader, &mut response)?;
                heard.responses.push(response);
                "235 2.7.0 welcome\r\n"
            }
            b"AUTH" => "235 2.7.0 welcome\r\n",
            b"DATA" => "354 go\r\n",
            b"QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        let is_data = verb == b"DATA";
        heard.commands.push(line);
        stream.write_all(reply.as_bytes())?;
        if is_data {
            let message = read_content(&mut reader)?;
            heard.messages.push(message);
            stream.write_all(b"250 queued\r\n")?;
        }
    }
}

/// Reads up to CRLF: a CR or LF alone ends no line.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<usize> {
    let begun = line.len();
    while reader.read_until(b'\n', line)? > 0 && !line.ends_with(b"\r\n") {}
    Ok(line.len() - begun)
}

/// Reads up to the final dot, and takes the dots away that were added.
fn read_content(reader: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let begun = content.len();
        if read_line(reader, &mut content)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match content[begun..] {
            [b'.', b'\r', b'\n'] => {
                content.truncate(begun);
                return Ok(content);
            }
            [b'.', ..] => {
                content.remove(begun);
            }
            _ => {}
        }
    }
}
