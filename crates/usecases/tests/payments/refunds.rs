//! Payments are given back once, by two people above the limit, whatever the processor answers.

use gateways::card::{ChargeState, RefundState};
use identity::Role;
use jiff::SignedDuration;
use kernel::{Cents, PaymentId, RefundId};
use payments::{PaymentStatus, RefundStatus};
use testkit::{RefundAct, both, staff};
use usecases::refunds::{
    Instead, RefundAsked, RefundReason, ask, refundable, refunds, refuse, release, send_due, settle,
};
use usecases::{Actor, UseCaseError};

use crate::Scene;

fn asked(scene: &Scene, payment: PaymentId, key: &str, cents: i64) -> RefundAsked {
    RefundAsked {
        account: scene.maria.account,
        payment,
        key: key.to_owned(),
        cents: Cents::new(cents),
        reason: RefundReason::PaidTwice,
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

async fn status(scene: &Scene, actor: &Actor, id: RefundId) -> RefundStatus {
    let all = refunds(&scene.ctx, actor).await.expect("they may see them");
    let mut lines = all.open.into_iter().chain(all.over);
    lines
        .find(|one| one.refund == id)
        .expect("it is listed")
        .status
}

#[test]
fn up_to_the_limit_one_person_gives_back_and_the_newest_month_is_open_again() {
    both(|world| async move {
        let billing = staff(&world, Role::Billing).await;
        let scene = Scene::with_months(world, 2).await;
        let payment = scene.pay(scene.command("a", 20_000)).await;
        assert_eq!(scene.due().await, (0, vec![0, 0]));
        let id = ask(&scene.ctx, &billing, asked(&scene, payment, "k", 4_000))
            .await
            .unwrap();
        assert_eq!(status(&scene, &billing, id).await, RefundStatus::Done);
        assert_eq!(scene.processor.given_back().get(), 4_000);
        assert_eq!(scene.due().await, (4_000, vec![0, 4_000]));
        assert_eq!(
            scene.view(payment).await.status,
            PaymentStatus::PartlyRefunded
        );
        // The same key again is the same refund; with another amount it is refused.
        let again = ask(&scene.ctx, &billing, asked(&scene, payment, "k", 4_000))
            .await
            .unwrap();
        assert_eq!(again, id);
        assert_eq!(scene.processor.refund_requests(), 1);
        let other = ask(&scene.ctx, &billing, asked(&scene, payment, "k", 3_000)).await;
        assert_eq!(code(other), "key-used-otherwise");
        let left = refundable(&scene.ctx, &billing, scene.maria.account, payment)
            .await
            .unwrap();
        assert_eq!((left.left.get(), left.by_check), (16_000, false));
        let more = ask(&scene.ctx, &billing, asked(&scene, payment, "l", 16_001)).await;
        assert_eq!(code(more), "refund-too-much");
        scene.books_are_right().await;
    });
}

#[test]
fn above_the_limit_nothing_moves_until_somebody_else_releases_it() {
    both(|world| async move {
        let billing = staff(&world, Role::Billing).await;
        let supervisor = staff(&world, Role::Supervisor).await;
        let scene = Scene::with_months(world, 2).await;
        let (ctx, account) = (&scene.ctx, scene.maria.account);
        let payment = scene.pay(scene.command("a", 20_000)).await;
        let id = ask(ctx, &supervisor, asked(&scene, payment, "k", 20_000))
            .await
            .unwrap();
        assert_eq!(scene.processor.refund_requests(), 0);
        assert_eq!(scene.due().await.0, 0);
        assert_eq!(
            code(release(ctx, &supervisor, account, id).await),
            "second-person"
        );
        let mine = release(ctx, &billing, account, id).await;
        assert!(matches!(mine, Err(UseCaseError::NotAllowed)), "{mine:?}");
        let second = ask(ctx, &billing, asked(&scene, payment, "l", 100)).await;
        assert_eq!(code(second), "refund-under-way");
        // Who asked takes it back; then somebody else asks, and the supervisor releases.
        refuse(ctx, &supervisor, account, id).await.unwrap();
        assert_eq!(status(&scene, &billing, id).await, RefundStatus::Refused);
        assert_eq!(
            code(refuse(ctx, &supervisor, account, id).await),
            "refund-decided"
        );
        let id = ask(ctx, &billing, asked(&scene, payment, "m", 20_000))
            .await
            .unwrap();
        release(ctx, &supervisor, account, id).await.unwrap();
        assert_eq!(
            code(release(ctx, &supervisor, account, id).await),
            "refund-decided"
        );
        assert_eq!(scene.processor.given_back().get(), 20_000);
        assert_eq!(scene.due().await, (20_000, vec![10_000, 10_000]));
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Refunded);
        let none = refundable(ctx, &billing, account, payment).await;
        assert_eq!(code(none), "refund-not-possible");
        scene.books_are_right().await;
    });
}

#[test]
fn a_lost_answer_is_asked_for_with_the_same_key_and_the_money_goes_back_once() {
    both(|world| async move {
        let billing = staff(&world, Role::Billing).await;
        let scene = Scene::with_months(world, 1).await;
        let payment = scene.pay(scene.command("a", 10_000)).await;
        scene.processor.then_refunds(&[RefundAct::LoseAnswer]);
        let id = ask(&scene.ctx, &billing, asked(&scene, payment, "k", 5_000))
            .await
            .unwrap();
        assert_eq!(status(&scene, &billing, id).await, RefundStatus::Unknown);
        assert_eq!(scene.due().await.0, 5_000);
        scene.world.clock.advance(SignedDuration::from_mins(2));
        assert_eq!(send_due(&scene.ctx).await.unwrap(), 1);
        assert_eq!(status(&scene, &billing, id).await, RefundStatus::Done);
        assert_eq!(scene.processor.given_back().get(), 5_000);
        assert_eq!(send_due(&scene.ctx).await.unwrap(), 0);
        // A request that never arrived is sent again, and then it does.
        scene.processor.then_refunds(&[RefundAct::LoseRequest]);
        let id = ask(&scene.ctx, &billing, asked(&scene, payment, "l", 1_000))
            .await
            .unwrap();
        scene.world.clock.advance(SignedDuration::from_mins(2));
        send_due(&scene.ctx).await.unwrap();
        assert_eq!(status(&scene, &billing, id).await, RefundStatus::Done);
        assert_eq!(scene.processor.given_back().get(), 6_000);
        scene.books_are_right().await;
    });
}

#[test]
fn after_a_day_without_an_answer_a_person_says_what_became_of_it() {
    both(|world| async move {
        let billing = staff(&world, Role::Billing).await;
        let supervisor = staff(&world, Role::Supervisor).await;
        let scene = Scene::with_months(world, 1).await;
        let (ctx, account) = (&scene.ctx, scene.maria.account);
        let payment = scene.pay(scene.command("a", 10_000)).await;
        scene.processor.then_refunds(&[RefundAct::LoseRequest]);
        let id = ask(ctx, &billing, asked(&scene, payment, "k", 5_000))
            .await
            .unwrap();
        let early = settle(ctx, &supervisor, (account, id), Instead::Undo).await;
        assert_eq!(code(early), "refund-decided");
        scene.world.clock.advance(SignedDuration::from_hours(24));
        send_due(ctx).await.unwrap();
        // A request with the old key could give the money back a second time: none was made.
        assert_eq!(scene.processor.refund_requests(), 1);
        let open = refunds(ctx, &billing).await.unwrap().open;
        assert!(open[0].needs_person);
        settle(ctx, &supervisor, (account, id), Instead::WasDone)
            .await
            .unwrap();
        assert_eq!(status(&scene, &billing, id).await, RefundStatus::Done);
        scene.books_are_right().await;
    });
}

#[test]
fn what_the_processor_does_not_do_is_paid_by_check_or_put_back() {
    both(|world| async move {
        let billing = staff(&world, Role::Billing).await;
        let supervisor = staff(&world, Role::Supervisor).await;
        let scene = Scene::with_months(world, 1).await;
        let (ctx, account) = (&scene.ctx, scene.maria.account);
        let payment = scene.pay(scene.command("a", 10_000)).await;
        scene.processor.then_refunds(&[RefundAct::Refuse]);
        let id = ask(ctx, &billing, asked(&scene, payment, "k", 5_000))
            .await
            .unwrap();
        assert_eq!(status(&scene, &billing, id).await, RefundStatus::Failed);
        settle(ctx, &supervisor, (account, id), Instead::Undo)
            .await
            .unwrap();
        assert_eq!(scene.due().await.0, 0);
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Succeeded);
        // The next one is taken up first and fails later.
        scene.processor.then_refunds(&[RefundAct::Pend]);
        let id = ask(ctx, &billing, asked(&scene, payment, "l", 6_000))
            .await
            .unwrap();
        assert_eq!(status(&scene, &billing, id).await, RefundStatus::Pending);
        scene.processor.settle_refunds(RefundState::Failed);
        scene.world.clock.advance(SignedDuration::from_hours(7));
        send_due(ctx).await.unwrap();
        assert_eq!(status(&scene, &billing, id).await, RefundStatus::Failed);
        settle(ctx, &supervisor, (account, id), Instead::Check)
            .await
            .unwrap();
        assert_eq!(
            status(&scene, &billing, id).await,
            RefundStatus::OwedByCheck
        );
        assert_eq!(scene.due().await.0, 6_000);
        scene.books_are_right().await;
    });
}

