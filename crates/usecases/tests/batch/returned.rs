//! Stories about checks that came back.

use std::path::PathBuf;

use formats::image_cash_letter::{Encoding, Item, ReturnReason, Returned, Writer};
use identity::Role;
use jiff::civil::{Date, date};
use kernel::{Cents, Secret, StaffId};
use testkit::{World, both};
use usecases::lockbox::{CHUNK, ReturnOutcome, ReturnsReport, returns_waiting, take_in_returns};
use usecases::suspense::{self, Payee, ReturnReason as BackReason};
use usecases::{Actor, UseCaseError};

use crate::files::{Folder, number, sums_of};
use crate::lockbox::{Letter, a_billed_plan, clean, coupon, letter, take, write};

/// The return of a check that came in with `check` as its number.
pub fn returned(check: u32, cents: i64, reason: char, deposited_on: Option<Date>) -> Item {
    Item {
        record: 0,
        amount: Cents::new(cents),
        routing: Some(Secret::new("011000015".to_owned())),
        on_us: Some(Secret::new(format!("987654321/{check:04}"))),
        auxiliary_on_us: None,
        sequence: "42".to_owned(),
        bundle: "R1".to_owned(),
        business_day: None,
        deposit_sequence: Some("7".to_owned()),
        deposited_on,
        payee: None,
        returned: Some(Returned {
            reason: ReturnReason::of(reason),
            times: Some(1),
            sent_on: None,
        }),
        images: Vec::new(),
    }
}

pub fn letter_of(folder: &Folder, name: &str, items: &[Item]) -> PathBuf {
    let form = (Encoding::Ebcdic, true);
    let banks = ("021000021", "061000052");
    let mut writer = Writer::new(Vec::new(), form, banks, date(2026, 12, 1)).expect("it fits");
    for item in items {
        writer.write(item).expect("it fits");
    }
    let path = folder.path().join(name);
    std::fs::write(&path, writer.finish().expect("it fits")).expect("it can be written");
    path
}

async fn take_back(world: &World, path: PathBuf) -> ReturnsReport {
    let report = take_in_returns(&world.ctx, &Actor::Operator, path).await;
    report.expect("it is taken in")
}

async fn returned_payments(world: &World) -> i64 {
    let sql = "SELECT COUNT(*) FROM payments WHERE status = 'returned' \
               AND reason = 'insufficient-funds'";
    number(world, sql).await
}

#[test]
fn a_returned_check_opens_exactly_what_it_paid_and_once() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 3).await;
        let paid: Vec<Letter> = (1..=3)
            .map(|n| letter(n, Some(coupon(&world, n.into()))))
            .collect();
        take(&world, write(folder.path(), "in.csv", "R1", &paid), CHUNK)
            .await
            .unwrap();
        let back = [
            returned(102, 31_000, 'A', None),
            // Another amount and another number are other checks.
            returned(101, 31_001, 'A', None),
            returned(999, 31_000, 'D', None),
        ];
        let file = letter_of(&folder, "back.x9", &back);
        let report = take_back(&world, file.clone()).await;
        assert_eq!((report.checks, report.reversed), (3, 1));
        assert_eq!(report.reversed_cents, Cents::new(31_000));
        let outcomes: Vec<_> = report.to_look_at.iter().map(|one| one.outcome).collect();
        assert_eq!(
            outcomes,
            [ReturnOutcome::Unmatched, ReturnOutcome::Unmatched]
        );
        assert_eq!(report.to_look_at[1].reason, "the account is closed");
        assert_eq!(sums_of(&world, 1, "2026-12").await.unwrap()[4], 31_000);
        assert_eq!(sums_of(&world, 2, "2026-12").await.unwrap()[4], 0);
        assert_eq!(returned_payments(&world).await, 1);
        clean(&world).await;
        // The same file again, and the same check in the next file.
        let again = take_back(&world, file).await;
        assert_eq!((again.before, again.reversed), (3, 0));
        world.clock.advance(jiff::SignedDuration::from_secs(1));
        let next = letter_of(&folder, "next.x9", &[returned(102, 31_000, 'A', None)]);
        let again = take_back(&world, next).await;
        assert_eq!(again.to_look_at[0].outcome, ReturnOutcome::Again);
        assert_eq!(returned_payments(&world).await, 1);
        let waiting = "SELECT COUNT(*) FROM returned_checks WHERE closed_at IS NULL \
                       AND owner = 'billing'";
        assert_eq!(number(&world, waiting).await, 3);
        listed(&world).await;
        clean(&world).await;
    });
}

