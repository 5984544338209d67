//! Which invoices money pays.

use kernel::{Cents, InvoiceId};

use crate::OpenInvoice;

/// What money is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Purpose<'a> {
    /// The binder payment of this policy: it may pay that policy's invoices and nothing else.
    Binder {
        /// The number of the policy.
        policy: &'a str,
    },
    /// Anything the account owes.
    Ongoing,
}

/// What became of an amount of money.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AppliedCash {
    /// What each invoice got, oldest first. A credit that another invoice drew on stands here with
    /// a negative amount.
    pub applications: Vec<(InvoiceId, Cents)>,
    /// What no invoice got.
    pub unapplied: Cents,
}

/// The purpose of money that comes in without saying: while a binder payment is open, it is that,
/// so that old debt never keeps new coverage from taking effect.
#[must_use]
pub fn purpose_of(open: &[OpenInvoice]) -> Purpose<'_> {
    open.iter()
        .filter(|invoice| invoice.binder && invoice.open.is_positive())
        .min_by_key(|invoice| (invoice.month, invoice.due_on, invoice.id))
        .map_or(Purpose::Ongoing, |invoice| Purpose::Binder {
            policy: &invoice.policy,
        })
}

/// Applies `money` to the open invoices of an account, oldest month first; of one month the one due
/// first. Credits are drawn on before money is, oldest first, and only as far as they are needed.
///
/// The applications and the unapplied rest add up to `money`, no invoice gets more than is open on
/// it, and money that is not positive is left unapplied.
#[must_use]
pub fn apply(money: Cents, open: &[OpenInvoice], purpose: Purpose<'_>) -> AppliedCash {
    let mut eligible: Vec<&OpenInvoice> = open
        .iter()
        .filter(|invoice| match purpose {
            Purpose::Binder { policy } => invoice.policy == policy,
            Purpose::Ongoing => true,
        })
        .collect();
    eligible.sort_by_key(|invoice| (invoice.month, invoice.due_on, invoice.id));

    let mut credits: Vec<(InvoiceId, Cents)> = eligible
        .iter()
        .filter(|invoice| invoice.open.is_negative())
        .map(|invoice| (invoice.id, -invoice.open))
        .collect();
    let mut credits_used: Vec<(InvoiceId, Cents)> = Vec::new();
    let mut left = money;
    let mut applications = Vec::new();
    for invoice in eligible.iter().filter(|i| i.open.is_positive()) {
        let by_credit = draw(&mut credits, invoice.open, &mut credits_used);
        let by_money = left.at_least_zero().min(invoice.open - by_credit);
        left -= by_money;
        if (by_credit + by_money).is_positive() {
            applications.push((invoice.id, by_credit + by_money));
        }
    }
    applications.extend(credits_used.into_iter().map(|(id, cents)| (id, -cents)));
    AppliedCash {
        applications,
        unapplied: left,
    }
}

