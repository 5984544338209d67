//! The rules of autopay that a plan sets.

use jiff::civil::Date;
use kernel::{Cents, Tender};

/// How autopay is run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AutopayRules {
    /// The hour, where the plan is, from which the jobs of the night run: 0 to 23.
    pub run_hour: u8,
    /// How many days before a draft of the usual amount the member is reminded; 0 for never. A
    /// differing amount is told ten days before, whatever this says.
    pub reminder_days: u8,
    /// By how many percent the number of drafts of a day may be off what was scheduled.
    pub forecast_drafts_percent: u8,
    /// By how many percent their sum may be off the previous drafts of the same mandates.
    pub forecast_amount_percent: u8,
    /// So many drafts more or less never stop a day.
    pub spare_drafts: u32,
    /// So much money more or less never stops a day.
    pub spare_amount: Cents,
    /// How many business days after a return a bank debit is sent again: 1 to 10.
    pub bank_wait_days: u8,
    /// On which days after the first decline a card is tried again, in order; none for never.
    pub card_wait_days: Vec<u8>,
    /// How many days after the due date paying is still safe in every plan line: 0 to 90.
    pub safe_days: u8,
    /// The rules of the card networks about trying again. A network without one is not tried again.
    pub card_rules: Vec<CardRule>,
}

impl Default for AutopayRules {
    fn default() -> Self {
        AutopayRules {
            run_hour: 2,
            reminder_days: 0,
            forecast_drafts_percent: 10,
            forecast_amount_percent: 10,
            spare_drafts: 25,
            spare_amount: Cents::new(1_000_000),
            bank_wait_days: 2,
            card_wait_days: vec![3, 7],
            safe_days: 0,
            card_rules: Vec::new(),
        }
    }
}

impl AutopayRules {
    /// The rule of a card's network on `day`: the latest one that has begun.
    #[must_use]
    pub fn card_rule(&self, tender: Tender, day: Date) -> Option<&CardRule> {
        self.card_rules
            .iter()
            .filter(|rule| rule.tender == tender && rule.from <= day)
            .max_by_key(|rule| rule.from)
    }
}

/// What a card network says about trying again, from a day on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardRule {
    /// Which network.
    pub tender: Tender,
    /// From this day on.
    pub from: Date,
    /// Response or advice codes after which nothing is tried again.
    pub final_codes: Vec<String>,
    /// Codes by which the cardholder takes the standing permission back.
    pub revoking_codes: Vec<String>,
    /// The most tries in 24 hours; `None` for no such limit.
    pub most_in_a_day: Option<u32>,
    /// The most tries in 30 days.
    pub most_in_30_days: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_rule_of_a_network_is_the_latest_that_has_begun() {
        let rule = |from, most_in_30_days| CardRule {
            tender: Tender::Visa,
            from,
            final_codes: Vec::new(),
            revoking_codes: Vec::new(),
            most_in_a_day: None,
            most_in_30_days,
        };
        let rules = AutopayRules {
            card_rules: vec![rule(date(2025, 5, 19), 20), rule(date(2024, 1, 1), 15)],
            ..AutopayRules::default()
        };
        for (day, most) in [
            (date(2023, 12, 31), None),
            (date(2025, 5, 18), Some(15)),
            (date(2025, 5, 19), Some(20)),
        ] {
            let found = rules.card_rule(Tender::Visa, day);
            assert_eq!(found.map(|rule| rule.most_in_30_days), most, "{day}");
        }
        assert_eq!(rules.card_rule(Tender::Discover, date(2026, 1, 1)), None);
    }
}
