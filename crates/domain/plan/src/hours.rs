//! When somebody answers, in the plan's own time zone.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime, Time, Weekday},
    tz::{AmbiguousOffset, TimeZone},
};
use kernel::Language;

use crate::{Holidays, holidays::weekday_named};

/// Opening hours of a phone or a center.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hours {
    /// Day and night.
    Always,
    /// The same every week: by weekday, then by time. No two overlap.
    Weekly(Vec<OpenSpan>),
}

/// Open on one weekday, from one minute of the day to another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OpenSpan {
    /// Days from Monday, 0 to 6.
    day: i8,
    from: u16,
    to: u16,
}

impl OpenSpan {
    /// The weekday.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        Weekday::from_monday_zero_offset(self.day).unwrap_or(Weekday::Monday)
    }

    /// The minute of the day it opens, 0 to 1439.
    #[must_use]
    pub fn from(self) -> u16 {
        self.from
    }

    /// The minute of the day it closes, 1 to 1440, which is midnight.
    #[must_use]
    pub fn to(self) -> u16 {
        self.to
    }
}

/// Whether somebody answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenState {
    /// Somebody always answers.
    AlwaysOpen,
    /// Open, until this time in the plan's zone.
    Open {
        /// When it closes.
        until: DateTime,
    },
    /// Closed. It opens at this time in the plan's zone, or not within a year.
    Closed {
        /// When it opens.
        opens: Option<DateTime>,
    },
}

const MIDNIGHT: u16 = 24 * 60;

impl Hours {
    /// From entries such as `Mon-Fri 08:00-20:00`, `Sat 09:00-14:00`, `Mon,Wed 10:00-24:00`.
    /// `None` if one cannot be read or two overlap.
    #[must_use]
    pub fn weekly(entries: &[&str]) -> Option<Self> {
        let mut spans = Vec::new();
        for entry in entries {
            spans.extend(read_entry(entry)?);
        }
        spans.sort_unstable();
        let overlap = spans
            .windows(2)
            .any(|pair| pair[0].day == pair[1].day && pair[1].from < pair[0].to);
        (!spans.is_empty() && !overlap).then_some(Hours::Weekly(spans))
    }

    /// True if one entry of [`Hours::weekly`] can be read.
    #[must_use]
    pub fn is_entry(entry: &str) -> bool {
        read_entry(entry).is_some()
    }

    /// Whether it is open at `now`. Where clocks are put forward over an opening or closing time,
    /// the time of the change counts; where they are put back over one, its first occurrence does.
    #[must_use]
    pub fn state_at(&self, now: Timestamp, zone: &TimeZone, holidays: &Holidays) -> OpenState {
        let Hours::Weekly(spans) = self else {
            return OpenState::AlwaysOpen;
        };
        // Yesterday too, for zones where a day can begin late.
        let mut date = zone.to_datetime(now).date() - 1.day();
        let mut until: Option<Timestamp> = None;
        for day in 0..SEARCHED_DAYS {
            if day > LONGEST_SHIFT && until.is_some() {
                return OpenState::AlwaysOpen;
            }
            for (from, to) in open_on(spans, date, zone, holidays) {
                match until {
                    Some(end) if from > end => return open_until(end, zone),
                    Some(end) => until = Some(end.max(to)),
                    None if to <= now => {}
                    None if from <= now => until = Some(to),
                    None => {
                        let opens = Some(zone.to_datetime(from));
                        return OpenState::Closed { opens };
                    }
                }
            }
            date += 1.day();
        }
        until.map_or(OpenState::Closed { opens: None }, |end| {
            open_until(end, zone)
        })
    }

    /// The hours in words: `Monday through Friday, 8 a.m. to 8 p.m.; Saturday, 9 a.m. to 2 p.m.`
    #[must_use]
    pub fn described(&self, language: Language) -> String {
        in_words::hours(self, language)
    }
}

/// A year and a little, so that a phone open on one day a year still says when.
const SEARCHED_DAYS: u16 = 370;
/// Open for longer than this without a break needs no closing time.
const LONGEST_SHIFT: u16 = 9;

fn open_until(end: Timestamp, zone: &TimeZone) -> OpenState {
    OpenState::Open {
        until: zone.to_datetime(end),
    }
}

/// The stretches open on `date`, as instants.
fn open_on<'a>(
    spans: &'a [OpenSpan],
    date: Date,
    zone: &'a TimeZone,
    holidays: &Holidays,
) -> impl Iterator<Item = (Timestamp, Timestamp)> + 'a {
    let closed = holidays.on(date).is_some();
    let day = date.weekday().to_monday_zero_offset();
    spans
        .iter()
        .filter(move |span| !closed && span.day == day)
        .filter_map(move |span| {
            let from = instant(date, span.from, zone)?;
            let to = instant(date, span.to, zone)?;
            (from < to).then_some((from, to))
        })
}

fn instant(date: Date, minute: u16, zone: &TimeZone) -> Option<Timestamp> {
    let civil = if minute == MIDNIGHT {
        date.tomorrow().ok()?.to_datetime(Time::midnight())
    } else {
        date.to_datetime(time_of(minute))
    };
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => {
            let before = ambiguous.earlier().ok()?;
            zone.following(before)
                .next()
                .map(|change| change.timestamp())
        }
        _ => ambiguous.compatible().ok(),
    }
}

fn time_of(minute: u16) -> Time {
    let part = |value: u16| i8::try_from(value).unwrap_or(0);
    Time::constant(part(minute / 60 % 24), part(minute % 60), 0, 0)
}

fn read_entry(entry: &str) -> Option<Vec<OpenSpan>> {
    let lower = entry.trim().to_ascii_lowercase();
    let (days, times) = lower.split_once(' ')?;
    let (from, to) = times.trim().split_once('-')?;
    let (from, to) = (minute_of(from)?, minute_of(to)?);
    if from >= to {
        return None;
    }
    let mut spans = Vec::new();
    for part in days.split(',') {
        for day in days_of(part)? {
            spans.push(OpenSpan { day, from, to });
        }
    }
    Some(spans)
}

fn days_of(part: &str) -> Option<Vec<i8>> {
    let number = |name: &str| Some(weekday_named(name.trim())?.to_monday_zero_offset());
    let Some((first, last)) = part.split_once('-') else {
        return Some(vec![number(part)?]);
    };
    let (first, last) = (number(first)?, number(last)?);
    let count = (last - first).rem_euclid(7);
    Some((0..=count).map(|more| (first + more) % 7).collect())
}

fn minute_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    if hour.len() != 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= MIDNIGHT).then_some(total)
}

#[path = "hours_in_words.rs"]
mod in_words;

#[cfg(test)]
#[path = "hours_tests.rs"]
mod tests;
