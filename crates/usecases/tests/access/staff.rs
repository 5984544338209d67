//! Local accounts of staff: set up with a link, two factors, roles, sessions.

use identity::Role;
use jiff::SignedDuration;
use kernel::{Email, Language, Secret};
use testkit::{PASSWORD, World, both, staff_digits};
use usecases::identity::factors::Given;
use usecases::staff::people::{self, Change, NewStaff};
use usecases::staff::sessions::{self, StaffSession};
use usecases::staff::{Reason, note_look, set_up, sign_in};
use usecases::{Actor, UseCaseError};

use super::{audited, guest, is_not_allowed, is_not_found, refusal};

/// How many rows the tables of money, identity and mandates hold.
pub async fn rows(world: &World) -> Vec<i64> {
    let mut tx = world.ctx.store.read().await.unwrap();
    let mut counts = Vec::new();
    for sql in [
        "SELECT COUNT(*) FROM payments",
        "SELECT COUNT(*) FROM journal_entries",
        "SELECT COUNT(*) FROM mandates",
        "SELECT COUNT(*) FROM mandate_skips",
        "SELECT COUNT(*) FROM payment_methods",
        "SELECT COUNT(*) FROM delegations",
        "SELECT COUNT(*) FROM logins",
        "SELECT COUNT(*) FROM persons",
        "SELECT COUNT(*) FROM staff",
        "SELECT COUNT(*) FROM outbox",
        "SELECT COUNT(*) FROM consents",
    ] {
        let mut row = tx.one("a count", sql, vec![]).await.unwrap();
        counts.push(row.read().unwrap());
    }
    counts
}

