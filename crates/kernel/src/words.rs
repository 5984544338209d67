//! Days and times in words, as people read them in each language.

use jiff::civil::{Date, Time, Weekday};

use crate::{BillingMonth, Language};

const MONTHS: [[&str; 12]; 2] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
];

/// The name of a month, 1 to 12: `December`, or `diciembre`.
#[must_use]
pub fn month_name(month: i8, language: Language) -> &'static str {
    let names = match language {
        Language::English => &MONTHS[0],
        Language::Spanish => &MONTHS[1],
    };
    let at = usize::from(month.unsigned_abs()).saturating_sub(1);
    names.get(at).copied().unwrap_or_default()
}

/// `December 1, 2026` or `1 de diciembre de 2026`.
#[must_use]
pub fn day_in_words(day: Date, language: Language) -> String {
    let month = month_name(day.month(), language);
    match language {
        Language::English => format!("{month} {}, {}", day.day(), day.year()),
        Language::Spanish => format!("{} de {month} de {}", day.day(), day.year()),
    }
}

/// `Tuesday`, or `martes`.
#[must_use]
pub fn weekday_name(weekday: Weekday, language: Language) -> &'static str {
    match (weekday, language) {
        (Weekday::Monday, Language::English) => "Monday",
        (Weekday::Tuesday, Language::English) => "Tuesday",
        (Weekday::Wednesday, Language::English) => "Wednesday",
        (Weekday::Thursday, Language::English) => "Thursday",
        (Weekday::Friday, Language::English) => "Friday",
        (Weekday::Saturday, Language::English) => "Saturday",
        (Weekday::Sunday, Language::English) => "Sunday",
        (Weekday::Monday, Language::Spanish) => "lunes",
        (Weekday::Tuesday, Language::Spanish) => "martes",
        (Weekday::Wednesday, Language::Spanish) => "miércoles",
        (Weekday::Thursday, Language::Spanish) => "jueves",
        (Weekday::Friday, Language::Spanish) => "viernes",
        (Weekday::Saturday, Language::Spanish) => "sábado",
        (Weekday::Sunday, Language::Spanish) => "domingo",
    }
}

/// `Tuesday, December 1, 2026` or `martes, 1 de diciembre de 2026`.
#[must_use]
pub fn weekday_in_words(day: Date, language: Language) -> String {
    let name = weekday_name(day.weekday(), language);
    format!("{name}, {}", day_in_words(day, language))
}

/// `8 a.m.` and `3:05 p.m.`, or `8:00 a. m.` and `3:05 p. m.`, with no-break spaces.
#[must_use]
pub fn time_in_words(at: Time, language: Language) -> String {
    let (hour, minute) = (at.hour(), at.minute());
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let half = match (language, hour < 12) {
        (Language::English, true) => "a.m.",
        (Language::English, false) => "p.m.",
        (Language::Spanish, true) => "a.\u{a0}m.",
        (Language::Spanish, false) => "p.\u{a0}m.",
    };
    match (language, minute) {
        (Language::English, 0) => format!("{twelve}\u{a0}{half}"),
        _ => format!("{twelve}:{minute:02}\u{a0}{half}"),
    }
}

/// `December 2026` or `diciembre de 2026`.
#[must_use]
pub fn month_in_words(month: BillingMonth, language: Language) -> String {
    let name = month_name(month.month(), language);
    match language {
        Language::English => format!("{name} {}", month.year()),
        Language::Spanish => format!("{name} de {}", month.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_and_months_are_written_as_each_language_writes_them() {
        let day = date(2026, 12, 1);
        let month = BillingMonth::of(day);
        assert_eq!(
            weekday_in_words(day, Language::English),
            "Tuesday, December 1, 2026"
        );
        assert_eq!(
            weekday_in_words(day, Language::Spanish),
            "martes, 1 de diciembre de 2026"
        );
        assert_eq!(month_in_words(month, Language::English), "December 2026");
        assert_eq!(
            month_in_words(month, Language::Spanish),
            "diciembre de 2026"
        );
        assert_eq!(month_name(9, Language::Spanish), "septiembre");
    }

    #[test]
    fn times_are_written_as_each_language_writes_them() {
        for (hour, minute, english, spanish) in [
            (0, 0, "12\u{a0}a.m.", "12:00\u{a0}a.\u{a0}m."),
            (8, 0, "8\u{a0}a.m.", "8:00\u{a0}a.\u{a0}m."),
            (12, 30, "12:30\u{a0}p.m.", "12:30\u{a0}p.\u{a0}m."),
            (15, 5, "3:05\u{a0}p.m.", "3:05\u{a0}p.\u{a0}m."),
        ] {
            let at = jiff::civil::time(hour, minute, 0, 0);
            assert_eq!(time_in_words(at, Language::English), english);
            assert_eq!(time_in_words(at, Language::Spanish), spanish);
        }
    }
}
