//! What the payments of a calendar year come to.

use kernel::Cents;

/// One movement of a member's money in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// A payment came in.
    Received(Cents),
    /// Money was given back on purpose.
    Refunded(Cents),
    /// A bank or card company took a payment back.
    Returned(Cents),
}

impl Movement {
    /// What it adds to what was paid: negative for money that went back.
    #[must_use]
    pub fn signed(self) -> Cents {
        match self {
            Movement::Received(cents) => cents,
            Movement::Refunded(cents) | Movement::Returned(cents) => -cents,
        }
    }
}

/// The sums of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct YearTotals {
    /// All that came in.
    pub received: Cents,
    /// All that was given back or taken back.
    pub gone_back: Cents,
    /// What is left: what was paid in the year.
    pub paid: Cents,
}

/// Sums movements. Each counts in the year it happened, so that a payment of December that comes
/// back in January lessens January's year.
pub fn year_totals(movements: impl IntoIterator<Item = Movement>) -> YearTotals {
    let mut totals = YearTotals::default();
    for movement in movements {
        match movement {
            Movement::Received(cents) => totals.received += cents,
            Movement::Refunded(cents) | Movement::Returned(cents) => totals.gone_back += cents,
        }
    }
    totals.paid = totals.received - totals.gone_back;
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_back_is_not_paid() {
        let cents = Cents::new;
        let movements = [
            Movement::Received(cents(10_000)),
            Movement::Received(cents(5_000)),
            Movement::Returned(cents(5_000)),
            Movement::Refunded(cents(2_500)),
        ];
        let totals = year_totals(movements);
        assert_eq!(
            (totals.received, totals.gone_back, totals.paid),
            (cents(15_000), cents(7_500), cents(7_500))
        );
        let signed: Cents = movements.iter().map(|m| m.signed()).sum();
        assert_eq!(signed, totals.paid);
        assert_eq!(year_totals([]), YearTotals::default());
    }
}
