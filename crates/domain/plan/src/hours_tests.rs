use super::*;
use crate::{Holiday, HolidayRule, Text};

fn holidays() -> Holidays {
    Holidays {
        days: vec![Holiday {
            name: Text::new(vec![(Language::English, "Thanksgiving Day".into())]).unwrap(),
            rule: HolidayRule::parse("fourth Thursday of November").unwrap(),
            observed: false,
        }],
    }
}

/// The state at a time written in Coordinated Universal Time, in short words.
fn state(entries: &[&str], zone: &str, at: &str) -> String {
    let hours = Hours::weekly(entries).unwrap();
    let zone = TimeZone::get(zone).unwrap();
    match hours.state_at(at.parse().unwrap(), &zone, &holidays()) {
        OpenState::AlwaysOpen => "always".to_owned(),
        OpenState::Open { until } => format!("open until {until}"),
        OpenState::Closed { opens: Some(opens) } => format!("opens {opens}"),
        OpenState::Closed { opens: None } => "closed".to_owned(),
    }
}

const OFFICE: &[&str] = &["Mon-Fri 08:00-20:00", "Sat 09:00-14:00"];
const EAST: &str = "America/New_York";

#[test]
fn it_opens_and_closes_to_the_minute() {
    for (at, expected) in [
        // Monday, November 23, 2026, in standard time, five hours behind.
        ("2026-11-23T12:59:59Z", "opens 2026-11-23T08:00:00"),
        ("2026-11-23T13:00:00Z", "open until 2026-11-23T20:00:00"),
        ("2026-11-24T00:59:59Z", "open until 2026-11-23T20:00:00"),
        ("2026-11-24T01:00:00Z", "opens 2026-11-24T08:00:00"),
        // Saturday has its own hours, and Sunday has none.
        ("2026-11-28T13:30:00Z", "opens 2026-11-28T09:00:00"),
        ("2026-11-28T14:00:00Z", "open until 2026-11-28T14:00:00"),
        ("2026-11-28T18:59:59Z", "open until 2026-11-28T14:00:00"),
        ("2026-11-28T19:00:00Z", "opens 2026-11-30T08:00:00"),
        ("2026-11-29T15:00:00Z", "opens 2026-11-30T08:00:00"),
        // Thanksgiving Day is closed, the evening before says when it opens again.
        ("2026-11-26T01:00:00Z", "opens 2026-11-27T08:00:00"),
        ("2026-11-26T15:00:00Z", "opens 2026-11-27T08:00:00"),
        ("2026-11-27T13:00:00Z", "open until 2026-11-27T20:00:00"),
    ] {
        assert_eq!(state(OFFICE, EAST, at), expected, "at {at}");
    }
}

#[test]
fn clocks_that_change_in_the_night_move_the_morning() {
    for (at, expected) in [
        // The Friday before clocks go back and the Monday after: 8 a.m. is another instant.
        ("2026-10-30T12:00:00Z", "open until 2026-10-30T20:00:00"),
        ("2026-11-02T12:00:00Z", "opens 2026-11-02T08:00:00"),
        ("2026-11-02T13:00:00Z", "open until 2026-11-02T20:00:00"),
        // The Friday before clocks go forward and the Monday after.
        ("2027-03-12T12:59:59Z", "opens 2027-03-12T08:00:00"),
        ("2027-03-15T11:59:59Z", "opens 2027-03-15T08:00:00"),
        ("2027-03-15T12:00:00Z", "open until 2027-03-15T20:00:00"),
    ] {
        assert_eq!(state(OFFICE, EAST, at), expected, "at {at}");
    }
}

#[test]
fn a_time_that_the_night_skips_becomes_the_time_of_the_change() {
    // On March 14, 2027, 2 a.m. is followed by 3 a.m. at 07:00 UTC.
    let night = ["Sun 02:30-06:00"];
    assert_eq!(
        state(&night, EAST, "2027-03-14T06:59:59Z"),
        "opens 2027-03-14T03:00:00"
    );
    assert_eq!(
        state(&night, EAST, "2027-03-14T07:00:00Z"),
        "open until 2027-03-14T06:00:00"
    );
    let evening = ["Sun 00:00-02:30"];
    assert_eq!(
        state(&evening, EAST, "2027-03-14T06:59:59Z"),
        "open until 2027-03-14T03:00:00"
    );
    assert_eq!(
        state(&evening, EAST, "2027-03-14T07:00:00Z"),
        "opens 2027-03-21T00:00:00"
    );
}

#[test]
fn a_time_that_the_night_has_twice_counts_the_first_time() {
    // On November 1, 2026, 1:30 a.m. is at 05:30 and again at 06:30 UTC.
    let late = ["Sun 00:00-01:30"];
    assert_eq!(
        state(&late, EAST, "2026-11-01T05:29:59Z"),
        "open until 2026-11-01T01:30:00"
    );
    assert_eq!(
        state(&late, EAST, "2026-11-01T05:30:00Z"),
        "opens 2026-11-08T00:00:00"
    );
    assert_eq!(
        state(&late, EAST, "2026-11-01T06:10:00Z"),
        "opens 2026-11-08T00:00:00"
    );
    let early = ["Sun 01:30-05:00"];
    assert_eq!(
        state(&early, EAST, "2026-11-01T05:30:00Z"),
        "open until 2026-11-01T05:00:00"
    );
    assert_eq!(
        state(&early, EAST, "2026-11-01T06:10:00Z"),
        "open until 2026-11-01T05:00:00"
    );
}