async fn door(world: &World) -> StaffSession {
    let started = sessions::start(&world.ctx, Language::English, "Firefox").await;
    started.unwrap().1
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

async fn half_open(world: &World, user_id: &str) -> StaffSession {
    let session = door(world).await;
    let (ctx, password) = (&world.ctx, secret(PASSWORD));
    sign_in::password(ctx, &guest(), &session, user_id, password)
        .await
        .unwrap()
        .1
}

async fn opened(world: &World, user_id: &str) -> (String, StaffSession) {
    // Digits are good once: the next ones come half a minute later.
    world.clock.advance(SignedDuration::from_secs(30));
    let half = half_open(world, user_id).await;
    let given = Given::Authenticator(staff_digits(world));
    sign_in::second_step(&world.ctx, &guest(), &half, &given)
        .await
        .unwrap()
}

#[test]
fn nobody_on_the_staff_is_in_without_the_second_factor() {
    both(|world| async move {
        let ctx = &world.ctx;
        testkit::staff(&world, Role::Billing).await;
        let session = door(&world).await;
        for (user_id, password) in [
            ("staff.billing", "wrong horses in a row"),
            ("staff.nobody", PASSWORD),
            ("staff.billing", ""),
        ] {
            let tried = sign_in::password(ctx, &guest(), &session, user_id, secret(password)).await;
            assert_eq!(refusal(tried).code, "sign-in-wrong");
        }
        let half = half_open(&world, "STAFF.billing").await;
        assert_eq!(half.staff, None);
        let wrong = Given::Authenticator("000000".to_owned());
        let refused = sign_in::second_step(ctx, &guest(), &half, &wrong).await;
        assert_eq!(refusal(refused).code, "second-code-wrong");
        // Not at the door either.
        world.clock.advance(SignedDuration::from_secs(30));
        let right = Given::Authenticator(staff_digits(&world));
        let early = sign_in::second_step(ctx, &guest(), &door(&world).await, &right).await;
        assert!(is_not_found(&early));
        let (token, session) = sign_in::second_step(ctx, &guest(), &half, &right)
            .await
            .unwrap();
        assert_eq!(session.staff.unwrap().role, Role::Billing);
        assert!(sessions::find(ctx, &token).await.unwrap().is_some());
        // The same digits are good once.
        let half = half_open(&world, "staff.billing").await;
        let replayed = sign_in::second_step(ctx, &guest(), &half, &right).await;
        assert_eq!(refusal(replayed).code, "second-code-wrong");
        assert_eq!(audited(&world, "staff-signed-in").await, 1);
        // Too slow.
        world.clock.advance(SignedDuration::from_mins(16));
        let right = Given::Authenticator(staff_digits(&world));
        let late = sign_in::second_step(ctx, &guest(), &half, &right).await;
        assert!(is_not_found(&late));
    });
}

#[test]
fn a_session_of_staff_idles_out_soon_and_ends_when_its_owner_is_disabled_or_changed() {
    both(|world| async move {
        let ctx = &world.ctx;
        let Actor::Staff { staff: billing, .. } = testkit::staff(&world, Role::Billing).await
        else {
            panic!("staff are staff")
        };
        let keeper = testkit::staff(&world, Role::Administrator).await;
        let (token, session) = opened(&world, "staff.billing").await;
        let (other, _) = opened(&world, "staff.billing").await;
        assert_eq!(
            sign_in::others_open(ctx, billing, &session).await.unwrap(),
            1
        );
        let own = Actor::Staff {
            staff: billing,
            role: Role::Billing,
            address: String::new(),
        };
        assert_eq!(sign_in::end_others(ctx, &own, &session).await.unwrap(), 1);
        assert_eq!(sessions::find(ctx, &other).await.unwrap(), None);
        // A member's cookie opens nothing here, and the other way round.
        let (member, _) = usecases::sessions::start(ctx, Language::English, "x")
            .await
            .unwrap();
        assert_eq!(sessions::find(ctx, &member).await.unwrap(), None);
        assert_eq!(usecases::sessions::find(ctx, &token).await.unwrap(), None);

        let to = Change::Role(Role::Supervisor);
        people::change(ctx, &keeper, billing, to).await.unwrap();
        assert_eq!(sessions::find(ctx, &token).await.unwrap(), None);
        let (token, session) = opened(&world, "staff.billing").await;
        assert_eq!(session.staff.unwrap().role, Role::Supervisor);
        people::change(ctx, &keeper, billing, Change::Disable)
            .await
            .unwrap();
        assert_eq!(sessions::find(ctx, &token).await.unwrap(), None);
        let session = door(&world).await;
        let password = secret(PASSWORD);
        let tried = sign_in::password(ctx, &guest(), &session, "staff.billing", password).await;
        assert_eq!(refusal(tried).code, "sign-in-wrong");
        people::change(ctx, &keeper, billing, Change::Enable)
            .await
            .unwrap();
        let (token, _) = opened(&world, "staff.billing").await;
        world.clock.advance(SignedDuration::from_mins(9));
        assert!(sessions::find(ctx, &token).await.unwrap().is_some());
        world.clock.advance(SignedDuration::from_mins(10));
        assert_eq!(sessions::find(ctx, &token).await.unwrap(), None);
    });
}

#[test]
fn a_set_up_link_is_good_once_and_asks_for_both_factors() {
    both(|world| async move {
        let ctx = &world.ctx;
        let new = NewStaff {
            name: "Ben Okafor".to_owned(),
            email: Email::parse("ben@example.com").unwrap(),
            user_id: "ben.okafor".to_owned(),
            role: Role::Associate,
            language: Language::English,
        };
        let link = people::add(ctx, &Actor::Operator, &new).await.unwrap();
        let again = people::add(ctx, &Actor::Operator, &new).await;
        assert_eq!(refusal(again).code, "user-id-taken");
        let token = link.address.rsplit('/').next().unwrap();
        let session = door(&world).await;
        assert_eq!(
            set_up::begin(ctx, token).await.unwrap().user_id,
            "ben.okafor"
        );
        let weak = set_up::choose_password(ctx, &session, token, &secret("password")).await;
        assert_eq!(refusal(weak).code, "password-short");
        let errand = set_up::choose_password(ctx, &session, token, &secret(PASSWORD))
            .await
            .unwrap();
        // A password alone opens nothing.
        let password = secret(PASSWORD);
        let tried = sign_in::password(ctx, &guest(), &session, "ben.okafor", password).await;
        assert_eq!(refusal(tried).code, "sign-in-wrong");
        let offer = set_up::offer(ctx, &session, token, errand).await.unwrap();
        assert!(offer.address.starts_with("otpauth://totp/"));
        let wrong = set_up::finish(ctx, &guest(), &session, token, errand, "000000").await;
        assert_eq!(refusal(wrong).code, "second-code-wrong");
        let bytes = unbase32(&offer.secret);
        let step = identity::authenticator::step_at(ctx.now());
        let digits = usecases::identity::factors::digits(&bytes, step);
        let codes = set_up::finish(ctx, &guest(), &session, token, errand, &digits)
            .await
            .unwrap();
        assert!(codes.len() >= 8);
        assert!(is_not_found(&set_up::begin(ctx, token).await));
        let half = half_open(&world, "ben.okafor").await;
        let recovery = Given::Recovery(codes[0].clone());
        let (_, session) = sign_in::second_step(ctx, &guest(), &half, &recovery)
            .await
            .unwrap();
        assert_eq!(session.staff.unwrap().role, Role::Associate);
        // Whoever lost everything gets a new link; what they had is worth nothing.
        let link = people::set_up_again(ctx, &Actor::Operator, link.staff)
            .await
            .unwrap();
        let token = link.address.rsplit('/').next().unwrap();
        world.clock.advance(SignedDuration::from_hours(25));
        assert!(is_not_found(&set_up::begin(ctx, token).await));
    });
}

fn unbase32(text: &str) -> Vec<u8> {
    let mut bits = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let at = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
        bits.push_str(&format!("{at:05b}"));
    }
    let whole = bits.len() / 8;
    (0..whole)
        .map(|n| u8::from_str_radix(&bits[n * 8..n * 8 + 8], 2).unwrap())
        .collect()
}

