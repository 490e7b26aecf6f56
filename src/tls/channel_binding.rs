//! Channel bindings (RFC 5056): data that identifies a TLS connection. Both ends have the same; if a man
//! in the middle relays, they differ.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use rustls::KeyLog;
use rustls::crypto::hash::Hash;
use rustls::crypto::tls13::{Hkdf, HkdfUsingHmac, OkmBlock};

use super::provider::{HMAC_SHA256, HMAC_SHA384, SHA256, SHA384};

/// A result of `Tls::channel_binding`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelBinding {
    /// As registered with IANA.
    pub name: &'static str,
    /// 32 octets in TLS 1.3 (RFC 9266), 12 in TLS 1.2 (RFC 5929).
    pub data: Vec<u8>,
}

impl ChannelBinding {
    /// TLS 1.2 (RFC 5929, section 3).
    pub(super) fn unique(finished: [u8; 12]) -> Self {
        Self {
            name: "tls-unique",
            data: finished.into(),
        }
    }

    /// TLS 1.3 (RFC 9266).
    fn exported(data: [u8; EXPORTED]) -> Self {
        Self {
            name: "tls-exporter",
            data: data.into(),
        }
    }
}

/// RFC 9266, section 2.
const EXPORTED: usize = 32;

/// Derives the binding of a TLS 1.3 connection. rustls has no exporter in its unbuffered API; there only
/// the key log gives the exporter secret. The secret itself is not kept.
#[derive(Default)]
pub(super) struct Exporter(Mutex<Option<[u8; EXPORTED]>>);

impl Exporter {
    pub(super) fn binding(&self) -> Option<ChannelBinding> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .map(ChannelBinding::exported)
    }
}

/// Only TLS 1.3 logs a secret with this label.
const SECRET: &str = "EXPORTER_SECRET";

impl KeyLog for Exporter {
    fn log(&self, label: &str, _client_random: &[u8], secret: &[u8]) {
        if label == SECRET {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = export(secret);
        }
    }

    fn will_log(&self, label: &str) -> bool {
        label == SECRET
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter").finish_non_exhaustive()
    }
}

/// `TLS-Exporter("EXPORTER-Channel-Binding", "", 32)` (RFC 8446, section 7.5). The length of the secret
/// tells the hash of the cipher suite.
fn export(secret: &[u8]) -> Option<[u8; EXPORTED]> {
    let (hash, hkdf): (&dyn Hash, &dyn Hkdf) = match secret.len() {
        32 => (&SHA256, &HkdfUsingHmac(&HMAC_SHA256)),
        48 => (&SHA384, &HkdfUsingHmac(&HMAC_SHA384)),
        _ => return None,
    };
    let nothing = hash.hash(b"");
    let mut derived = [0; 48];
    let derived = derived.get_mut(..hash.output_len())?;
    let label = b"EXPORTER-Channel-Binding";
    expand_label(hkdf, secret, label, nothing.as_ref(), derived)?;
    let mut exported = [0; EXPORTED];
    expand_label(hkdf, derived, b"exporter", nothing.as_ref(), &mut exported)?;
    Some(exported)
}

/// HKDF-Expand-Label (RFC 8446, section 7.1).
fn expand_label(
    hkdf: &dyn Hkdf,
    secret: &[u8],
    label: &[u8],
    context: &[u8],
    out: &mut [u8],
) -> Option<()> {
    const PREFIX: &[u8] = b"tls13 ";
    let length = u16::try_from(out.len()).ok()?.to_be_bytes();
    let label_length = [u8::try_from(PREFIX.len() + label.len()).ok()?];
    let context_length = [u8::try_from(context.len()).ok()?];
    let info = [
        &length[..],
        &label_length,
        PREFIX,
        label,
        &context_length,
        context,
    ];
    hkdf.expander_for_okm(&OkmBlock::new(secret))
        .expand_slice(&info, out)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_another_length_exports_nothing() {
        assert_eq!(export(&[7; 20]), None);
        assert!(export(&[7; 32]).is_some() && export(&[7; 48]).is_some());
    }

    #[test]
    fn secrets_with_other_labels_are_ignored() {
        let exporter = Exporter::default();
        exporter.log("CLIENT_TRAFFIC_SECRET_0", &[], &[7; 32]);
        assert!(!exporter.will_log("CLIENT_RANDOM"));
        assert_eq!(exporter.binding(), None);
        assert_eq!(format!("{exporter:?}"), "Exporter { .. }");
    }
}
