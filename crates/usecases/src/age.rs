//! Money by age: how long something waits, in stretches of days.

use jiff::civil::Date;
use kernel::Cents;

/// What is of one age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// From how many days.
    pub from_days: i32,
    /// Up to how many; `None` for any longer.
    pub to_days: Option<i32>,
    /// How many checks or accounts.
    pub count: i64,
    /// What of them is open.
    pub cents: Cents,
}

/// Sums what there is of each day by age as of `today`. The first age begins with `first` days,
/// which is what is younger counts as; each ends with its number of `ends`, `i32::MAX` for no end.
pub(crate) fn ages(
    by_day: &[(Date, i64, Cents)],
    today: Date,
    first: i32,
    ends: [i32; 4],
) -> Vec<Age> {
    let mut from = first;
    ends.into_iter()
        .map(|to| {
            let mut age = Age {
                from_days: from,
                to_days: (to < i32::MAX).then_some(to),
                count: 0,
                cents: Cents::ZERO,
            };
            for (day, count, cents) in by_day {
                let days = (today - *day).get_days().max(first);
                if (from..=to).contains(&days) {
                    age.count += count;
                    age.cents += *cents;
                }
            }
            from = to.saturating_add(1);
            age
        })
        .collect()
}
