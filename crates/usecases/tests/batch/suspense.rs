//! Stories about money in suspense.

use identity::Role;
use jiff::SignedDuration;
use kernel::{AccountId, Cents, StaffId};
use testkit::{World, both};
use usecases::lockbox::CHUNK;
use usecases::suspense::{
    self, ApplyPart, ItemKey, Part, Payee, QueueAsked, ReturnReason, Waiting,
};
use usecases::{Actor, UseCaseError};

use crate::files::{id, number, sums_of};
use crate::lockbox::{Letter, a_billed_plan, clean, coupon, letter, take, write};

pub fn someone(world: &World, role: Role) -> Actor {
    Actor::Staff {
        staff: world.ctx.id::<StaffId>(),
        role,
        address: "192.0.2.7".to_owned(),
    }
}

/// Takes in checks without coupons that come to these amounts, number and amount each.
async fn waiting(world: &World, people: u64, cents: &[i64]) -> crate::files::Folder {
    let folder = a_billed_plan(world, people).await;
    let letters: Vec<Letter> = (1..)
        .zip(cents)
        .map(|(n, cents)| Letter {
            cents: *cents,
            ..letter(n, None)
        })
        .collect();
    let file = write(folder.path(), "one.csv", "R1", &letters);
    take(world, file, CHUNK).await.expect("it is let in");
    folder
}

pub fn part_of(part: Part) -> QueueAsked {
    QueueAsked {
        part,
        exception: String::new(),
        file: None,
        days: None,
        after: None,
    }
}

async fn keys(world: &World, actor: &Actor, part: Part) -> Vec<ItemKey> {
    let queue = suspense::queue(&world.ctx, actor, &part_of(part)).await;
    queue
        .expect("it is let in")
        .lines
        .iter()
        .map(|line| line.key)
        .collect()
}

async fn look(world: &World, actor: &Actor, key: ItemKey) -> Waiting {
    suspense::look(&world.ctx, actor, key)
        .await
        .expect("it is let in")
}

async fn account(world: &World, who: u64) -> AccountId {
    let mut tx = world.ctx.store.read().await.expect("it is let in");
    let accounts = store::accounts::of_subscriber(&mut tx, &id(who)).await;
    accounts.expect("it is let in")[0].id
}

fn part(account: AccountId, cents: i64) -> ApplyPart {
    ApplyPart {
        account,
        cents: Cents::new(cents),
    }
}

