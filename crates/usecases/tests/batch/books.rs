//! The check of the books, on right ones and on wrong ones.

use jiff::civil::date;
use kernel::Cents;
use testkit::{Engine, World, both};
use usecases::Actor;
use usecases::books::{LedgerCheck, trial_balance, verify};
use usecases::progress::Unwatched;

use crate::files::{Folder, Told, billed, told, took};

pub async fn verified(world: &World) -> LedgerCheck {
    verify(&world.ctx, &Actor::Operator, &Unwatched)
        .await
        .expect("the database answers")
}

async fn a_billed_plan(world: &World) {
    let folder = Folder::new();
    let people: Vec<_> = (1..=25)
        .map(|n| Told {
            aptc: "100.00",
            ..told(n)
        })
        .collect();
    took(world, folder.roster("roster.csv", &people)).await;
    billed(world, "2026-11").await;
    // Next month in part a credit.
    let gone = Told {
        maintenance: "terminate",
        first: "",
        last: "2026-11-10",
        premium: "",
        ..told(3)
    };
    took(world, folder.roster("gone.csv", &[gone])).await;
    billed(world, "2026-12").await;
}

/// Changes the database behind the program's back.
async fn tamper(world: &World, statements: &[&'static str]) {
    let triggers_off: &[&'static str] = match world.engine {
        Engine::Sqlite => &[
            "DROP TRIGGER journal_transactions_are_never_changed",
            "DROP TRIGGER journal_transactions_are_never_deleted",
            "DROP TRIGGER journal_entries_are_never_changed",
            "DROP TRIGGER journal_entries_are_never_deleted",
        ],
        Engine::Postgres => &[
            "DROP TRIGGER journal_transactions_are_never_changed ON journal_transactions",
            "DROP TRIGGER journal_entries_are_never_changed ON journal_entries",
        ],
    };
    for sql in triggers_off.iter().chain(statements).copied() {
        let done: Result<u64, store::StoreError> = world
            .ctx
            .store
            .write(move |tx| Box::pin(async move { tx.execute(sql, store::args![]).await }))
            .await;
        done.expect("a database can be changed by hand");
    }
}

#[test]
fn right_books_are_found_right() {
    both(|world| async move {
        a_billed_plan(&world).await;
        let check = verified(&world).await;
        assert!(check.is_clean(), "{:?}", check.findings);
        assert_eq!((check.accounts, check.invoices), (25, 50));
        // 50 invoices, and one credit that paid the month before.
        assert_eq!(check.transactions, 51);
    });
}

#[test]
fn the_trial_balance_balances_as_of_any_day() {
    both(|world| async move {
        a_billed_plan(&world).await;
        let today = world.ctx.today();
        let trial = trial_balance(&world.ctx, &Actor::Operator, today)
            .await
            .unwrap();
        assert!(trial.is_balanced());
        assert!(trial.totals().debits.is_positive());
        let receivable = trial.line(postings::chart::MEMBER_RECEIVABLE).balance();
        // 24 members owe two months of $210.00, one a third of a month: $70.00.
        assert_eq!(receivable, Cents::new(24 * 42_000 + 7_000));
        let before = trial_balance(&world.ctx, &Actor::Operator, date(2026, 1, 1))
            .await
            .unwrap();
        assert_eq!(before.lines().count(), 0);
    });
}

#[test]
fn a_cent_changed_by_hand_is_found_with_the_account_and_the_posting() {
    both(|world| async move {
        a_billed_plan(&world).await;
        tamper(
            &world,
            &["UPDATE journal_entries SET cents = cents + 1 WHERE seq = 1 AND entry_no = 1 AND account_id = \
               (SELECT id FROM accounts WHERE account_number = 7)"],
        )
        .await;
        let check = verified(&world).await;
        let all: Vec<String> = check.findings.iter().map(|f| f.what.clone()).collect();
        assert!(
            check.findings.iter().all(|finding| finding.account == 7),
            "{:?}",
            check.findings
        );
        for expected in [
            "does not balance: debits exceed credits by 1 cents",
            "was changed after it was posted",
            "the account says it owes",
        ] {
            assert!(
                all.iter().any(|what| what.contains(expected)),
                "{expected}: {all:?}"
            );
        }
    });
}

#[test]
fn a_changed_balance_a_changed_invoice_and_a_removed_posting_are_found() {
    both(|world| async move {
        a_billed_plan(&world).await;
        tamper(
            &world,
            &[
                "UPDATE accounts SET receivable_cents = 0 WHERE account_number = 1",
                "UPDATE invoices SET applied_cents = 100 WHERE billing_month = 202611 AND account_id = \
                 (SELECT id FROM accounts WHERE account_number = 2)",
                "DELETE FROM journal_entries WHERE seq = 2 AND account_id = \
                 (SELECT id FROM accounts WHERE account_number = 4)",
                "DELETE FROM journal_transactions WHERE seq = 2 AND account_id = \
                 (SELECT id FROM accounts WHERE account_number = 4)",
            ],
        )
        .await;
        let check = verified(&world).await;
        for (account, expected) in [
            (1, "the account says it owes $0.00, its entries say $420.00"),
            (2, "has $1.00 of applied, its applications come to $0.00"),
            (4, "the chain ends with number 1, the account says 2"),
        ] {
            assert!(
                check
                    .findings
                    .iter()
                    .any(|f| f.account == account && f.what.contains(expected)),
                "{expected}: {:?}",
                check.findings
            );
        }
        assert!(
            check
                .findings
                .iter()
                .all(|f| [1, 2, 4].contains(&f.account)),
            "{:?}",
            check.findings
        );
    });
}