/// Those who see suspense see what waits, oldest first, and why.
async fn listed(world: &World) {
    for role in Role::ALL {
        let actor = Actor::Staff {
            staff: world.ctx.id::<StaffId>(),
            role,
            address: String::new(),
        };
        match returns_waiting(&world.ctx, &actor).await {
            Ok(all) => {
                let seen: Vec<_> = all
                    .iter()
                    .map(|one| (one.outcome, one.cents.get(), one.reason.as_str()))
                    .collect();
                let unmatched = "unmatched";
                assert_eq!(
                    seen,
                    [
                        (unmatched, 31_001, "A"),
                        (unmatched, 31_000, "D"),
                        ("again", 31_000, "A"),
                    ]
                );
                assert_eq!(all[1].reason_words, "the account is closed");
            }
            Err(UseCaseError::NotAllowed) => {
                assert!(matches!(role, Role::Associate | Role::Administrator));
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn a_returned_check_leaves_suspense_also_while_somebody_asks_to_send_it_back() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 1).await;
        let waiting = [letter(1, None), letter(2, None), letter(3, None)];
        take(
            &world,
            write(folder.path(), "in.csv", "R1", &waiting),
            CHUNK,
        )
        .await
        .unwrap();
        let staff = |role| Actor::Staff {
            staff: world.ctx.id::<StaffId>(),
            role,
            address: String::new(),
        };
        let (billing, boss) = (staff(Role::Billing), staff(Role::Supervisor));
        let mut keys = Vec::new();
        let mut after = None;
        while let Some(key) = suspense::next(&world.ctx, &billing, after).await.unwrap() {
            if keys.contains(&key) {
                break;
            }
            keys.push(key);
            after = Some(key);
        }
        let payee = Payee {
            name: "Pat Payer".to_owned(),
            address: vec!["1 Main St".to_owned(), "Hartford CT 06103".to_owned()],
        };
        for key in [keys[1], keys[2]] {
            let why = BackReason::OwnerUnknown;
            suspense::ask_return(&world.ctx, &billing, (key, 0), &payee, why)
                .await
                .unwrap();
        }
        suspense::release_return(&world.ctx, &boss, keys[2], 1)
            .await
            .unwrap();
        let back: Vec<Item> = (101..=103)
            .map(|check| returned(check, 31_000, 'K', None))
            .collect();
        let report = take_back(&world, letter_of(&folder, "back.x9", &back)).await;
        assert_eq!(report.reversed, 2);
        // A check for it is promised already.
        assert_eq!(report.to_look_at[0].outcome, ReturnOutcome::Refunded);
        let gone = "SELECT COUNT(*) FROM suspense WHERE state = 'reversed' AND open_cents = 0";
        assert_eq!(number(&world, gone).await, 2);
        let cleared = "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM journal_entries \
                       WHERE ledger_account = '1040'";
        assert_eq!(number(&world, cleared).await, 31_000);
        let late = suspense::release_return(&world.ctx, &boss, keys[1], 2).await;
        assert!(matches!(late, Err(UseCaseError::Refused(_))), "{late:?}");
        clean(&world).await;
    });
}

#[test]
fn of_two_alike_only_the_day_of_deposit_tells_and_a_broken_file_moves_nothing() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 2).await;
        let twice = [
            letter(1, Some(coupon(&world, 1))),
            Letter {
                check: 101,
                ..letter(2, Some(coupon(&world, 2)))
            },
        ];
        take(&world, write(folder.path(), "in.csv", "R1", &twice), CHUNK)
            .await
            .unwrap();
        let day = Some(date(2026, 11, 27));
        let back = [returned(101, 31_000, 'A', day)];
        let report = take_back(&world, letter_of(&folder, "back.x9", &back)).await;
        assert_eq!(report.to_look_at[0].outcome, ReturnOutcome::Unmatched);
        let file = letter_of(&folder, "cut.x9", &back);
        let bytes = std::fs::read(&file).unwrap();
        std::fs::write(&file, &bytes[..bytes.len() - 84]).unwrap();
        let refused = take_in_returns(&world.ctx, &Actor::Operator, file).await;
        let said = refused.unwrap_err().to_string();
        assert!(
            said.starts_with("lockbox-refused") && said.contains("cut.x9"),
            "{said}"
        );
        let staff = Actor::Staff {
            staff: world.ctx.id::<StaffId>(),
            role: Role::Supervisor,
            address: String::new(),
        };
        let file = letter_of(&folder, "more.x9", &back);
        let refused = take_in_returns(&world.ctx, &staff, file).await;
        assert!(matches!(refused, Err(UseCaseError::NotAllowed)));
        assert_eq!(returned_payments(&world).await, 0);
        assert_eq!(
            number(&world, "SELECT COUNT(*) FROM returned_checks").await,
            1
        );
        clean(&world).await;
    });
}