fn refused<T: std::fmt::Debug>(answer: Result<T, UseCaseError>) -> String {
    match answer {
        Err(UseCaseError::Refused(refusal)) => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

fn is_not_allowed<T>(answer: &Result<T, UseCaseError>) -> bool {
    matches!(answer, Err(UseCaseError::NotAllowed))
}

#[test]
fn a_check_is_applied_from_the_day_of_deposit_once_and_teaches_whose_it_is() {
    both(|world| async move {
        let folder = waiting(&world, 3, &[31_000]).await;
        let billing = someone(&world, Role::Billing);
        let key = keys(&world, &billing, Part::Open).await[0];
        let seen = look(&world, &billing, key).await;
        // Three people of one name, each owing just this: suggested alike, and none guessed.
        let scores: Vec<u32> = seen.candidates.iter().map(|c| c.score).collect();
        assert_eq!(scores, [35, 35, 35]);
        assert!(seen.candidates.iter().all(|c| c.likely && c.in_force));
        assert_eq!(seen.candidates[0].reasons, ["name", "amount"]);
        assert_eq!(seen.check_number, "101");
        let looks = "SELECT COUNT(*) FROM audit_events WHERE action = 'member-seen' \
                     AND detail = 'reason=queue'";
        assert_eq!(number(&world, looks).await, 3);
        world.clock.advance(SignedDuration::from_mins(1));
        let second = account(&world, 2).await;
        let parts = vec![part(second, 31_000)];
        let apply =
            |parts| suspense::apply(&world.ctx, &billing, (key, seen.version), parts, false);
        let made = apply(parts.clone()).await.unwrap();
        assert_eq!(made.len(), 1);
        assert_eq!(refused(apply(parts).await), "suspense-decided");
        assert_eq!(sums_of(&world, 2, "2026-12").await.unwrap()[4], 31_000);
        for (sql, expected) in [
            (
                "SELECT COUNT(*) FROM payments WHERE effective_on = '2026-11-27'",
                1,
            ),
            (
                "SELECT COUNT(*) FROM journal_transactions WHERE posting = 'suspense_cleared' \
                 AND effective_on = '2026-11-27'",
                1,
            ),
            (
                "SELECT COUNT(*) FROM suspense WHERE state = 'cleared' AND open_cents = 0",
                1,
            ),
            (
                "SELECT COUNT(*) FROM audit_events WHERE action = 'suspense-applied'",
                1,
            ),
        ] {
            assert_eq!(number(&world, sql).await, expected, "{sql}");
        }
        clean(&world).await;
        let done = look(&world, &billing, key).await;
        assert!(!done.may_decide && done.candidates.is_empty());
        let actions: Vec<&str> = done.history.iter().map(|s| s.action.as_str()).collect();
        assert_eq!(actions, ["check-to-suspense", "suspense-applied"]);
        // The next check from that bank account suggests the same account first.
        let next = [Letter {
            check: 900,
            ..letter(7, None)
        }];
        take(&world, write(folder.path(), "two.csv", "R2", &next), CHUNK)
            .await
            .unwrap();
        let key = keys(&world, &billing, Part::Open).await[0];
        let seen = look(&world, &billing, key).await;
        assert_eq!(seen.candidates[0].account, second);
        assert_eq!(seen.candidates[0].reasons, ["payer-account", "name"]);
        assert_eq!(seen.candidates[0].score, 60);
        // What came in with it is kept: whoever is likely is not late meanwhile.
        let mut tx = world.ctx.store.read().await.unwrap();
        let held = store::suspense_candidates::waiting_for(&mut tx, second, 35).await;
        assert_eq!(held.unwrap(), [(key, Cents::new(31_000))]);
    });
}

#[test]
fn a_check_is_divided_to_the_cent_and_what_is_left_waits_on() {
    both(|world| async move {
        let _folder = waiting(&world, 3, &[62_000]).await;
        let (ctx, billing) = (&world.ctx, someone(&world, Role::Billing));
        let key = keys(&world, &billing, Part::Open).await[0];
        let (one, two) = (account(&world, 1).await, account(&world, 2).await);
        let apply =
            |version, parts, rest| suspense::apply(ctx, &billing, (key, version), parts, rest);
        for (parts, rest, expected) in [
            (vec![], false, "suspense-no-parts most=40"),
            (
                vec![part(one, 31_000)],
                false,
                "suspense-parts-differ sum=$310.00 open=$620.00 difference=$310.00",
            ),
            (
                vec![part(one, 31_000), part(one, 31_000)],
                false,
                "suspense-part-twice",
            ),
            (
                vec![part(one, 62_000), part(two, 1)],
                true,
                "suspense-parts-differ sum=$620.01 open=$620.00 difference=-$0.01",
            ),
            (
                vec![part(one, 62_100), part(two, -100)],
                false,
                "suspense-parts-differ sum=$620.00 open=$620.00 difference=$0.00",
            ),
        ] {
            assert_eq!(refused(apply(0, parts, rest).await), expected);
        }
        apply(0, vec![part(one, 31_000)], true).await.unwrap();
        let rest = look(&world, &billing, key).await;
        assert_eq!((rest.line.open, rest.version), (Cents::new(31_000), 1));
        assert_eq!(
            refused(apply(0, vec![part(two, 31_000)], false).await),
            "suspense-changed"
        );
        apply(1, vec![part(two, 31_000)], false).await.unwrap();
        assert_eq!(sums_of(&world, 1, "2026-12").await.unwrap()[4], 31_000);
        assert_eq!(sums_of(&world, 2, "2026-12").await.unwrap()[4], 31_000);
        assert!(keys(&world, &billing, Part::Open).await.is_empty());
        clean(&world).await;
    });
}

#[test]
fn of_ten_people_who_apply_one_check_at_once_one_does() {
    both(|world| async move {
        let _folder = waiting(&world, 3, &[31_000]).await;
        let billing = someone(&world, Role::Billing);
        let key = keys(&world, &billing, Part::Open).await[0];
        let mut tries = Vec::new();
        for who in 0..10_u64 {
            let (ctx, account) = (world.ctx.clone(), account(&world, 1 + who % 3).await);
            let actor = someone(&world, Role::Billing);
            tries.push(tokio::spawn(async move {
                let parts = vec![part(account, 31_000)];
                suspense::apply(&ctx, &actor, (key, 0), parts, false)
                    .await
                    .is_ok()
            }));
        }
        let mut applied = 0;
        for tried in tries {
            applied += i32::from(tried.await.unwrap());
        }
        assert_eq!(applied, 1);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM payments").await, 1);
        clean(&world).await;
    });
}

fn payee() -> Payee {
    Payee {
        name: "Acme Electric".to_owned(),
        address: vec!["1 Main St".to_owned(), "Hartford CT 06103".to_owned()],
    }
}

#[test]
fn money_goes_back_to_its_payer_only_with_a_second_persons_word() {
    both(|world| async move {
        let _folder = waiting(&world, 1, &[31_000]).await;
        let ctx = &world.ctx;
        let (billing, boss) = (
            someone(&world, Role::Billing),
            someone(&world, Role::Supervisor),
        );
        let other = someone(&world, Role::Supervisor);
        let key = keys(&world, &billing, Part::Open).await[0];
        let ask = |who, key, version, payee: Payee| async move {
            suspense::ask_return(ctx, who, (key, version), &payee, ReturnReason::NotForPlan).await
        };
        let nameless = Payee {
            name: " ".to_owned(),
            ..payee()
        };
        assert_eq!(
            refused(ask(&billing, key, 0, nameless).await),
            "payee-name-missing"
        );
        let homeless = Payee {
            address: vec![],
            ..payee()
        };
        assert_eq!(
            refused(ask(&billing, key, 0, homeless).await),
            "payee-address-missing"
        );
        ask(&boss, key, 0, payee()).await.unwrap();
        let apply = suspense::apply(
            ctx,
            &billing,
            (key, 1),
            vec![part(account(&world, 1).await, 31_000)],
            false,
        );
        assert_eq!(refused(apply.await), "suspense-return-asked");
        assert!(is_not_allowed(
            &suspense::release_return(ctx, &billing, key, 1).await
        ));
        assert_eq!(
            refused(suspense::release_return(ctx, &boss, key, 1).await),
            "second-person"
        );
        let seen = look(&world, &other, key).await;
        assert!(seen.may_release && !look(&world, &boss, key).await.may_release);
        assert_eq!(seen.asked_return.unwrap().payee, payee());
        let stored = "SELECT COUNT(*) FROM suspense_returns WHERE sealed LIKE '%Acme%'";
        assert_eq!(number(&world, stored).await, 0);
        suspense::release_return(ctx, &other, key, 1).await.unwrap();
        assert_eq!(
            refused(suspense::release_return(ctx, &other, key, 2).await),
            "suspense-decided"
        );
        let owed =
            "SELECT CAST(-SUM(cents) AS BIGINT) FROM journal_entries WHERE ledger_account = '2400'";
        assert_eq!(number(&world, owed).await, 31_000);
        clean(&world).await;
    });
}

#[test]
fn a_refused_return_waits_in_the_queue_again_and_who_asked_may_take_it_back() {
    both(|world| async move {
        let _folder = waiting(&world, 1, &[31_000]).await;
        let (ctx, billing) = (&world.ctx, someone(&world, Role::Billing));
        let key = keys(&world, &billing, Part::Open).await[0];
        for (version, who) in [(0, Some(Role::Supervisor)), (2, None)] {
            let (payee, reason) = (payee(), ReturnReason::PaidTwice);
            suspense::ask_return(ctx, &billing, (key, version), &payee, reason)
                .await
                .unwrap();
            let stranger = someone(&world, Role::Billing);
            let refused = suspense::refuse_return(ctx, &stranger, key, version + 1).await;
            assert!(is_not_allowed(&refused));
            let who = who.map_or_else(|| billing.clone(), |role| someone(&world, role));
            let taken_back = suspense::refuse_return(ctx, &who, key, version + 1).await;
            taken_back.unwrap();
            assert_eq!(keys(&world, &billing, Part::Open).await, [key]);
        }
        clean(&world).await;
    });
}

#[test]
fn what_somebody_waits_with_comes_back_by_itself() {
    both(|world| async move {
        let _folder = waiting(&world, 1, &[100, 200, 300]).await;
        let (ctx, billing) = (&world.ctx, someone(&world, Role::Billing));
        let [first, second, third] = keys(&world, &billing, Part::Open).await[..] else {
            panic!("three")
        };
        let hold = |version, until, because| {
            suspense::hold(ctx, &billing, first, version, (until, because))
        };
        let today = ctx.today();
        let soon = today.tomorrow().unwrap();
        let far = today.saturating_add(jiff::Span::new().days(61));
        for (until, because, expected) in [
            (today, "call the payer", "hold-day days=60"),
            (far, "call the payer", "hold-day days=60"),
            (soon, "  ", "hold-reason-missing"),
        ] {
            assert_eq!(refused(hold(0, until, because).await), expected);
        }
        hold(0, soon, "call the payer").await.unwrap();
        assert_eq!(keys(&world, &billing, Part::Open).await, [second, third]);
        assert_eq!(keys(&world, &billing, Part::Held).await, [first]);
        assert_eq!(keys(&world, &billing, Part::Mine).await, [first]);
        // The next one by itself, and from the beginning after the last.
        let next = |after| suspense::next(ctx, &billing, after);
        assert_eq!(next(Some(second)).await.unwrap(), Some(third));
        assert_eq!(next(Some(third)).await.unwrap(), Some(second));
        suspense::own(ctx, &billing, second, 0).await.unwrap();
        assert_eq!(keys(&world, &billing, Part::Mine).await, [first, second]);
        suspense::put_back(ctx, &billing, second, 1).await.unwrap();
        assert_eq!(keys(&world, &billing, Part::Mine).await, [first]);
        world.clock.advance(SignedDuration::from_hours(24));
        assert_eq!(
            keys(&world, &billing, Part::Open).await,
            [first, second, third]
        );
        let ages = suspense::queue(ctx, &billing, &part_of(Part::Open))
            .await
            .unwrap()
            .ages;
        let all: i64 = ages.iter().map(|age| age.count).sum();
        assert_eq!((all, ages.len()), (3, 4));
    });
}

#[test]
fn a_long_queue_has_pages_and_a_number_that_the_bank_keyed_is_evidence_and_no_proof() {
    both(|world| async move {
        let cents: Vec<i64> = (1..=60).collect();
        let folder = waiting(&world, 2, &cents).await;
        let (ctx, billing) = (&world.ctx, someone(&world, Role::Billing));
        let first = suspense::queue(ctx, &billing, &part_of(Part::Open))
            .await
            .unwrap();
        assert_eq!(first.lines.len(), 50);
        let rest = QueueAsked {
            after: first.more,
            ..part_of(Part::Open)
        };
        let rest = suspense::queue(ctx, &billing, &rest).await.unwrap();
        assert_eq!((rest.lines.len(), rest.more), (10, None));
        let none = QueueAsked {
            exception: "unsigned".to_owned(),
            ..part_of(Part::Open)
        };
        assert!(
            suspense::queue(ctx, &billing, &none)
                .await
                .unwrap()
                .lines
                .is_empty()
        );
        // A coupon of member 1 whose last digit was misread, and the member ID keyed beside it.
        let mut misread = coupon(&world, 1);
        misread.truncate(misread.len() - 1);
        let path = write(folder.path(), "two.csv", "R2", &[letter(99, Some(misread))]);
        let text = std::fs::read_to_string(&path).unwrap();
        let keyed = text.replacen(
            "\ntotal",
            &format!(
                "\ncoupon,0022222,2026-11-27,001,99,,,,,,,,,,{}\ntotal",
                id(1).as_str()
            ),
            1,
        );
        std::fs::write(&path, keyed).unwrap();
        take(&world, path, CHUNK).await.unwrap();
        let only = QueueAsked {
            exception: "unreadable-scan-line".to_owned(),
            ..part_of(Part::Open)
        };
        let found = suspense::queue(ctx, &billing, &only).await.unwrap();
        let seen = look(&world, &billing, found.lines[0].key).await;
        assert_eq!(seen.candidates[0].account, account(&world, 1).await);
        assert_eq!(seen.candidates[0].reasons, ["member-id", "name", "amount"]);
        assert_eq!(seen.coupons.len(), 2);
        let unknown = suspense::add_candidate(ctx, &billing, seen.line.key, &id(77)).await;
        assert_eq!(refused(unknown), "suspense-member-unknown");
    });
}

#[test]
fn each_role_sees_and_decides_what_it_may() {
    both(|world| async move {
        let _folder = waiting(&world, 2, &[31_000]).await;
        let ctx = &world.ctx;
        let key = keys(&world, &someone(&world, Role::Billing), Part::Open).await[0];
        let target = account(&world, 1).await;
        for (role, sees, decides) in [
            (Role::Associate, false, false),
            (Role::Administrator, false, false),
            (Role::Auditor, true, false),
            (Role::Billing, true, true),
            (Role::Supervisor, true, true),
        ] {
            let actor = someone(&world, role);
            let queue = suspense::queue(ctx, &actor, &part_of(Part::Open)).await;
            assert_eq!(!is_not_allowed(&queue), sees, "{role:?}");
            assert_eq!(
                !is_not_allowed(&suspense::look(ctx, &actor, key).await),
                sees,
                "{role:?}"
            );
            // A version that never was: who may is refused for that, and nothing moves.
            let tried = [
                suspense::own(ctx, &actor, key, 9).await,
                suspense::put_back(ctx, &actor, key, 9).await,
                suspense::close_empty(ctx, &actor, key, 9).await,
                suspense::hold(ctx, &actor, key, 9, (ctx.today().tomorrow().unwrap(), "x")).await,
                suspense::ask_return(ctx, &actor, (key, 9), &payee(), ReturnReason::NotForPlan)
                    .await,
                suspense::refuse_return(ctx, &actor, key, 9).await,
                suspense::apply(ctx, &actor, (key, 9), vec![part(target, 31_000)], false)
                    .await
                    .map(drop),
            ];
            for answer in tried {
                assert_eq!(!is_not_allowed(&answer), decides, "{role:?} {answer:?}");
            }
            let added = suspense::add_candidate(ctx, &actor, key, &id(2)).await;
            assert_eq!(added.is_ok(), decides, "{role:?}");
        }
        for actor in [
            Actor::Guest {
                address: String::new(),
            },
            Actor::Operator,
        ] {
            assert!(is_not_allowed(&suspense::look(ctx, &actor, key).await));
        }
        assert_eq!(number(&world, "SELECT COUNT(*) FROM payments").await, 0);
    });
}
