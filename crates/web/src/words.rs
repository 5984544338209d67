//! Dates, times, amounts and opening hours as a reader of each language expects them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use kernel::{BillingMonth, Channel, Language};
use plan::{OpenState, Plan};

use crate::catalogue::Catalogue;

/// Writes things out in one language, in the plan's time zone.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The language.
    pub language: Language,
    /// Whose time zone.
    pub plan: &'a Plan,
}

impl<'a> Words<'a> {
    /// Words in `language` for `plan`.
    #[must_use]
    pub fn new(language: Language, plan: &'a Plan) -> Self {
        Words { language, plan }
    }

    /// A sentence of the catalogue. A sentence that is missing shows its key, which a test catches.
    #[must_use]
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        Catalogue::of(self.language)
            .sentence(key, values)
            .unwrap_or_else(|error| {
                tracing::error!(%error, "a page lacks a sentence");
                key.to_owned()
            })
    }

    /// The short name of a channel.
    #[must_use]
    pub fn channel(&self, channel: Channel) -> String {
        self.say(&format!("channel-{}-short", channel.code()), &[])
    }

    /// `December 1, 2026`, or `1 de diciembre de 2026`.
    #[must_use]
    pub fn date(&self, date: Date) -> String {
        kernel::day_in_words(date, self.language)
    }

    /// The same with the weekday: `Tuesday, December 1, 2026`.
    #[must_use]
    pub fn weekday_and_date(&self, date: Date) -> String {
        kernel::weekday_in_words(date, self.language)
    }

    /// `December 2026`, or `diciembre de 2026`.
    #[must_use]
    pub fn month(&self, month: BillingMonth) -> String {
        kernel::month_in_words(month, self.language)
    }

    /// The day and minute of an instant where the plan is: `December 1, 2026, 3:05 p.m. ET`.
    #[must_use]
    pub fn instant(&self, at: Timestamp) -> String {
        let local = self.plan.time_zone.to_datetime(at);
        format!("{}, {}", self.date(local.date()), self.time_and_zone(local))
    }

    /// The day of an instant where the plan is.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> String {
        self.date(self.plan.time_zone.to_datetime(at).date())
    }

    /// The name of a month, 1 to 12.
    #[must_use]
    pub fn month_name(&self, month: i8) -> &'static str {
        kernel::month_name(month, self.language)
    }

    /// Whether somebody answers at `now`, in a sentence.
    #[must_use]
    pub fn open_state(&self, state: OpenState, now: Timestamp) -> String {
        match state {
            OpenState::AlwaysOpen => self.say("hours-always", &[]),
            OpenState::Open { until } => {
                let until = self.time_and_zone(until);
                self.say("hours-open-until", &[("time", &until)])
            }
            OpenState::Closed { opens: None } => self.say("hours-closed", &[]),
            OpenState::Closed { opens: Some(opens) } => {
                let today = self.plan.time_zone.to_datetime(now).date();
                let time = self.time_and_zone(opens);
                let in_days = today.until(opens.date()).map_or(0, |span| span.get_days());
                let day = match in_days {
                    0 => return self.say("hours-opens-today", &[("time", &time)]),
                    1 => return self.say("hours-opens-tomorrow", &[("time", &time)]),
                    2..=6 => kernel::weekday_name(opens.weekday(), self.language).to_owned(),
                    _ => self.date(opens.date()),
                };
                self.say("hours-opens-on", &[("day", &day), ("time", &time)])
            }
        }
    }

    fn time_and_zone(&self, at: DateTime) -> String {
        let zone = self.plan.time_zone_name.in_language(self.language);
        let time = kernel::time_in_words(at.time(), self.language);
        match self.language {
            Language::English => format!("{time} {zone}"),
            Language::Spanish => format!("{time}, {zone}"),
        }
    }
}
