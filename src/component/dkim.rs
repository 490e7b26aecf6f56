//! The interface `dkim`.

use core::cell::RefCell;
use core::fmt::Display;
use core::num::NonZeroU32;

use envoi_message::dkim::{HashedMessage, Hasher, SignError, Signer, sign_all};
use zeroize::Zeroizing;

use super::bindings::exports::envoi::mail::dkim as wit;
use super::{Component, Host};
use crate::net::Network;

impl wit::Guest for Component {
    type Signer = GuestSigner;

    fn sign(signers: Vec<wit::SignerBorrow<'_>>, message: Vec<u8>) -> Result<String, String> {
        let message = sentence(hash(&message))?;
        let now = Host::unix_time().as_secs();
        sentence(sign_all(&copies(&signers), &message, now))
    }
}

pub(super) struct GuestSigner(RefCell<Signer>);

impl wit::GuestSigner for GuestSigner {
    fn new(domain: String, selector: String, key: Vec<u8>) -> Result<wit::Signer, String> {
        let signer = sentence(Signer::new(&domain, &selector, &Zeroizing::new(key)))?;
        Ok(wit::Signer::new(Self(RefCell::new(signer))))
    }

    fn set_headers(&self, names: Vec<String>) -> Result<(), String> {
        sentence(self.0.borrow_mut().set_headers(&names))
    }

    fn set_identity(&self, identity: String) -> Result<(), String> {
        sentence(self.0.borrow_mut().set_identity(&identity))
    }

    fn set_expiry(&self, seconds: Option<u32>) {
        self.0
            .borrow_mut()
            .set_expiry(seconds.and_then(NonZeroU32::new));
    }

    fn record_name(&self) -> String {
        self.0.borrow().record_name()
    }

    fn record_text(&self) -> String {
        self.0.borrow().txt_record().into()
    }
}

/// A copy shares the key.
pub(super) fn copies(signers: &[wit::SignerBorrow<'_>]) -> Vec<Signer> {
    let copy = |signer: &wit::SignerBorrow<'_>| {
        let GuestSigner(signer) = signer.get();
        signer.borrow().clone()
    };
    signers.iter().map(copy).collect()
}

/// Bare line feeds count as CRLF. Few messages have any, so that most are read as they are.
fn hash(message: &[u8]) -> Result<HashedMessage, SignError> {
    match HashedMessage::new(message) {
        Err(SignError::LineEnd(_)) => hash_lines(message),
        hashed => hashed,
    }
}

fn hash_lines(message: &[u8]) -> Result<HashedMessage, SignError> {
    let mut hasher = Hasher::default();
    for line in message.split_inclusive(|octet| *octet == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(text) if !text.ends_with(b"\r") => {
                hasher.update(text);
                hasher.update(b"\r\n");
            }
            _ => hasher.update(line),
        }
    }
    hasher.finish()
}

fn sentence<T>(result: Result<T, impl Display>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}
