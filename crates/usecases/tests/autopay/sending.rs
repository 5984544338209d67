//! Drafts on their way to money: notice, cap, tolerance, one for each month, killed anywhere.

use gateways::card::ChargeState;
use jiff::SignedDuration;
use kernel::Cents;
use testkit::{Act, both};
use usecases::autopay::{self, Agreed, Cap, DraftState, NextDraft, OverCap};
use usecases::progress::Unwatched;
use usecases::{Actor, UseCaseError};

use super::{Scene, month};

/// December is paid by a draft, and January is invoiced on 14 December.
async fn until_january(scene: &Scene) {
    scene.invoice(month("2026-12")).await;
    scene.set_up(scene.choice(scene.card)).await;
    scene.night("2026-12-02").await;
    assert_eq!(scene.state("2026-12").await, DraftState::Paid);
    scene.go_to("2026-12-14");
    scene.invoice(month("2027-01")).await;
}

#[test]
fn every_month_is_drafted_once_on_its_day_and_receipted() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        until_january(&scene).await;
        assert_eq!(scene.due().await, Cents::new(10_000));
        scene.night("2026-12-15").await;
        assert_eq!(scene.scheduled().await, ("2027-01-01".to_owned(), 10_000));
        assert_eq!(scene.told("draft-coming").await, 0, "the same as before");
        // The plan file reminds five days before.
        scene.night("2026-12-27").await;
        assert_eq!(scene.told("draft-coming").await, 1);
        assert_eq!(scene.night("2026-12-31").await.sent, 0);
        let report = scene.night("2027-01-01").await;
        assert_eq!((report.sent, report.cents), (1, Cents::new(10_000)));
        assert_eq!(scene.night("2027-01-02").await.sent, 0);
        assert_eq!(scene.payments().await, 2);
        assert_eq!(scene.due().await, Cents::ZERO);
        assert_eq!(scene.processor.taken(), Cents::new(20_000));
        assert_eq!(scene.told("payment-received").await, 2);
        assert!(matches!(scene.next().await, NextDraft::Awaiting { .. }));
        let draft = scene.draft("2027-01").await;
        let payment = draft.payment.expect("it was paid");
        let shown =
            usecases::payments::view(&scene.ctx, &scene.member(), scene.maria.account, payment)
                .await
                .expect("it is hers");
        assert_eq!(shown.last_four, "4242");
    });
}

#[test]
fn two_runs_at_once_make_one_draft() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        until_january(&scene).await;
        scene.plan().await;
        scene.go_to("2027-01-01");
        let (first, second) = tokio::join!(scene.plan(), scene.plan());
        assert!(first.mandates + second.mandates >= 1);
        let (first, second) = tokio::join!(scene.send(), scene.send());
        assert_eq!(first.sent + second.sent, 1);
        assert_eq!(scene.payments().await, 2);
        assert_eq!(scene.processor.taken(), Cents::new(20_000));
    });
}

#[test]
fn a_run_killed_between_its_steps_ends_the_same() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        until_january(&scene).await;
        scene.plan().await;
        scene.go_to("2027-01-01");
        scene.plan().await;
        // Killed after the payments were prepared: nothing is at the processor yet.
        let prepare =
            || autopay::prepare_drafts(&scene.ctx, &Actor::Operator, scene.ctx.today(), &Unwatched);
        assert_eq!(prepare().await.expect("it is prepared").sent, 1);
        assert_eq!(scene.processor.requests(), 1);
        assert_eq!(prepare().await.expect("again").sent, 0);
        assert_eq!(scene.state("2027-01").await, DraftState::Sent);
        assert_eq!(scene.watch().await.faults, 0);
        // Killed after the attempt was claimed: the request is lost and nobody can tell.
        scene.processor.then(&[Act::LoseRequest]);
        assert_eq!(scene.send().await.dispatched, 1);
        assert_eq!(scene.due().await, Cents::new(10_000));
        scene.world.clock.advance(SignedDuration::from_mins(5));
        scene.reconcile().await;
        assert_eq!(scene.state("2027-01").await, DraftState::Paid);
        assert_eq!(scene.send().await.dispatched, 0);
        assert_eq!(scene.processor.taken(), Cents::new(20_000));
        assert_eq!(scene.payments().await, 2);
    });
}

