//! What is made of the processor's answers, and of answers that never come.

use gateways::card::ChargeState;
use payments::PaymentStatus;
use testkit::{Act, ScriptedProcessor, both};

use crate::Scene;

#[test]
fn a_lost_answer_is_asked_for_and_the_money_counts_once() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        scene.processor.then(&[Act::LoseAnswer]);
        let payment = scene.pay(scene.command("a", 10_000)).await;
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Confirming);
        assert_eq!(scene.due().await.0, 10_000, "nothing is posted on a guess");
        assert_eq!(scene.wait_and_enquire(1).await, 1);
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Succeeded);
        assert_eq!(scene.processor.requests(), 1, "a look-up was enough");
        assert_eq!(scene.due().await.0, 0);
        assert_eq!(
            scene.wait_and_enquire(60).await,
            0,
            "there is nothing left to ask"
        );
        scene.books_are_right().await;
    });
}

#[test]
fn a_lost_request_is_sent_again_with_its_own_key() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        scene.processor.then(&[Act::LoseRequest]);
        let payment = scene.pay(scene.command("a", 10_000)).await;
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Confirming);
        scene.wait_and_enquire(1).await;
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Succeeded);
        assert_eq!(
            (scene.processor.requests(), scene.processor.taken().get()),
            (2, 10_000)
        );
        scene.books_are_right().await;
    });
}

#[test]
fn while_the_processor_is_away_the_payment_stays_open_and_after_three_days_a_person_owns_it() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        scene.processor.then(&[Act::LoseAnswer]);
        scene.processor.deaf(true);
        let payment = scene.pay(scene.command("a", 10_000)).await;
        let mut asked = 0;
        for _ in 0..100 {
            asked += scene.wait_and_enquire(61).await;
        }
        assert!(asked > 50, "{asked}");
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Confirming);
        assert_eq!(
            scene.wait_and_enquire(600).await,
            0,
            "machines have asked long enough"
        );
        assert_eq!(
            scene.processor.requests(),
            1,
            "nothing was sent a second time"
        );
        let mut tx = scene.ctx.store.read().await.unwrap();
        let attempts = store::attempts::of_payment(&mut tx, scene.maria.account, payment)
            .await
            .unwrap();
        assert_eq!(attempts[0].owner, "billing");
    });
}

#[test]
fn a_connection_refused_takes_nothing_and_says_so_at_once() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        scene.processor.then(&[Act::RefuseConnection]);
        let payment = scene.pay(scene.command("a", 10_000)).await;
        assert_eq!(scene.view(payment).await.status, PaymentStatus::NotSent);
        assert_eq!(scene.wait_and_enquire(60).await, 0);
        assert_eq!(scene.processor.taken().get(), 0);
    });
}

#[test]
fn two_reconcilers_at_once_post_once() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        scene.processor.then(&[Act::LoseAnswer]);
        scene.pay(scene.command("a", 10_000)).await;
        scene
            .world
            .clock
            .advance(jiff::SignedDuration::from_mins(1));
        let rounds: Vec<_> = (0..8)
            .map(|_| {
                let ctx = scene.ctx.clone();
                tokio::spawn(async move { usecases::reconcile::enquire_due(&ctx).await })
            })
            .collect();
        for round in rounds {
            round.await.unwrap().unwrap();
        }
        assert_eq!(scene.due().await.0, 0);
        scene.books_are_right().await;
    });
}

#[test]
fn a_bank_debit_counts_from_the_day_it_was_sent_and_a_return_reopens_what_it_paid() {
    both(|world| async move {
        let scene = Scene::with_months(world, 2).await;
        scene.processor.then(&[Act::Pend]);
        let payment = scene.pay(scene.debit("a", 15_000)).await;
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Pending);
        assert_eq!(scene.due().await, (5_000, vec![0, 5_000]));
        scene.processor.settle(&ScriptedProcessor::insufficient());
        scene.wait_and_enquire(11).await;
        let view = scene.view(payment).await;
        assert_eq!(view.status, PaymentStatus::Returned);
        assert_eq!(scene.due().await, (20_000, vec![10_000, 10_000]));
        usecases::outbox::send_due(&scene.ctx).await.unwrap();
        assert_eq!(
            scene.world.mail.to("payer@example.com").len(),
            2,
            "on its way, then returned"
        );
        scene.books_are_right().await;
    });
}

#[test]
fn a_debit_that_settles_changes_nothing_more_and_can_still_be_returned() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        scene.processor.then(&[Act::Pend]);
        let payment = scene.pay(scene.debit("a", 10_000)).await;
        scene.processor.settle(&ChargeState::Succeeded);
        scene.wait_and_enquire(11).await;
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Succeeded);
        assert_eq!(scene.due().await.0, 0);
        scene.books_are_right().await;
    });
}

#[test]
fn a_return_also_takes_back_what_a_later_invoice_drew_from_the_payment() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        scene.processor.then(&[Act::Pend]);
        let payment = scene.pay(scene.debit("a", 25_000)).await;
        assert_eq!(scene.due().await.0, 0);
        scene
            .invoice(kernel::BillingMonth::parse("2027-01").unwrap())
            .await;
        assert_eq!(scene.due().await, (0, vec![0, 0]));
        scene.processor.settle(&ScriptedProcessor::insufficient());
        scene.wait_and_enquire(11).await;
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Returned);
        assert_eq!(scene.due().await, (20_000, vec![10_000, 10_000]));
        scene.books_are_right().await;
    });
}
