//! The client certificate and its private key.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use envoi_primitives::{KeyError, MAX_PRIVATE_KEY, private_key, wipe_stack};
use rustls::crypto::KeyProvider;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use rustls::{Error as RustlsError, InconsistentKeys};

use super::platform::Platform;
use super::provider::Keys;
use super::trust;

/// Real chains have at most five certificates; every handshake sends them all.
const MAX_CHAIN: usize = 16;

/// What the client sends if the server asks for a certificate (RFC 8446, section 4.4.2).
#[derive(Clone)]
pub struct Identity(pub(super) Arc<CertifiedKey>);

impl Identity {
    /// Takes a chain in PEM, the client's certificate first, or one certificate in DER; and the key in PEM
    /// or DER, as PKCS #8, SEC 1 or PKCS #1. The error says which is wrong, and why.
    pub fn new<P: Platform>(chain: &[u8], key: &[u8]) -> Result<Self, String> {
        let identity = Self::read::<P>(chain, key);
        wipe_stack();
        identity
    }

    /// A function of its own, so that its copies of the key are below [`Self::new`] on the stack.
    #[inline(never)]
    fn read<P: Platform>(chain: &[u8], key: &[u8]) -> Result<Self, String> {
        let chain = certificates(chain)?;
        let key = Keys::<P>(PhantomData)
            .load_private_key(private_key(key).map_err(why_unread)?)
            .map_err(|error| format!("the client's private key cannot be used: {}", why(&error)))?;
        let certified = CertifiedKey::new(chain, key);
        certified.keys_match().map_err(|error| match error {
            RustlsError::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                "the private key does not belong to the first certificate of the client's chain"
                    .into()
            }
            error => format!("the client's certificate cannot be used: {error}"),
        })?;
        Ok(Self(Arc::new(certified)))
    }
}

impl fmt::Debug for Identity {
    /// Hides the key, which is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

fn certificates(chain: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates = trust::certificates(chain, "client certificate")?;
    if certificates.len() > MAX_CHAIN {
        return Err(format!(
            "the client's chain has more than {MAX_CHAIN} certificates"
        ));
    }
    Ok(certificates)
}

fn why_unread(error: KeyError) -> String {
    match error {
        KeyError::TooLong => {
            let limit = MAX_PRIVATE_KEY >> 10;
            format!("the client's private key is longer than {limit} KiB")
        }
        KeyError::Encrypted => {
            "the client's private key is encrypted: decrypt it first, as `openssl pkey` does".into()
        }
        _ => "the client's private key is neither PKCS #8, SEC 1 nor PKCS #1, in PEM or DER".into(),
    }
}

fn why(error: &RustlsError) -> String {
    match error {
        RustlsError::General(why) => why.clone(),
        error => error.to_string(),
    }
}