#[test]
fn a_lost_answer_is_asked_for_and_never_drafted_again() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        until_january(&scene).await;
        scene.plan().await;
        scene.processor.then(&[Act::LoseAnswer]);
        scene.night("2027-01-01").await;
        scene.night("2027-01-02").await;
        scene.reconcile().await;
        assert_eq!(scene.state("2027-01").await, DraftState::Paid);
        assert_eq!(scene.processor.taken(), Cents::new(20_000));
        assert_eq!(scene.payments().await, 2);
    });
}

#[test]
fn reg_e_1005_10_d_a_differing_amount_is_told_ten_days_before_or_held() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        scene.set_up(scene.choice(scene.card)).await;
        scene.night("2026-12-02").await;
        scene.dearer(12_000).await;
        scene.go_to("2026-12-14");
        scene.invoice(month("2027-01")).await;
        scene.night("2026-12-15").await;
        // The rise for December is in it: 20 for December and 120 for January.
        assert_eq!(scene.told("draft-coming").await, 1);
        let (day, cents) = scene.scheduled().await;
        assert_eq!(day, "2027-01-01");
        assert_eq!(cents, scene.due().await.get());
        assert_ne!(cents, 10_000);
        scene.night("2027-01-01").await;
        assert_eq!(scene.state("2027-01").await, DraftState::Paid);
    });
}

#[test]
fn an_amount_that_is_known_too_late_is_held_until_ten_days_after_the_notice() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        scene.set_up(scene.choice(scene.card)).await;
        scene.night("2026-12-02").await;
        scene.dearer(12_000).await;
        // The invoice is late: five days before it is due.
        scene.go_to("2026-12-27");
        scene.invoice(month("2027-01")).await;
        scene.night("2026-12-27").await;
        assert_eq!(scene.told("draft-coming").await, 1);
        assert_eq!(scene.told("autopay-not-drafting").await, 1);
        assert_eq!(scene.scheduled().await.0, "2027-01-06");
        assert_eq!(scene.night("2027-01-01").await.sent, 0);
        assert_eq!(scene.night("2027-01-06").await.sent, 1);
        assert_eq!(scene.told("autopay-not-drafting").await, 1, "said once");
    });
}

#[test]
fn inside_what_was_agreed_no_notice_is_needed() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        let agreed = Some(Agreed::Difference {
            most: Cents::new(5_000),
        });
        scene
            .set_up(autopay::Choice {
                agreed,
                ..scene.choice(scene.card)
            })
            .await;
        scene.night("2026-12-02").await;
        scene.dearer(12_000).await;
        scene.go_to("2026-12-28");
        scene.invoice(month("2027-01")).await;
        scene.night("2026-12-28").await;
        assert_eq!(scene.told("autopay-not-drafting").await, 0);
        assert_eq!(scene.scheduled().await.0, "2027-01-01");
    });
}

#[test]
fn above_the_cap_nothing_is_drafted_and_the_member_is_told_once() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        let cap = Some(Cap {
            most: Cents::new(10_000),
            over: OverCap::Never,
        });
        scene
            .set_up(autopay::Choice {
                cap,
                ..scene.choice(scene.card)
            })
            .await;
        scene.night("2026-12-02").await;
        scene.dearer(10_001).await;
        scene.go_to("2026-12-14");
        scene.invoice(month("2027-01")).await;
        scene.night("2026-12-15").await;
        assert_eq!(scene.reason().await, "over-cap");
        scene.night("2026-12-16").await;
        assert_eq!(scene.told("autopay-not-drafting").await, 1);
        assert_eq!(scene.listed().await, [("over-cap".to_owned(), false)]);
        assert_eq!(scene.night("2027-01-01").await.sent, 0);
        assert_eq!(scene.payments().await, 1);
    });
}

