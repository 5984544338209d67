//! Bank accounts: sealed, validated, confirmed by small deposits.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use gateways::card::ChargeState;
use jiff::SignedDuration;
use kernel::{Cents, Channel, Language, MethodId};
use payments::saved_method::MethodState;
use testkit::{
    ACCOUNT_GOOD, ACCOUNT_REFUSED, ACCOUNT_WITH_AMOUNTS, ACCOUNT_WITH_CODE, Act, DEPOSIT_CODE,
    ScriptedProcessor, both,
};
use usecases::methods::{self, Deposit};
use usecases::payments::PayCommand;

use crate::{Scene, code, entry};

fn amounts(first: i64, second: i64) -> Deposit {
    Deposit::Amounts(Cents::new(first), Cents::new(second))
}

#[test]
fn a_number_is_sealed_for_its_method_and_shown_by_its_last_four() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let view = scene.save_bank(ACCOUNT_GOOD).await.unwrap();
        assert_eq!(
            (view.state, view.last_four.as_str()),
            (MethodState::Good, "6789")
        );
        let row = scene.row(view.method).await;
        assert!(!format!("{row:?}").contains(ACCOUNT_GOOD));
        let words = methods::seal_context(view.method);
        let plain = scene.ctx.vault.open(&words, &row.sealed_account).unwrap();
        assert_eq!(&plain[..], format!("110000000:{ACCOUNT_GOOD}").as_bytes());
        let elsewhere = methods::seal_context(scene.ctx.id());
        assert!(
            scene
                .ctx
                .vault
                .open(&elsewhere, &row.sealed_account)
                .is_err()
        );
        let again = scene.save_bank(ACCOUNT_GOOD).await;
        assert_eq!(code(again.unwrap_err()), "method-saved-already");
    });
}

#[test]
fn an_account_is_not_charged_before_its_deposits_are_confirmed() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let (ctx, maria) = (&scene.ctx, scene.maria());
        let view = scene.save_bank(ACCOUNT_WITH_AMOUNTS).await.unwrap();
        assert_eq!(view.state, MethodState::Validating);
        let line = ctx.plan.lines[0].id.clone();
        let early = methods::pay_with(ctx, &maria, &line, view.method).await;
        assert_eq!(code(early.unwrap_err()), "method-not-validated");
        let wrong = methods::confirm_deposits(ctx, &maria, view.method, &amounts(1, 2)).await;
        assert_eq!(code(wrong.unwrap_err()), "deposits-wrong");
        methods::confirm_deposits(ctx, &maria, view.method, &amounts(45, 32))
            .await
            .unwrap();
        let row = scene.row(view.method).await;
        assert_eq!(
            (row.state, row.validated_by.as_str()),
            (MethodState::Good, "deposits")
        );
        methods::pay_with(ctx, &maria, &line, view.method)
            .await
            .unwrap();
        // A second window with the same form.
        methods::confirm_deposits(ctx, &maria, view.method, &amounts(45, 32))
            .await
            .unwrap();
    });
}

#[test]
fn the_third_wrong_answer_disables_and_the_same_answer_twice_is_one() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let (ctx, maria) = (&scene.ctx, scene.maria());
        let method = scene.save_bank(ACCOUNT_WITH_CODE).await.unwrap().method;
        for (answer, expected, left) in [
            ("SM0001", "deposits-wrong", 2),
            ("SM0001", "deposits-wrong", 2),
            ("SM0002", "deposits-wrong", 1),
        ] {
            let answer = Deposit::Code(answer.to_owned());
            let refused = methods::confirm_deposits(ctx, &maria, method, &answer).await;
            assert_eq!(code(refused.unwrap_err()), expected);
            let deposits = scene.list().await[0].deposits.unwrap();
            assert_eq!(deposits.tries_left, left);
        }
        for answer in ["SM0003", DEPOSIT_CODE] {
            let answer = Deposit::Code(answer.to_owned());
            let refused = methods::confirm_deposits(ctx, &maria, method, &answer).await;
            assert_eq!(code(refused.unwrap_err()), "deposits-over");
        }
        assert_eq!(scene.row(method).await.state, MethodState::Disabled);
        // Adding it again begins anew, with deposits of its own.
        let again = scene.save_bank(ACCOUNT_WITH_CODE).await.unwrap();
        assert_eq!(
            (again.method, again.state),
            (method, MethodState::Validating)
        );
    });
}