/// Takes up to `wanted` from the credits, notes what was taken from which, and gives the sum.
fn draw(
    credits: &mut [(InvoiceId, Cents)],
    wanted: Cents,
    used: &mut Vec<(InvoiceId, Cents)>,
) -> Cents {
    let mut drawn = Cents::ZERO;
    for (id, credit) in credits.iter_mut() {
        let part = (*credit).min(wanted - drawn);
        if !part.is_positive() {
            continue;
        }
        *credit -= part;
        drawn += part;
        match used.iter_mut().find(|(used_id, _)| used_id == id) {
            Some((_, sum)) => *sum += part,
            None => used.push((*id, part)),
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::BillingMonth;
    use proptest::prelude::*;

    fn id(n: u64) -> InvoiceId {
        InvoiceId::from_parts(n, [0; 10])
    }

    fn invoice(n: u64, month: &str, open: i64) -> OpenInvoice {
        let month = BillingMonth::parse(month).unwrap();
        OpenInvoice {
            id: id(n),
            month,
            due_on: month.first_day(),
            open: Cents::new(open),
            binder: false,
            policy: "P1".to_owned(),
        }
    }

    fn new_policy(n: u64, month: &str, open: i64, binder: bool) -> OpenInvoice {
        OpenInvoice {
            binder,
            policy: "P2".to_owned(),
            ..invoice(n, month, open)
        }
    }

    #[test]
    fn money_pays_the_oldest_month_first() {
        let open = [
            invoice(3, "2026-12", 300),
            invoice(1, "2026-10", 100),
            invoice(2, "2026-11", 200),
        ];
        for (money, applied, unapplied) in [
            (0, vec![], 0),
            (50, vec![(1, 50)], 0),
            (100, vec![(1, 100)], 0),
            (250, vec![(1, 100), (2, 150)], 0),
            (600, vec![(1, 100), (2, 200), (3, 300)], 0),
            (700, vec![(1, 100), (2, 200), (3, 300)], 100),
        ] {
            let found = apply(Cents::new(money), &open, Purpose::Ongoing);
            let expected: Vec<_> = applied
                .into_iter()
                .map(|(n, c)| (id(n), Cents::new(c)))
                .collect();
            assert_eq!(found.applications, expected, "{money}");
            assert_eq!(found.unapplied, Cents::new(unapplied), "{money}");
        }
    }

    #[test]
    fn binder_money_pays_its_own_policy_and_no_other() {
        let open = [
            invoice(1, "2026-09", 500),
            new_policy(2, "2026-12", 300, true),
            new_policy(3, "2027-01", 300, false),
        ];
        let purpose = purpose_of(&open);
        assert_eq!(purpose, Purpose::Binder { policy: "P2" });
        let found = apply(Cents::new(700), &open, purpose);
        assert_eq!(
            found.applications,
            [(id(2), Cents::new(300)), (id(3), Cents::new(300))]
        );
        assert_eq!(found.unapplied, Cents::new(100));
    }

    #[test]
    fn money_is_ongoing_when_no_binder_payment_is_open() {
        let paid = [
            invoice(1, "2026-09", 500),
            new_policy(2, "2026-12", 0, true),
        ];
        assert_eq!(purpose_of(&paid), Purpose::Ongoing);
        assert_eq!(purpose_of(&[]), Purpose::Ongoing);
    }

    #[test]
    fn a_credit_is_drawn_on_before_money() {
        let open = [
            invoice(1, "2026-10", 100),
            invoice(2, "2026-11", -70),
            invoice(3, "2026-12", 50),
        ];
        let found = apply(Cents::new(80), &open, Purpose::Ongoing);
        assert_eq!(
            found.applications,
            [
                (id(1), Cents::new(100)),
                (id(3), Cents::new(50)),
                (id(2), Cents::new(-70)),
            ]
        );
        assert_eq!(found.unapplied, Cents::ZERO);
        // Without money, a credit is set against debt all the same.
        let found = apply(Cents::ZERO, &open[..2], Purpose::Ongoing);
        assert_eq!(
            found.applications,
            [(id(1), Cents::new(70)), (id(2), Cents::new(-70))]
        );
    }

    fn any_open() -> impl Strategy<Value = Vec<OpenInvoice>> {
        prop::collection::vec(
            (1_i8..=12, -1_000_i64..1_000, any::<bool>(), any::<bool>()),
            0..12,
        )
        .prop_map(|rows| {
            (1..)
                .zip(rows)
                .map(|(n, (month, open, binder, second))| OpenInvoice {
                    binder,
                    policy: if second { "P2" } else { "P1" }.to_owned(),
                    ..invoice(n, &format!("2026-{month:02}"), open)
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn not_a_cent_appears_or_disappears(money in 0_i64..10_000, open in any_open(), binder in any::<bool>()) {
            let money = Cents::new(money);
            let purpose = if binder { Purpose::Binder { policy: "P2" } } else { Purpose::Ongoing };
            let found = apply(money, &open, purpose);
            let applied: Cents = found.applications.iter().map(|(_, c)| *c).sum();
            prop_assert_eq!(applied + found.unapplied, money);
            prop_assert!(!found.unapplied.is_negative());
            let mut owed_left = Cents::ZERO;
            for invoice in &open {
                let got: Vec<_> = found.applications.iter().filter(|(id, _)| *id == invoice.id).collect();
                prop_assert!(got.len() <= 1);
                let got = got.first().map_or(Cents::ZERO, |(_, c)| *c);
                // Nothing gets more than is open on it, on either side.
                prop_assert!(got.get().abs() <= invoice.open.get().abs());
                prop_assert!(got.get() * invoice.open.get() >= 0);
                let own = !binder || invoice.policy == "P2";
                prop_assert!(own || got.is_zero());
                if own {
                    owed_left += (invoice.open - got).at_least_zero();
                }
            }
            // Money is left only when nothing it may pay is open.
            prop_assert!(found.unapplied.is_zero() || owed_left.is_zero());
        }

        #[test]
        fn no_month_is_paid_while_an_older_one_is_open(money in 0_i64..10_000, open in any_open()) {
            let found = apply(Cents::new(money), &open, Purpose::Ongoing);
            let left = |i: &OpenInvoice| {
                i.open - found.applications.iter().filter(|(id, _)| *id == i.id).map(|(_, c)| *c).sum()
            };
            for older in open.iter().filter(|i| i.open.is_positive() && left(i).is_positive()) {
                for later in open.iter().filter(|i| i.open.is_positive() && i.month > older.month) {
                    prop_assert_eq!(left(later), later.open);
                }
            }
        }

        #[test]
        fn one_payment_pays_what_two_parts_of_it_pay(
            first in 0_i64..3_000,
            second in 0_i64..3_000,
            open in any_open(),
        ) {
            let left_after = |open: &[OpenInvoice], found: &AppliedCash| -> Vec<OpenInvoice> {
                open.iter().cloned().map(|mut i| {
                    i.open -= found.applications.iter().filter(|(id, _)| *id == i.id).map(|(_, c)| *c).sum();
                    i
                }).collect()
            };
            let whole = apply(Cents::new(first + second), &open, Purpose::Ongoing);
            let a = apply(Cents::new(first), &open, Purpose::Ongoing);
            let between = left_after(&open, &a);
            let b = apply(Cents::new(second), &between, Purpose::Ongoing);
            prop_assert_eq!(left_after(&open, &whole), left_after(&between, &b));
            prop_assert_eq!(whole.unapplied, a.unapplied + b.unapplied);
        }
    }
}
