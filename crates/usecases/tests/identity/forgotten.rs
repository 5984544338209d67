//! A forgotten user ID or password, the security page, and forms that came too late.

use kernel::{ErrandId, MemberId};
use testkit::{World, both, maria};
use usecases::identity::factors::{self, Given};
use usecases::identity::forgot::{self, Stage};
use usecases::identity::{self as usecase, security};
use usecases::sessions::{self, Session};
use usecases::{UseCaseError, outbox};

use crate::{
    PASSWORD, audited, from, guest, minutes, refusal, registered, secret, signed_in, visitor,
};

const NEW: &str = "violet otters swim at dusk";

async fn begun(world: &World, session: &Session, member_id: &MemberId) -> ErrandId {
    let ctx = &world.ctx;
    let begun = forgot::begin(ctx, &guest(), session, member_id).await;
    let (errand, delivery) = begun.unwrap();
    forgot::deliver(ctx, delivery).await.unwrap();
    outbox::send_due(ctx).await.unwrap();
    errand
}

const COUNTS: [&str; 4] = [
    "SELECT COUNT(*) FROM one_time_codes",
    "SELECT COUNT(*) FROM errands",
    "SELECT COUNT(*) FROM throttle_events",
    "SELECT COUNT(*) FROM audit_events",
];

async fn rows(world: &World) -> Vec<i64> {
    let mut tx = world.ctx.store.read().await.unwrap();
    let mut found = Vec::new();
    for sql in COUNTS {
        found.push(
            tx.one("a count", sql, store::args![])
                .await
                .unwrap()
                .read()
                .unwrap(),
        );
    }
    found
}

#[test]
fn a_member_who_exists_one_who_is_not_registered_and_nobody_go_the_same_way() {
    both(|world| async move {
        let ctx = &world.ctx;
        let known = maria(&world, 0).await;
        registered(&world, &known).await;
        let unregistered = maria(&world, 1).await;
        let nobody = MemberId::parse("99999999999").unwrap();
        let mut ways = Vec::new();
        for member_id in [known.member_id, unregistered.member_id, nobody] {
            let (_, session) = visitor(ctx).await;
            let before = rows(&world).await;
            let begun = forgot::begin(ctx, &guest(), &session, &member_id).await;
            let (errand, delivery) = begun.unwrap();
            // What is written before the page is answered is the same, row for row.
            let mut seen = Vec::new();
            for (after, before) in rows(&world).await.iter().zip(before) {
                seen.push(format!("{} more", after - before));
            }
            forgot::deliver(ctx, delivery).await.unwrap();
            seen.push(format!(
                "{:?}",
                forgot::stage(ctx, &session, errand).await.unwrap()
            ));
            for _ in 0..6 {
                let wrong = forgot::give_code(ctx, &guest(), &session, errand, "000000").await;
                seen.push(refusal(wrong).to_string());
            }
            ways.push(seen);
        }
        assert_eq!(ways[0], ways[1]);
        assert_eq!(ways[0], ways[2]);
        assert!(ways[0].last().unwrap().contains("code-expired"), "{ways:?}");
    });
}

#[test]
fn from_the_member_id_to_a_new_password_with_every_other_session_ended() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        registered(&world, &maria).await;
        let (cookie, _) = signed_in(&world).await;
        let (_, session) = visitor(ctx).await;
        let errand = begun(&world, &session, &maria.member_id).await;
        let code = world.mail.code_for("maria.home@example.com").unwrap();
        // The code works in the browser that asked for it.
        let (_, other) = visitor(ctx).await;
        let elsewhere = forgot::give_code(ctx, &guest(), &other, errand, &code).await;
        assert!(
            matches!(elsewhere, Err(UseCaseError::NotFound)),
            "{elsewhere:?}"
        );
        let new = || secret(NEW);
        let early = forgot::new_password(ctx, &guest(), &session, errand, &new()).await;
        assert!(matches!(early, Err(UseCaseError::NotFound)), "{early:?}");
        forgot::give_code(ctx, &guest(), &session, errand, &code)
            .await
            .unwrap();
        let twice = forgot::give_code(ctx, &guest(), &session, errand, &code).await;
        assert_eq!(refusal(twice).code, "code-expired");
        match forgot::stage(ctx, &session, errand).await.unwrap() {
            Stage::Proved { user_id, asks, .. } => {
                assert_eq!((user_id.as_str(), asks.len()), ("MLopez56", 0));
            }
            Stage::Code => panic!("the code was right"),
        }
        let short = forgot::new_password(ctx, &guest(), &session, errand, &secret("short")).await;
        assert_eq!(refusal(short).field, Some("new_password"));
        forgot::new_password(ctx, &guest(), &session, errand, &new())
            .await
            .unwrap();
        assert!(sessions::find(ctx, &cookie).await.unwrap().is_none());
        let (_, session) = visitor(ctx).await;
        let old = usecase::sign_in(ctx, &guest(), &session, "mlopez56", secret(PASSWORD), "").await;
        assert_eq!(refusal(old).code, "sign-in-wrong");
        usecase::sign_in(ctx, &guest(), &session, "mlopez56", new(), "")
            .await
            .unwrap();
        outbox::send_due(ctx).await.unwrap();
        let letters = world.mail.letters();
        let told = letters
            .iter()
            .any(|letter| letter.subject.contains("password was changed"));
        assert!(told, "the change is told by mail");
        assert_eq!(audited(&world, "password-changed").await, 1);
    });
}

