//! The measurements with native code: rustls with ring.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, HandshakeKind, RootCertStore, StreamOwned};
use wasmtime::{Result, bail, ensure};

use crate::client::{BULK, Client, PIECE, piece};
use crate::server::Server;

pub(crate) struct Native<'a> {
    server: &'a Server,
    config: Arc<ClientConfig>,
}

impl Native<'_> {
    pub(crate) fn new(server: &Server) -> Result<Native<'_>> {
        let config = config(server)?;
        Ok(Native { server, config })
    }

    fn connect(&self, expected: HandshakeKind) -> Result<StreamOwned<ClientConnection, TcpStream>> {
        let name = ServerName::from(std::net::IpAddr::from(Ipv4Addr::LOCALHOST));
        let tls = ClientConnection::new(self.config.clone(), name)?;
        let mut stream = StreamOwned::new(tls, dial(self.server.tls_port)?);
        hello(&mut stream)?;
        let kind = stream.conn.handshake_kind();
        ensure!(kind == Some(expected), "the handshake was {kind:?}");
        Ok(stream)
    }
}

impl Client for Native<'_> {
    fn forget_sessions(&mut self) -> Result<()> {
        self.config = config(self.server)?;
        Ok(())
    }

    fn without_tls(&mut self) -> Result<()> {
        let mut stream = dial(self.server.plain_port)?;
        hello(&mut stream)?;
        say(&mut stream, b"QUIT\r\n")
    }

    fn full_handshake(&mut self) -> Result<()> {
        say(&mut self.connect(HandshakeKind::Full)?, b"QUIT\r\n")
    }

    fn resumed_handshake(&mut self) -> Result<()> {
        say(&mut self.connect(HandshakeKind::Resumed)?, b"QUIT\r\n")
    }

    fn bulk(&mut self) -> Result<()> {
        send(&mut self.connect(HandshakeKind::Full)?)
    }

    fn bulk_without_tls(&mut self) -> Result<()> {
        let mut stream = dial(self.server.plain_port)?;
        hello(&mut stream)?;
        send(&mut stream)
    }
}

/// With ChaCha20-Poly1305 only, which is what the component offers first.
fn config(server: &Server) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(server.root.as_bytes())?)?;
    let mut provider = ring::default_provider();
    provider.cipher_suites = vec![ring::cipher_suite::TLS13_CHACHA20_POLY1305_SHA256];
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = Resumption::in_memory_sessions(8);
    Ok(Arc::new(config))
}

fn dial(port: u16) -> Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn hello(stream: &mut (impl Read + Write)) -> Result<()> {
    hear(stream)?;
    say(stream, b"EHLO [127.0.0.1]\r\n")
}

fn send(stream: &mut (impl Read + Write)) -> Result<()> {
    say(stream, b"MAIL FROM:<a@mail.test>\r\n")?;
    say(stream, b"RCPT TO:<b@mail.test>\r\n")?;
    say(stream, b"DATA\r\n")?;
    let piece = piece();
    for _ in 0..BULK / PIECE {
        stream.write_all(&piece)?;
    }
    say(stream, b"\r\n.\r\n")?;
    say(stream, b"QUIT\r\n")
}

fn say(stream: &mut (impl Read + Write), command: &[u8]) -> Result<()> {
    stream.write_all(command)?;
    stream.flush()?;
    hear(stream)
}

/// Reads one reply. This server never sends two together.
fn hear(stream: &mut impl Read) -> Result<()> {
    let mut reply = [0; 512];
    let mut length = 0;
    while !reply[..length].ends_with(b"\r\n") {
        match stream.read(&mut reply[length..])? {
            0 => bail!("the server has left"),
            read => length += read,
        }
    }
    Ok(())
}
