use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use kernel::{Cents, Channel, InvoiceId, Tender};
use ledger::{TrialBalance, Unbalanced, reverse};
use proptest::prelude::*;

use super::*;

fn day() -> Date {
    date(2026, 12, 1)
}

fn invoice(n: u64) -> InvoiceId {
    InvoiceId::from_parts(n, [0; 10])
}

fn money(rail: Rail, cents: Cents) -> Money {
    Money {
        rail,
        cents,
        effective: day(),
    }
}

#[test]
fn every_posting_bears_its_own_name_balances_and_uses_only_the_chart() {
    let names: BTreeSet<_> = POSTINGS.iter().map(|p| p.name).collect();
    assert_eq!(names.len(), POSTINGS.len());
    for posting in &POSTINGS {
        let tx = posting.entries().unwrap();
        assert_eq!(tx.posting, posting.name);
        assert_eq!(posting_name(posting.name), Some(posting.name));
        let mut trial = TrialBalance::new();
        trial.add(&tx.entries);
        assert!(trial.is_balanced(), "{posting:?}");
        for entry in &tx.entries {
            assert!(chart::line(entry.account).is_some(), "{posting:?}");
        }
    }
    assert_eq!(posting_name("reversal"), Some("reversal"));
    assert_eq!(posting_name("made_up"), None);
}

#[test]
fn every_posting_has_its_file_and_its_place_in_the_reference() {
    let files: BTreeSet<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .filter_map(|f| f.strip_suffix(".rs").map(ToOwned::to_owned))
        .filter(|f| !["lib", "chart", "effect", "rail", "reference", "tests"].contains(&&**f))
        .collect();
    let names: BTreeSet<String> = POSTINGS.iter().map(|p| p.name.to_owned()).collect();
    assert_eq!(files, names);
}

#[test]
fn the_chart_is_in_order_and_only_two_accounts_are_kept_for_each_member() {
    assert!(chart::CHART.windows(2).all(|w| w[0].account < w[1].account));
    let per_account: Vec<_> = chart::CHART
        .iter()
        .filter(|line| line.per_account)
        .map(|line| line.account)
        .collect();
    assert_eq!(
        per_account,
        [chart::MEMBER_RECEIVABLE, chart::UNAPPLIED_CASH]
    );
}

#[test]
fn each_rail_has_a_clearing_account_of_its_own() {
    let accounts: BTreeSet<_> = Rail::ALL.into_iter().map(Rail::clearing).collect();
    assert_eq!(accounts.len(), Rail::ALL.len());
    for rail in Rail::ALL {
        assert_eq!(Rail::from_code(rail.code()), Some(rail));
    }
    for (channel, tender, rail) in [
        (Channel::Guest, Tender::Visa, Rail::Card),
        (Channel::Online, Tender::BankAccount, Rail::BankDebit),
        (Channel::Mail, Tender::Check, Rail::Lockbox),
        (Channel::Center, Tender::Check, Rail::Center),
        (Channel::Deduction, Tender::BenefitDeduction, Rail::Withhold),
    ] {
        assert_eq!(Rail::of(channel, tender), rail);
    }
}

#[test]
fn effects_on_the_running_balances_of_an_account() {
    let cents = Cents::new(100);
    let amounts = InvoiceAmounts {
        invoice: invoice(1),
        premium: Cents::new(450),
        aptc: Cents::new(300),
        penalty: Cents::new(7),
        effective: day(),
    };
    let applied = [(invoice(1), cents)];
    for (tx, receivable, unapplied) in [
        (invoice_issued(&amounts), 157, 0),
        (payment_received(&money(Rail::Card, cents)), 0, 100),
        (cash_applied(&applied, day()), -100, -100),
        (cash_unapplied(&applied, day()), 100, 100),
        (payment_returned(&money(Rail::BankDebit, cents)), 0, -100),
        (payment_refunded(&money(Rail::Card, cents)), 0, -100),
        (payment_disputed(&money(Rail::Card, cents)), 0, 0),
        (dispute_lost(cents, day()), 0, -100),
        (suspense_cleared(cents, day()), 0, 100),
        (cash_to_suspense(&money(Rail::Lockbox, cents)), 0, 0),
        (suspense_returned(cents, day()), 0, 0),
        (suspense_reversed(&money(Rail::Lockbox, cents)), 0, 0),
        (refund_owed_by_check(cents, day()), 0, -100),
        (refund_to_check(&money(Rail::Card, cents)), 0, 0),
        (refund_undone(&money(Rail::Card, cents)), 0, 100),
        (
            refunded_payment_returned(&money(Rail::BankDebit, cents)),
            0,
            0,
        ),
        (premium_written_off(invoice(1), cents, day()), -100, 0),
    ] {
        let tx = tx.unwrap();
        let effect = effect_on_account(&tx);
        assert_eq!(effect.receivable.get(), receivable, "{}", tx.posting);
        assert_eq!(effect.unapplied.get(), unapplied, "{}", tx.posting);
        assert_eq!(effect.owed().get(), receivable - unapplied);
    }
}

#[test]
fn a_credit_that_pays_another_invoice_takes_no_cash() {
    let netted = [(invoice(1), Cents::new(70)), (invoice(2), Cents::new(-70))];
    let tx = cash_applied(&netted, day()).unwrap();
    assert_eq!(effect_on_account(&tx), AccountEffect::default());
    assert_eq!(tx.entries.len(), 2);
}

#[test]
fn an_event_that_moves_no_money_is_refused() {
    let nothing = money(Rail::Card, Cents::ZERO);
    for refused in [
        payment_received(&nothing),
        cash_applied(&[], day()),
        suspense_cleared(Cents::ZERO, day()),
    ] {
        assert!(matches!(refused, Err(Unbalanced::Empty { .. })));
    }
}

proptest! {
    #[test]
    fn any_life_of_an_account_balances_and_its_running_balances_follow(
        events in prop::collection::vec((0_u8..9, 0_usize..5, -500_000_i64..500_000, 0_i64..500_000), 1..60),
    ) {
        let mut trial = TrialBalance::new();
        let mut receivable = Cents::ZERO;
        let mut unapplied = Cents::ZERO;
        for (event, rail, signed, positive) in events {
            let rail = Rail::ALL[rail];
            let cents = Cents::new(positive);
            let amounts = InvoiceAmounts {
                invoice: invoice(1), premium: Cents::new(signed), aptc: cents,
                penalty: Cents::new(positive / 7), effective: day(),
            };
            let applied = [(invoice(1), cents), (invoice(2), Cents::new(signed))];
            let made = match event {
                0 => invoice_issued(&amounts),
                1 => invoice_adjusted(&amounts),
                2 => payment_received(&money(rail, cents)),
                3 => cash_applied(&applied, day()),
                4 => cash_unapplied(&applied, day()),
                5 => payment_returned(&money(rail, cents)),
                6 => premium_written_off(invoice(1), cents, day()),
                7 => settlement_received(&Settlement {
                    rail, gross: cents, fees: Cents::new(positive / 30), effective: day(),
                }),
                _ => payment_received(&money(rail, cents)).map(|tx| reverse(&tx, day())),
            };
            let Ok(tx) = made else {
                continue;
            };
            trial.add(&tx.entries);
            let effect = effect_on_account(&tx);
            receivable += effect.receivable;
            unapplied += effect.unapplied;
        }
        prop_assert!(trial.is_balanced());
        prop_assert_eq!(trial.line(chart::MEMBER_RECEIVABLE).balance(), receivable);
        prop_assert_eq!(trial.line(chart::UNAPPLIED_CASH).balance(), -unapplied);
    }
}