#[test]
fn what_the_member_pays_meanwhile_makes_the_draft_smaller_or_calls_it_off() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        until_january(&scene).await;
        scene.night("2026-12-15").await;
        scene.pay(4_000).await;
        scene.go_to("2027-01-01");
        // Not planned again: the transaction that makes the payment looks once more.
        let report = scene.send().await;
        assert_eq!((report.sent, report.cents), (1, Cents::new(6_000)));
        assert_eq!(scene.due().await, Cents::ZERO);
        scene.go_to("2027-01-13");
        scene.invoice(month("2027-02")).await;
        scene.night("2027-01-14").await;
        scene.pay(10_000).await;
        scene.go_to("2027-02-01");
        let report = scene.send().await;
        assert_eq!((report.sent, report.not_sent), (0, 1));
        assert_eq!(scene.state("2027-02").await, DraftState::Cancelled);
    });
}

#[test]
fn a_bank_account_is_validated_before_its_first_draft_and_drafted_when_banks_work() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        scene.pay(10_000).await;
        scene
            .run_sql(
                "UPDATE payment_methods SET state = 'validating' WHERE tender = $1",
                store::args!["bank-account"],
            )
            .await;
        scene.set_up(scene.choice(scene.bank)).await;
        scene.go_to("2026-12-14");
        scene.invoice(month("2027-01")).await;
        scene.night("2026-12-15").await;
        assert_eq!(scene.reason().await, "account-not-validated");
        assert_eq!(scene.told("autopay-not-drafting").await, 1);
        scene
            .run_sql(
                "UPDATE payment_methods SET state = 'good' WHERE tender = $1",
                store::args!["bank-account"],
            )
            .await;
        scene.night("2026-12-16").await;
        // New Year's Day is a Friday on which no bank works.
        assert_eq!(scene.scheduled().await, ("2027-01-04".to_owned(), 10_000));
        scene.processor.then(&[Act::Pend]);
        scene.night("2027-01-04").await;
        assert_eq!(scene.state("2027-01").await, DraftState::Paid);
        scene.processor.settle(&ChargeState::Succeeded);
    });
}

#[test]
fn a_day_off_its_forecast_stops_before_the_first_draft_until_a_person_releases_it() {
    both(|world| async move {
        let mut scene = Scene::new(world).await;
        let mut plan = (*scene.ctx.plan).clone();
        plan.autopay.spare_drafts = 0;
        plan.autopay.spare_amount = Cents::ZERO;
        scene.ctx.plan = std::sync::Arc::new(plan);
        scene.invoice(month("2026-12")).await;
        scene.go_to("2026-12-02");
        scene.plan().await;
        scene.set_up(scene.choice(scene.card)).await;
        let report = scene.send().await;
        assert_eq!(report.sent, 0);
        assert!(report.stopped.is_some_and(|why| why.contains("1 drafts")));
        assert_eq!(scene.payments().await, 0);
        let (ctx, day) = (&scene.ctx, scene.ctx.today());
        let days = autopay::stopped_days(ctx, &Actor::Operator).await;
        assert_eq!(days.expect("the operator may look"), [day]);
        let member = scene.member();
        let by_member = autopay::release(ctx, &member, day, "please").await;
        assert!(matches!(by_member, Err(UseCaseError::NotAllowed)));
        let without = autopay::release(ctx, &Actor::Operator, day, "  ").await;
        assert!(matches!(without, Err(UseCaseError::Refused(_))));
        autopay::release(ctx, &Actor::Operator, day, "the first mandate of all")
            .await
            .expect("it is stopped");
        assert_eq!(scene.send().await.sent, 1);
        let again = autopay::release(ctx, &Actor::Operator, day, "twice").await;
        assert!(matches!(again, Err(UseCaseError::Refused(_))));
    });
}

impl Scene {
    /// The premium rises from January on, and by a retroactive change for December too.
    async fn dearer(&self, cents: i64) {
        self.run_sql(
            "UPDATE coverages SET premium_cents = $2 WHERE account_id = $1",
            store::args![self.maria.account, cents],
        )
        .await;
    }
}