#[test]
fn administrators_keep_the_staff_and_nobody_changes_themselves() {
    both(|world| async move {
        let ctx = &world.ctx;
        let mut actors = Vec::new();
        for role in Role::ALL {
            actors.push(testkit::staff(&world, role).await);
        }
        let id_of = |actor: &Actor| match actor {
            Actor::Staff { staff, role, .. } => (*staff, *role),
            _ => panic!("staff are staff"),
        };
        for actor in &actors {
            let (own, role) = id_of(actor);
            let listed = people::all(ctx, actor).await;
            assert_eq!(listed.is_ok(), role == Role::Administrator, "{role:?}");
            for target in &actors {
                let (other, _) = id_of(target);
                let to = Change::Role(Role::Administrator);
                let changed = people::change(ctx, actor, other, to).await;
                if role != Role::Administrator {
                    assert!(is_not_allowed(&changed), "{role:?}");
                } else if own == other {
                    assert_eq!(refusal(changed).code, "staff-oneself");
                    let again = people::set_up_again(ctx, actor, own).await;
                    assert_eq!(refusal(again).code, "staff-oneself");
                } else {
                    changed.unwrap();
                }
            }
        }
        assert!(is_not_allowed(&people::all(ctx, &guest()).await));
    });
}

#[test]
fn a_look_at_a_member_is_written_down_with_its_reason() {
    both(|world| async move {
        let (ctx, maria) = (&world.ctx, testkit::maria(&world, 1).await);
        for (role, may) in [(Role::Associate, true), (Role::Administrator, false)] {
            let actor = testkit::staff(&world, role).await;
            let (own, account) = (ctx.clone(), maria.account);
            let looked: Result<(), UseCaseError> = ctx
                .store
                .write(move |tx| {
                    let (ctx, actor) = (own.clone(), actor.clone());
                    Box::pin(async move {
                        note_look(tx, &ctx, &actor, account, Reason::MemberAsked).await
                    })
                })
                .await;
            assert_eq!(looked.is_ok(), may, "{role:?}");
        }
        assert_eq!(audited(&world, "member-seen").await, 1);
    });
}
