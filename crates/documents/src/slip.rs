//! The deposit slip of a drawer of checks.

use jiff::civil::Date;
use kernel::{Cents, Language, day_in_words, weekday_in_words};
use serde_json::{Value, json};

use crate::strings::strings;

/// A check on a deposit slip. Its bank account is not on it.
#[derive(Clone, Debug)]
pub struct SlipCheck {
    /// The routing number of the bank it is drawn on.
    pub routing: String,
    /// Its own number.
    pub number: String,
    /// How much.
    pub amount: Cents,
}

/// The checks of a drawer on their way to the bank.
#[derive(Clone, Debug)]
pub struct DepositSlip {
    /// The language of every word on it.
    pub language: Language,
    /// Who deposits.
    pub organisation: String,
    /// At which center.
    pub center: String,
    /// Where that is; empty if nobody said.
    pub address: Vec<String>,
    /// The number of the slip.
    pub number: String,
    /// The day on which the drawer was closed.
    pub day: Date,
    /// Whose drawer it was.
    pub associate: String,
    /// The checks that were taken.
    pub checks: Vec<SlipCheck>,
    /// Their sum.
    pub expected: Cents,
    /// The sum of those that were counted: what is deposited.
    pub counted: Cents,
    /// Why the two differ; empty if they do not.
    pub explanation: String,
}

impl DepositSlip {
    pub(crate) fn values(&self) -> Value {
        let s = strings(self.language);
        let checks: Vec<Value> = self
            .checks
            .iter()
            .enumerate()
            .map(|(at, check)| {
                let place = (at + 1).to_string();
                json!([place, check.routing, check.number, check.amount.to_string()])
            })
            .collect();
        let mut sums = vec![
            json!([s.slip_checks, self.checks.len().to_string()]),
            json!([s.slip_expected, self.expected.to_string()]),
        ];
        let difference = self.counted - self.expected;
        if !difference.is_zero() {
            sums.push(json!([s.slip_difference, difference.to_string()]));
        }
        sums.push(json!([s.slip_counted, self.counted.to_string()]));
        json!({
            "s": s,
            "lang": self.language.tag(),
            "large": false,
            "title": format!("{} {}", s.slip_title, self.number),
            "date": [self.day.year(), self.day.month(), self.day.day()],
            "organisation": self.organisation,
            "return_address": self.address,
            "rows": [
                [s.slip_center, self.center],
                [s.slip_day, weekday_in_words(self.day, self.language)],
                [s.slip_associate, self.associate],
            ],
            "day": day_in_words(self.day, self.language),
            "checks": checks,
            "sums": sums,
            "explanation": self.explanation,
        })
    }
}
