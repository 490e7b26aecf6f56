//! The date format of messages (RFC 5322, section 3.3).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAY: u64 = 24 * 60 * 60;
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The current time in UTC.
pub(crate) fn now() -> String {
    date(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default(),
    )
}

fn date(since_1970: Duration) -> String {
    let (days, second) = (since_1970.as_secs() / DAY, since_1970.as_secs() % DAY);
    let weekday = WEEKDAYS[(days % 7) as usize];
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{weekday}, {day} {month} {year} {hour:02}:{minute:02}:{second:02} +0000")
}

fn civil(mut days: u64) -> (u64, &'static str, u64) {
    let mut year = 1970;
    while days >= days_of_year(year) {
        days -= days_of_year(year);
        year += 1;
    }
    let february = days_of_year(year) - 337;
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut months = MONTHS.iter().zip(lengths);
    let month = months.find(|(_, length)| {
        let later = days >= *length;
        days -= if later { *length } else { 0 };
        !later
    });
    (year, month.map_or("Dec", |(name, _)| name), days + 1)
}

fn days_of_year(year: u64) -> u64 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    if leap { 366 } else { 365 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leap_days_and_the_ends_of_years_have_their_dates() {
        let at = |seconds| date(Duration::from_secs(seconds));
        assert_eq!(at(0), "Thu, 1 Jan 1970 00:00:00 +0000");
        assert_eq!(at(951_782_400), "Tue, 29 Feb 2000 00:00:00 +0000");
        assert_eq!(at(1_735_689_599), "Tue, 31 Dec 2024 23:59:59 +0000");
        assert_eq!(at(1_772_323_200), "Sun, 1 Mar 2026 00:00:00 +0000");
    }
}
