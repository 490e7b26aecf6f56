//! A certificate authority for tests, and the certificates that it issues. This module writes nothing to
//! disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PublicKeyData, SanType,
    SignatureAlgorithm, date_time_ymd,
};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::{WantsServerCert, WebPkiClientVerifier};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, ServerConfig};

/// Each authority has its own name: two of one name differ only in their signatures, and then
/// verification fails with another error than "unknown issuer".
static AUTHORITIES: AtomicU32 = AtomicU32::new(1);

/// A certificate authority.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// The intermediate certificates between this authority and the root. A server sends them with its
    /// own.
    intermediates: Vec<Certificate>,
}

impl Authority {
    /// A root authority.
    pub fn new() -> Authority {
        let issuer =
            CertifiedIssuer::self_signed(authority_params(), key(Key::P256)).expect("signs itself");
        Authority {
            issuer,
            intermediates: Vec::new(),
        }
    }

    /// An authority below this one. Certificates that it issues come with the chain.
    pub fn intermediate(&self) -> Authority {
        let issuer = CertifiedIssuer::signed_by(authority_params(), key(Key::P256), &self.issuer)
            .expect("signs");
        let mut intermediates = vec![issuer.as_ref().clone()];
        intermediates.extend(self.intermediates.iter().cloned());
        Authority {
            issuer,
            intermediates,
        }
    }

    /// The authority's own certificate, which is the trust anchor.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    pub fn der(&self) -> &[u8] {
        self.issuer.der()
    }

    /// The TLS configuration of a client that trusts only this authority.
    pub fn client_config(&self) -> Arc<ClientConfig> {
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("the provider has these versions")
            .with_root_certificates(self.roots())
            .with_no_client_auth();
        Arc::new(config)
    }

    /// A server certificate with an ECDSA P-256 key; names are DNS names or IP addresses.
    pub fn issue(&self, names: &[&str]) -> Identity {
        self.sign(leaf_params(names), Key::P256)
    }

    pub fn issue_with_key(&self, names: &[&str], kind: Key) -> Identity {
        self.sign(leaf_params(names), kind)
    }

    /// A client certificate for this mailbox.
    pub fn issue_client(&self, mailbox: &str) -> Identity {
        self.issue_client_with_key(mailbox, Key::P256)
    }

    pub fn issue_client_with_key(&self, mailbox: &str, kind: Key) -> Identity {
        let mut params = leaf_params(&[]);
        let mailbox = mailbox.try_into().expect("mailboxes are ASCII");
        params.subject_alt_names = vec![SanType::Rfc822Name(mailbox)];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign(params, kind)
    }

    /// A certificate that expired years ago.
    pub fn issue_expired(&self, names: &[&str]) -> Identity {
        let mut params = leaf_params(names);
        params.not_after = date_time_ymd(2001, 1, 1);
        self.sign(params, Key::P256)
    }

    /// A certificate that becomes valid in the year 3000.
    pub fn issue_not_yet_valid(&self, names: &[&str]) -> Identity {
        let mut params = leaf_params(names);
        params.not_before = date_time_ymd(3000, 1, 1);
        self.sign(params, Key::P256)
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots
            .add(self.der().to_vec().into())
            .expect("an authority's certificate is a certificate");
        roots
    }

    fn sign(&self, params: CertificateParams, kind: Key) -> Identity {
        let key = key(kind);
        let leaf = params.signed_by(&key, &self.issuer).expect("signs");
        let mut chain = vec![leaf];
        chain.extend(self.intermediates.iter().cloned());
        Identity {
            chain,
            key,
            issuer: self.pem(),
        }
    }
}

impl Default for Authority {
    fn default() -> Self {
        Authority::new()
    }
}

/// The kinds of key that an authority can certify.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    P256,
    P384,
    Ed25519,
}

/// A certificate chain and its key.
pub struct Identity {
    chain: Vec<Certificate>,
    key: KeyPair,
    issuer: String,
}

impl Identity {
    /// The server's own certificate, then the intermediate ones.
    pub fn chain_pem(&self) -> String {
        self.chain.iter().map(Certificate::pem).collect()
    }

    pub fn chain_der(&self) -> Vec<Vec<u8>> {
        self.chain.iter().map(|one| one.der().to_vec()).collect()
    }

    /// The certificate of the authority that issued this one.
    pub fn issuer_pem(&self) -> &str {
        &self.issuer
    }

    /// PKCS #8.
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// Offers TLS 1.3 and 1.2.
    pub fn server_config(&self) -> Arc<ServerConfig> {
        self.config(rustls::ALL_VERSIONS)
    }

    pub fn server_config_tls12(&self) -> Arc<ServerConfig> {
        self.config(&[&rustls::version::TLS12])
    }

    pub fn server_config_tls13(&self) -> Arc<ServerConfig> {
        self.config(&[&rustls::version::TLS13])
    }

    /// Requires a client certificate that this authority issued.
    pub fn server_config_for_clients_of(&self, authority: &Authority) -> Arc<ServerConfig> {
        let roots = Arc::new(authority.roots());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider())
            .build()
            .expect("there is a root");
        let builder = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .expect("the provider has these versions");
        self.with_identity(builder.with_client_cert_verifier(verifier))
    }

    fn config(&self, versions: &[&'static rustls::SupportedProtocolVersion]) -> Arc<ServerConfig> {
        let builder = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(versions)
            .expect("the provider has these versions");
        self.with_identity(builder.with_no_client_auth())
    }

    fn with_identity(
        &self,
        builder: ConfigBuilder<ServerConfig, WantsServerCert>,
    ) -> Arc<ServerConfig> {
        let chain = self.chain.iter().map(|one| one.der().clone()).collect();
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let config = builder
            .with_single_cert(chain, key.into())
            .expect("the key is the certificate's");
        Arc::new(config)
    }

    /// The public key as in certificates (RFC 5280, section 4.1.2.7).
    pub fn public_key_der(&self) -> Vec<u8> {
        self.key.subject_public_key_info()
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn key(kind: Key) -> KeyPair {
    let algorithm: &'static SignatureAlgorithm = match kind {
        Key::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        Key::P384 => &rcgen::PKCS_ECDSA_P384_SHA384,
        Key::Ed25519 => &rcgen::PKCS_ED25519,
    };
    KeyPair::generate_for(algorithm).expect("the system has randomness")
}

fn authority_params() -> CertificateParams {
    let number = AUTHORITIES.fetch_add(1, Ordering::Relaxed);
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, format!("throwaway authority {number}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf_params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
    let mut params = CertificateParams::new(names).expect("DNS names are ASCII");
    params
        .distinguished_name
        .push(DnType::CommonName, "throwaway");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}
