//! Dates for messages.

use rustls::pki_types::UnixTime;

/// Such as `2026-11-24 14:25 UTC`.
pub fn date(time: UnixTime) -> String {
    let minutes = time.as_secs() / 60;
    let (hours, minute) = (minutes / 60, minutes % 60);
    let (year, month, day) = civil(hours / 24);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{minute:02} UTC",
        hours % 24
    )
}

/// The Gregorian date, by counting from 0000-03-01: so leap days come last in their year.
fn civil(days_since_1970: u64) -> (u64, u64, u64) {
    const DAYS_TO_1970: u64 = 719_468;
    const DAYS_IN_400_YEARS: u64 = 146_097;
    let days = days_since_1970 + DAYS_TO_1970;
    let (era, day) = (days / DAYS_IN_400_YEARS, days % DAYS_IN_400_YEARS);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Months from March on: 153 days in each five of them.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (400 * era + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        ] {
            assert_eq!(
                date(UnixTime::since_unix_epoch(Duration::from_secs(seconds))),
                expected
            );
        }
    }
}
