//! The money lands on the oldest month first, exactly once.

use payments::PaymentStatus;
use testkit::{Act, both};
use usecases::UseCaseError;

use crate::Scene;

#[test]
fn a_payment_pays_the_oldest_month_first_and_the_rest_waits_for_the_next_invoice() {
    both(|world| async move {
        let scene = Scene::with_months(world, 2).await;
        assert_eq!(scene.due().await, (20_000, vec![10_000, 10_000]));
        let payment = scene.pay(scene.command("a", 15_000)).await;
        assert_eq!(scene.view(payment).await.status, PaymentStatus::Succeeded);
        assert_eq!(scene.due().await, (5_000, vec![0, 5_000]));
        scene.pay(scene.command("b", 12_000)).await;
        assert_eq!(scene.due().await, (0, vec![0, 0]));
        scene
            .invoice(kernel::BillingMonth::parse("2027-02").unwrap())
            .await;
        assert_eq!(scene.due().await, (3_000, vec![0, 0, 3_000]));
        scene.books_are_right().await;
    });
}

#[test]
fn the_same_key_again_is_the_same_payment_and_another_request_with_it_is_refused() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        let first = scene.pay(scene.command("a", 10_000)).await;
        assert_eq!(scene.pay(scene.command("a", 10_000)).await, first);
        assert_eq!(scene.processor.requests(), 1);
        let other =
            usecases::payments::take(&scene.ctx, &scene.member(), scene.command("a", 9_999)).await;
        match other {
            Err(UseCaseError::Refused(refusal)) => assert_eq!(refusal.code, "key-used-otherwise"),
            other => panic!("{other:?}"),
        }
        assert_eq!(scene.processor.taken().get(), 10_000);
        scene.books_are_right().await;
    });
}

#[test]
fn fifty_requests_with_one_key_at_once_take_one_payment() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        let takes = (0..50).map(|_| {
            let (ctx, actor, command) = (
                scene.ctx.clone(),
                scene.member(),
                scene.command("a", 10_000),
            );
            tokio::spawn(async move { usecases::payments::take(&ctx, &actor, command).await })
        });
        let mut payments = Vec::new();
        for take in takes.collect::<Vec<_>>() {
            payments.push(take.await.unwrap().unwrap());
        }
        payments.dedup();
        assert_eq!(payments.len(), 1);
        assert_eq!(scene.processor.requests(), 1);
        assert_eq!(scene.due().await.0, 0);
        scene.books_are_right().await;
    });
}

#[test]
fn different_payments_at_once_all_count_and_never_pay_more_than_is_open() {
    both(|world| async move {
        let scene = Scene::with_months(world, 3).await;
        let takes: Vec<_> = (0..20)
            .map(|n| {
                let command = scene.command(&format!("key-{n}"), 2_000);
                let (ctx, actor) = (scene.ctx.clone(), scene.member());
                tokio::spawn(async move { usecases::payments::take(&ctx, &actor, command).await })
            })
            .collect();
        for take in takes {
            take.await.unwrap().unwrap();
        }
        assert_eq!(scene.processor.taken().get(), 40_000);
        assert_eq!(scene.due().await, (0, vec![0, 0, 0]));
        scene.books_are_right().await;
    });
}

#[test]
fn a_declined_payment_moves_no_money_and_says_why() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        scene.processor.then(&[Act::Decline]);
        let payment = scene.pay(scene.command("a", 10_000)).await;
        let view = scene.view(payment).await;
        assert_eq!(view.status, PaymentStatus::Declined);
        assert!(!view.reason.is_empty());
        assert_eq!(scene.due().await.0, 10_000);
        scene.books_are_right().await;
    });
}

#[test]
fn a_stranger_sees_and_pays_nothing_of_it() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        let payment = scene.pay(scene.command("a", 10_000)).await;
        let stranger = usecases::Actor::Member {
            login: scene.ctx.id(),
            person: scene.ctx.id(),
            address: String::new(),
        };
        let account = scene.maria.account;
        let view = usecases::payments::view(&scene.ctx, &stranger, account, payment).await;
        assert!(matches!(view, Err(UseCaseError::NotFound)), "{view:?}");
        let paid = usecases::payments::take(&scene.ctx, &stranger, scene.command("b", 100)).await;
        assert!(matches!(paid, Err(UseCaseError::NotFound)), "{paid:?}");
        let history =
            usecases::pages::payment_history(&scene.ctx, &stranger, account, &Default::default())
                .await;
        assert!(
            matches!(history, Err(UseCaseError::NotFound)),
            "{history:?}"
        );
    });
}

#[test]
fn the_receipt_goes_out_once() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        scene.pay(scene.command("a", 10_000)).await;
        scene.pay(scene.command("a", 10_000)).await;
        usecases::outbox::send_due(&scene.ctx).await.unwrap();
        usecases::outbox::send_due(&scene.ctx).await.unwrap();
        let letters = scene.world.mail.to("payer@example.com");
        assert_eq!(letters.len(), 1);
        assert!(letters[0].text.contains("$100.00"), "{}", letters[0].text);
        assert!(
            !letters[0].subject.contains("100"),
            "{}",
            letters[0].subject
        );
    });
}

#[test]
fn a_payment_goes_on_to_its_end_when_nobody_waits_for_it_any_more() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        scene.processor.then(&[Act::TakeAWhile]);
        let (ctx, actor, command) = (
            scene.ctx.clone(),
            scene.member(),
            scene.command("a", 10_000),
        );
        let caller =
            tokio::spawn(async move { usecases::payments::take(&ctx, &actor, command).await });
        while scene.processor.requests() == 0 && scene.sent().await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        caller.abort();
        assert!(caller.await.is_err_and(|error| error.is_cancelled()));
        for _ in 0..100 {
            if scene.due().await.0 == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(scene.due().await.0, 0);
        assert_eq!(scene.processor.requests(), 1);
        scene.books_are_right().await;
    });
}
