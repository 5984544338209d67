//! Setting up, changing, skipping, stopping.

use kernel::{Cents, Language};
use testkit::both;
use usecases::autopay::{self, Agreed, Cap, DraftState, NextDraft, OverCap};
use usecases::{Actor, UseCaseError};

use super::{Scene, month, seen};

fn refusal<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_mandate_keeps_its_exact_words_gives_a_copy_and_shows_the_next_draft() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.go_to("2026-12-20");
        scene.invoice(month("2027-01")).await;
        let choice = autopay::Choice {
            start: month("2027-01"),
            ..scene.choice(scene.bank)
        };
        scene.set_up(choice).await;
        let view = scene.view().await;
        let mandate = view.mandate.expect("it is there");
        assert!(mandate.is_active() && view.may_change && view.offered);
        let consent = usecases::consents::view(&scene.ctx, &scene.member(), mandate.consent)
            .await
            .expect("it is hers");
        assert_eq!(consent.version, "bank-recurring-en-1");
        assert_eq!(consent.from, "192.0.2.1");
        for words in [
            "$100.00",
            "Test Bank",
            "4242",
            "January 2027",
            "on the due date",
        ] {
            assert!(consent.text.contains(words), "{words} in {}", consent.text);
        }
        assert!(!consent.text.contains('{'), "{}", consent.text);
        // New Year's Day is a Friday on which no bank works.
        assert_eq!(scene.scheduled().await, ("2027-01-04".to_owned(), 10_000));
        assert_eq!(scene.told("mandate-set-up").await, 1);
        let documents = scene.count("SELECT COUNT(*) FROM documents").await;
        assert_eq!(documents, 1, "the copy is filed");
    });
}

#[test]
fn only_the_member_sets_autopay_up_and_only_with_the_words_that_were_shown() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let (ctx, account) = (&scene.ctx, scene.maria.account);
        let choice = scene.choice(scene.card);
        let english = Language::English;
        for actor in [
            Actor::Guest {
                address: "192.0.2.9".to_owned(),
            },
            Actor::Partner {
                name: "phone".to_owned(),
            },
            Actor::Operator,
            Actor::Job("any"),
        ] {
            let asked = autopay::proposal(ctx, &actor, account, &choice, english).await;
            assert!(matches!(asked, Err(UseCaseError::NotAllowed)), "{actor:?}");
            let set_up = autopay::set_up(ctx, &actor, account, choice.clone(), seen("x")).await;
            assert!(matches!(set_up, Err(UseCaseError::NotAllowed)), "{actor:?}");
            let stopped = autopay::stop(ctx, &actor, account).await;
            assert!(stopped.is_err(), "{actor:?}");
        }
        let member = scene.member();
        let other_words = autopay::set_up(ctx, &member, account, choice, seen("card-1.0")).await;
        assert_eq!(refusal(other_words), "authorisation-changed");
        assert_eq!(scene.count("SELECT COUNT(*) FROM mandates").await, 0);
    });
}

#[test]
fn a_choice_that_cannot_hold_is_refused_beside_its_field() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let (ctx, account, member) = (&scene.ctx, scene.maria.account, scene.member());
        let card = scene.choice(scene.card);
        let cap = |cents| {
            Some(Cap {
                most: Cents::new(cents),
                over: OverCap::Never,
            })
        };
        let range = Some(Agreed::Range {
            least: Cents::new(2),
            most: Cents::new(1),
        });
        for (choice, code) in [
            (
                autopay::Choice {
                    start: month("2027-04"),
                    ..card.clone()
                },
                "card-expires-first",
            ),
            (
                autopay::Choice {
                    start: month("2026-11"),
                    ..card.clone()
                },
                "start-out-of-range",
            ),
            (
                autopay::Choice {
                    cap: cap(0),
                    ..card.clone()
                },
                "cap-not-positive",
            ),
            (
                autopay::Choice {
                    agreed: range,
                    ..card.clone()
                },
                "range-reversed",
            ),
            (
                scene.choice(kernel::MethodId::from_parts(2, [3; 10])),
                "method-unknown",
            ),
        ] {
            let asked = autopay::proposal(ctx, &member, account, &choice, Language::English).await;
            assert_eq!(refusal(asked), code);
        }
        scene.set_up(card.clone()).await;
        let words = autopay::proposal(ctx, &member, account, &card, Language::English).await;
        let version = words.expect("it is sound").version;
        let again = autopay::set_up(ctx, &member, account, card, seen(&version)).await;
        assert_eq!(refusal(again), "autopay-on-already");
    });
}

