//! One click stops reminders that no law asks for, and nothing else.

use serde_json::json;
use testkit::{both, maria, registered};
use usecases::notices::{DocumentType, NoticeKind, unsubscribe};
use usecases::{Actor, UseCaseError};

use crate::scene::Scene;
use crate::words::sample;

fn guest() -> Actor {
    Actor::Guest {
        address: "192.0.2.9".to_owned(),
    }
}

/// The token in the newest message to her.
fn token(scene: &Scene) -> String {
    let letter = scene.world.mail.to("marialopez@example.com").pop().unwrap();
    let link = letter.unsubscribe.expect("it can be stopped");
    assert!(letter.text.contains(&link), "{}", letter.text);
    let token = link.strip_prefix("https://pay.example.com/unsubscribe/");
    token.expect("it is ours").to_owned()
}

#[test]
fn only_reminders_that_no_law_asks_for_carry_the_link() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.agree(&DocumentType::ALL).await;
        scene.post().await;
        let mut with_link = Vec::new();
        for kind in NoticeKind::ALL {
            let mut facts = vec![sample(*kind)];
            if *kind == NoticeKind::DraftComing {
                let mut as_before = sample(*kind);
                as_before["differs"] = json!(false);
                facts.push(as_before);
            }
            for facts in facts {
                scene.tell_with(*kind, facts.clone()).await;
                scene.post().await;
                let Some(letter) = scene.world.mail.to("marialopez@example.com").pop() else {
                    continue;
                };
                if letter.unsubscribe.is_some() {
                    with_link.push((kind.code(), facts["differs"] == json!(true)));
                }
            }
            // EmailBounced goes on paper only: the letter before it must not count again.
            if *kind == NoticeKind::DueSoon {
                assert_eq!(with_link.len(), 1);
            }
        }
        with_link.dedup();
        assert_eq!(with_link, [("due-soon", false), ("draft-coming", false)]);
    });
}

#[test]
fn one_click_stops_reminders_of_that_kind_for_that_person_and_for_nobody_else() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let ctx = &scene.ctx;
        let other = maria(&scene.world, 1).await;
        let other = registered(&scene.world, &other, "otherone").await;
        scene.tell(NoticeKind::DueSoon).await;
        scene.post().await;
        let token = token(&scene);
        // Mail programs look at links by themselves.
        for _ in 0..2 {
            let about = unsubscribe::about(ctx, &token).await.unwrap();
            assert_eq!((about.person, about.stopped), (scene.maria.person, false));
        }
        for _ in 0..2 {
            let stopped = unsubscribe::stop(ctx, &guest(), &token).await.unwrap();
            assert_eq!((stopped.kind, stopped.stopped), (NoticeKind::DueSoon, true));
        }
        let changed = "SELECT COUNT(*) FROM audit_events WHERE action = $1";
        assert_eq!(
            scene.count(changed, "reminders-changed").await,
            1,
            "twice is once"
        );
        let before = scene.queued(NoticeKind::DueSoon).await;
        scene.tell(NoticeKind::DueSoon).await;
        assert_eq!(scene.queued(NoticeKind::DueSoon).await, before);
        assert_eq!(
            scene.told(NoticeKind::DueSoon).await,
            2,
            "it stands in the list"
        );
        // Another kind of reminder, and what is required, still come.
        let mut draft = sample(NoticeKind::DraftComing);
        draft["differs"] = json!(false);
        scene.tell_with(NoticeKind::DraftComing, draft).await;
        assert_eq!(scene.queued(NoticeKind::DraftComing).await, (1, 0));
        scene.tell(NoticeKind::DraftFailed).await;
        assert_eq!(scene.queued(NoticeKind::DraftFailed).await, (1, 1));
        let theirs = usecases::notices::paperless::view(ctx, &other).await;
        assert!(theirs.unwrap().reminders.iter().all(|(_, on)| *on));
        // Signed in, she turns them on again; what cannot be turned off is refused.
        unsubscribe::set(ctx, &scene.member, NoticeKind::DueSoon, true)
            .await
            .unwrap();
        scene.tell(NoticeKind::DueSoon).await;
        assert_eq!(
            scene.queued(NoticeKind::DueSoon).await,
            (before.0 + 1, before.1)
        );
        for kind in [NoticeKind::DraftFailed, NoticeKind::NewSignIn] {
            let refused = unsubscribe::set(ctx, &scene.member, kind, false).await;
            assert!(matches!(refused, Err(UseCaseError::NotAllowed)), "{kind:?}");
        }
        let nobody = unsubscribe::set(ctx, &guest(), NoticeKind::DueSoon, false).await;
        assert!(matches!(nobody, Err(UseCaseError::NotAllowed)));
    });
}

#[test]
fn a_token_cannot_be_made_up_changed_or_taken_from_elsewhere() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let ctx = &scene.ctx;
        let other = maria(&scene.world, 1).await;
        scene.tell(NoticeKind::DueSoon).await;
        scene.post().await;
        let token = token(&scene);
        assert!(
            !token.contains(&scene.maria.person.to_string()) && !token.contains("due-soon"),
            "{token}"
        );
        let mut tried: Vec<String> = vec![
            String::new(),
            "x".to_owned(),
            format!("{} due-soon", other.person),
            token[..token.len() - 1].to_owned(),
            format!("{token}A"),
            // Sealed by us for something else.
            ctx.vault
                .seal("outbox:1", format!("{} due-soon", other.person).as_bytes()),
            ctx.vault
                .seal("unsubscribe", format!("{} spam", other.person).as_bytes()),
        ];
        // Each character changed to another one.
        for (at, old) in token.char_indices() {
            let new = if old == 'A' { "B" } else { "A" };
            let mut changed = token.clone();
            changed.replace_range(at..at + old.len_utf8(), new);
            tried.push(changed);
        }
        for made_up in tried {
            let found = unsubscribe::stop(ctx, &guest(), &made_up).await;
            assert!(
                matches!(found, Err(UseCaseError::NotFound)),
                "{made_up}: {found:?}"
            );
        }
        let sql = "SELECT COUNT(*) FROM delivery_preferences WHERE reminders_off <> $1";
        assert_eq!(scene.count(sql, "").await, 0);
    });
}
