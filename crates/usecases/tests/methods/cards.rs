//! Cards, and what is done with anything on the list.

use kernel::{Cents, Channel, Language};
use testkit::{both, card_ending};
use usecases::methods;
use usecases::payments::PayCommand;

use crate::{Scene, code};

#[test]
fn a_card_is_saved_once_and_the_first_is_the_default() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.processor.will_enter(&[
            card_ending("4242", 2029, 8),
            card_ending("1111", 2030, 1),
            card_ending("4242", 2033, 8),
        ]);
        let first = scene.card().await;
        let second = scene.card().await;
        let again = scene.save_card(&scene.maria()).await.unwrap().unwrap();
        assert!(again.before);
        assert_eq!(again.method, first);
        let list = scene.list().await;
        assert_eq!(list.len(), 2);
        assert_eq!(list[0].method, first);
        assert!(list[0].is_default && !list[1].is_default);
        assert_eq!(list[0].expires.map(kernel::BillingMonth::year), Some(2033));
        methods::set_default(&scene.ctx, &scene.maria(), second)
            .await
            .unwrap();
        assert_eq!(scene.list().await[0].method, second);
    });
}

#[test]
fn what_is_saved_is_nobody_elses() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let method = scene.card().await;
        let guest = usecases::Actor::Guest {
            address: "192.0.2.9".to_owned(),
        };
        let ctx = &scene.ctx;
        assert!(methods::list(ctx, &scene.other()).await.unwrap().is_empty());
        for (actor, expected) in [(scene.other(), "not-found"), (guest, "not-allowed")] {
            for done in [
                methods::view(ctx, &actor, method).await.map(drop),
                methods::rename(ctx, &actor, method, "mine").await,
                methods::set_default(ctx, &actor, method).await,
                methods::remove(ctx, &actor, method).await,
                methods::pay_with(ctx, &actor, "anything", method)
                    .await
                    .map(drop),
            ] {
                assert_eq!(code(done.unwrap_err()), expected);
            }
        }
        assert_eq!(scene.list().await.len(), 1);
    });
}

#[test]
fn a_saved_card_pays_for_its_owner_and_a_stolen_reference_pays_for_nobody() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let method = scene.card().await;
        let line = scene.ctx.plan.lines[0].id.clone();
        let with = methods::pay_with(&scene.ctx, &scene.maria(), &line, method)
            .await
            .unwrap();
        let command = |account, key: &str| PayCommand {
            account,
            idempotency_key: key.to_owned(),
            cents: Cents::new(1_000),
            channel: Channel::Online,
            method: with.clone(),
            payer_name: "Maria Lopez".to_owned(),
            payer_email: String::new(),
            language: Language::English,
            authorisation_version: String::new(),
            user_agent: "test".to_owned(),
        };
        let (hers, theirs) = (scene.maria.account, scene.other.account);
        usecases::payments::take(&scene.ctx, &scene.maria(), command(hers, "1"))
            .await
            .unwrap();
        let charge = scene.processor.last_charge().unwrap();
        assert!(charge.payer.is_some());
        let stolen =
            usecases::payments::take(&scene.ctx, &scene.other(), command(theirs, "2")).await;
        assert_eq!(code(stolen.unwrap_err()), "not-found");
        let guest = usecases::Actor::Guest {
            address: "192.0.2.9".to_owned(),
        };
        let mut as_guest = command(hers, "3");
        as_guest.channel = Channel::Guest;
        let tried = usecases::payments::take(&scene.ctx, &guest, as_guest).await;
        assert_eq!(code(tried.unwrap_err()), "not-allowed");
        methods::remove(&scene.ctx, &scene.maria(), method)
            .await
            .unwrap();
        let gone = usecases::payments::take(&scene.ctx, &scene.maria(), command(hers, "4")).await;
        assert_eq!(code(gone.unwrap_err()), "method-removed");
        assert_eq!(scene.processor.requests(), 1);
    });
}

#[test]
fn a_name_is_kept_unless_it_holds_a_number() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let method = scene.card().await;
        let (ctx, maria) = (&scene.ctx, scene.maria());
        methods::rename(ctx, &maria, method, "  Our   house account ")
            .await
            .unwrap();
        assert_eq!(scene.list().await[0].label, "Our house account");
        for (label, expected) in [
            ("4242 4242 4242 4242", "label-digits"),
            (&"x".repeat(41), "label-long"),
        ] {
            let refused = methods::rename(ctx, &maria, method, label).await;
            assert_eq!(code(refused.unwrap_err()), expected);
        }
        methods::rename(ctx, &maria, method, "").await.unwrap();
        assert_eq!(scene.list().await[0].label, "");
    });
}

#[test]
fn what_is_removed_is_forgotten_here_and_there_and_the_next_becomes_the_default() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let bank = scene.save_bank(testkit::ACCOUNT_GOOD).await.unwrap().method;
        let card = scene.card().await;
        let kept = scene.processor.kept().len();
        methods::remove(&scene.ctx, &scene.maria(), bank)
            .await
            .unwrap();
        let list = scene.list().await;
        assert_eq!(list.len(), 1);
        assert!(list[0].is_default && list[0].method == card);
        assert_eq!(scene.processor.kept().len(), kept - 1);
        assert!(scene.row(bank).await.sealed_account.is_empty());
        let again = scene.save_bank(testkit::ACCOUNT_GOOD).await.unwrap();
        assert_ne!(again.method, bank);
    });
}