#[test]
fn a_debit_waits_and_one_that_comes_back_after_a_refund_is_owed_by_its_payer() {
    both(|world| async move {
        let billing = staff(&world, Role::Billing).await;
        let scene = Scene::with_months(world, 1).await;
        let payment = scene.pay(scene.debit("a", 10_000)).await;
        let early = ask(&scene.ctx, &billing, asked(&scene, payment, "k", 4_000)).await;
        assert_eq!(code(early), "refund-too-early");
        scene
            .world
            .clock
            .advance(SignedDuration::from_hours(24 * 6));
        ask(&scene.ctx, &billing, asked(&scene, payment, "k", 4_000))
            .await
            .unwrap();
        assert_eq!(scene.due().await.0, 4_000);
        scene
            .processor
            .settle(&testkit::ScriptedProcessor::insufficient());
        let ChargeState::Declined(_) = testkit::ScriptedProcessor::insufficient() else {
            panic!("a return is a refusal that comes late");
        };
        let attempt = {
            let mut tx = scene.ctx.store.read().await.unwrap();
            let account = scene.maria.account;
            store::attempts::of_payment(&mut tx, account, payment)
                .await
                .unwrap()
                .remove(0)
        };
        usecases::reconcile::enquire(&scene.ctx, &attempt)
            .await
            .unwrap();
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Returned);
        // All of the month is open again, and not a cent more.
        assert_eq!(scene.due().await, (10_000, vec![10_000]));
        let day = scene.ctx.today();
        let trial = usecases::books::trial_balance(&scene.ctx, &Actor::Operator, day).await;
        let trial = trial.unwrap();
        assert_eq!(
            trial
                .line(postings::chart::RETURNED_AFTER_REFUND)
                .balance()
                .get(),
            4_000
        );
        scene.books_are_right().await;
    });
}

#[test]
fn only_billing_and_supervisors_give_back() {
    both(|world| async move {
        let associate = staff(&world, Role::Associate).await;
        let auditor = staff(&world, Role::Auditor).await;
        let scene = Scene::with_months(world, 1).await;
        let payment = scene.pay(scene.command("a", 10_000)).await;
        for actor in [&associate, &auditor, &scene.member()] {
            let no = ask(&scene.ctx, actor, asked(&scene, payment, "k", 100)).await;
            assert!(matches!(no, Err(UseCaseError::NotAllowed)), "{no:?}");
        }
        assert!(refunds(&scene.ctx, &auditor).await.is_ok());
        assert_eq!(scene.processor.refund_requests(), 0);
    });
}
