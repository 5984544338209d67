//! Opening hours as a person says them.

use jiff::ToSpan as _;
use jiff::civil::{Time, Weekday};
use kernel::{Language, time_in_words, weekday_name};

use super::{Hours, OpenSpan};

pub(super) fn hours(hours: &Hours, language: Language) -> String {
    match (hours, language) {
        (Hours::Always, Language::English) => "24 hours a day, seven days a week".to_owned(),
        (Hours::Always, Language::Spanish) => {
            "las 24 horas del día, los siete días de la semana".to_owned()
        }
        (Hours::Weekly(spans), _) => runs(spans)
            .iter()
            .map(|run| run.described(language))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

/// Days in a row with the same times.
struct Run {
    first: i8,
    last: i8,
    times: Vec<(u16, u16)>,
}

fn runs(spans: &[OpenSpan]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for day in 0..7 {
        let times: Vec<(u16, u16)> = spans
            .iter()
            .filter(|span| span.day == day)
            .map(|span| (span.from, span.to))
            .collect();
        match runs.last_mut() {
            _ if times.is_empty() => {}
            Some(run) if run.last == day - 1 && run.times == times => run.last = day,
            _ => runs.push(Run {
                first: day,
                last: day,
                times,
            }),
        }
    }
    runs
}

impl Run {
    fn described(&self, language: Language) -> String {
        let name = |day: i8| {
            let weekday = Weekday::from_monday_zero_offset(day).expect("a week has days 0 to 6");
            weekday_name(weekday, language)
        };
        let (first, last) = (name(self.first), name(self.last));
        let time = |minute| clock(minute, language);
        let times = |joint: &str, before: &str, between: &str| {
            self.times
                .iter()
                .map(|(from, to)| format!("{before}{}{between}{}", time(*from), time(*to)))
                .collect::<Vec<_>>()
                .join(joint)
        };
        match language {
            Language::English => {
                let times = times(" and ", "", " to ");
                match self.last - self.first {
                    6 => format!("{times}, seven days a week"),
                    0 => format!("{first}, {times}"),
                    1 => format!("{first} and {last}, {times}"),
                    _ => format!("{first} through {last}, {times}"),
                }
            }
            Language::Spanish => {
                let times = times(" y ", "de ", " a ");
                match self.last - self.first {
                    6 => format!("{times}, los siete días de la semana"),
                    0 => format!("{first}, {times}"),
                    1 => format!("{first} y {last}, {times}"),
                    _ => format!("de {first} a {last}, {times}"),
                }
            }
        }
    }
}

/// A minute of the day, with a word of its own for midnight and, in English, for noon.
fn clock(minute: u16, language: Language) -> String {
    match (language, minute / 60 % 24, minute % 60) {
        (Language::English, 0, 0) => "midnight".to_owned(),
        (Language::English, 12, 0) => "noon".to_owned(),
        (Language::Spanish, 0, 0) => "medianoche".to_owned(),
        _ => {
            let at = Time::midnight().wrapping_add(i64::from(minute).minutes());
            time_in_words(at, language)
        }
    }
}