#[test]
fn a_new_password_does_not_go_around_a_second_factor() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        let login = registered(&world, &maria).await;
        let owner = usecase::owner(ctx, login).await.unwrap();
        let drawn = factors::draw_authenticator(ctx);
        let bytes = hex::decode(drawn.expose()).unwrap();
        let shows = || factors::digits(&bytes, identity::authenticator::step_at(ctx.now()));
        factors::add_authenticator(ctx, &guest(), &owner, &drawn, &shows(), "x")
            .await
            .unwrap();
        world.clock.advance(minutes(1));
        let (_, session) = visitor(ctx).await;
        let errand = begun(&world, &session, &maria.member_id).await;
        let code = world.mail.code_for("maria.home@example.com").unwrap();
        forgot::give_code(ctx, &guest(), &session, errand, &code)
            .await
            .unwrap();
        let new = || secret(NEW);
        let around = forgot::new_password(ctx, &guest(), &session, errand, &new()).await;
        assert!(
            matches!(around, Err(UseCaseError::NotAllowed)),
            "{around:?}"
        );
        let given = Given::Authenticator(shows());
        forgot::give_second(ctx, &guest(), &session, errand, &given)
            .await
            .unwrap();
        forgot::new_password(ctx, &guest(), &session, errand, &new())
            .await
            .unwrap();
    });
}

#[test]
fn one_member_id_and_one_address_are_limited_whether_or_not_the_member_exists() {
    both(|world| async move {
        let ctx = &world.ctx;
        let limits = ctx.plan.security.guest;
        let (_, session) = visitor(ctx).await;
        let nobody = MemberId::parse("99999999999").unwrap();
        for n in 0..=limits.per_member {
            let actor = from(&format!("198.51.100.{n}"));
            let tried = forgot::begin(ctx, &actor, &session, &nobody).await;
            assert_eq!(tried.is_err(), n == limits.per_member, "try {n}");
        }
        let mut refused = 0;
        for n in 0..limits.per_address + 3 {
            let id = format!("{:011}", 50_000_000_000_u64 + u64::from(n));
            let id = MemberId::parse(&id).unwrap();
            let actor = from("203.0.113.9");
            refused += u16::from(forgot::begin(ctx, &actor, &session, &id).await.is_err());
        }
        assert_eq!(refused, 3);
    });
}

#[test]
fn sessions_are_listed_and_ended_one_by_one_or_all_others_at_once() {
    both(|world| async move {
        let ctx = &world.ctx;
        registered(&world, &maria(&world, 0).await).await;
        let (mine, session) = signed_in(&world).await;
        let (theirs, _) = signed_in(&world).await;
        let (third, _) = signed_in(&world).await;
        let listed = security::open_sessions(ctx, &session).await.unwrap();
        assert_eq!(listed.len(), 3);
        assert_eq!(listed.iter().filter(|one| one.this_one).count(), 1);
        let other = listed.iter().find(|one| !one.this_one).unwrap();
        security::end_session(ctx, &guest(), &session, &other.name)
            .await
            .unwrap();
        let again = security::end_session(ctx, &guest(), &session, &other.name).await;
        assert!(matches!(again, Err(UseCaseError::NotFound)), "{again:?}");
        security::end_other_sessions(ctx, &guest(), &session)
            .await
            .unwrap();
        for (cookie, open) in [(mine, true), (theirs, false), (third, false)] {
            assert_eq!(sessions::find(ctx, &cookie).await.unwrap().is_some(), open);
        }
    });
}

#[test]
fn ten_minutes_after_signing_in_the_password_is_asked_again_before_it_is_changed() {
    both(|world| async move {
        let ctx = &world.ctx;
        registered(&world, &maria(&world, 0).await).await;
        let (cookie, session) = signed_in(&world).await;
        assert!(!session.asks_again(ctx.now()));
        world.clock.advance(minutes(10));
        let session = sessions::find(ctx, &cookie)
            .await
            .unwrap()
            .unwrap_or(session);
        let tried = security::change_password(ctx, &guest(), &session, &secret(NEW)).await;
        assert_eq!(refusal(tried).code, "prove-again");
        let wrong = security::confirm_password(ctx, &guest(), &session, &secret(NEW)).await;
        assert_eq!(refusal(wrong).code, "password-wrong");
        security::confirm_password(ctx, &guest(), &session, &secret(PASSWORD))
            .await
            .unwrap();
        let session = sessions::find(ctx, &cookie).await.unwrap().unwrap();
        security::change_password(ctx, &guest(), &session, &secret(NEW))
            .await
            .unwrap();
        assert!(
            sessions::find(ctx, &cookie).await.unwrap().is_some(),
            "this one stays"
        );
    });
}

#[test]
fn only_a_session_that_ran_out_of_idle_time_lends_its_token_to_a_form_that_came_too_late() {
    both(|world| async move {
        let ctx = &world.ctx;
        registered(&world, &maria(&world, 0).await).await;
        let (cookie, session) = signed_in(&world).await;
        assert_eq!(
            sessions::lapsed(ctx, &cookie).await.unwrap(),
            None,
            "it is open"
        );
        let idle = i64::from(ctx.plan.security.idle_minutes);
        world.clock.advance(minutes(idle));
        let lapsed = sessions::lapsed(ctx, &cookie).await.unwrap();
        assert_eq!(lapsed, Some(session.csrf_token));
        world.clock.advance(minutes(24 * 60));
        assert_eq!(
            sessions::lapsed(ctx, &cookie).await.unwrap(),
            None,
            "too long ago"
        );
        let (cookie, session) = signed_in(&world).await;
        usecase::sign_out(ctx, &session).await.unwrap();
        world.clock.advance(minutes(idle));
        assert_eq!(
            sessions::lapsed(ctx, &cookie).await.unwrap(),
            None,
            "signed out"
        );
        assert_eq!(sessions::lapsed(ctx, "made up").await.unwrap(), None);
    });
}
