//! The TLS configuration that all connections of one mailer share, with the sessions to resume.

use std::marker::PhantomData;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::pki_types::UnixTime;
use rustls::sign::SingleCertAndKey;
use rustls::time_provider::TimeProvider;
use rustls::version::{TLS12, TLS13};

use super::error::Error;
use super::identity::Identity;
use super::platform::Platform;
use super::policy::Policy;
use super::provider::provider;
use super::sessions::Sessions;
use super::verifier::Verifier;

/// Versions, algorithms, roots and sessions: made once, used by many connections.
#[derive(Clone)]
pub struct Settings {
    pub(super) config: Arc<ClientConfig>,
}

impl Settings {
    /// Fails if nothing is trusted.
    pub fn new<P: Platform>(policy: &Policy) -> Result<Self, Error> {
        let provider = Arc::new(provider::<P>());
        let versions: &[_] = if policy.only_tls13 {
            &[&TLS13]
        } else {
            &[&TLS13, &TLS12]
        };
        let clock = Arc::new(Clock::<P>(PhantomData));
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
        return Err(Error::nothing_trusted());
    }
    Ok(Arc::new(Verifier {
        roots,
        added: policy.trust.added(),
        pins: policy.pins.clone(),
    }))
}

#[derive(Debug)]
struct Clock<P>(PhantomData<fn() -> P>);

impl<P: Platform> TimeProvider for Clock<P> {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(P::unix_time()))
    }
}
