//! What all connections of one mailer share.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;

use super::error::{Error, Failure};
use super::provider::provider;
use super::sessions::Sessions;
use super::trust::Trust;

/// What TLS needs of the world. Functions without a `self`, so that algorithms can be constants.
pub trait Host: Debug + Send + Sync + 'static {
    /// Fills the buffer from a cryptographically secure source.
    fn random(buffer: &mut [u8]);
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
    pub fn new<H: Host>(trust: &Trust) -> Result<Self, Error> {
        let roots = trust.roots();
        if roots.is_empty() {
            return Err(Error {
                failure: Failure::CertificateUnknownIssuer,
                message: "no authority is trusted: add one with add-trust-anchors, \
                          or use the bundled roots"
                    .into(),
            });
        }
        let mut config = ClientConfig::builder_with_details(
            Arc::new(provider::<H>()),
            Arc::new(Clock::<H>(PhantomData)),
        )
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::internal(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
        config.resumption = Resumption::store(Arc::new(Sessions::default()));
        Ok(Self {
            config: Arc::new(config),
        })
    }
}

#[derive(Debug)]
struct Clock<H>(PhantomData<fn() -> H>);

impl<H: Host> TimeProvider for Clock<H> {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(H::unix_time()))
    }
}