#[test]
fn a_change_is_a_new_consent_and_the_old_one_is_withdrawn() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.set_up(scene.choice(scene.card)).await;
        let before = scene.view().await.mandate.expect("it is there");
        let choice = scene.choice(scene.bank);
        let (ctx, account, member) = (&scene.ctx, scene.maria.account, scene.member());
        let words = autopay::proposal(ctx, &member, account, &choice, Language::Spanish)
            .await
            .expect("it is sound");
        assert!(words.text.contains("Autorizo a ConnectiCare"));
        let spanish = autopay::Shown {
            language: Language::Spanish,
            ..seen(&words.version)
        };
        autopay::change(ctx, &member, account, choice, spanish)
            .await
            .expect("it is changed");
        let after = scene.view().await.mandate.expect("it is there");
        assert_eq!(after.mandate, before.mandate);
        assert_ne!(after.consent, before.consent);
        assert_eq!(after.consent_version, "bank-recurring-es-1");
        let old = usecases::consents::view(ctx, &member, before.consent)
            .await
            .expect("it is kept");
        assert!(old.withdrawn_at.is_some());
        assert_eq!(scene.told("mandate-changed").await, 1);
    });
}

#[test]
fn a_skipped_month_is_not_drafted_and_can_be_put_back() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        scene.pay(10_000).await;
        scene.set_up(scene.choice(scene.card)).await;
        scene.go_to("2026-12-14");
        scene.invoice(month("2027-01")).await;
        scene.plan().await;
        let view = scene.view().await;
        assert_eq!(view.may_skip, Some(month("2027-01")));
        let (ctx, account, member) = (&scene.ctx, scene.maria.account, scene.member());
        let january = month("2027-01");
        autopay::skip(ctx, &member, account, january)
            .await
            .expect("it is in time");
        assert_eq!(scene.reason().await, "skipped");
        assert_eq!(scene.told("mandate-skipped").await, 1);
        autopay::unskip(ctx, &member, account, january)
            .await
            .expect("it was skipped");
        let (day, cents) = scene.scheduled().await;
        assert_eq!((day.as_str(), cents), ("2027-01-01", 10_000));
        // Less than three business days before, the month cannot be taken out any more.
        scene.go_to("2026-12-30");
        scene.plan().await;
        let late = autopay::skip(ctx, &member, account, january).await;
        assert_eq!(refusal(late), "skip-too-late");
    });
}

/// Stops autopay on a day before the draft of 1 January.
async fn stopped_on(world: testkit::World, day: &str) -> (Scene, Option<String>) {
    let scene = Scene::new(world).await;
    scene.invoice(month("2026-12")).await;
    scene.pay(10_000).await;
    scene.set_up(scene.choice(scene.card)).await;
    scene.go_to("2026-12-14");
    scene.invoice(month("2027-01")).await;
    scene.plan().await;
    scene.go_to(day);
    let stopped = autopay::stop(&scene.ctx, &scene.member(), scene.maria.account)
        .await
        .expect("it is in force");
    assert_eq!(scene.next().await, NextDraft::Off);
    assert_eq!(scene.told("mandate-stopped").await, 1);
    scene.night("2027-01-01").await;
    (scene, stopped.last_draft.map(|day| day.to_string()))
}

#[test]
fn reg_e_1005_10_c_a_stop_three_business_days_before_stops_the_draft() {
    both(|world| async move {
        let (scene, last_draft) = stopped_on(world, "2026-12-28").await;
        assert_eq!(last_draft, None);
        assert_eq!(scene.state("2027-01").await, DraftState::Cancelled);
        assert_eq!(scene.payments().await, 1);
    });
}

#[test]
fn a_later_stop_says_that_the_draft_still_goes_out_and_nothing_after_it() {
    both(|world| async move {
        let (scene, last_draft) = stopped_on(world, "2026-12-30").await;
        assert_eq!(last_draft.as_deref(), Some("2027-01-01"));
        assert_eq!(scene.state("2027-01").await, DraftState::Paid);
        scene.go_to("2027-01-14");
        scene.invoice(month("2027-02")).await;
        scene.night("2027-02-01").await;
        assert_eq!(scene.payments().await, 2);
    });
}
