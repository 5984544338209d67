//! The dashboard: every figure is the count or sum of the list it opens.

use identity::Role;
use jiff::{SignedDuration, ToSpan as _};
use kernel::{Cents, Channel};
use payments::PaymentStatus;
use testkit::both;
use usecases::UseCaseError;
use usecases::lockbox::CHUNK;
use usecases::staff::dashboard::dashboard;
use usecases::staff::late::{Age, late};
use usecases::staff::received::{ReceivedFilter, received};
use usecases::suspense::{self, Part, QueueAsked};

use crate::lockbox::{a_billed_plan, coupon, letter, take, write};
use crate::suspense::{part_of, someone};

#[test]
fn every_figure_is_the_sum_of_the_list_it_opens() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 3).await;
        let letters = [
            letter(1, Some(coupon(&world, 1))),
            letter(2, Some(coupon(&world, 2))),
            letter(3, None),
        ];
        let file = write(folder.path(), "one.csv", "R1", &letters);
        let report = take(&world, file, CHUNK).await.expect("it is let in");
        assert_eq!((report.posted, report.suspended), (2, 1));
        let (ctx, billing) = (&world.ctx, someone(&world, Role::Billing));
        let board = dashboard(ctx, &billing, 14).await.unwrap();
        assert_eq!(board.days.len(), 14);
        let today = board.days.last().unwrap();
        assert_eq!(today.day, ctx.today());
        let filter = ReceivedFilter {
            day: today.day,
            channel: Some(Channel::Mail),
            tender: None,
            status: Some(PaymentStatus::Succeeded),
            page: 1,
        };
        let list = received(ctx, &billing, &filter).await.unwrap();
        assert_eq!(today.by_channel[&Channel::Mail], (list.count, list.cents));
        assert_eq!((list.count, list.cents), (2, report.posted_cents));
        let before = board.days.iter().rev().skip(1);
        assert!(before.into_iter().all(|day| day.by_channel.is_empty()));

        let files = board.files.unwrap();
        assert_eq!(
            (files[0].checks, files[0].posted, files[0].waiting),
            (3, 2, 1)
        );
        assert_eq!(files[0].waiting_cents, report.suspended_cents);
        let of_file = QueueAsked {
            file: Some(files[0].file),
            ..part_of(Part::All)
        };
        let listed = suspense::queue(ctx, &billing, &of_file).await.unwrap();
        assert_eq!(listed.lines.len(), 1);
        let other = QueueAsked {
            file: Some(ctx.id()),
            ..part_of(Part::All)
        };
        let listed = suspense::queue(ctx, &billing, &other).await.unwrap();
        assert!(listed.lines.is_empty());
        // The address of the list can ask for any number of days.
        let longest = QueueAsked {
            days: Some((i32::MAX, Some(i32::MAX))),
            ..part_of(Part::All)
        };
        let listed = suspense::queue(ctx, &billing, &longest).await.unwrap();
        assert!(listed.lines.is_empty());
        for age in board.ages.unwrap() {
            let of_age = QueueAsked {
                days: Some((age.from_days, age.to_days)),
                ..part_of(Part::All)
            };
            let listed = suspense::queue(ctx, &billing, &of_age).await.unwrap();
            let cents: Cents = listed.lines.iter().map(|line| line.open).sum();
            assert_eq!(
                (i64::try_from(listed.lines.len()).unwrap(), cents),
                (age.count, age.cents)
            );
        }
    });
}

#[test]
fn each_role_sees_the_figures_of_its_own_lists() {
    both(|world| async move {
        for (role, money, suspense) in [
            (Role::Associate, true, false),
            (Role::Billing, true, true),
            (Role::Supervisor, true, true),
            (Role::Administrator, false, false),
            (Role::Auditor, true, true),
        ] {
            match dashboard(&world.ctx, &someone(&world, role), 7).await {
                Ok(board) => {
                    assert!(money, "{role:?}");
                    assert_eq!((board.days.len(), board.ages.is_some()), (7, suspense));
                    assert_eq!(board.files.is_some(), suspense, "{role:?}");
                }
                Err(UseCaseError::NotAllowed) => assert!(!money, "{role:?}"),
                Err(other) => panic!("{other}"),
            }
        }
    });
}

