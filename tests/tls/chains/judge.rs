//! Has envoi and OpenSSL verify a chain, and compares.

use std::sync::{Arc, LazyLock};

use envoi::tls::{Error, Failure, Settings, Trust};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::certificate::{Certificate, Template};
use super::keys::Key;
use super::openssl;
use crate::peer::{Pair, TestPlatform};

pub(super) use crate::peer::{NAME, NOW};

/// Trusted by nearly all rows.
pub(super) static ROOT: LazyLock<Certificate> =
    LazyLock::new(|| Template::authority("Root").self_signed());

/// A chain, and both verdicts. If they differ, a comment at the row says why.
pub(super) struct Row {
    pub what: &'static str,
    /// The server's own first.
    pub chain: Vec<CertificateDer<'static>>,
    key: Arc<Key>,
    pub trusted: Vec<CertificateDer<'static>>,
    pub asked: &'static str,
    ours: Option<(Failure, &'static str)>,
    openssl: u32,
}

impl Row {
    /// Valid for both.
    pub(super) fn new(what: &'static str, chain: &[&Certificate]) -> Self {
        Self {
            what,
            chain: chain.iter().map(|one| one.der.clone().into()).collect(),
            key: chain[0].key.clone(),
            trusted: vec![ROOT.der.clone().into()],
            asked: NAME,
            ours: None,
            openssl: openssl::OK,
        }
    }

    /// Instead of [`ROOT`].
    pub(super) fn trusting(mut self, authorities: &[&Certificate]) -> Self {
        self.trusted = authorities
            .iter()
            .map(|one| one.der.clone().into())
            .collect();
        self
    }

    /// Instead of [`NAME`].
    pub(super) fn asked(mut self, name: &'static str) -> Self {
        self.asked = name;
        self
    }

    /// `says` is part of the message.
    pub(super) fn ours(mut self, failure: Failure, says: &'static str) -> Self {
        self.ours = Some((failure, says));
        self
    }

    pub(super) fn openssl(mut self, error: u32) -> Self {
        self.openssl = error;
        self
    }

    /// A sentence about verdicts that differ from the row's.
    fn disagreement(&self) -> Option<String> {
        let ours = self.handshake();
        let as_expected = match (&ours, self.ours) {
            (Ok(()), None) => true,
            (Err(error), Some((failure, says))) => {
                *error == Error::Failed(failure, error.to_string())
                    && error.to_string().contains(says)
            }
            _ => false,
        };
        let openssl = openssl::verdict(self).unwrap_or(self.openssl);
        (!as_expected || openssl != self.openssl).then(|| {
            let what = self.what;
            format!(
                "{what}: ours {ours:?}, not {:?}; OpenSSL's {openssl}, not {}",
                self.ours, self.openssl
            )
        })
    }

    fn handshake(&self) -> Result<(), Error> {
        let mut trust = Trust::default();
        trust.use_bundled(false);
        for authority in &self.trusted {
            trust.add(authority).unwrap();
        }
        let settings = Settings::new::<TestPlatform>(&trust.into()).unwrap();
        let certified = CertifiedKey::new(self.chain.clone(), self.key.for_server());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(self.key.versions())
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        let mut pair = Pair::named(&settings, &Arc::new(config), self.asked);
        pair.exchange()?;
        pair.talk();
        Ok(())
    }
}

/// Judges all rows before the test fails.
pub(super) fn judge(rows: Vec<Row>) {
    let wrong: Vec<_> = rows.iter().filter_map(Row::disagreement).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
