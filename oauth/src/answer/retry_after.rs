//! Retry-After (RFC 9110, section 10.2.3): seconds, or a date.

use std::time::{Duration, UNIX_EPOCH};

/// If the server gave none: long enough for a restart.
pub(super) const DEFAULT: u32 = 30;
/// A day: a server that says more is mistaken.
const MAX: u32 = 86_400;

/// Seconds from now: 1 to a day.
pub(super) fn seconds(value: Option<&str>, unix: u64) -> u32 {
    let seconds = value.and_then(|value| parse(value.trim(), unix));
    seconds.map_or(DEFAULT, |it| u32::try_from(it).unwrap_or(MAX).clamp(1, MAX))
}

fn parse(value: &str, unix: u64) -> Option<u64> {
    // `parse` of a number takes a sign too.
    if !value.is_empty() && value.bytes().all(|it| it.is_ascii_digit()) {
        return Some(value.parse().unwrap_or(u64::MAX));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let now = UNIX_EPOCH.checked_add(Duration::from_secs(unix))?;
    Some(date.duration_since(now).map_or(0, |it| it.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 29 Nov 2026 09:00:00 GMT.
    const NOW: u64 = 1_795_942_800;

    #[test]
    fn seconds_and_dates_are_seconds_from_now() {
        for (value, wanted) in [
            (Some("120"), 120),
            (Some(" 7 "), 7),
            (Some("0"), 1),
            (Some("99999999999999999999"), MAX),
            (Some("Sun, 29 Nov 2026 09:02:00 GMT"), 120),
            (Some("Sunday, 29-Nov-26 09:02:00 GMT"), 120),
            (Some("Sun Nov 29 09:02:00 2026"), 120),
            (Some("Sun, 29 Nov 2026 08:00:00 GMT"), 1),
            (Some("Fri, 31 Dec 9999 23:59:59 GMT"), MAX),
            (Some("soon"), DEFAULT),
            (Some("-1"), DEFAULT),
            (Some("+5"), DEFAULT),
            (Some(""), DEFAULT),
            (None, DEFAULT),
        ] {
            assert_eq!(seconds(value, NOW), wanted, "{value:?}");
        }
    }

    #[test]
    fn a_clock_that_is_far_off_does_no_harm() {
        let date = Some("Sun, 29 Nov 2026 09:02:00 GMT");
        assert_eq!(seconds(date, 0), MAX);
        assert!((1..=MAX).contains(&seconds(date, u64::MAX)));
    }
}
