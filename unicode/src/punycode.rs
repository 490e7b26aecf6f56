//! Punycode (RFC 3492): the ASCII characters of a label, a hyphen, and for each other character a number in
//! letters and digits that tells its code point and place.
//!
//! ```text
//! bücher  ->  bcher-kva
//! ```
//!
//! Both directions take time quadratic in the label's length: callers limit it.

use alloc::string::String;
use alloc::vec::Vec;
use core::str::Bytes;

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 0x80;
const DELIMITER: char = '-';

/// Section 6.3. The caller keeps the label short enough that no number overflows.
pub(crate) fn encode(label: &[char]) -> String {
    let mut encoded: String = label.iter().filter(|c| c.is_ascii()).collect();
    let basic = encoded.len() as u32;
    if basic > 0 {
        encoded.push(DELIMITER);
    }
    let (mut n, mut delta, mut bias, mut handled) = (INITIAL_N, 0, INITIAL_BIAS, basic);
    let next = |n| {
        label
            .iter()
            .map(|c| u32::from(*c))
            .filter(|c| *c >= n)
            .min()
    };
    while let Some(m) = next(n) {
        delta += (m - n) * (handled + 1);
        for c in label.iter().map(|c| u32::from(*c)) {
            if c < m {
                delta += 1;
            }
            if c == m {
                push_number(&mut encoded, delta, bias);
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta += 1;
        n = m + 1;
    }
    encoded
}

/// Section 6.2. `None` if it is not Punycode; capitals are not accepted.
pub(crate) fn decode(encoded: &str) -> Option<Vec<char>> {
    let (basic, rest) = match encoded.rsplit_once(DELIMITER) {
        Some((basic, rest)) if !basic.is_empty() => (basic, rest),
        _ => ("", encoded),
    };
    if !basic.is_ascii() {
        return None;
    }
    let mut label: Vec<_> = basic.chars().collect();
    let mut digits = rest.bytes();
    let (mut n, mut i, mut bias) = (INITIAL_N, 0_u32, INITIAL_BIAS);
    while digits.len() > 0 {
        let delta = number(&mut digits, bias)?;
        let length = label.len() as u32 + 1;
        bias = adapt(delta, length, label.len() == basic.len());
        i = i.checked_add(delta)?;
        n = n.checked_add(i / length)?;
        i %= length;
        label.insert(i as usize, char::from_u32(n)?);
        i += 1;
    }
    Some(label)
}

/// Section 3.3.
fn push_number(encoded: &mut String, mut number: u32, bias: u32) {
    for t in thresholds(bias) {
        if number < t {
            break;
        }
        let above = number - t;
        encoded.push(digit(t + above % (BASE - t)));
        number = above / (BASE - t);
    }
    encoded.push(digit(number));
}

fn number(digits: &mut Bytes, bias: u32) -> Option<u32> {
    let (mut number, mut weight) = (0_u32, 1_u32);
    for t in thresholds(bias) {
        let digit = value(digits.next()?)?;
        number = number.checked_add(digit.checked_mul(weight)?)?;
        if digit < t {
            break;
        }
        weight = weight.checked_mul(BASE - t)?;
    }
    Some(number)
}

/// The threshold of each digit in turn: a digit below it is the last of its number.
fn thresholds(bias: u32) -> impl Iterator<Item = u32> {
    (1..).map(move |digit| (digit * BASE).saturating_sub(bias).clamp(T_MIN, T_MAX))
}

/// Section 6.1.
fn adapt(delta: u32, length: u32, is_first: bool) -> u32 {
    let mut delta = delta / if is_first { DAMP } else { 2 };
    delta += delta / length;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

/// Section 5.
fn digit(value: u32) -> char {
    let digit = match value as u8 {
        letter @ 0..26 => b'a' + letter,
        number => b'0' + number - 26,
    };
    digit.into()
}

fn value(digit: u8) -> Option<u32> {
    let value = match digit {
        b'a'..=b'z' => digit - b'a',
        b'0'..=b'9' => digit - b'0' + 26,
        _ => return None,
    };
    Some(value.into())
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;
    use proptest::prelude::*;

    /// Section 7.1.
    const SAMPLES: [(&str, &str); 19] = [
        ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
        ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
        ("他們爲什麽不說中文", "ihqwctvzc91f659drss3x8bo0yb"),
        ("pročprostěnemluvíčesky", "proprostnemluvesky-uyb24dma41a"),
        ("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
        (
            "यहलोगहिन्दीक्योंनहींबोलसकतेहैं",
            "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd",
        ),
        (
            "なぜみんな日本語を話してくれないのか",
            "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa",
        ),
        (
            "세계의모든사람들이한국어를이해한다면얼마나좋을까",
            "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c",
        ),
        (
            "почемужеонинеговорятпорусски",
            "b1abfaaepdrnnbgefbadotcwatmq2g4l",
        ),
        (
            "porquénopuedensimplementehablarenespañol",
            "porqunopuedensimplementehablarenespaol-fmd56a",
        ),
        (
            "tạisaohọkhôngthểchỉnóitiếngviệt",
            "tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g",
        ),
        ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
        (
            "安室奈美恵-with-super-monkeys",
            "-with-super-monkeys-pc58ag80a8qai00g7n9n",
        ),
        (
            "hello-another-way-それぞれの場所",
            "hello-another-way--fc4qua05auwb3674vfr0b",
        ),
        ("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"),
        ("majiでkoiする5秒前", "majikoi5-783gue6qz075azm5e"),
        ("パフィーdeルンバ", "de-jg4avhby1noc0d"),
        ("そのスピードで", "d9juau41awczczp"),
        ("-> $1.00 <-", "-> $1.00 <--"),
    ];

    fn characters(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn the_samples_of_rfc_3492_in_small_letters() {
        for (label, encoded) in SAMPLES {
            assert_eq!(encode(&characters(label)), encoded);
            assert_eq!(decode(encoded), Some(characters(label)));
        }
    }

    /// A number that no encoder writes.
    fn digits(mut number: u64, bias: u32) -> String {
        let mut digits = String::new();
        for t in thresholds(bias).map(u64::from) {
            if number < t {
                break;
            }
            let (above, base) = (number - t, u64::from(BASE) - t);
            digits.push(digit((t + above % base) as u32));
            number = above / base;
        }
        digits.push(digit(number as u32));
        digits
    }

    #[test]
    fn what_overflows_is_no_punycode() {
        let all = 1 << 32;
        let sum = encode(&['é']) + &digits(all - 1, adapt(0xe9 - INITIAL_N, 1, true));
        let number = digits(all + 0x69, INITIAL_BIAS);
        let code_point = digits(all - 0x3f, INITIAL_BIAS);
        for encoded in [sum, number, code_point] {
            assert_eq!(decode(&encoded), None, "{encoded}");
        }
        assert_eq!(decode(&digits(0x69, INITIAL_BIAS)), Some(vec!['é']));
    }

    proptest! {
        #[test]
        fn labels_are_encoded_as_by_the_library(label in "[a-z0-9à-ƿ]{0,20}|\\PC{0,80}") {
            let label = characters(&label);
            prop_assert_eq!(Some(encode(&label)), idna::punycode::encode(&label));
            prop_assert_eq!(decode(&encode(&label)), Some(label));
        }

        #[test]
        fn what_may_be_no_punycode_is_decoded_as_by_the_library(encoded in "[a-z0-9-]{0,40}") {
            prop_assert_eq!(decode(&encoded), idna::punycode::decode(&encoded));
        }
    }
}
