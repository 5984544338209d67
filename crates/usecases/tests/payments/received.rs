//! The list of what came in on a day.

use identity::Role;
use jiff::{SignedDuration, ToSpan as _};
use kernel::{Cents, Channel, StaffId, Tender};
use testkit::both;
use usecases::staff::received::{Received, ReceivedFilter, received};
use usecases::{Actor, UseCaseError};

use crate::Scene;

fn someone(scene: &Scene, role: Role) -> Actor {
    Actor::Staff {
        staff: scene.ctx.id::<StaffId>(),
        role,
        address: String::new(),
    }
}

fn today(scene: &Scene) -> ReceivedFilter {
    ReceivedFilter {
        day: scene.ctx.today(),
        channel: None,
        tender: None,
        status: None,
        page: 1,
    }
}

async fn list(scene: &Scene, filter: ReceivedFilter) -> Received {
    let billing = someone(scene, Role::Billing);
    let answer = received(&scene.ctx, &billing, &filter).await;
    answer.expect("billing is let in")
}

#[test]
fn every_payment_of_a_day_is_listed_once_newest_first_and_the_totals_tie() {
    both(|world| async move {
        let scene = Scene::with_months(world, 2).await;
        for (key, cents) in [("a", 1_000), ("b", 2_000), ("c", 3_000)] {
            scene.pay(scene.command(key, cents)).await;
            scene.world.clock.advance(SignedDuration::from_secs(1));
        }
        scene.pay(scene.debit("d", 4_000)).await;
        let all = list(&scene, today(&scene)).await;
        let cents: Vec<i64> = all.rows.iter().map(|row| row.cents.get()).collect();
        assert_eq!(cents, [4_000, 3_000, 2_000, 1_000]);
        assert_eq!((all.count, all.cents), (4, Cents::new(10_000)));
        let sum: Cents = all.totals.iter().map(|total| total.cents).sum();
        assert_eq!((all.totals.len(), sum), (2, Cents::new(10_000)));
        let mut numbers: Vec<&str> = all.rows.iter().map(|row| &*row.confirmation).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 4, "one series");
        let debits = ReceivedFilter {
            tender: Some(Tender::BankAccount),
            ..today(&scene)
        };
        let debits = list(&scene, debits).await;
        assert_eq!((debits.rows.len(), debits.cents), (1, Cents::new(4_000)));
        // What was asked for does not change the totals of the day.
        assert_eq!(debits.totals, all.totals);
        let mailed = ReceivedFilter {
            channel: Some(Channel::Mail),
            ..today(&scene)
        };
        let mailed = list(&scene, mailed).await;
        assert_eq!((mailed.rows.len(), mailed.count), (0, 0));
        let yesterday = ReceivedFilter {
            day: scene.ctx.today().checked_sub(1.day()).unwrap(),
            ..today(&scene)
        };
        assert_eq!(list(&scene, yesterday).await.count, 0);
    });
}

#[test]
fn a_day_is_the_plans_own_and_a_file_has_all_of_it() {
    both(|world| async move {
        let scene = Scene::with_months(world, 2).await;
        for number in 0..55 {
            scene.pay(scene.command(&number.to_string(), 100)).await;
        }
        let page = |page| ReceivedFilter {
            page,
            ..today(&scene)
        };
        assert_eq!(list(&scene, page(1)).await.rows.len(), 50);
        assert_eq!(list(&scene, page(2)).await.rows.len(), 5);
        assert_eq!(list(&scene, page(0)).await.rows.len(), 55);
        // To one second before midnight where the plan is, and into the next day.
        let zone = &scene.ctx.plan.time_zone;
        let day = scene.ctx.today();
        let midnight = zone
            .to_timestamp(day.tomorrow().unwrap().at(0, 0, 0, 0))
            .unwrap();
        let left = midnight.duration_since(scene.ctx.now()) - SignedDuration::from_secs(1);
        scene.world.clock.advance(left);
        scene.pay(scene.command("late", 200)).await;
        scene.world.clock.advance(SignedDuration::from_secs(1));
        scene.pay(scene.command("early", 300)).await;
        let on = |day| ReceivedFilter { day, ..page(1) };
        assert_eq!(list(&scene, on(day)).await.cents, Cents::new(5_700));
        let next = list(&scene, on(day.tomorrow().unwrap())).await;
        assert_eq!((next.count, next.cents), (1, Cents::new(300)));
    });
}

#[test]
fn who_sees_no_members_sees_no_payments() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        for (actor, sees) in [
            (someone(&scene, Role::Associate), true),
            (someone(&scene, Role::Billing), true),
            (someone(&scene, Role::Supervisor), true),
            (someone(&scene, Role::Auditor), true),
            (someone(&scene, Role::Administrator), false),
            (scene.member(), false),
            (Actor::Operator, false),
        ] {
            let answer = received(&scene.ctx, &actor, &today(&scene)).await;
            let refused = matches!(answer, Err(UseCaseError::NotAllowed));
            assert_eq!(!refused, sees, "{actor:?}");
        }
    });
}