#[test]
fn hours_that_touch_at_midnight_are_one_stretch() {
    let shift = ["Fri 20:00-24:00", "Sat 00:00-02:00"];
    assert_eq!(
        state(&shift, EAST, "2026-11-21T03:00:00Z"),
        "open until 2026-11-21T02:00:00"
    );
    assert_eq!(
        state(&shift, EAST, "2026-11-21T05:00:00Z"),
        "open until 2026-11-21T02:00:00"
    );
    // November 26 is a Thursday and closed; a week without a break stops before it.
    let whole = ["Mon-Sun 00:00-24:00"];
    assert_eq!(
        state(&whole, EAST, "2026-11-23T15:00:00Z"),
        "open until 2026-11-26T00:00:00"
    );
    assert_eq!(
        state(&whole, EAST, "2026-11-26T15:00:00Z"),
        "opens 2026-11-27T00:00:00"
    );
    assert_eq!(state(&whole, EAST, "2026-12-01T15:00:00Z"), "always");
}

#[test]
fn a_zone_where_midnight_is_skipped_still_opens() {
    // In Santiago clocks went forward at midnight at the start of September 6, 2026.
    let daily = ["Mon-Sun 00:00-12:00"];
    assert_eq!(
        state(&daily, "America/Santiago", "2026-09-06T03:59:59Z"),
        "opens 2026-09-06T01:00:00"
    );
    assert_eq!(
        state(&daily, "America/Santiago", "2026-09-06T04:00:00Z"),
        "open until 2026-09-06T12:00:00"
    );
}

#[test]
fn a_phone_open_day_and_night_is_open_on_holidays() {
    let zone = TimeZone::get(EAST).unwrap();
    let thanksgiving = "2026-11-26T15:00:00Z".parse().unwrap();
    assert_eq!(
        Hours::Always.state_at(thanksgiving, &zone, &holidays()),
        OpenState::AlwaysOpen
    );
}

#[test]
fn entries_that_cannot_be_read_or_overlap_are_refused() {
    for entries in [
        &[][..],
        &["Mon-Fri"],
        &["Mon-Fri 8:00-20:00"],
        &["Mon-Fri 08:00-25:00"],
        &["Mon 20:00-08:00"],
        &["Mun 08:00-20:00"],
        &["Mon 08:00-08:00"],
        &["Mon 08:60-09:00"],
        &["Mon-Fri 08:00-20:00", "Wed 19:59-21:00"],
    ] {
        assert_eq!(Hours::weekly(entries), None, "{entries:?}");
    }
    assert!(Hours::weekly(&["Mon-Fri 08:00-20:00", "Wed 20:00-21:00"]).is_some());
}

#[test]
fn hours_are_said_in_both_languages() {
    for (entries, english, spanish) in [
        (
            OFFICE,
            "Monday through Friday, 8 a.m. to 8 p.m.; Saturday, 9 a.m. to 2 p.m.",
            "de lunes a viernes, de 8:00 a. m. a 8:00 p. m.; sábado, de 9:00 a. m. a 2:00 p. m.",
        ),
        (
            &["Mon-Sun 08:00-20:00"],
            "8 a.m. to 8 p.m., seven days a week",
            "de 8:00 a. m. a 8:00 p. m., los siete días de la semana",
        ),
        (
            &["Tue,Wed 08:30-12:00", "Tue,Wed 13:00-24:00"],
            "Tuesday and Wednesday, 8:30 a.m. to noon and 1 p.m. to midnight",
            "martes y miércoles, de 8:30 a. m. a 12:00 p. m. y de 1:00 p. m. a medianoche",
        ),
    ] {
        let hours = Hours::weekly(entries).unwrap();
        let plain = |language| hours.described(language).replace('\u{a0}', " ");
        assert_eq!(plain(Language::English), english);
        assert_eq!(plain(Language::Spanish), spanish);
    }
}

proptest::proptest! {
    #[test]
    fn what_it_says_comes_true(seconds in 1_767_225_600i64..1_893_456_000) {
        let hours = Hours::weekly(OFFICE).unwrap();
        let zone = TimeZone::get(EAST).unwrap();
        let at = |civil: DateTime| zone.to_timestamp(civil).unwrap();
        let now = Timestamp::from_second(seconds).unwrap();
        match hours.state_at(now, &zone, &holidays()) {
            OpenState::Open { until } => {
                proptest::prop_assert!(at(until) > now);
                let then = hours.state_at(at(until), &zone, &holidays());
                let closed = matches!(then, OpenState::Closed { .. });
                proptest::prop_assert!(closed);
            }
            OpenState::Closed { opens: Some(opens) } => {
                proptest::prop_assert!(at(opens) > now);
                let then = hours.state_at(at(opens), &zone, &holidays());
                let open = matches!(then, OpenState::Open { .. });
                proptest::prop_assert!(open);
            }
            other => proptest::prop_assert!(false, "{other:?}"),
        }
    }
}
