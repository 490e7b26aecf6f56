//! Comparisons with RustCrypto's crates, which have other code for the same.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, Tag};
use envoi_primitives::{ChaCha20, ChaCha20Poly1305, Poly1305};

use crate::{Outcome, Random};

/// `compare` tells whether both agree.
pub fn all(seed: u64, times: u32, compare: fn(&mut Random) -> bool) -> Outcome {
    let mut random = Random(seed);
    let times = times as i32;
    match (0..times).find(|_| !compare(&mut random)) {
        Some(failed) => Err(failed),
        None => Ok(times),
    }
}

pub fn chacha20(random: &mut Random) -> bool {
    use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
    let (key, nonce, text) = (random.array(), random.array(), random.text());
    let block = random.below(1 << 31) as u32;

    let mut ours = text.clone();
    ChaCha20::new(&key, &nonce, block).apply(&mut ours);

    let mut theirs = text;
    let mut cipher = chacha20::ChaCha20::new(&key.into(), &nonce.into());
    cipher.seek(64 * u64::from(block));
    cipher.apply_keystream(&mut theirs);
    ours == theirs
}

/// In two updates, as for associated data and text.
pub fn poly1305(random: &mut Random) -> bool {
    use poly1305::universal_hash::{KeyInit, UniversalHash};
    let (key, first, second) = (random.array(), random.text(), random.text());

    let mut ours = Poly1305::new(&key);
    ours.update_padded(&first);
    ours.update_padded(&second);

    let mut theirs = poly1305::Poly1305::new(&key.into());
    theirs.update_padded(&first);
    theirs.update_padded(&second);
    ours.finish() == *theirs.finalize()
}

/// Seals, opens, and opens once more with a changed octet, which must fail.
pub fn chacha20_poly1305(random: &mut Random) -> bool {
    let key = random.array().into();
    let nonce = random.array::<12>().into();
    let (aad, text) = (random.text(), random.text());

    let (ours, mut sealed) = (ChaCha20Poly1305::new(&key), text.clone());
    let Ok(tag) = ours.encrypt_inout_detached(&nonce, &aad, sealed.as_mut_slice().into()) else {
        return false;
    };
    let (theirs, mut expected) = (chacha20poly1305::ChaCha20Poly1305::new(&key), text.clone());
    let expected_tag = theirs.encrypt_inout_detached(&nonce, &aad, expected.as_mut_slice().into());
    if sealed != expected || Ok(tag) != expected_tag {
        return false;
    }

    let (mut changed, mut changed_tag): (Vec<u8>, Tag) = (sealed.clone(), tag);
    let place = random.below(changed.len() + changed_tag.len());
    match changed.get_mut(place) {
        Some(octet) => *octet ^= 1 << random.below(8),
        None => changed_tag[place - sealed.len()] ^= 1 << random.below(8),
    }
    let refused = ours
        .decrypt_inout_detached(&nonce, &aad, changed.as_mut_slice().into(), &changed_tag)
        .is_err();
    let opened = ours
        .decrypt_inout_detached(&nonce, &aad, sealed.as_mut_slice().into(), &tag)
        .is_ok();
    refused && opened && sealed == text
}