#[test]
fn many_answers_at_once_are_three_tries() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let method = scene.save_bank(ACCOUNT_WITH_CODE).await.unwrap().method;
        let mut tasks = Vec::new();
        for n in 0..12 {
            let (ctx, maria) = (scene.ctx.clone(), scene.maria());
            tasks.push(tokio::spawn(async move {
                let answer = Deposit::Code(format!("SM00{n:02}"));
                methods::confirm_deposits(&ctx, &maria, method, &answer).await
            }));
        }
        for task in tasks {
            assert!(task.await.unwrap().is_err());
        }
        let row = scene.row(method).await;
        assert!(row.deposit_tries <= 3, "{}", row.deposit_tries);
        assert_eq!(row.state, MethodState::Disabled);
    });
}

#[test]
fn an_account_that_the_bank_refuses_is_not_kept() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let refused = scene.save_bank(ACCOUNT_REFUSED).await;
        assert_eq!(code(refused.unwrap_err()), "bank-refused");
        assert!(scene.list().await.is_empty());
    });
}

#[test]
fn nobody_tries_account_numbers_all_day() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        for n in 0..5 {
            scene.save_bank(&format!("00077000{n:02}")).await.unwrap();
        }
        let sixth = scene.save_bank("0007700099").await;
        assert_eq!(code(sixth.unwrap_err()), "too-many-bank-accounts");
        scene.world.clock.advance(SignedDuration::from_hours(25));
        scene.save_bank("0007700099").await.unwrap();
    });
}

#[test]
fn a_payment_from_an_account_that_needs_deposits_is_refused_with_the_way_out() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let line = scene.ctx.plan.lines[0].id.clone();
        for (number, expected) in [
            (ACCOUNT_WITH_AMOUNTS, Some("bank-needs-deposits")),
            (ACCOUNT_REFUSED, Some("bank-refused")),
            (ACCOUNT_GOOD, None),
        ] {
            let guest = usecases::Actor::Guest {
                address: "192.0.2.9".to_owned(),
            };
            let (ctx, entry) = (&scene.ctx, entry(number));
            let method = usecases::payments::bank_method(ctx, &guest, &line, &entry, "test").await;
            assert_eq!(method.err().map(code), expected, "{number}");
        }
    });
}

/// Pays $10.00 from a saved account.
async fn pay(scene: &Scene, method: MethodId) {
    let (ctx, maria) = (&scene.ctx, scene.maria());
    let line = ctx.plan.lines[0].id.clone();
    let method = methods::pay_with(ctx, &maria, &line, method).await.unwrap();
    let command = PayCommand {
        account: scene.maria.account,
        idempotency_key: "once".to_owned(),
        cents: Cents::new(1_000),
        channel: Channel::Online,
        method,
        payer_name: "Maria Lopez".to_owned(),
        payer_email: String::new(),
        language: Language::English,
        authorisation_version: "bank-once-en-1".to_owned(),
        user_agent: "test".to_owned(),
    };
    scene.processor.then(&[Act::Pend]);
    usecases::payments::take(ctx, &maria, command)
        .await
        .unwrap();
}

/// What became of the debit, as the processor says when it is asked some days later.
async fn settles_as(scene: &Scene, state: &ChargeState) {
    scene.processor.settle(state);
    for _ in 0..12 {
        scene.world.clock.advance(SignedDuration::from_hours(24));
        while usecases::reconcile::enquire_due(&scene.ctx).await.unwrap() > 0 {}
    }
}

#[test]
fn an_account_that_its_owner_paid_from_needs_no_deposits_again() {
    for (settled, expected) in [
        (Some(ChargeState::Succeeded), MethodState::Good),
        (
            Some(ScriptedProcessor::insufficient()),
            MethodState::Validating,
        ),
        (None, MethodState::Validating),
    ] {
        both(move |world| {
            let settled = settled.clone();
            async move {
                let scene = Scene::new(world).await;
                let (ctx, maria) = (&scene.ctx, scene.maria());
                let first = scene.save_bank(ACCOUNT_WITH_AMOUNTS).await.unwrap().method;
                methods::confirm_deposits(ctx, &maria, first, &amounts(32, 45))
                    .await
                    .unwrap();
                pay(&scene, first).await;
                if let Some(settled) = &settled {
                    settles_as(&scene, settled).await;
                }
                methods::remove(ctx, &maria, first).await.unwrap();
                let again = scene.save_bank(ACCOUNT_WITH_AMOUNTS).await.unwrap();
                assert_eq!(again.state, expected, "{settled:?}");
                let by = scene.row(again.method).await.validated_by;
                let good = expected == MethodState::Good;
                assert_eq!(by, if good { "earlier-payment" } else { "" });
                // Nobody else's payment counts.
                let stranger =
                    methods::add_bank(ctx, &scene.other(), &entry(ACCOUNT_WITH_AMOUNTS), "test")
                        .await;
                assert_eq!(stranger.unwrap().state, MethodState::Validating);
            }
        });
    }
}
