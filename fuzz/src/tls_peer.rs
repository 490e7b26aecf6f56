//! A TLS server in memory, with a certificate that the client trusts.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use envoi::tls::{NoRandomness, Platform, ServerName, Settings, Tls, Trust};
use rustls::crypto::ring::{self, sign::any_supported_type};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ResolvesServerCert;
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, SupportedProtocolVersion};

/// The name in the server's certificate.
pub const NAME: &str = "mail.example.org";
/// For tests only. The certificates are valid from 29 November 2026 on, for a hundred years.
pub const AUTHORITY: &[u8] = include_bytes!("../certificates/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("../certificates/server.pem");
const KEY: &[u8] = include_bytes!("../certificates/server-key.pem");
/// The point of the public key, as each certificate of it has it.
pub const PUBLIC_POINT: &[u8] = include_bytes!("../certificates/server-public-point.bin");
/// 2026-12-01 12:00 UTC.
const NOW: u64 = 1_796_126_400;

#[derive(Debug)]
pub struct FuzzPlatform;

impl Platform for FuzzPlatform {
    fn random(buffer: &mut [u8]) -> Result<(), NoRandomness> {
        let provider = ring::default_provider();
        provider
            .secure_random
            .fill(buffer)
            .map_err(|_| NoRandomness)
    }

    fn unix_time() -> Duration {
        Duration::from_secs(NOW)
    }
}

/// The server's key, with a chain of the caller's choice.
#[derive(Debug)]
struct Chosen(Arc<CertifiedKey>);

impl ResolvesServerCert for Chosen {
    fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// Trusts these certificates alone.
pub fn settings(trusted: &[u8]) -> Result<Settings, String> {
    let mut trust = Trust::default();
    trust.use_bundled(false);
    trust.add(trusted)?;
    Settings::new::<FuzzPlatform>(&trust.into()).map_err(|error| error.to_string())
}

/// A server that shows this chain, whether the key belongs to it or not.
pub fn server(
    chain: Vec<CertificateDer<'static>>,
    versions: &[&'static SupportedProtocolVersion],
) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let certified = CertifiedKey::new(chain, any_supported_type(&key).unwrap());
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap();
    let config = builder
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Chosen(Arc::new(certified))));
    Arc::new(config)
}

/// The chain of the server whose authority is trusted.
pub fn good_chain() -> Vec<CertificateDer<'static>> {
    vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()]
}

/// Trusts the authority of [`good_chain`], and has no session to resume yet.
pub fn good_settings() -> Settings {
    settings(AUTHORITY).unwrap()
}

/// The client under test and a server. What the server has sent waits in `wire`.
pub struct Pair {
    pub client: Tls,
    pub server: ServerConnection,
    pub wire: Vec<u8>,
    /// The plaintext that the server has read.
    pub received: Vec<u8>,
    /// The server has found an error and said so in an alert, or was told to.
    reads_no_more: bool,
}

impl Pair {
    pub fn new(settings: &Settings, config: &Arc<ServerConfig>) -> Self {
        let name = ServerName::parse(NAME).unwrap();
        Self {
            client: Tls::new(settings, &name).unwrap(),
            server: ServerConnection::new(config.clone()).unwrap(),
            wire: Vec::new(),
            received: Vec::new(),
            reads_no_more: false,
        }
    }

    /// Carries the client's octets to the server, and the server's as far as the wire.
    pub fn carry(&mut self) {
        let octets = std::mem::take(self.client.outgoing());
        let mut unread = &octets[..];
        while !self.reads_no_more
            && !unread.is_empty()
            && self
                .server
                .read_tls(&mut unread)
                .is_ok_and(|count| count > 0)
        {
            self.reads_no_more |= self.server.process_new_packets().is_err();
            let _ = self.server.reader().read_to_end(&mut self.received);
        }
        while self.server.wants_write() {
            self.server.write_tls(&mut self.wire).unwrap();
        }
    }

    /// The server takes no more of the client's octets.
    pub fn stop_reading(&mut self) {
        self.reads_no_more = true;
    }

    /// Delivers the wire's octets as they are, until nobody has any.
    pub fn exchange(&mut self) -> Result<(), envoi::tls::Error> {
        loop {
            self.carry();
            let octets = std::mem::take(&mut self.wire);
            if octets.is_empty() {
                return Ok(());
            }
            self.client.receive(&octets)?;
        }
    }

    /// The server sends plaintext.
    pub fn say(&mut self, plaintext: &[u8]) {
        self.server.writer().write_all(plaintext).unwrap();
    }
}
