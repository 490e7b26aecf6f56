//! Random texts for tests: characters that combine, compose, join, run right to left or are mapped.

use std::prelude::v1::*;

use crate::punycode;
use proptest::collection::vec;
use proptest::prelude::*;

/// Kinds of characters.
const ANY: &str = "\
    [a-zA-Z0-9.-]|[À-ɏΑ-ώᴀ-ỿ]|[가-힣\u{1100}-\u{11ff}]|\
    [\u{300}-\u{36f}\u{591}-\u{5af}\u{64b}-\u{65f}\u{1dc0}-\u{1dff}\u{1d165}-\u{1d172}]|\
    [א-ת\u{fb1d}-\u{fb4f}]|[ء-ي٠-٩۰-۹\u{fb50}-\u{fdff}]|[ऀ-ॿ\u{9be}-\u{9d7}\u{b3c}-\u{b57}]|\
    [\u{ad}\u{34f}\u{93c}\u{94d}\u{200c}\u{200d}\u{fe00}]|[\u{2000}-\u{33ff}\u{f900}-\u{ffef}]|\
    [\u{10a00}-\u{11fff}]|[\u{1d15e}-\u{1d7ff}\u{1e800}-\u{1eeff}\u{1f100}-\u{1f2ff}]|\\PC";

/// Labels of one script, of which many are valid.
const LABELS: [&str; 6] = [
    "[a-z][a-zA-ZÀ-ɏ0-9\u{300}-\u{30f}-]{0,6}[a-zà-ɏ]",
    "[א-ת][א-ת0-9\u{5b0}-]{0,6}[א-ת0-9]",
    "[ا-ي][ا-ي٠-٩0-9\u{64b}-\u{652}\u{200c}]{0,6}[ا-ي٠-٩]",
    "[क-ह][क-ह\u{93c}\u{93e}-\u{940}\u{94d}\u{200c}\u{200d}]{0,6}",
    "[가-힣\u{1100}-\u{1112}\u{1161}-\u{1175}\u{11a8}-\u{11c2}]{1,6}",
    "[xX][nN]--[a-z0-9-]{0,12}",
];

pub(crate) fn text() -> impl Strategy<Value = String> {
    vec(ANY, 0..12).prop_map(|characters| characters.concat())
}

/// Some labels are Punycode, of invalid labels too.
pub(crate) fn domain() -> impl Strategy<Value = String> {
    let label = proptest::sample::select(&LABELS).prop_flat_map(|label| label);
    let label = prop_oneof![4 => label, 1 => text()];
    let label = (label, any::<bool>()).prop_map(|(label, is_ace)| {
        if is_ace {
            "xn--".to_string() + &punycode::encode(&Vec::from_iter(label.chars()))
        } else {
            label
        }
    });
    vec(label, 1..4).prop_map(|labels| labels.join("."))
}
