//! Sign-in and throttles.

use std::sync::Arc;

use jiff::civil::date;
use kernel::MemberId;
use testkit::{both, maria};
use usecases::passwords::Hashers;
use usecases::throttle::{self, Purpose};
use usecases::{Ctx, Refusal, Settings, identity};

use crate::{PASSWORD, audited, from, guest, minutes, refusal, registered, secret, visitor};

#[test]
fn look_ups_are_throttled_by_member_and_by_address_whether_or_not_the_member_exists() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        let limits = ctx.plan.security.guest;
        let nobody = MemberId::parse("99999999999").unwrap();
        let mut answers = Vec::new();
        for member_id in [maria.member_id.clone(), nobody] {
            let mut seen = Vec::new();
            for n in 0..=limits.per_member {
                let actor = from(&format!("198.51.100.{n}"));
                let wrong = date(1900, 1, 1);
                let tried = identity::find_member(ctx, &actor, &member_id, wrong, &maria.zip).await;
                seen.push(refusal(tried));
            }
            assert_eq!(seen.last().unwrap().code, "too-many-tries");
            assert!(
                seen[..seen.len() - 1]
                    .iter()
                    .all(|r| r.code == "register-not-found")
            );
            answers.push(seen);
        }
        assert_eq!(answers[0], answers[1]);
        // The right answer does not come through either, until the window is over.
        let right = || async {
            identity::find_member(
                ctx,
                &guest(),
                &maria.member_id,
                maria.birth_date,
                &maria.zip,
            )
            .await
        };
        assert_eq!(refusal(right().await).code, "too-many-tries");
        world
            .clock
            .advance(minutes(i64::from(limits.window_minutes)));
        right().await.unwrap();
        // One address that goes through member IDs.
        let mut refused = 0;
        for n in 0..limits.per_address + 5 {
            let id = format!("{:011}", 50_000_000_000_u64 + u64::from(n));
            refused += u16::from(
                throttle::guest(ctx, &from("203.0.113.9"), &id)
                    .await
                    .is_err(),
            );
        }
        assert_eq!(refused, 5);
        throttle::guest(ctx, &from("203.0.113.10"), "50000000000")
            .await
            .unwrap();
    });
}

#[test]
fn fifty_tries_at_once_are_counted_one_after_the_other() {
    both(|world| async move {
        let limits = world.ctx.plan.security.guest;
        let mut tries = Vec::new();
        for n in 0..50 {
            let ctx = world.ctx.clone();
            tries.push(tokio::spawn(async move {
                throttle::guest(&ctx, &from(&format!("198.51.100.{n}")), "12345678901")
                    .await
                    .is_ok()
            }));
        }
        let mut let_through = 0;
        for one in tries {
            let_through += u16::from(one.await.unwrap());
        }
        assert_eq!(let_through, limits.per_member);
    });
}

#[test]
fn a_family_that_gives_right_answers_is_not_locked_out() {
    both(|world| async move {
        let limits = world.ctx.plan.security.guest;
        for n in 0..2 * limits.per_address {
            let id = format!("{:011}", 50_000_000_000_u64 + u64::from(n % 3));
            throttle::guest(&world.ctx, &guest(), &id).await.unwrap();
            throttle::forgive_guest(&world.ctx, &guest(), &id)
                .await
                .unwrap();
        }
    });
}

#[test]
fn a_wrong_password_and_an_unknown_user_id_get_one_answer_and_ten_lock_for_thirty_minutes() {
    both(|world| async move {
        let ctx = &world.ctx;
        registered(&world, &maria(&world, 0).await).await;
        let (_, session) = visitor(ctx).await;
        let sign_in = |address: &'static str, user_id: &'static str, password: &'static str| {
            let session = &session;
            async move {
                let password = secret(password);
                identity::sign_in(ctx, &from(address), session, user_id, password, "").await
            }
        };
        for user_id in ["mlopez56", "nobody.here"] {
            for _ in 0..10 {
                let wrong = sign_in("192.0.2.1", user_id, "not the password at all").await;
                assert_eq!(refusal(wrong), Refusal::new("sign-in-wrong"));
            }
            let locked = Refusal::new("sign-in-locked").with("minutes", 30);
            assert_eq!(
                refusal(sign_in("192.0.2.1", user_id, PASSWORD).await),
                locked
            );
            assert_eq!(
                refusal(sign_in("203.0.113.7", user_id, PASSWORD).await),
                locked
            );
        }
        // Asking while locked does not lengthen the lock.
        world.clock.advance(minutes(29));
        let locked = Refusal::new("sign-in-locked").with("minutes", 1);
        assert_eq!(
            refusal(sign_in("192.0.2.1", "mlopez56", PASSWORD).await),
            locked
        );
        world.clock.advance(minutes(1));
        sign_in("192.0.2.1", "mlopez56", PASSWORD).await.unwrap();
        assert_eq!(audited(&world, "sign-in-failed").await, 20);
    });
}

#[test]
fn one_address_that_goes_through_user_ids_is_stopped_and_others_are_not() {
    both(|world| async move {
        let ctx = &world.ctx;
        let (_, session) = visitor(ctx).await;
        let mut locked = 0;
        for n in 0..60 {
            let user_id = format!("stuffed{n}");
            let tried = identity::sign_in(
                ctx,
                &guest(),
                &session,
                &user_id,
                secret("leaked password"),
                "",
            )
            .await;
            locked += u32::from(refusal(tried).code == "sign-in-locked");
        }
        assert_eq!(locked, 10);
        let elsewhere = from("203.0.113.7");
        let tried = identity::sign_in(ctx, &elsewhere, &session, "stuffed1", secret("x"), "").await;
        assert_eq!(refusal(tried).code, "sign-in-wrong");
    });
}

#[test]
fn an_old_hash_is_made_anew_when_its_owner_signs_in() {
    both(|world| async move {
        registered(&world, &maria(&world, 0).await).await;
        let settings = Settings {
            password_memory_kib: 128,
            staff_roles: Vec::new(),
            ..(*world.ctx.settings).clone()
        };
        let hashers = Arc::new(Hashers::new(&settings));
        let ctx = &Ctx {
            hashers,
            settings: Arc::new(settings),
            ..world.ctx.clone()
        };
        for _ in 0..2 {
            let (_, session) = visitor(ctx).await;
            identity::sign_in(ctx, &guest(), &session, "mlopez56", secret(PASSWORD), "")
                .await
                .unwrap();
            let mut tx = ctx.store.read().await.unwrap();
            let login = store::logins::find(&mut tx, "mlopez56")
                .await
                .unwrap()
                .unwrap();
            assert!(
                login.password_hash.contains("m=128,"),
                "{}",
                login.password_hash
            );
        }
    });
}

#[test]
fn counting_a_try_that_was_not_made_is_taken_back() {
    both(|world| async move {
        let ctx = &world.ctx;
        for _ in 0..30 {
            let counted = throttle::check_and_count(ctx, Purpose::SignIn, "192.0.2.1", "mlopez56")
                .await
                .unwrap();
            throttle::take_back(ctx, counted).await.unwrap();
        }
    });
}
