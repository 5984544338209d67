//! When a member must be told of a draft beforehand (Regulation E, 12 CFR 1005.10(d)).

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Cents;

/// How many calendar days before a differing transfer the notice of amount and date is sent
/// (12 CFR 1005.10(d)(1); Nacha Operating Rules 2.3.2.6).
pub const NOTICE_DAYS: i64 = 10;

/// In which amounts the member agreed to be drafted without a notice each time
/// (12 CFR 1005.10(d)(2)).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Agreed {
    /// From `least` to `most`, both included.
    Range {
        /// The smallest amount.
        least: Cents,
        /// The largest amount.
        most: Cents,
    },
    /// No further from the last transfer than this.
    Difference {
        /// The largest difference, up or down.
        most: Cents,
    },
}

/// A notice that was sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AmountNotice {
    /// On this day.
    pub sent_on: Date,
    /// The amount it named.
    pub cents: Cents,
    /// The day of the transfer it named.
    pub debit_on: Date,
}

impl AmountNotice {
    /// True if it was sent early enough and covers a draft of `cents` for an invoice that comes to
    /// `whole`: it names the amount, or a larger one of which the member paid a part meanwhile.
    #[must_use]
    pub fn covers(self, cents: Cents, whole: Cents) -> bool {
        let paid_meanwhile = cents < whole && self.cents >= cents;
        (self.cents == cents || paid_meanwhile) && self.sent_on <= notice_by(self.debit_on)
    }
}

/// The last day on which the notice of a transfer on `debit_on` is in time.
#[must_use]
pub fn notice_by(debit_on: Date) -> Date {
    debit_on
        .checked_sub(NOTICE_DAYS.days())
        .expect("drafts lie near today")
}

/// True if a transfer of `amount` needs a notice: it differs from the previous transfer under the
/// mandate, or there was none and the member has not been told an amount. `previous` is the last
/// transfer or, before the first, the amount in the authorisation.
#[must_use]
pub fn needs_notice(previous: Option<Cents>, amount: Cents, agreed: Option<Agreed>) -> bool {
    if previous == Some(amount) {
        return false;
    }
    match (agreed, previous) {
        (Some(Agreed::Range { least, most }), _) => amount < least || amount > most,
        (Some(Agreed::Difference { most }), Some(previous)) => {
            let difference = amount - previous;
            difference > most || difference < -most
        }
        (Some(Agreed::Difference { .. }), None) | (None, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn reg_e_1005_10_d_1_a_transfer_that_differs_needs_a_notice() {
        for (previous, amount, needed) in [
            (Some(8640), 8640, false),
            (Some(8640), 8641, true),
            (Some(8640), 8639, true),
            (None, 8640, true),
        ] {
            assert_eq!(
                needs_notice(previous.map(Cents::new), Cents::new(amount), None),
                needed,
                "{previous:?} then {amount}"
            );
        }
    }

    #[test]
    fn reg_e_1005_10_d_2_no_notice_inside_what_the_member_agreed_to() {
        let range = Agreed::Range {
            least: Cents::new(8000),
            most: Cents::new(9000),
        };
        let difference = Agreed::Difference {
            most: Cents::new(500),
        };
        for (agreed, previous, amount, needed) in [
            (range, Some(8640), 7999, true),
            (range, Some(8640), 8000, false),
            (range, Some(8640), 9000, false),
            (range, Some(8640), 9001, true),
            (range, None, 8500, false),
            (range, None, 9500, true),
            (difference, Some(8640), 9140, false),
            (difference, Some(8640), 9141, true),
            (difference, Some(8640), 8140, false),
            (difference, Some(8640), 8139, true),
            (difference, None, 8640, true),
        ] {
            assert_eq!(
                needs_notice(previous.map(Cents::new), Cents::new(amount), Some(agreed)),
                needed,
                "{agreed:?} {previous:?} then {amount}"
            );
        }
    }

    #[test]
    fn reg_e_1005_10_d_the_notice_is_ten_days_before_the_transfer() {
        let debit_on = date(2026, 12, 1);
        for (sent_on, covers) in [
            (date(2026, 11, 20), true),
            (date(2026, 11, 21), true),
            (date(2026, 11, 22), false),
        ] {
            let notice = AmountNotice {
                sent_on,
                cents: Cents::new(8640),
                debit_on,
            };
            let covered = |cents, whole| notice.covers(Cents::new(cents), Cents::new(whole));
            assert_eq!(covered(8640, 8640), covers, "{sent_on}");
            assert_eq!(covered(4000, 8640), covers, "the member paid a part");
            assert!(!covered(8641, 8641), "another amount");
            assert!(!covered(8000, 8000), "another amount");
            assert!(!covered(8641, 9000), "more than was told");
        }
    }
}
