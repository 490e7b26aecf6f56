//! What leaves the signer.

mod field;
mod keys;
mod messages;
mod selection;
mod settings;
mod verifier;

use envoi_message::dkim::Signer;

const RSA: &[u8] = include_bytes!("../keys/rsa-2048.pem");
const ED25519: &[u8] = include_bytes!("../keys/ed25519.pem");
/// Unix time.
const NOW: u64 = 1_796_000_000;
const MESSAGE: &[u8] =
    b"From: ann@example.org\r\nTo: bob@example.net\r\nSubject: one\r\n\r\nHello.\r\n";

fn signer() -> Signer {
    Signer::new("example.org", "mail2026", ED25519).unwrap()
}

/// The value of a tag, without the white space of folds.
fn tag(field: &str, name: &str) -> Option<String> {
    let (_, value) = field.split_once(':')?;
    let tags = value.split(';').filter_map(|tag| tag.split_once('='));
    let unfolded = |value: &str| value.split_ascii_whitespace().collect();
    let mut tags = tags.filter(|(tag, _)| tag.trim() == name);
    tags.next().map(|(_, value)| unfolded(value))
}
