//! Drafts that fail: what is tried again, what ends, and what the member is told.

use kernel::Cents;
use testkit::{Act, World, both};
use usecases::autopay::{DraftState, MandateState, NextDraft};

use super::{Scene, month, returned};

/// January's bank debit is on its way.
async fn debited(world: World) -> Scene {
    let scene = Scene::new(world).await;
    scene.invoice(month("2026-12")).await;
    scene.pay(10_000).await;
    scene.set_up(scene.choice(scene.bank)).await;
    scene.go_to("2026-12-14");
    scene.invoice(month("2027-01")).await;
    scene.night("2026-12-15").await;
    scene.processor.then(&[Act::Pend, Act::Pend, Act::Pend]);
    scene.night("2027-01-04").await;
    assert_eq!(scene.state("2027-01").await, DraftState::Paid);
    scene
}

/// The bank sends the debit that is under way back.
async fn send_back(scene: &Scene, code: &str) {
    let code: String = code.to_owned();
    scene
        .processor
        .settle(&returned("refused", Some(code.as_str())));
    scene
        .world
        .clock
        .advance(jiff::SignedDuration::from_hours(7));
    scene.reconcile().await;
}

#[test]
fn nacha_2_12_4_money_missing_is_debited_again_at_most_twice() {
    both(|world| async move {
        let scene = debited(world).await;
        for (next, told) in [("2027-01-06", 1), ("2027-01-08", 2)] {
            send_back(&scene, "R01").await;
            assert_eq!(scene.state("2027-01").await, DraftState::Retry);
            let NextDraft::Again { on, cents, .. } = scene.next().await else {
                panic!("it is tried again");
            };
            assert_eq!((on.to_string().as_str(), cents), (next, Cents::new(10_000)));
            assert_eq!(scene.told("draft-failed").await, told);
            scene.night(next).await;
            assert_eq!(scene.state("2027-01").await, DraftState::Paid);
        }
        send_back(&scene, "R01").await;
        assert_eq!(scene.state("2027-01").await, DraftState::Failed);
        assert_eq!(scene.told("draft-failed").await, 3);
        scene.night("2027-01-20").await;
        // One by hand and three presentments, under keys of their own.
        assert_eq!(scene.payments().await, 4);
        assert_eq!(scene.due().await, Cents::new(10_000));
        let mandate = scene.view().await.mandate.expect("it is there");
        assert!(mandate.is_active(), "money missing ends nothing");
    });
}

#[test]
fn a_second_try_is_called_off_if_the_member_pays_meanwhile_and_smaller_if_a_part_is_paid() {
    both(|world| async move {
        let scene = debited(world).await;
        send_back(&scene, "R09").await;
        scene.pay(3_000).await;
        scene.night("2027-01-06").await;
        assert_eq!(scene.draft("2027-01").await.cents, Cents::new(7_000));
        send_back(&scene, "R09").await;
        let due = scene.due().await;
        scene.pay(due.get()).await;
        scene.night("2027-01-08").await;
        assert_eq!(scene.state("2027-01").await, DraftState::Cancelled);
    });
}

async fn ends_with(world: World, code: &str) {
    let scene = debited(world).await;
    send_back(&scene, code).await;
    assert_eq!(scene.state("2027-01").await, DraftState::Failed, "{code}");
    let mandate = scene.view().await.mandate.expect("it is kept");
    assert!(matches!(mandate.state, MandateState::EndedByReturn { .. }));
    for kind in ["draft-failed", "method-disabled", "autopay-ended"] {
        assert_eq!(scene.told(kind).await, 1, "{code}: {kind}");
    }
    scene.night("2027-01-20").await;
    assert_eq!(scene.payments().await, 2, "{code}");
}

#[test]
fn a_closed_account_ends_the_mandate_and_disables_the_method() {
    both(|world| ends_with(world, "R02"));
}

#[test]
fn a_debit_that_was_not_authorised_ends_the_mandate_and_disables_the_method() {
    both(|world| ends_with(world, "R10"));
}

#[test]
fn a_stopped_payment_is_never_sent_again_by_itself() {
    both(|world| async move {
        let scene = debited(world).await;
        send_back(&scene, "R08").await;
        assert_eq!(scene.state("2027-01").await, DraftState::Failed);
        scene.night("2027-01-20").await;
        assert_eq!(scene.payments().await, 2);
    });
}

#[test]
fn a_declined_card_is_tried_on_the_days_of_the_plan_file_and_never_after_a_hard_decline() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        scene.set_up(scene.choice(scene.card)).await;
        scene
            .processor
            .then(&[Act::DeclineAs("insufficient_funds", "51")]);
        scene.night("2026-12-02").await;
        let draft = scene.draft("2026-12").await;
        assert_eq!(draft.state, DraftState::Retry);
        let next = draft.next_try_on.map(|day| day.to_string());
        assert_eq!(next.as_deref(), Some("2026-12-05"), "three days after");
        scene.processor.then(&[Act::DeclineAs("lost_card", "41")]);
        scene.night("2026-12-05").await;
        assert_eq!(scene.state("2026-12").await, DraftState::Failed);
        assert_eq!(scene.told("draft-failed").await, 2);
        assert_eq!(scene.night("2026-12-09").await.sent, 0);
        assert_eq!(scene.processor.taken(), Cents::ZERO);
    });
}

#[test]
fn a_cardholder_who_takes_the_permission_back_ends_the_mandate() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        scene.set_up(scene.choice(scene.card)).await;
        scene
            .processor
            .then(&[Act::DeclineAs("revocation_of_authorization", "R1")]);
        scene.night("2026-12-02").await;
        let mandate = scene.view().await.mandate.expect("it is kept");
        assert!(matches!(mandate.state, MandateState::EndedByCard { .. }));
        assert_eq!(scene.told("autopay-ended").await, 1);
    });
}

#[test]
fn a_processor_that_cannot_be_reached_is_tried_the_next_day() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        scene.set_up(scene.choice(scene.card)).await;
        scene.processor.then(&[Act::RefuseConnection]);
        scene.night("2026-12-02").await;
        assert_eq!(scene.state("2026-12").await, DraftState::Retry);
        scene.night("2026-12-03").await;
        assert_eq!(scene.state("2026-12").await, DraftState::Paid);
        assert_eq!(scene.processor.taken(), Cents::new(10_000));
    });
}
