//! Dates in error messages.

use std::time::Duration;

use der::DateTime;
use rustls::pki_types::UnixTime;

/// Such as `2026-11-24 14:25 UTC`.
pub(super) fn date(time: UnixTime) -> String {
    let Ok(date) = DateTime::from_unix_duration(Duration::from_secs(time.as_secs())) else {
        return "after the year 9999".into();
    };
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02} UTC",
        date.year(),
        date.month(),
        date.day(),
        date.hour(),
        date.minutes()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_gregorian() {
        for (seconds, expected) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_399, "2000-02-28 23:59 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (1_709_251_199, "2024-02-29 23:59 UTC"),
            (1_735_689_599, "2024-12-31 23:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00 UTC"),
            (253_402_300_799, "9999-12-31 23:59 UTC"),
            (253_402_300_800, "after the year 9999"),
            (u64::MAX, "after the year 9999"),
        ] {
            let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
            assert_eq!(date(time), expected);
        }
    }
}
