//! Decimal numbers of a server's replies: digits alone, as in the grammar's `1*3DIGIT`.

use core::str::FromStr;

/// `None` if `digits` is empty, holds another character (a sign, for example) or is too large for `N`.
pub(super) fn parse<N: FromStr>(digits: &str, max_digits: usize) -> Option<N> {
    if digits.len() > max_digits || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_number_is_digits_alone_and_within_its_limits() {
        assert_eq!(parse("0", 3), Some(0u16));
        assert_eq!(parse("999", 3), Some(999u16));
        assert_eq!(parse("18446744073709551615", 20), Some(u64::MAX));
        for digits in ["", "1000", "+1", "-1", " 1", "1x", "１"] {
            assert_eq!(parse::<u16>(digits, 3), None, "{digits}");
        }
        assert_eq!(parse::<u8>("256", 3), None);
    }
}
