//! What autopay draws on is warned of twice and cannot be removed from under it.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use jiff::civil::date;
use kernel::{BillingMonth, Language, MethodId};
use store::{StoreError, args};
use testkit::{ACCOUNT_GOOD, both, card_ending};
use usecases::autopay::{self, Choice, DraftDay};
use usecases::methods;

use crate::{Scene, code};

/// Covered from December 2026 on at $100.00 a month.
async fn cover(scene: &Scene) {
    let (account, now) = (scene.maria.account, scene.ctx.now());
    let id: kernel::CoverageId = scene.ctx.id();
    let covered: Result<u64, StoreError> = scene
        .ctx
        .store
        .write(move |tx| {
            Box::pin(tx.execute(
                "INSERT INTO coverages (account_id, id, first_day, last_day, premium_cents, \
                 aptc_cents, penalty_cents, policy, binder_paid_on, created_at, updated_at) \
                 VALUES ($1, $2, $3, NULL, 10000, 0, 0, 'P1', $3, $4, $4)",
                args![account, id, date(2026, 12, 1), now],
            ))
        })
        .await;
    covered.unwrap();
}

fn choice(method: MethodId) -> Choice {
    Choice {
        method,
        day: DraftDay::DueDate,
        cap: None,
        agreed: None,
        start: BillingMonth::parse("2026-12").unwrap(),
    }
}

/// Turns autopay on with a method, or moves it there.
async fn draws_on(scene: &Scene, method: MethodId, moved: bool) {
    let (ctx, maria, account) = (&scene.ctx, scene.maria(), scene.maria.account);
    let english = Language::English;
    let shown = autopay::proposal(ctx, &maria, account, &choice(method), english).await;
    let version = shown.unwrap().version;
    let shown = autopay::Shown {
        language: english,
        version: &version,
        user_agent: "test",
    };
    let done = if moved {
        autopay::change(ctx, &maria, account, choice(method), shown).await
    } else {
        autopay::set_up(ctx, &maria, account, choice(method), shown).await
    };
    done.unwrap();
}

#[test]
fn a_card_that_autopay_uses_is_warned_of_a_second_time_and_no_more() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        cover(&scene).await;
        scene
            .processor
            .will_enter(&[card_ending("0001", 2027, 2), card_ending("0002", 2027, 2)]);
        let used = scene.card().await;
        scene.card().await;
        draws_on(&scene, used, false).await;
        let mut told = Vec::new();
        let mut day = date(2026, 11, 20);
        while day < date(2027, 4, 1) {
            let count = methods::warn_of_expiry(&scene.ctx, day).await.unwrap();
            if count > 0 {
                told.push((day.to_string(), count));
            }
            day = day.tomorrow().unwrap();
        }
        assert_eq!(
            told,
            [("2026-12-01".to_owned(), 2), ("2027-01-01".to_owned(), 1),],
            "both two months ahead, and once more the one that autopay uses"
        );
    });
}

#[test]
fn a_card_that_autopay_left_is_not_warned_of_again() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        cover(&scene).await;
        scene.processor.will_enter(&[card_ending("0001", 2027, 2)]);
        let used = scene.card().await;
        draws_on(&scene, used, false).await;
        let told = async |day| methods::warn_of_expiry(&scene.ctx, day).await.unwrap();
        assert_eq!(told(date(2026, 12, 1)).await, 1);
        let bank = scene.save_bank(ACCOUNT_GOOD).await.unwrap().method;
        draws_on(&scene, bank, true).await;
        assert_eq!(told(date(2027, 1, 1)).await, 0);
    });
}

#[test]
fn what_autopay_uses_cannot_be_removed_until_autopay_uses_another_or_is_off() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let (ctx, maria) = (&scene.ctx, scene.maria());
        cover(&scene).await;
        let card = scene.card().await;
        let bank = scene.save_bank(ACCOUNT_GOOD).await.unwrap().method;
        draws_on(&scene, card, false).await;
        let kept = scene.processor.kept();
        let refused = methods::remove(ctx, &maria, card).await;
        assert_eq!(code(refused.unwrap_err()), "method-used-by-autopay");
        assert_eq!(scene.processor.kept(), kept, "nothing was forgotten");
        let used = |list: &[methods::MethodView]| -> Vec<MethodId> {
            let used = list.iter().filter(|view| view.used_by_autopay);
            used.map(|view| view.method).collect()
        };
        assert_eq!(used(&scene.list().await), [card]);
        // Out by another method for autopay.
        draws_on(&scene, bank, true).await;
        methods::remove(ctx, &maria, card).await.unwrap();
        let list = scene.list().await;
        assert_eq!((list.len(), used(&list)), (1, vec![bank]));
        // Out by turning autopay off.
        let refused = methods::remove(ctx, &maria, bank).await;
        assert_eq!(code(refused.unwrap_err()), "method-used-by-autopay");
        autopay::stop(ctx, &maria, scene.maria.account)
            .await
            .unwrap();
        methods::remove(ctx, &maria, bank).await.unwrap();
        assert!(scene.list().await.is_empty());
    });
}
