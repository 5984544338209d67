//! Premium is given up by two people above the limit, and is never taken for money.

use identity::Role;
use kernel::{Cents, InvoiceId};
use testkit::{Act, both, staff};
use usecases::UseCaseError;
use usecases::write_offs::{WriteOffAsked, WriteOffReason, ask, open, refuse, release, write_offs};

use crate::Scene;

fn asked(scene: &Scene, invoice: InvoiceId, key: &str, cents: i64) -> WriteOffAsked {
    WriteOffAsked {
        account: scene.maria.account,
        invoice,
        key: key.to_owned(),
        cents: Cents::new(cents),
        reason: WriteOffReason::SmallBalance,
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

async fn invoice(scene: &Scene) -> InvoiceId {
    let account = scene.maria.account;
    let all = usecases::pages::invoices(&scene.ctx, &scene.member(), account)
        .await
        .expect("the account is there");
    all.last().expect("it has an invoice").invoice
}

#[test]
fn up_to_the_limit_one_person_gives_up_what_is_open() {
    both(|world| async move {
        let billing = staff(&world, Role::Billing).await;
        let scene = Scene::with_months(world, 1).await;
        let invoice = invoice(&scene).await;
        scene.pay(scene.command("a", 9_500)).await;
        let (ctx, account) = (&scene.ctx, scene.maria.account);
        assert_eq!(
            open(ctx, &billing, account, invoice)
                .await
                .unwrap()
                .cents
                .get(),
            500
        );
        let more = ask(ctx, &billing, asked(&scene, invoice, "k", 501)).await;
        assert_eq!(code(more), "write-off-too-much");
        let id = ask(ctx, &billing, asked(&scene, invoice, "k", 500))
            .await
            .unwrap();
        let again = ask(ctx, &billing, asked(&scene, invoice, "k", 500))
            .await
            .unwrap();
        assert_eq!(again, id);
        assert_eq!(scene.due().await, (0, vec![0]));
        let none = open(ctx, &billing, account, invoice).await;
        assert_eq!(code(none), "write-off-nothing-open");
        scene.books_are_right().await;
    });
}

#[test]
fn above_the_limit_somebody_else_releases_it_if_it_is_still_open() {
    both(|world| async move {
        let billing = staff(&world, Role::Billing).await;
        let supervisor = staff(&world, Role::Supervisor).await;
        let scene = Scene::with_months(world, 1).await;
        let invoice = invoice(&scene).await;
        let (ctx, account) = (&scene.ctx, scene.maria.account);
        let id = ask(ctx, &supervisor, asked(&scene, invoice, "k", 10_000))
            .await
            .unwrap();
        assert_eq!(scene.due().await.0, 10_000);
        assert_eq!(
            code(release(ctx, &supervisor, account, id).await),
            "second-person"
        );
        let second = ask(ctx, &billing, asked(&scene, invoice, "l", 100)).await;
        assert_eq!(code(second), "write-off-under-way");
        refuse(ctx, &supervisor, account, id).await.unwrap();
        let id = ask(ctx, &billing, asked(&scene, invoice, "m", 10_000))
            .await
            .unwrap();
        let mine = release(ctx, &billing, account, id).await;
        assert!(matches!(mine, Err(UseCaseError::NotAllowed)), "{mine:?}");
        // Part of it is paid meanwhile: what is asked for is not open any more.
        scene.pay(scene.command("a", 2_000)).await;
        assert_eq!(
            code(release(ctx, &supervisor, account, id).await),
            "write-off-too-much"
        );
        refuse(ctx, &supervisor, account, id).await.unwrap();
        let id = ask(ctx, &billing, asked(&scene, invoice, "n", 8_000))
            .await
            .unwrap();
        release(ctx, &supervisor, account, id).await.unwrap();
        assert_eq!(
            code(release(ctx, &supervisor, account, id).await),
            "write-off-decided"
        );
        assert_eq!(scene.due().await, (0, vec![0]));
        let lines = write_offs(ctx, &billing).await.unwrap();
        assert_eq!((lines.open.len(), lines.over.len()), (0, 3));
        scene.books_are_right().await;
    });
}

#[test]
fn what_was_given_up_stays_given_up_when_a_payment_comes_back() {
    both(|world| async move {
        let billing = staff(&world, Role::Billing).await;
        let scene = Scene::with_months(world, 1).await;
        let invoice = invoice(&scene).await;
        scene.processor.then(&[Act::Pend]);
        let payment = scene.pay(scene.debit("a", 9_000)).await;
        let (ctx, account) = (&scene.ctx, scene.maria.account);
        ask(ctx, &billing, asked(&scene, invoice, "k", 1_000))
            .await
            .unwrap();
        assert_eq!(scene.due().await.0, 0);
        scene
            .processor
            .settle(&testkit::ScriptedProcessor::insufficient());
        let attempt = {
            let mut tx = ctx.store.read().await.unwrap();
            store::attempts::of_payment(&mut tx, account, payment)
                .await
                .unwrap()
                .remove(0)
        };
        usecases::reconcile::enquire(ctx, &attempt).await.unwrap();
        assert_eq!(scene.due().await, (9_000, vec![9_000]));
        scene.books_are_right().await;
    });
}
