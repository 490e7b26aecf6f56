//! Vectors of RFC 8439. Poly1305 here takes whole blocks only, so its vectors of other lengths are left to
//! the AEAD's.

use chacha20poly1305::KeyInit;
use chacha20poly1305::aead::AeadInOut;
use envoi_primitives::{ChaCha20, ChaCha20Poly1305, Poly1305};

use crate::Outcome;

const SUNSCREEN: &[u8] =
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip \
    for the future, sunscreen would be it.";

pub fn vectors() -> Outcome {
    let holds = [
        block_of_section_2_3_2(),
        encryption_of_section_2_4_2(),
        first_blocks_of_appendix_a_1(),
        tags_of_appendix_a_3(),
        sealing_of_section_2_8_2(),
    ];
    match holds.iter().position(|holds| !holds) {
        Some(failed) => Err(failed as i32),
        None => Ok(holds.len() as i32),
    }
}

fn block_of_section_2_3_2() -> bool {
    let mut text = [0; 64];
    let nonce = [0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0];
    ChaCha20::new(&counting(), &nonce, 1).apply(&mut text);
    text[..]
        == hex(
            "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e
             d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e",
        )
}

fn encryption_of_section_2_4_2() -> bool {
    let mut text = SUNSCREEN.to_vec();
    let nonce = [0, 0, 0, 0, 0, 0, 0, 0x4a, 0, 0, 0, 0];
    ChaCha20::new(&counting(), &nonce, 1).apply(&mut text);
    text == hex(
        "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b
         f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8
         07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736
         5af90bbf74a35be6b40b8eedf2785e42874d",
    )
}

fn first_blocks_of_appendix_a_1() -> bool {
    let mut text = [0; 128];
    ChaCha20::new(&[0; 32], &[0; 12], 0).apply(&mut text);
    text[..]
        == hex(
            "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7
             da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586
             9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed
             29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
        )
}

/// Vectors 1 and 7 to 11: r, text, tag. s is zero.
fn tags_of_appendix_a_3() -> bool {
    let zeros = "00".repeat(64);
    let vectors: [(&str, &str, &str); 6] = [
        ("00000000000000000000000000000000", &zeros, "00000000000000000000000000000000"),
        (
            "01000000000000000000000000000000",
            "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000",
            "05000000000000000000000000000000",
        ),
        (
            "01000000000000000000000000000000",
            "fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe01010101010101010101010101010101",
            "00000000000000000000000000000000",
        ),
        (
            "02000000000000000000000000000000",
            "fdffffffffffffffffffffffffffffff",
            "faffffffffffffffffffffffffffffff",
        ),
        (
            "01000000000000000400000000000000",
            "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000
             01000000000000000000000000000000",
            "14000000000000005500000000000000",
        ),
        (
            "01000000000000000400000000000000",
            "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000",
            "13000000000000000000000000000000",
        ),
    ];
    vectors.iter().all(|(r, text, tag)| {
        let mut key = [0; 32];
        key[..16].copy_from_slice(&hex(r));
        let mut mac = Poly1305::new(&key);
        mac.update_padded(&hex(text));
        mac.finish()[..] == hex(tag)
    })
}

fn sealing_of_section_2_8_2() -> bool {
    let key: Vec<u8> = (0x80..0xa0).collect();
    let Ok(cipher) = ChaCha20Poly1305::new_from_slice(&key) else {
        return false;
    };
    let nonce = [7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47].into();
    let aad = hex("50515253c0c1c2c3c4c5c6c7");
    let mut text = SUNSCREEN.to_vec();
    let tag = cipher.encrypt_inout_detached(&nonce, &aad, text.as_mut_slice().into());
    let is_sealed = text
        == hex(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6
             3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
             92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
             3ff4def08e4b7a9de576d26586cec64b6116",
        );
    is_sealed && tag.is_ok_and(|tag| tag[..] == hex("1ae10b594f09e26a7e902ecbd0600691"))
}

/// 00 01 02 and so on.
fn counting() -> [u8; 32] {
    std::array::from_fn(|at| at as u8)
}

/// Decodes hexadecimal digits, ignoring white space.
fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}
