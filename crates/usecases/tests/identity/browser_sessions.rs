//! Sessions and half-finished forms.

use kernel::Language;
use store::StoreError;
use testkit::{both, maria};
use usecases::sessions;
use usecases::throttle;
use usecases::{UseCaseError, errands, identity};

use crate::{PASSWORD, audited, guest, minutes, registered, secret, signed_in, visitor};

#[test]
fn a_session_lives_while_it_is_used_and_ends_idle_or_after_twelve_hours() {
    both(|world| async move {
        let ctx = &world.ctx;
        registered(&world, &maria(&world, 0).await).await;
        let idle = i64::from(ctx.plan.security.idle_minutes);
        let (token, session) = signed_in(&world).await;
        assert_eq!(session.idle_until, ctx.now() + minutes(idle));
        // Used every ten minutes it goes on, but not past twelve hours.
        for _ in 0..71 {
            world.clock.advance(minutes(10));
            assert!(sessions::find(ctx, &token).await.unwrap().is_some());
        }
        world.clock.advance(minutes(9));
        let last = sessions::find(ctx, &token).await.unwrap().unwrap();
        assert_eq!(last.idle_until, last.expires_at);
        world.clock.advance(minutes(1));
        assert!(sessions::find(ctx, &token).await.unwrap().is_none());
        // Unused it ends after the idle time; a page that asks by itself is no use.
        let (token, session) = signed_in(&world).await;
        world.clock.advance(minutes(idle - 1));
        assert!(sessions::peek(ctx, &token).await.unwrap().is_some());
        world.clock.advance(minutes(1));
        assert!(sessions::peek(ctx, &token).await.unwrap().is_none());
        assert!(sessions::find(ctx, &token).await.unwrap().is_none());
        assert!(matches!(
            sessions::extend(ctx, &session).await,
            Err(UseCaseError::NotFound)
        ));
        // "Stay signed in" in time helps.
        let (token, session) = signed_in(&world).await;
        world.clock.advance(minutes(idle - 1));
        let longer = sessions::extend(ctx, &session).await.unwrap();
        assert_eq!(longer.idle_until, ctx.now() + minutes(idle));
        world.clock.advance(minutes(idle - 1));
        assert!(sessions::find(ctx, &token).await.unwrap().is_some());
    });
}

#[test]
fn signing_in_and_out_replaces_the_session_and_kills_the_old_cookie() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        let login = registered(&world, &maria).await;
        let (planted, session) = visitor(ctx).await;
        let password = secret(PASSWORD);
        let actor = guest();
        let signed_in = identity::sign_in(ctx, &actor, &session, " MLOPEZ56 ", password, "");
        let opened = signed_in.await.unwrap().opened().unwrap();
        let (token, inside) = (opened.token, opened.session);
        // The cookie that an attacker planted before is worth nothing afterwards.
        assert!(sessions::find(ctx, &planted).await.unwrap().is_none());
        assert_ne!(inside.csrf_token, session.csrf_token);
        let found = sessions::find(ctx, &token).await.unwrap().unwrap();
        assert_eq!(
            (found.login, found.person),
            (Some(login), Some(maria.person))
        );
        sessions::set_language(ctx, &found, Language::Spanish)
            .await
            .unwrap();
        let (next, rotated) = sessions::rotate(ctx, &found).await.unwrap();
        assert!(sessions::find(ctx, &token).await.unwrap().is_none());
        assert!(matches!(
            sessions::rotate(ctx, &found).await,
            Err(UseCaseError::NotFound)
        ));
        assert_eq!(rotated.expires_at, inside.expires_at);
        let (outside, visitor) = identity::sign_out(ctx, &rotated).await.unwrap();
        assert!(sessions::find(ctx, &next).await.unwrap().is_none());
        assert_eq!(visitor.login, None);
        let found = sessions::find(ctx, &outside).await.unwrap().unwrap();
        assert_eq!((found.login, found.person), (None, None));
        assert_eq!(
            (
                audited(&world, "signed-in").await,
                audited(&world, "signed-out").await
            ),
            (1, 1)
        );
        assert!(sessions::find(ctx, "made up").await.unwrap().is_none());
    });
}