#[test]
fn late_accounts_are_those_who_owe_after_the_due_date_and_each_age_is_its_list() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 3).await;
        let letters = [
            letter(1, Some(coupon(&world, 1))),
            letter(2, Some(coupon(&world, 2))),
        ];
        let file = write(folder.path(), "one.csv", "R1", &letters);
        take(&world, file, CHUNK).await.expect("it is let in");
        let (ctx, billing) = (&world.ctx, someone(&world, Role::Billing));
        let mut tx = ctx.store.read().await.unwrap();
        let sql = "SELECT MIN(due_on) FROM invoices WHERE applied_cents < charges_cents";
        let due_on: jiff::civil::Date = tx.one("a day", sql, vec![]).await.unwrap().read().unwrap();
        drop(tx);
        let (mut seen, mut ages_met) = (0, Vec::new());
        // From the day before it is due to more than ninety days after it.
        for days in [-1, 0, 1, 30, 31, 61, 91, 120] {
            let day = due_on.saturating_add(days.days());
            let hours = i64::from((day - ctx.today()).get_days()) * 24;
            world.clock.advance(SignedDuration::from_hours(hours));
            assert_eq!(ctx.today(), day);
            let all = late(ctx, &billing, None, 1).await.unwrap();
            let board = dashboard(ctx, &billing, 7).await.unwrap();
            assert_eq!(all.ages, board.late);
            let of = |age: &Age| (age.count, age.cents);
            if days < 1 {
                assert!(all.lines.is_empty(), "{days}");
                assert!(all.ages.iter().map(of).all(|sum| sum == (0, Cents::ZERO)));
                continue;
            }
            seen += 1;
            let [line] = &all.lines[..] else {
                panic!("{days}: {:?}", all.lines)
            };
            assert_eq!((line.days, line.due_on), (days, due_on));
            assert_eq!((line.invoices, line.under_way), (1, false));
            for age in &all.ages {
                let list = late(ctx, &billing, Some(age.from_days), 1).await.unwrap();
                let cents: Cents = list.lines.iter().map(|line| line.cents).sum();
                let count = i64::try_from(list.lines.len()).unwrap();
                assert_eq!((count, cents), of(age), "{days}");
                if count == 1 {
                    ages_met.push(age.from_days);
                }
            }
            assert!(late(ctx, &billing, None, 2).await.unwrap().lines.is_empty());
        }
        assert_eq!((seen, &ages_met[..]), (6, &[1, 1, 31, 61, 91, 91][..]));
        let nobody = late(ctx, &someone(&world, Role::Administrator), None, 1).await;
        assert!(matches!(nobody, Err(UseCaseError::NotAllowed)));
    });
}

#[test]
fn the_batches_of_a_file_sum_up_to_it_and_say_what_became_of_each_check() {
    use usecases::staff::batches::{BatchAsked, batches, file as of_file};
    both(|world| async move {
        let folder = a_billed_plan(&world, 3).await;
        let letters = [
            letter(1, Some(coupon(&world, 1))),
            letter(2, Some(coupon(&world, 2))),
            letter(3, None),
        ];
        let file = write(folder.path(), "one.csv", "R1", &letters);
        let report = take(&world, file, CHUNK).await.expect("it is let in");
        let (ctx, billing) = (&world.ctx, someone(&world, Role::Billing));
        let all = batches(ctx, &billing).await.unwrap();
        let came = &all.files[0];
        let whole = of_file(ctx, &billing, came.file, None, 1).await.unwrap();
        let sum: Cents = whole.batches.iter().map(|one| one.cents).sum();
        let checks: i64 = whole.batches.iter().map(|one| one.checks).sum();
        assert_eq!((checks, sum), (came.checks, came.cents));
        let waiting: Cents = whole.batches.iter().map(|one| one.waiting).sum();
        assert_eq!(waiting, report.suspended_cents);
        let mut paid = Cents::ZERO;
        let mut listed = 0;
        for batch in &whole.batches {
            let asked = BatchAsked {
                lockbox: batch.key.lockbox.clone(),
                deposited_on: batch.key.deposited_on,
                batch: batch.key.batch.clone(),
            };
            let one = of_file(ctx, &billing, came.file, Some(asked.clone()), 1).await;
            let one = one.unwrap();
            listed += one.checks.len();
            for check in &one.checks {
                assert_eq!(check.suspense.is_some(), check.payments.is_empty());
                paid += check
                    .payments
                    .iter()
                    .map(|payment| payment.cents)
                    .sum::<Cents>();
            }
            let unknown = BatchAsked {
                batch: "no such batch".to_owned(),
                ..asked
            };
            let none = of_file(ctx, &billing, came.file, Some(unknown), 1).await;
            assert!(matches!(none, Err(UseCaseError::NotFound)), "{none:?}");
        }
        assert_eq!((listed, paid), (3, report.posted_cents));
        for role in [Role::Associate, Role::Administrator] {
            let no = batches(ctx, &someone(&world, role)).await;
            assert!(matches!(no, Err(UseCaseError::NotAllowed)), "{role:?}");
        }
    });
}
