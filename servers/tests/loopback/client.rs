//! A client that knows no protocol.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use servers::authority::Authority;

pub(crate) struct Client(Stream);

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        Client(Stream::Plain(stream))
    }

    pub(crate) fn say(&mut self, text: &str) {
        match &mut self.0 {
            Stream::Plain(stream) => stream.write_all(text.as_bytes()).unwrap(),
            Stream::Tls(stream) => stream.write_all(text.as_bytes()).unwrap(),
        }
    }

    /// The next line; empty at the end of the connection.
    pub(crate) fn hear(&mut self) -> String {
        let mut line = Vec::new();
        let mut byte = [0];
        while !line.ends_with(b"\r\n") && self.read(&mut byte) == 1 {
            line.push(byte[0]);
        }
        String::from_utf8(line).unwrap().trim_end().to_owned()
    }

    /// The last line of a reply.
    pub(crate) fn reply(&mut self) -> String {
        loop {
            let line = self.hear();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    pub(crate) fn ask(&mut self, command: &str) -> String {
        self.say(&format!("{command}\r\n"));
        self.reply()
    }

    /// Fails if the server's certificate is not for `localhost` or not from this authority.
    pub(crate) fn start_tls(self, authority: &Authority) -> std::io::Result<Client> {
        let Stream::Plain(mut stream) = self.0 else {
            panic!("TLS is on")
        };
        let name = ServerName::try_from("localhost").unwrap();
        let mut tls = ClientConnection::new(authority.client_config(), name).unwrap();
        while tls.is_handshaking() {
            tls.complete_io(&mut stream)?;
        }
        Ok(Client(Stream::Tls(Box::new(StreamOwned::new(tls, stream)))))
    }

    fn read(&mut self, byte: &mut [u8]) -> usize {
        match &mut self.0 {
            Stream::Plain(stream) => stream.read(byte).unwrap(),
            Stream::Tls(stream) => stream.read(byte).unwrap(),
        }
    }
}
