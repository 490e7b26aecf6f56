//! What all connections of one mailer share.

use std::fmt::{self, Debug};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::crypto::GetRandomFailed;
use rustls::pki_types::UnixTime;
use rustls::sign::SingleCertAndKey;
use rustls::time_provider::TimeProvider;
use rustls::version::{TLS12, TLS13};

use super::error::{Error, Failure};
use super::identity::Identity;
use super::policy::Policy;
use super::provider::provider;
use super::sessions::Sessions;
use super::verifier::Verifier;

/// The host gave fewer random octets than it was asked for. No key is made without them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandomness;

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host gave no randomness")
    }
}

impl std::error::Error for NoRandomness {}

impl From<NoRandomness> for GetRandomFailed {
    fn from(_: NoRandomness) -> Self {
        Self
    }
}

/// What TLS needs of the world. Functions without a `self`, so that algorithms can be constants.
pub trait Host: Debug + Send + Sync + 'static {
    /// Fills the whole buffer from a cryptographically secure source, or fails.
    fn random(buffer: &mut [u8]) -> Result<(), NoRandomness>;
    /// Since 1970-01-01 00:00:00 UTC.
    fn unix_time() -> Duration;
}

/// Versions, algorithms and roots, and the sessions to resume: made once, used by many connections.
#[derive(Clone)]
pub struct Settings {
    pub(super) config: Arc<ClientConfig>,
}

impl Settings {
    /// Fails where nothing is trusted.
    pub fn new<H: Host>(policy: &Policy) -> Result<Self, Error> {
        let provider = Arc::new(provider::<H>());
        let versions: &[_] = match policy.only_tls13 {
            true => &[&TLS13],
            false => &[&TLS13, &TLS12],
        };
        let clock = Arc::new(Clock::<H>(PhantomData));
        let builder = ClientConfig::builder_with_details(provider, clock)
            .with_protocol_versions(versions)
            .map_err(|error| Error::internal(&error))?
            .dangerous()
            .with_custom_certificate_verifier(verifier(policy)?);
        let mut config = match &policy.identity {
            Some(Identity(key)) => {
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key.clone())))
            }
            None => builder.with_no_client_auth(),
        };
        config.resumption = Resumption::store(Arc::new(Sessions::default()));
        Ok(Self {
            config: Arc::new(config),
        })
    }
}

fn verifier(policy: &Policy) -> Result<Arc<Verifier>, Error> {
    let roots = policy.trust.roots();
    if roots.is_empty() {
        return Err(Error {
            failure: Failure::CertificateUnknownIssuer,
            message: "no authority is trusted: add one with add-trust-anchors, \
                      or use the bundled roots"
                .into(),
        });
    }
    Ok(Arc::new(Verifier {
        roots,
        added: policy.trust.added(),
        pins: policy.pins.clone(),
    }))
}

#[derive(Debug)]
struct Clock<H>(PhantomData<fn() -> H>);

impl<H: Host> TimeProvider for Clock<H> {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(H::unix_time()))
    }
}
