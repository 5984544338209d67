//! A card that expires is told of in time, and not again and again.

use jiff::civil::{Date, date};
use testkit::{both, card_ending};
use usecases::methods;

use crate::Scene;

async fn told(scene: &Scene, day: Date) -> u64 {
    methods::warn_of_expiry(&scene.ctx, day)
        .await
        .expect("the owners are told")
}

#[test]
fn every_owner_is_told_once_two_months_ahead() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.processor.will_enter(&[
            card_ending("0001", 2027, 2),
            card_ending("0002", 2027, 3),
            card_ending("0003", 2027, 2),
        ]);
        scene.card().await;
        scene.card().await;
        scene.save_card(&scene.other()).await.unwrap();
        scene.save_bank(testkit::ACCOUNT_GOOD).await.unwrap();
        assert_eq!(told(&scene, date(2026, 11, 30)).await, 0);
        assert_eq!(told(&scene, date(2026, 12, 1)).await, 2);
        assert_eq!(
            told(&scene, date(2026, 12, 1)).await,
            0,
            "the same night again"
        );
        assert_eq!(told(&scene, date(2027, 1, 1)).await, 1, "the card of March");
        assert_eq!(
            told(&scene, date(2027, 2, 1)).await,
            0,
            "autopay uses none of them"
        );
    });
}
