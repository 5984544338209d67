//! Which checks are taken at the counter.

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Cents;

/// What kind of paper it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckKind {
    /// A personal or business check.
    Check,
    /// A check that a bank drew on itself.
    Cashiers,
    /// A money order.
    MoneyOrder,
}

impl CheckKind {
    /// All of them.
    pub const ALL: [CheckKind; 3] = [CheckKind::Check, CheckKind::Cashiers, CheckKind::MoneyOrder];

    /// The name in tables, forms and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            CheckKind::Check => "check",
            CheckKind::Cashiers => "cashiers-check",
            CheckKind::MoneyOrder => "money-order",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<CheckKind> {
        CheckKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// True if the paper may ever become a bank debit. Cashier's checks and money orders must be
    /// taken (45 CFR 156.1240(a)) and may not be converted (Nacha Rules 8.32).
    #[must_use]
    pub const fn convertible(self) -> bool {
        matches!(self, CheckKind::Check)
    }
}

/// The plan's rules for checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckRules {
    /// After how many months from its date a check is stale (UCC 4-404 says six).
    pub stale_after_months: u8,
    /// The most that one payment may be.
    pub largest: Cents,
}

/// A check on the counter, as the associate sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// What kind of paper.
    pub kind: CheckKind,
    /// The day written on it.
    pub dated: Date,
    /// The amount in figures.
    pub cents: Cents,
    /// It is made out to the plan.
    pub to_the_plan: bool,
    /// It is signed.
    pub signed: bool,
    /// It is drawn on a bank in the United States, in dollars.
    pub domestic: bool,
    /// The amount in words is the amount in figures. Where they differ, the words count (UCC
    /// 3-114), and nobody guesses at a counter.
    pub words_agree: bool,
}

/// Why a check goes back to who brought it. The first reason that holds, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckRefusal {
    /// It is made out to somebody else.
    #[error("the check is made out to somebody else")]
    Payee,
    /// Nobody signed it.
    #[error("the check is not signed")]
    Unsigned,
    /// It is drawn on a bank abroad or in another currency.
    #[error("the check is drawn abroad or not in dollars")]
    Foreign,
    /// Its date is yet to come.
    #[error("the check is dated {0}, which is yet to come")]
    PostDated(Date),
    /// It is too old.
    #[error("the check was good until {0}")]
    Stale(Date),
    /// Words and figures differ.
    #[error("the amount in words differs from the amount in figures")]
    WordsDiffer,
    /// It is over nothing.
    #[error("the check is over no amount")]
    NoAmount,
    /// It is over more than the plan takes at once.
    #[error("the check is over more than {0}")]
    TooMuch(Cents),
}

impl CheckRefusal {
    /// The name in the string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            CheckRefusal::Payee => "check-payee",
            CheckRefusal::Unsigned => "check-unsigned",
            CheckRefusal::Foreign => "check-foreign",
            CheckRefusal::PostDated(_) => "check-post-dated",
            CheckRefusal::Stale(_) => "check-stale",
            CheckRefusal::WordsDiffer => "check-words-differ",
            CheckRefusal::NoAmount => "check-no-amount",
            CheckRefusal::TooMuch(_) => "check-too-much",
        }
    }
}

/// Whether a check is taken on `today`.
///
/// # Errors
/// The first [`CheckRefusal`] that holds.
pub fn take(check: &Check, rules: CheckRules, today: Date) -> Result<(), CheckRefusal> {
    if !check.to_the_plan {
        return Err(CheckRefusal::Payee);
    }
    if !check.signed {
        return Err(CheckRefusal::Unsigned);
    }
    if !check.domestic {
        return Err(CheckRefusal::Foreign);
    }
    if check.dated > today {
        return Err(CheckRefusal::PostDated(check.dated));
    }
    let good_until = check
        .dated
        .saturating_add(i32::from(rules.stale_after_months).months());
    if today > good_until {
        return Err(CheckRefusal::Stale(good_until));
    }
    if !check.words_agree {
        return Err(CheckRefusal::WordsDiffer);
    }
    if !check.cents.is_positive() {
        return Err(CheckRefusal::NoAmount);
    }
    if check.cents > rules.largest {
        return Err(CheckRefusal::TooMuch(rules.largest));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const RULES: CheckRules = CheckRules {
        stale_after_months: 6,
        largest: Cents::new(1_000_000),
    };

    fn good() -> Check {
        Check {
            kind: CheckKind::Check,
            dated: date(2026, 12, 1),
            cents: Cents::new(10_000),
            to_the_plan: true,
            signed: true,
            domestic: true,
            words_agree: true,
        }
    }

    #[test]
    fn a_check_is_taken_or_goes_back_with_the_first_reason() {
        type Edit = fn(&mut Check);
        let cases: [(&str, Edit, Option<CheckRefusal>); 14] = [
            ("good", |_| {}, None),
            ("cashier's", |c| c.kind = CheckKind::Cashiers, None),
            ("money order", |c| c.kind = CheckKind::MoneyOrder, None),
            (
                "payee",
                |c| c.to_the_plan = false,
                Some(CheckRefusal::Payee),
            ),
            (
                "unsigned",
                |c| c.signed = false,
                Some(CheckRefusal::Unsigned),
            ),
            (
                "foreign",
                |c| c.domestic = false,
                Some(CheckRefusal::Foreign),
            ),
            (
                "tomorrow",
                |c| c.dated = date(2026, 12, 2),
                Some(CheckRefusal::PostDated(date(2026, 12, 2))),
            ),
            ("six months old", |c| c.dated = date(2026, 6, 1), None),
            (
                "a day older",
                |c| c.dated = date(2026, 5, 31),
                Some(CheckRefusal::Stale(date(2026, 11, 30))),
            ),
            (
                "words",
                |c| c.words_agree = false,
                Some(CheckRefusal::WordsDiffer),
            ),
            (
                "nothing",
                |c| c.cents = Cents::ZERO,
                Some(CheckRefusal::NoAmount),
            ),
            ("most", |c| c.cents = Cents::new(1_000_000), None),
            (
                "more",
                |c| c.cents = Cents::new(1_000_001),
                Some(CheckRefusal::TooMuch(Cents::new(1_000_000))),
            ),
            (
                "the first reason",
                |c| (c.signed, c.domestic) = (false, false),
                Some(CheckRefusal::Unsigned),
            ),
        ];
        for (name, edit, refused) in cases {
            let mut check = good();
            edit(&mut check);
            let taken = take(&check, RULES, date(2026, 12, 1));
            assert_eq!(taken.err(), refused, "{name}");
        }
    }

    #[test]
    fn only_a_plain_check_may_ever_become_a_bank_debit_and_no_kind_is_cash() {
        for (kind, convertible) in [
            (CheckKind::Check, true),
            (CheckKind::Cashiers, false),
            (CheckKind::MoneyOrder, false),
        ] {
            assert_eq!(kind.convertible(), convertible, "{kind:?}");
            assert_eq!(CheckKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(CheckKind::from_code("cash"), None);
    }
}
