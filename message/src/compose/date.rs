//! The Date field (RFC 5322, section 3.3).

use core::time::Duration;

use der::DateTime;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

const DAY: u64 = 24 * 60 * 60;

/// Such as `Sun, 29 Nov 2026 10:00:00 +0100`, for seconds since 1970 and minutes east of UTC.
pub(super) fn date(seconds: i64, offset: i16) -> Result<String, String> {
    if offset.unsigned_abs() >= 24 * 60 {
        return Err("the zone is a day or more from UTC: give it in minutes".into());
    }
    let local = seconds.checked_add(i64::from(offset) * 60);
    let local = local.and_then(|local| u64::try_from(local).ok());
    let date =
        local.and_then(|local| DateTime::from_unix_duration(Duration::from_secs(local)).ok());
    let (Some(seconds), Some(date)) = (local, date) else {
        return Err(
            "it is not within the years 1970 to 9999: give it in seconds since 1970".into(),
        );
    };
    let name = |names: &[&'static str], index: u64| {
        let index = usize::try_from(index).unwrap_or_default();
        names.get(index).copied().unwrap_or_default()
    };
    Ok(format!(
        "{}, {} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}",
        name(&DAYS, seconds / DAY % 7),
        date.day(),
        name(&MONTHS, u64::from(date.month()).saturating_sub(1)),
        date.year(),
        date.hour(),
        date.minutes(),
        date.seconds(),
        if offset < 0 { '-' } else { '+' },
        offset.unsigned_abs() / 60,
        offset.unsigned_abs() % 60,
    ))
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates_are_of_the_zone_they_name() {
        for (seconds, offset, expected) in [
            (0, 0, "Thu, 1 Jan 1970 00:00:00 +0000"),
            (951_782_400, 0, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (1_795_942_800, 60, "Sun, 29 Nov 2026 10:00:00 +0100"),
            (1_795_942_800, -570, "Sat, 28 Nov 2026 23:30:00 -0930"),
            (1_795_942_800, 840, "Sun, 29 Nov 2026 23:00:00 +1400"),
            (253_402_300_799, 0, "Fri, 31 Dec 9999 23:59:59 +0000"),
        ] {
            assert_eq!(date(seconds, offset).unwrap(), expected);
        }
    }

    #[test]
    fn times_that_the_field_cannot_say_are_refused() {
        for (seconds, offset) in [
            (-1, 0),
            (0, -1),
            (253_402_300_800, 0),
            (i64::MAX, 1),
            (i64::MIN, -1),
        ] {
            assert!(date(seconds, offset).unwrap_err().contains("1970"));
        }
        for offset in [1440, -1440, i16::MIN, i16::MAX] {
            assert!(date(1_000_000_000, offset).unwrap_err().contains("zone"));
        }
    }
}
