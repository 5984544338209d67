//! What a policy owes for a month, and what came in for it.

use jiff::civil::Date;
use kernel::{BillingMonth, Cents};

/// Money that was applied to a month, with the day from which it counts. Money that came back is
/// left out: the caller asks again with the facts as they are now.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Received {
    /// The day from which it counts.
    pub on: Date,
    /// How much.
    pub cents: Cents,
}

/// A month of one policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MonthFacts {
    /// The month.
    pub month: BillingMonth,
    /// When its premium is due.
    pub due_on: Date,
    /// The premium before the tax credit.
    pub gross: Cents,
    /// The tax credit; zero without one.
    pub aptc: Cents,
    /// What was applied to it.
    pub received: Vec<Received>,
}

impl MonthFacts {
    /// What the member owes: the premium less the tax credit, never less than nothing.
    #[must_use]
    pub fn owed(&self) -> Cents {
        (self.gross - self.aptc).at_least_zero()
    }

    /// What had come in by the end of `day`.
    #[must_use]
    pub fn paid_by(&self, day: Date) -> Cents {
        self.received
            .iter()
            .filter(|r| r.on <= day)
            .map(|r| r.cents)
            .sum()
    }

    /// What was still open at the end of `day`.
    #[must_use]
    pub fn open_on(&self, day: Date) -> Cents {
        (self.owed() - self.paid_by(day)).at_least_zero()
    }
}

#[cfg(test)]
pub(crate) fn example(month: &str, gross: i64, aptc: i64, received: &[(Date, i64)]) -> MonthFacts {
    let month = BillingMonth::parse(month).expect("a month");
    MonthFacts {
        month,
        due_on: month.first_day(),
        gross: Cents::new(gross),
        aptc: Cents::new(aptc),
        received: received
            .iter()
            .map(|(on, cents)| Received {
                on: *on,
                cents: Cents::new(*cents),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn money_counts_from_its_day() {
        let month = example("2026-03", 10_000, 4000, &[(date(2026, 3, 2), 2500)]);
        assert_eq!(month.owed(), Cents::new(6000));
        for (day, open) in [
            (date(2026, 3, 1), 6000),
            (date(2026, 3, 2), 3500),
            (date(2026, 3, 3), 3500),
        ] {
            assert_eq!(month.open_on(day), Cents::new(open), "{day}");
        }
        let covered = example("2026-03", 4000, 4000, &[]);
        assert!(covered.open_on(date(2026, 3, 1)).is_zero());
    }
}
