//! Calendars as `.ics` files (RFC 5545): all-day events with a reminder, and nothing about anybody.

use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// A day to be reminded of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for ever, and of no other event: letters, digits and dashes, with no fact in it.
    pub uid: String,
    /// How often the day was changed (RFC 5545, 3.8.7.4).
    pub sequence: u32,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// The day.
    pub day: Date,
    /// What a calendar shows.
    pub title: String,
    /// A sentence more; may be empty.
    pub description: String,
}

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// What a program that subscribes to it calls it.
    pub name: String,
    /// Language tag of its words: `en`.
    pub language: &'static str,
    /// The domain of all UIDs: `pay.example.com`.
    pub domain: String,
    /// What it holds.
    pub events: Vec<Event>,
}

impl Calendar {
    /// The file: CR LF line ends, lines of at most 75 octets.
    ///
    /// The reminder is at nine in the morning three days before: an all-day event begins at
    /// midnight, and nobody is to be woken.
    #[must_use]
    pub fn ics(&self) -> String {
        let mut out = String::new();
        let mut line = |text: &str| fold(&mut out, text);
        line("BEGIN:VCALENDAR");
        line("VERSION:2.0");
        line("PRODID:-//memberpay//due dates//EN");
        line("CALSCALE:GREGORIAN");
        line("METHOD:PUBLISH");
        line(&format!("NAME:{}", escaped(&self.name)));
        line(&format!("X-WR-CALNAME:{}", escaped(&self.name)));
        line("REFRESH-INTERVAL;VALUE=DURATION:P1D");
        for event in &self.events {
            let changed = stamp(event.changed_at);
            let after = event.day.checked_add(1.day()).unwrap_or(event.day);
            let title = escaped(&event.title);
            let language = self.language;
            line("BEGIN:VEVENT");
            line(&format!("UID:{}@{}", event.uid, self.domain));
            line(&format!("DTSTAMP:{changed}"));
            line(&format!("LAST-MODIFIED:{changed}"));
            line(&format!("SEQUENCE:{}", event.sequence));
            line(&format!("DTSTART;VALUE=DATE:{}", day(event.day)));
            line(&format!("DTEND;VALUE=DATE:{}", day(after)));
            line(&format!("SUMMARY;LANGUAGE={language}:{title}"));
            if !event.description.is_empty() {
                let description = escaped(&event.description);
                line(&format!("DESCRIPTION;LANGUAGE={language}:{description}"));
            }
            line("CLASS:PRIVATE");
            line("TRANSP:TRANSPARENT");
            line("BEGIN:VALARM");
            line("ACTION:DISPLAY");
            line("TRIGGER:-P2DT15H");
            line(&format!("DESCRIPTION;LANGUAGE={language}:{title}"));
            line("END:VALARM");
            line("END:VEVENT");
        }
        line("END:VCALENDAR");
        out
    }
}

fn day(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn stamp(at: Timestamp) -> String {
    let at = TimeZone::UTC.to_datetime(at);
    format!(
        "{}T{:02}{:02}{:02}Z",
        day(at.date()),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// Text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a line, cut so that no piece has more than 75 octets and no letter is cut in two
/// (RFC 5545, 3.1).
fn fold(out: &mut String, line: &str) {
    let mut room = 75;
    for c in line.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = 74;
        }
        let _ = write!(out, "{c}");
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn calendar(title: &str) -> Calendar {
        Calendar {
            name: "Due dates".to_owned(),
            language: "es",
            domain: "pay.example.com".to_owned(),
            events: vec![Event {
                uid: "0f3a".to_owned(),
                sequence: 2,
                changed_at: Timestamp::from_second(1_796_000_000).unwrap(),
                day: date(2026, 12, 31),
                title: title.to_owned(),
                description: String::new(),
            }],
        }
    }

    #[test]
    fn an_event_is_a_whole_day_with_a_reminder_in_the_morning_three_days_before() {
        let text = calendar("Pago del plan").ics();
        for line in [
            "UID:0f3a@pay.example.com",
            "SEQUENCE:2",
            "DTSTART;VALUE=DATE:20261231",
            "DTEND;VALUE=DATE:20270101",
            "SUMMARY;LANGUAGE=es:Pago del plan",
            "DTSTAMP:20261130T005320Z",
            "TRIGGER:-P2DT15H",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} in {text}");
        }
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn no_text_breaks_out_of_its_line_and_no_line_is_too_long() {
        let title = format!("a;b,c\\d\nBEGIN:VEVENT {}", "ñandú ".repeat(30));
        let text = calendar(&title).ics();
        assert!(text.contains("a\\;b\\,c\\\\d\\nBEGIN:VEVENT"), "{text}");
        assert_eq!(text.matches("\r\nBEGIN:VEVENT").count(), 1);
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains(&"ñandú ".repeat(30)));
    }
}
