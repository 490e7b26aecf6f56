//! Signs messages with the key of a domain.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::domain::{self, KeyName};
use super::error::{SetupError, SignError};
use super::field;
use super::hasher::HashedMessage;
use super::key::{self, Key};
use super::selection::Selection;
use super::signature::SignatureField;

/// A key of a domain, and what its signatures say. A clone shares the key.
#[derive(Clone)]
pub struct Signer {
    name: KeyName,
    key: Arc<Key>,
    selection: Selection,
    identity: Option<String>,
    expiry: Option<NonZeroU32>,
}

impl Signer {
    /// Takes a domain, a selector and a private key in PEM or DER, PKCS #8 or PKCS #1: RSA of 1024 to 4096
    /// bits, or Ed25519. A domain in another script is converted to A-labels.
    pub fn new(domain: &str, selector: &str, key: &[u8]) -> Result<Self, SetupError> {
        Ok(Self {
            name: KeyName::new(domain, selector)?,
            key: Arc::new(Key::read(key)?),
            selection: Selection::default(),
            identity: None,
            expiry: None,
        })
    }

    /// The fields to sign, each named once, From among them. All fields of these names are signed.
    ///
    /// By default these are From, Sender, Reply-To, To, Cc, Subject, Date, Message-ID, In-Reply-To, References,
    /// MIME-Version, Resent-Date, -From, -Sender, -To, -Cc and -Message-ID, and those that begin with `Content-`
    /// or `List-` (RFC 6376, section 5.4.1; RFC 8058, section 4). Fields that may stand in a message once only are oversigned: nobody can add
    /// another. From, Reply-To, To, Cc, Subject, In-Reply-To and References are oversigned even if the
    /// message has none; Date, Message-ID and the rest may then be added by a server.
    pub fn set_headers(&mut self, names: &[String]) -> Result<(), SetupError> {
        self.selection = Selection::chosen(names)?;
        Ok(())
    }

    /// `i=`: the user or the system that the message comes from, `user@domain` or `@domain`; its domain is the
    /// signer's or below it (RFC 6376, section 3.5). The user in letters, digits and `.!#$%&'*+-/?^_`{|}~`.
    pub fn set_identity(&mut self, identity: &str) -> Result<(), SetupError> {
        let identity = normalized(identity, &self.name.domain);
        self.identity = Some(identity?);
        Ok(())
    }

    /// `x=`: after how many seconds from signing verifiers no longer accept the signature. None by default.
    pub fn set_expiry(&mut self, seconds: Option<NonZeroU32>) {
        self.expiry = seconds;
    }

    /// The DKIM-Signature field to put before the message, with CRLF; its lines have at most 76 characters
    /// unless a name is longer. `now` is in seconds since 1970.
    ///
    /// Refuses a message that verifiers judge differently: see [`SignError`].
    pub fn sign(&self, message: &[u8], now: u64) -> Result<String, SignError> {
        self.sign_hashed(&HashedMessage::new(message)?, now)
    }

    /// As [`Signer::sign`], of a message that [`Hasher`](super::Hasher) has read.
    pub fn sign_hashed(&self, message: &HashedMessage, now: u64) -> Result<String, SignError> {
        let mut signed = Vec::with_capacity(message.header.len() + 1024);
        let header = field::fields(&message.header)?;
        let names = self.selection.select(&header, &mut signed)?;
        let mut field = SignatureField::new();
        field.tag("v", "1");
        field.tag("a", self.key.algorithm());
        field.tag("c", "relaxed/relaxed");
        field.tag("d", &self.name.domain);
        field.tag("s", &self.name.selector);
        if let Some(identity) = &self.identity {
            field.tag("i", identity);
        }
        field.tag("t", &now.to_string());
        if let Some(seconds) = self.expiry {
            let end = now.saturating_add(u64::from(seconds.get()));
            field.tag("x", &end.to_string());
        }
        field.list("h", &names);
        field.tag("bh", &STANDARD.encode(message.body));
        field.begin_signature(&mut signed);
        let signature = self.key.sign(&key::sha256(&signed))?;
        Ok(field.end(&STANDARD.encode(signature)))
    }

    /// The text of the TXT record that the domain's owner publishes (RFC 6376, section 3.6.1). A record
    /// consists of strings of at most 255 octets (section 3.6.2.2): a longer text is cut into several.
    pub fn txt_record(&self) -> &str {
        self.key.txt_record()
    }

    /// The name of the TXT record: `<selector>._domainkey.<domain>`.
    pub fn record_name(&self) -> String {
        self.name.record()
    }
}

impl fmt::Debug for Signer {
    /// Hides the key, which is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("domain", &self.name.domain)
            .field("selector", &self.name.selector)
            .finish_non_exhaustive()
    }
}

/// The fields of all signers, one after the other, to put before the message, which is hashed once for all.
pub fn sign_all<'a>(
    signers: impl IntoIterator<Item = &'a Signer>,
    message: &HashedMessage,
    now: u64,
) -> Result<String, SignError> {
    signers
        .into_iter()
        .map(|signer| signer.sign_hashed(message, now))
        .collect()
}

/// The identity with its domain in A-labels. `;` and `=`, which would need an encoding, are refused.
fn normalized(identity: &str, signer: &str) -> Result<String, SetupError> {
    let wrong = || SetupError::Identity(identity.into());
    let (user, domain) = identity.rsplit_once('@').ok_or_else(wrong)?;
    let domain = domain::to_ascii(domain).ok_or_else(wrong)?;
    let is_user = user
        .bytes()
        .all(|octet| octet.is_ascii_alphanumeric() || b".!#$%&'*+-/?^_`{|}~".contains(&octet));
    let above = domain.strip_suffix(signer);
    let is_within = above.is_some_and(|above| above.is_empty() || above.ends_with('.'));
    if is_user && is_within {
        Ok([user, "@", &domain].concat())
    } else {
        Err(wrong())
    }
}
