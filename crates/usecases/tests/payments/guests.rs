//! A guest can pay and see a receipt: nothing else.

use jiff::civil::date;
use kernel::{Channel, Email, MemberId, Zip};
use testkit::{both, maria};
use usecases::guest::{GuestIdentity, identify};
use usecases::{Actor, UseCaseError};

use crate::Scene;

fn guest(address: &str) -> Actor {
    Actor::Guest {
        address: address.to_owned(),
    }
}

fn right(scene: &Scene) -> GuestIdentity {
    GuestIdentity {
        member_id: scene.maria.member_id.clone(),
        zip: scene.maria.zip.clone(),
        birth_date: scene.maria.birth_date,
        first_name: "María".to_owned(),
        last_name: "LOPEZ".to_owned(),
        payer_email: Email::parse("son@example.com").expect("it is an address"),
    }
}

#[test]
fn a_guest_who_knows_the_member_learns_what_is_due() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        let found = identify(&scene.ctx, &guest("192.0.2.9"), &right(&scene))
            .await
            .unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].amount_due.get(), 10_000);
    });
}

#[test]
fn every_mismatch_gets_the_same_answer() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        let wrong: Vec<GuestIdentity> = vec![
            GuestIdentity {
                member_id: MemberId::parse("99999999999").unwrap(),
                ..right(&scene)
            },
            GuestIdentity {
                zip: Zip::parse("06001").unwrap(),
                ..right(&scene)
            },
            GuestIdentity {
                birth_date: date(1956, 3, 15),
                ..right(&scene)
            },
            GuestIdentity {
                first_name: "Mario".to_owned(),
                ..right(&scene)
            },
            GuestIdentity {
                last_name: "Lopes".to_owned(),
                ..right(&scene)
            },
        ];
        for (n, who) in wrong.into_iter().enumerate() {
            let address = format!("192.0.2.{n}");
            match identify(&scene.ctx, &guest(&address), &who).await {
                Err(UseCaseError::Refused(refusal)) => {
                    assert_eq!(
                        (refusal.code, refusal.facts.len()),
                        ("guest-not-found", 0),
                        "{n}"
                    );
                }
                other => panic!("{n}: {other:?}"),
            }
        }
    });
}

#[test]
fn after_five_wrong_tries_for_a_member_even_the_right_answer_must_wait() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        for n in 0..5 {
            let who = GuestIdentity {
                zip: Zip::parse("06001").unwrap(),
                ..right(&scene)
            };
            let answer = identify(&scene.ctx, &guest(&format!("192.0.2.{n}")), &who).await;
            assert!(matches!(answer, Err(UseCaseError::Refused(r)) if r.code == "guest-not-found"));
        }
        let answer = identify(&scene.ctx, &guest("192.0.2.77"), &right(&scene)).await;
        assert!(matches!(answer, Err(UseCaseError::Refused(r)) if r.code == "too-many-tries"));
        scene
            .world
            .clock
            .advance(jiff::SignedDuration::from_mins(61));
        assert!(
            identify(&scene.ctx, &guest("192.0.2.77"), &right(&scene))
                .await
                .is_ok()
        );
    });
}

#[test]
fn a_stranger_s_member_id_is_throttled_just_the_same() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        let who = GuestIdentity {
            member_id: MemberId::parse("99999999999").unwrap(),
            ..right(&scene)
        };
        for n in 0..5 {
            let answer = identify(&scene.ctx, &guest(&format!("192.0.2.{n}")), &who).await;
            assert!(matches!(answer, Err(UseCaseError::Refused(r)) if r.code == "guest-not-found"));
        }
        let answer = identify(&scene.ctx, &guest("192.0.2.77"), &who).await;
        assert!(matches!(answer, Err(UseCaseError::Refused(r)) if r.code == "too-many-tries"));
    });
}

#[test]
fn a_guest_reaches_no_page_of_a_member_and_no_other_channel() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        let other = maria(&scene.world, 1).await;
        let (ctx, actor, account) = (&scene.ctx, guest("192.0.2.9"), scene.maria.account);
        let refused = |error: &UseCaseError| matches!(error, UseCaseError::NotAllowed);
        assert!(
            usecases::pages::invoices(ctx, &actor, account)
                .await
                .is_err_and(|e| refused(&e))
        );
        let history =
            usecases::pages::payment_history(ctx, &actor, account, &Default::default()).await;
        assert!(history.is_err_and(|e| refused(&e)));
        assert!(
            usecases::pages::account_home(ctx, &actor)
                .await
                .is_err_and(|e| refused(&e))
        );
        let online = usecases::payments::take(ctx, &actor, scene.command("a", 100)).await;
        assert!(online.is_err_and(|e| refused(&e)));
        let mut command = scene.command("a", 10_000);
        command.channel = Channel::Guest;
        let payment = usecases::payments::take(ctx, &actor, command)
            .await
            .unwrap();
        let elsewhere = usecases::payments::view(ctx, &actor, other.account, payment).await;
        assert!(matches!(elsewhere, Err(UseCaseError::NotFound)));
        scene.books_are_right().await;
    });
}