#[test]
fn an_errand_opens_in_its_own_session_only_and_moves_with_it() {
    both(|world| async move {
        let ctx = &world.ctx;
        let (_, session) = visitor(ctx).await;
        let (_, other) = visitor(ctx).await;
        let body = vec!["000123456789".to_owned()];
        let id = errands::create(ctx, &session, "guest", &body)
            .await
            .unwrap();
        assert!(
            errands::load::<Vec<String>>(ctx, &other, "guest", id)
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            errands::load::<Vec<String>>(ctx, &session, "register", id)
                .await
                .unwrap()
                .is_none()
        );
        assert!(matches!(
            errands::save(ctx, &other, id, &body).await,
            Err(UseCaseError::NotFound)
        ));
        let mut tx = ctx.store.read().await.unwrap();
        let row = store::errands::find(&mut tx, &session.token_hash, id, ctx.now())
            .await
            .unwrap();
        drop(tx);
        assert!(!row.unwrap().body.contains("123456789"));
        // Moving the row by hand does not help: the seal names the session.
        let thief = other.token_hash;
        let (_, moved) = sessions::rotate(ctx, &session).await.unwrap();
        assert!(
            errands::load::<Vec<String>>(ctx, &session, "guest", id)
                .await
                .unwrap()
                .is_none()
        );
        let errand = errands::load::<Vec<String>>(ctx, &moved, "guest", id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(errand.body, body);
        let stolen: Result<(), StoreError> = ctx
            .store
            .write(move |tx| Box::pin(async move { steal_errand(tx, thief, id).await }))
            .await;
        stolen.unwrap();
        let stolen = errands::load::<Vec<String>>(ctx, &other, "guest", id).await;
        assert!(matches!(stolen, Err(UseCaseError::Broken(_))), "{stolen:?}");
    });
}

async fn steal_errand(
    tx: &mut store::Tx,
    thief: [u8; 32],
    id: kernel::ErrandId,
) -> Result<(), StoreError> {
    let sql = "UPDATE errands SET session_hash = $1 WHERE id = $2";
    tx.execute(sql, store::args![thief, id]).await.map(drop)
}

#[test]
fn an_errand_is_kept_while_it_is_used_and_concluded_once() {
    both(|world| async move {
        let ctx = &world.ctx;
        let (token, _) = visitor(ctx).await;
        let session = sessions::find(ctx, &token).await.unwrap().unwrap();
        let kept = errands::create(ctx, &session, "guest", &1).await.unwrap();
        let left = errands::create(ctx, &session, "guest", &2).await.unwrap();
        world.clock.advance(minutes(20));
        errands::save(ctx, &session, kept, &3).await.unwrap();
        world.clock.advance(minutes(20));
        let errand = errands::load::<u8>(ctx, &session, "guest", kept)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((errand.body, errand.outcome.as_str()), (3, ""));
        assert!(
            errands::load::<u8>(ctx, &session, "guest", left)
                .await
                .unwrap()
                .is_none()
        );
        let mut tries = Vec::new();
        for n in 0..20 {
            let (ctx, session) = (ctx.clone(), session.clone());
            tries.push(tokio::spawn(async move {
                errands::conclude(&ctx, &session, kept, &format!("payment {n}"))
                    .await
                    .unwrap()
            }));
        }
        let mut first = 0;
        for one in tries {
            first += u32::from(one.await.unwrap());
        }
        assert_eq!(first, 1);
        let late = errands::save(ctx, &session, kept, &4).await;
        assert!(matches!(late, Err(UseCaseError::Conflict(_))), "{late:?}");
        // The address of a receipt is good as long as the session can be.
        world.clock.advance(minutes(120));
        let errand = errands::load::<u8>(ctx, &session, "guest", kept)
            .await
            .unwrap()
            .unwrap();
        assert!(errand.outcome.starts_with("payment "), "{}", errand.outcome);
        let none = errands::conclude(ctx, &session, left, "x").await;
        assert!(matches!(none, Err(UseCaseError::NotFound)));
    });
}

#[test]
fn what_a_member_was_filling_in_when_the_idle_time_ended_is_there_after_signing_in_again() {
    both(|world| async move {
        let ctx = &world.ctx;
        registered(&world, &maria(&world, 0).await).await;
        let (_, session) = signed_in(&world).await;
        let id = errands::create(ctx, &session, "payment", &"half")
            .await
            .unwrap();
        world.clock.advance(minutes(20));
        let (_, again) = signed_in(&world).await;
        let errand = errands::load::<String>(ctx, &again, "payment", id)
            .await
            .unwrap();
        assert_eq!(errand.unwrap().body, "half");
        // Who signs out leaves nothing behind.
        identity::sign_out(ctx, &again).await.unwrap();
        let (_, third) = signed_in(&world).await;
        assert!(
            errands::load::<String>(ctx, &third, "payment", id)
                .await
                .unwrap()
                .is_none()
        );
    });
}

#[test]
fn what_has_run_out_is_cleaned_away_and_nothing_else() {
    both(|world| async move {
        let ctx = &world.ctx;
        let (_, old) = visitor(ctx).await;
        errands::create(ctx, &old, "guest", &1).await.unwrap();
        throttle::guest(ctx, &guest(), "12345678901").await.unwrap();
        world.clock.advance(minutes(40 * 60));
        let (token, new) = visitor(ctx).await;
        let id = errands::create(ctx, &new, "guest", &2).await.unwrap();
        let pruned = sessions::prune(ctx).await.unwrap();
        assert_eq!((pruned.sessions, pruned.errands, pruned.tries), (1, 1, 2));
        assert!(sessions::find(ctx, &token).await.unwrap().is_some());
        assert!(
            errands::load::<u8>(ctx, &new, "guest", id)
                .await
                .unwrap()
                .is_some()
        );
        assert_eq!(
            sessions::prune(ctx).await.unwrap(),
            sessions::Pruned::default()
        );
    });
}
