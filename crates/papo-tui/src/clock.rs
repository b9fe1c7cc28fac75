//! The time of a message as people read it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The local time; with the date when it is not today.
pub(crate) fn shown(at_ms: u64) -> String {
    let zone = TimeZone::system();
    let today = Timestamp::now().to_zoned_datetime(zone.clone()).date();
    let Ok(at) = Timestamp::from_millisecond(at_ms.cast_signed()) else { return "??:??".to_owned() };
    let at = at.to_zoned_datetime(zone);
    at.strftime(if at.date() == today { "%H:%M" } else { "%Y-%m-%d %H:%M" }).to_string()
}

/// The time of now, as servers count it.
pub(crate) fn now_ms() -> u64 {
    Timestamp::now().as_millisecond().cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_shown_when_it_is_not_today() {
        assert_eq!(shown(0).len(), "1970-01-01 00:00".len());
        let now = Timestamp::now().as_millisecond().cast_unsigned();
        // Five minutes, or another day if it is just midnight.
        assert!([5, 16].contains(&shown(now).len()));
    }
}
