//! Taking applied money back, when a payment is returned, refunded or charged back.

use kernel::{Cents, InvoiceId};

/// What has to be undone to take money back from an account.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Undone {
    /// What each invoice gives back; all amounts are positive.
    pub undo: Vec<(InvoiceId, Cents)>,
    /// What comes out of unapplied cash.
    pub from_unapplied: Cents,
}

/// What to undo to take back `cents` of a payment, of which `still_unapplied` was never applied and
/// `applications` were, in the order in which they were made.
///
/// What was never applied goes first, then applications, newest first, so that the oldest months
/// stay paid as long as they can. A payment that comes back whole undoes all it did. If even that
/// is not enough, the rest comes out of unapplied cash, which the caller then has to find.
#[must_use]
pub fn unapply(
    applications: &[(InvoiceId, Cents)],
    still_unapplied: Cents,
    cents: Cents,
) -> Undone {
    let mut from_unapplied = still_unapplied.at_least_zero().min(cents.at_least_zero());
    let mut left = cents.at_least_zero() - from_unapplied;
    let mut undo = Vec::new();
    for (invoice, applied) in applications.iter().rev() {
        let part = applied.at_least_zero().min(left);
        if part.is_positive() {
            undo.push((*invoice, part));
            left -= part;
        }
    }
    from_unapplied += left;
    Undone {
        undo,
        from_unapplied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(n: u64) -> InvoiceId {
        InvoiceId::from_parts(n, [0; 10])
    }

    #[test]
    fn unapplied_money_goes_back_first_then_the_newest_applications() {
        let applications = [(id(1), Cents::new(100)), (id(2), Cents::new(200))];
        for (unapplied, cents, undo, from_unapplied) in [
            (50, 350, vec![(2, 200), (1, 100)], 50),
            (50, 30, vec![], 30),
            (50, 150, vec![(2, 100)], 50),
            (0, 250, vec![(2, 200), (1, 50)], 0),
            (0, 400, vec![(2, 200), (1, 100)], 100),
            (0, 0, vec![], 0),
        ] {
            let found = unapply(&applications, Cents::new(unapplied), Cents::new(cents));
            let undo: Vec<_> = undo
                .into_iter()
                .map(|(n, c)| (id(n), Cents::new(c)))
                .collect();
            assert_eq!(found.undo, undo, "{unapplied} unapplied, {cents} back");
            assert_eq!(found.from_unapplied, Cents::new(from_unapplied));
        }
    }

    proptest! {
        #[test]
        fn what_is_undone_adds_up_and_never_exceeds_what_was_applied(
            applied in prop::collection::vec(-500_i64..1_000, 0..10), unapplied in 0_i64..500, cents in 0_i64..8_000,
        ) {
            let applications: Vec<_> = (1..).zip(&applied).map(|(n, c)| (id(n), Cents::new(*c))).collect();
            let found = unapply(&applications, Cents::new(unapplied), Cents::new(cents));
            let undone: Cents = found.undo.iter().map(|(_, c)| *c).sum();
            prop_assert_eq!(undone + found.from_unapplied, Cents::new(cents));
            for (invoice, part) in &found.undo {
                let was = applications.iter().find(|(id, _)| id == invoice).unwrap().1;
                prop_assert!(part.is_positive() && *part <= was);
            }
        }
    }
}
