//! Opening hours as a person says them.

use kernel::Language;

use super::{Hours, OpenSpan};

const ENGLISH_DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const SPANISH_DAYS: [&str; 7] = [
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
];

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
        let day = |day: i8| usize::try_from(day).unwrap_or(0);
        let (first, last) = (day(self.first), day(self.last));
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
                match last - first {
                    6 => format!("{times}, seven days a week"),
                    0 => format!("{}, {times}", ENGLISH_DAYS[first]),
                    1 => format!(
                        "{} and {}, {times}",
                        ENGLISH_DAYS[first], ENGLISH_DAYS[last]
                    ),
                    _ => format!(
                        "{} through {}, {times}",
                        ENGLISH_DAYS[first], ENGLISH_DAYS[last]
                    ),
                }
            }
            Language::Spanish => {
                let times = times(" y ", "de ", " a ");
                match last - first {
                    6 => format!("{times}, los siete días de la semana"),
                    0 => format!("{}, {times}", SPANISH_DAYS[first]),
                    1 => format!("{} y {}, {times}", SPANISH_DAYS[first], SPANISH_DAYS[last]),
                    _ => format!(
                        "de {} a {}, {times}",
                        SPANISH_DAYS[first], SPANISH_DAYS[last]
                    ),
                }
            }
        }
    }
}

/// A minute of the day as `8 a.m.`, `8:30 p.m.` or, in Spanish, `8:00 a. m.` with no-break spaces.
fn clock(minute: u16, language: Language) -> String {
    let (hour, minute) = (minute / 60 % 24, minute % 60);
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    match (language, hour, minute) {
        (Language::English, 0, 0) => "midnight".to_owned(),
        (Language::English, 12, 0) => "noon".to_owned(),
        (Language::Spanish, 0, 0) => "medianoche".to_owned(),
        (Language::English, _, 0) => {
            format!("{twelve}\u{a0}{}", if hour < 12 { "a.m." } else { "p.m." })
        }
        (Language::English, _, _) => {
            format!(
                "{twelve}:{minute:02}\u{a0}{}",
                if hour < 12 { "a.m." } else { "p.m." }
            )
        }
        (Language::Spanish, _, _) => format!(
            "{twelve}:{minute:02}\u{a0}{}",
            if hour < 12 {
                "a.\u{a0}m."
            } else {
                "p.\u{a0}m."
            }
        ),
    }
}
