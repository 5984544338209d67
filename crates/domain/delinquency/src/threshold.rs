//! How much of a premium is enough (45 CFR 155.400(g)).
//!
//! A threshold takes away the consequence of a small shortfall, not the debt: the rest stays owed
//! and on the next invoice. Which thresholds there are changed several times in a few years, so all
//! of them come from a table by plan year, and a plan applies its choice to everybody.

use jiff::civil::Date;
use kernel::Cents;

use crate::MonthFacts;

/// The thresholds of one plan year.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Threshold {
    /// The plan year.
    pub plan_year: i16,
    /// The share of the net premium, after the tax credit, that is enough; in hundredths of a
    /// percent.
    pub net_bp: Option<u32>,
    /// The share of the gross premium that payment and tax credit together must reach. Never for
    /// the first premium.
    pub gross_bp: Option<u32>,
    /// The most that may be missing over all months together. Never for the first premium.
    pub fixed: Option<Cents>,
    /// Where it is written, for whoever checks the table.
    pub source: String,
}

/// The thresholds by plan year.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ThresholdTable {
    /// One row for each plan year. A year without a row has no threshold.
    pub rows: Vec<Threshold>,
}

impl ThresholdTable {
    /// The row of a plan year.
    #[must_use]
    pub fn of(&self, plan_year: i16) -> Option<&Threshold> {
        self.rows.iter().find(|row| row.plan_year == plan_year)
    }
}

/// By what a month is satisfied.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Satisfied {
    /// All is paid.
    InFull,
    /// Enough of the net premium is paid.
    ByNet,
    /// Enough of the gross premium is paid.
    ByGross,
    /// What is missing is small.
    ByFixed,
    /// Not enough is paid.
    No,
}

impl Satisfied {
    /// True unless not enough is paid.
    #[must_use]
    pub const fn holds(self) -> bool {
        !matches!(self, Satisfied::No)
    }
}

/// Whether a month is satisfied by what was received for it by the end of `day`. `missing_before`
/// is what earlier months of the policy fell short by and still do, which counts towards the fixed
/// amount. The first premium (`first`) knows the net share only, and always takes some payment if
/// anything is owed.
#[must_use]
pub fn satisfied(
    facts: &MonthFacts,
    day: Date,
    table: &ThresholdTable,
    missing_before: Cents,
    first: bool,
) -> Satisfied {
    let (owed, paid) = (facts.owed(), facts.paid_by(day));
    if paid >= owed {
        return Satisfied::InFull;
    }
    let Some(row) = table.of(facts.month.year()) else {
        return Satisfied::No;
    };
    let some = paid.is_positive();
    if row.net_bp.is_some_and(|bp| reaches(paid, owed, bp)) && (some || !first) {
        return Satisfied::ByNet;
    }
    if first {
        return Satisfied::No;
    }
    let with_credit = paid + facts.aptc;
    if row
        .gross_bp
        .is_some_and(|bp| reaches(with_credit, facts.gross, bp))
    {
        return Satisfied::ByGross;
    }
    let missing = missing_before + owed - paid;
    if row.fixed.is_some_and(|fixed| missing <= fixed) {
        return Satisfied::ByFixed;
    }
    Satisfied::No
}

/// True if `part` is at least `bp` hundredths of a percent of `whole`, to the last fraction of a
/// cent.
fn reaches(part: Cents, whole: Cents, bp: u32) -> bool {
    i128::from(part.get()) * 10_000 >= i128::from(whole.get()) * i128::from(bp)
}

#[cfg(test)]
pub(crate) fn net_95() -> ThresholdTable {
    let row = |plan_year| Threshold {
        plan_year,
        net_bp: Some(9500),
        gross_bp: None,
        fixed: None,
        source: "45 CFR 155.400(g)(1)".to_owned(),
    };
    ThresholdTable {
        rows: vec![row(2026), row(2027)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::month::example;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn by(
        table: &ThresholdTable,
        gross: i64,
        aptc: i64,
        paid: i64,
        before: i64,
        first: bool,
    ) -> Satisfied {
        let day = date(2026, 3, 1);
        let facts = example("2026-03", gross, aptc, &[(day, paid)]);
        satisfied(&facts, day, table, Cents::new(before), first)
    }

    #[test]
    fn cfr_155_400_g_95_percent_of_the_net_premium_is_enough() {
        let table = net_95();
        for (gross, aptc, paid, expected) in [
            (10_000, 0, 10_000, Satisfied::InFull),
            (10_000, 0, 9500, Satisfied::ByNet),
            (10_000, 0, 9499, Satisfied::No),
            // Of the net premium: 5 % of 60.00 is 3.00.
            (10_000, 4000, 5700, Satisfied::ByNet),
            (10_000, 4000, 5699, Satisfied::No),
            // 95 % of 86.41 is 82.0895: 82.08 is less than that.
            (8641, 0, 8209, Satisfied::ByNet),
            (8641, 0, 8208, Satisfied::No),
            (4000, 4000, 0, Satisfied::InFull),
        ] {
            assert_eq!(
                by(&table, gross, aptc, paid, 0, false),
                expected,
                "{paid} of {gross}-{aptc}"
            );
        }
    }

    #[test]
    fn cfr_155_400_g_thresholds_are_those_of_the_plan_year() {
        let mut table = net_95();
        table.rows[0].plan_year = 2027;
        table.rows[1].plan_year = 2028;
        assert_eq!(by(&table, 10_000, 0, 9900, 0, false), Satisfied::No);
    }

    #[test]
    fn cfr_155_400_g_gross_and_fixed_thresholds_count_where_the_table_has_them() {
        let mut table = net_95();
        table.rows[0].net_bp = None;
        table.rows[0].gross_bp = Some(9800);
        for (paid, expected) in [(1800, Satisfied::ByGross), (1799, Satisfied::No)] {
            assert_eq!(by(&table, 10_000, 8000, paid, 0, false), expected, "{paid}");
        }
        table.rows[0].gross_bp = None;
        table.rows[0].fixed = Some(Cents::new(1000));
        for (paid, before, expected) in [
            (9000, 0, Satisfied::ByFixed),
            (8999, 0, Satisfied::No),
            (9500, 500, Satisfied::ByFixed),
            (9500, 501, Satisfied::No),
        ] {
            assert_eq!(
                by(&table, 10_000, 0, paid, before, false),
                expected,
                "{paid} {before}"
            );
        }
    }

    #[test]
    fn cfr_155_400_g_the_first_premium_takes_some_payment_and_knows_the_net_share_only() {
        let mut table = net_95();
        table.rows[0].gross_bp = Some(9800);
        table.rows[0].fixed = Some(Cents::new(1000));
        assert_eq!(by(&table, 10_000, 9990, 0, 0, true), Satisfied::No);
        assert_eq!(by(&table, 10_000, 9990, 0, 0, false), Satisfied::ByGross);
        assert_eq!(by(&table, 10_000, 0, 9500, 0, true), Satisfied::ByNet);
        assert_eq!(by(&table, 10_000, 0, 9400, 0, true), Satisfied::No);
    }

    proptest! {
        #[test]
        fn paying_more_never_satisfies_less(
            gross in 0_i64..100_000, aptc in 0_i64..100_000, paid in 0_i64..100_000, more in 0_i64..1000,
        ) {
            let table = net_95();
            if by(&table, gross, aptc, paid, 0, false).holds() {
                prop_assert!(by(&table, gross, aptc, paid + more, 0, false).holds());
            }
        }
    }
}
