//! A certificate authority, a server in memory, and a wire between it and the client under test.

use std::io::{Read, Write};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use envoi::tls::{Error, Failure, NoRandomness, Platform, ServerName, Settings, Tls, Trust};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SignatureAlgorithm,
};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, SupportedProtocolVersion};

pub(crate) const NAME: &str = "mail.example.org";
/// 2026-11-24 12:00 UTC.
pub(crate) const NOW: u64 = 1_795_521_600;

#[derive(Debug)]
pub(crate) struct TestPlatform;

impl Platform for TestPlatform {
    fn random(buffer: &mut [u8]) -> Result<(), NoRandomness> {
        ring::default_provider().secure_random.fill(buffer).unwrap();
        Ok(())
    }

    fn unix_time() -> Duration {
        Duration::from_secs(NOW)
    }
}

/// A key for tests only, because ring makes no RSA keys.
pub(crate) fn rsa_4096() -> KeyPair {
    let pem = include_str!("rsa-4096.pem");
    KeyPair::from_pkcs8_pem_and_sign_algo(pem, &rcgen::PKCS_RSA_SHA256).unwrap()
}

pub(crate) fn key(algorithm: &'static SignatureAlgorithm) -> KeyPair {
    let rsa = [
        &rcgen::PKCS_RSA_SHA256,
        &rcgen::PKCS_RSA_SHA384,
        &rcgen::PKCS_RSA_SHA512,
    ];
    if rsa.contains(&algorithm) {
        return KeyPair::from_pkcs8_pem_and_sign_algo(include_str!("rsa-2048.pem"), algorithm)
            .unwrap();
    }
    KeyPair::generate_for(algorithm).unwrap()
}

/// The kind of an error that is not the platform's fault.
#[track_caller]
pub(crate) fn failure(error: &Error) -> Failure {
    match error {
        Error::Failed(failure, _) => *failure,
        Error::NoRandomness => panic!("{error}"),
    }
}

pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

pub(crate) static AUTHORITY: LazyLock<Authority> =
    LazyLock::new(|| Authority::new(&rcgen::PKCS_ECDSA_P256_SHA256));

impl Authority {
    pub(crate) fn new(algorithm: &'static SignatureAlgorithm) -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, key(algorithm)).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn issuer(&self) -> &CertifiedIssuer<'static, KeyPair> {
        &self.0
    }

    /// Trusts only this authority.
    pub(crate) fn trust(&self) -> Trust {
        let mut trust = Trust::default();
        trust.use_bundled(false);
        trust.add(self.pem().as_bytes()).unwrap();
        trust
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings::new::<TestPlatform>(&self.trust().into()).unwrap()
    }

    pub(crate) fn issue(&self, params: &CertificateParams, key: KeyPair) -> Identity {
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity(vec![certificate.der().clone()], key.serialize_der())
    }

    pub(crate) fn issue_for(&self, name: &str) -> Identity {
        self.issue(&params(name), key(&rcgen::PKCS_ECDSA_P256_SHA256))
    }
}

pub(crate) fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

/// A chain and its key.
pub(crate) struct Identity(pub Vec<CertificateDer<'static>>, pub Vec<u8>);

impl Identity {
    pub(crate) fn config(self) -> ServerConfig {
        self.config_with(ring::default_provider(), rustls::ALL_VERSIONS)
    }

    pub(crate) fn config_with(
        self,
        provider: CryptoProvider,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ServerConfig {
        ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.0, PrivateKeyDer::Pkcs8(self.1.into()))
            .unwrap()
    }
}

/// A client under test and a server, with a wire that carries `step` octets at a time.
pub(crate) struct Pair {
    pub client: Tls,
    pub server: ServerConnection,
    pub step: usize,
    received: Vec<u8>,
}

impl Pair {
    pub(crate) fn new(settings: &Settings, config: &Arc<ServerConfig>) -> Self {
        Self::named(settings, config, NAME)
    }

    pub(crate) fn named(settings: &Settings, config: &Arc<ServerConfig>, name: &str) -> Self {
        Self {
            client: Tls::new(settings, &ServerName::parse(name).unwrap()).unwrap(),
            server: ServerConnection::new(config.clone()).unwrap(),
            step: usize::MAX,
            received: Vec::new(),
        }
    }

    /// A connection with the defaults.
    pub(crate) fn connected() -> Self {
        let mut pair = Self::new(
            &AUTHORITY.settings(),
            &Arc::new(AUTHORITY.issue_for(NAME).config()),
        );
        pair.exchange().unwrap();
        assert!(!pair.client.is_handshaking());
        pair
    }

    /// Carries octets both ways until neither side has any.
    pub(crate) fn exchange(&mut self) -> Result<(), Error> {
        loop {
            let commands = std::mem::take(self.client.outgoing());
            self.deliver(&commands);
            let octets = self.sent();
            if commands.is_empty() && octets.is_empty() {
                return Ok(());
            }
            for piece in octets.chunks(self.step) {
                self.client.receive(piece)?;
            }
        }
    }

    pub(crate) fn deliver(&mut self, octets: &[u8]) {
        for mut piece in octets.chunks(self.step) {
            while !piece.is_empty() {
                self.server.read_tls(&mut piece).unwrap();
                // The server's errors show in the octets that it sends, or does not send.
                let _ = self.server.process_new_packets();
                let _ = self.server.reader().read_to_end(&mut self.received);
            }
        }
    }

    /// The octets that the server wants to send.
    pub(crate) fn sent(&mut self) -> Vec<u8> {
        let mut octets = Vec::new();
        while self.server.wants_write() {
            self.server.write_tls(&mut octets).unwrap();
        }
        octets
    }

    /// The plaintext that the server has read since the last call.
    pub(crate) fn received(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.received)
    }

    /// Sends a line each way.
    pub(crate) fn talk(&mut self) {
        self.client.send(b"EHLO client.example\r\n").unwrap();
        self.exchange().unwrap();
        assert_eq!(self.received(), b"EHLO client.example\r\n");
        self.server
            .writer()
            .write_all(b"250 mail.example.org\r\n")
            .unwrap();
        self.exchange().unwrap();
        assert_eq!(
            std::mem::take(self.client.plaintext()),
            b"250 mail.example.org\r\n"
        );
    }
}
