//! Sessions, half-finished forms, registration, sign-in, throttles and mail, on both databases.

use std::sync::Arc;

use memberpay_usecases as usecases;

use gateways::mail::MailError;
use jiff::SignedDuration;
use jiff::civil::date;
use kernel::{Email, Language, LoginId, MemberId, Secret, Zip};
use store::StoreError;
use testkit::{Maria, World, both, maria};
use usecases::mail::{CodeFacts, Kind, PaymentFacts};
use usecases::passwords::Hashers;
use usecases::sessions::{self, Session};
use usecases::throttle::{self, Purpose};
use usecases::{Actor, Ctx, Refusal, Settings, UseCaseError, drafts, identity, outbox};

const PASSWORD: &str = "seven horses in a row";

fn guest() -> Actor {
    Actor::Guest { address: "192.0.2.1".to_owned() }
}

fn from(address: &str) -> Actor {
    Actor::Guest { address: address.to_owned() }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

fn refusal<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> Refusal {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

async fn visitor(ctx: &Ctx) -> (String, Session) {
    sessions::start(ctx, Language::English, "Firefox").await.unwrap()
}

async fn proved(world: &World, maria: &Maria, email: &Email) {
    let ctx = &world.ctx;
    identity::send_code(ctx, &guest(), maria.person, email, Language::English).await.unwrap();
    outbox::send_due(ctx).await.unwrap();
    let code = world.mail.code_for(email.as_str()).unwrap();
    identity::check_code(ctx, &guest(), maria.person, email, &code).await.unwrap();
}

async fn registered(world: &World, maria: &Maria) -> LoginId {
    let email = Email::parse("maria.home@example.com").unwrap();
    proved(world, maria, &email).await;
    let (ctx, person) = (&world.ctx, maria.person);
    let english = Language::English;
    identity::create_login(ctx, &guest(), person, &email, "MLopez56", &secret(PASSWORD), english)
        .await
        .unwrap()
}

async fn signed_in(world: &World) -> (String, Session) {
    let (_, session) = visitor(&world.ctx).await;
    identity::sign_in(&world.ctx, &guest(), &session, "mlopez56", secret(PASSWORD)).await.unwrap()
}

async fn audited(world: &World, action: &str) -> i64 {
    let mut tx = world.ctx.store.read().await.unwrap();
    let sql = "SELECT COUNT(*) FROM audit_events WHERE action = $1";
    tx.one("a count", sql, store::args![action]).await.unwrap().read().unwrap()
}

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
        assert!(matches!(sessions::extend(ctx, &session).await, Err(UseCaseError::NotFound)));
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
        let (token, inside) =
            identity::sign_in(ctx, &guest(), &session, " MLOPEZ56 ", secret(PASSWORD)).await.unwrap();
        // The cookie that an attacker planted before is worth nothing afterwards.
        assert!(sessions::find(ctx, &planted).await.unwrap().is_none());
        assert_ne!(inside.csrf_token, session.csrf_token);
        let found = sessions::find(ctx, &token).await.unwrap().unwrap();
        assert_eq!((found.login, found.person), (Some(login), Some(maria.person)));
        sessions::set_language(ctx, &found, Language::Spanish).await.unwrap();
        let (next, rotated) = sessions::rotate(ctx, &found).await.unwrap();
        assert!(sessions::find(ctx, &token).await.unwrap().is_none());
        assert!(matches!(sessions::rotate(ctx, &found).await, Err(UseCaseError::NotFound)));
        assert_eq!(rotated.expires_at, inside.expires_at);
        let (outside, visitor) = identity::sign_out(ctx, &rotated).await.unwrap();
        assert!(sessions::find(ctx, &next).await.unwrap().is_none());
        assert_eq!(visitor.login, None);
        let found = sessions::find(ctx, &outside).await.unwrap().unwrap();
        assert_eq!((found.login, found.person), (None, None));
        assert_eq!((audited(&world, "signed-in").await, audited(&world, "signed-out").await), (1, 1));
        assert!(sessions::find(ctx, "made up").await.unwrap().is_none());
    });
}

#[test]
fn a_draft_opens_in_its_own_session_only_and_moves_with_it() {
    both(|world| async move {
        let ctx = &world.ctx;
        let (_, session) = visitor(ctx).await;
        let (_, other) = visitor(ctx).await;
        let body = vec!["000123456789".to_owned()];
        let id = drafts::create(ctx, &session, "guest", &body).await.unwrap();
        assert!(drafts::load::<Vec<String>>(ctx, &other, "guest", id).await.unwrap().is_none());
        assert!(drafts::load::<Vec<String>>(ctx, &session, "register", id).await.unwrap().is_none());
        assert!(matches!(drafts::save(ctx, &other, id, &body).await, Err(UseCaseError::NotFound)));
        let mut tx = ctx.store.read().await.unwrap();
        let row = store::drafts::find(&mut tx, &session.token_hash, id, ctx.now()).await.unwrap();
        drop(tx);
        assert!(!row.unwrap().body.contains("123456789"));
        // Moving the row by hand does not help: the seal names the session.
        let thief = other.token_hash;
        let (_, moved) = sessions::rotate(ctx, &session).await.unwrap();
        assert!(drafts::load::<Vec<String>>(ctx, &session, "guest", id).await.unwrap().is_none());
        let draft = drafts::load::<Vec<String>>(ctx, &moved, "guest", id).await.unwrap().unwrap();
        assert_eq!(draft.body, body);
        let steal = move |tx| -> store::BoxFuture<'_, Result<(), StoreError>> {
            Box::pin(async move { steal_draft(tx, thief, id).await })
        };
        ctx.store.write(steal).await.unwrap();
        let stolen = drafts::load::<Vec<String>>(ctx, &other, "guest", id).await;
        assert!(matches!(stolen, Err(UseCaseError::Broken(_))), "{stolen:?}");
    });
}

async fn steal_draft(
    tx: &mut store::Tx,
    thief: [u8; 32],
    id: kernel::DraftId,
) -> Result<(), StoreError> {
    let sql = "UPDATE drafts SET session_hash = $1 WHERE id = $2";
    tx.execute(sql, store::args![thief, id]).await.map(drop)
}

#[test]
fn a_draft_is_kept_while_it_is_used_and_concluded_once() {
    both(|world| async move {
        let ctx = &world.ctx;
        let (token, _) = visitor(ctx).await;
        let session = sessions::find(ctx, &token).await.unwrap().unwrap();
        let kept = drafts::create(ctx, &session, "guest", &1).await.unwrap();
        let left = drafts::create(ctx, &session, "guest", &2).await.unwrap();
        world.clock.advance(minutes(20));
        drafts::save(ctx, &session, kept, &3).await.unwrap();
        world.clock.advance(minutes(20));
        let draft = drafts::load::<u8>(ctx, &session, "guest", kept).await.unwrap().unwrap();
        assert_eq!((draft.body, draft.outcome.as_str()), (3, ""));
        assert!(drafts::load::<u8>(ctx, &session, "guest", left).await.unwrap().is_none());
        let mut tries = Vec::new();
        for n in 0..20 {
            let (ctx, session) = (ctx.clone(), session.clone());
            tries.push(tokio::spawn(async move {
                drafts::conclude(&ctx, &session, kept, &format!("payment {n}")).await.unwrap()
            }));
        }
        let mut first = 0;
        for one in tries {
            first += u32::from(one.await.unwrap());
        }
        assert_eq!(first, 1);
        let late = drafts::save(ctx, &session, kept, &4).await;
        assert!(matches!(late, Err(UseCaseError::Conflict(_))), "{late:?}");
        // The address of a receipt is good as long as the session can be.
        world.clock.advance(minutes(120));
        let draft = drafts::load::<u8>(ctx, &session, "guest", kept).await.unwrap().unwrap();
        assert!(draft.outcome.starts_with("payment "), "{}", draft.outcome);
        let none = drafts::conclude(ctx, &session, left, "x").await;
        assert!(matches!(none, Err(UseCaseError::NotFound)));
    });
}

#[test]
fn what_a_member_was_filling_in_when_the_idle_time_ended_is_there_after_signing_in_again() {
    both(|world| async move {
        let ctx = &world.ctx;
        registered(&world, &maria(&world, 0).await).await;
        let (_, session) = signed_in(&world).await;
        let id = drafts::create(ctx, &session, "payment", &"half").await.unwrap();
        world.clock.advance(minutes(20));
        let (_, again) = signed_in(&world).await;
        let draft = drafts::load::<String>(ctx, &again, "payment", id).await.unwrap();
        assert_eq!(draft.unwrap().body, "half");
        // Who signs out leaves nothing behind.
        identity::sign_out(ctx, &again).await.unwrap();
        let (_, third) = signed_in(&world).await;
        assert!(drafts::load::<String>(ctx, &third, "payment", id).await.unwrap().is_none());
    });
}

#[test]
fn what_has_run_out_is_cleaned_away_and_nothing_else() {
    both(|world| async move {
        let ctx = &world.ctx;
        let (_, old) = visitor(ctx).await;
        drafts::create(ctx, &old, "guest", &1).await.unwrap();
        throttle::guest(ctx, &guest(), "12345678901").await.unwrap();
        world.clock.advance(minutes(40 * 60));
        let (token, new) = visitor(ctx).await;
        let id = drafts::create(ctx, &new, "guest", &2).await.unwrap();
        let pruned = sessions::prune(ctx).await.unwrap();
        assert_eq!((pruned.sessions, pruned.drafts, pruned.tries), (1, 1, 2));
        assert!(sessions::find(ctx, &token).await.unwrap().is_some());
        assert!(drafts::load::<u8>(ctx, &new, "guest", id).await.unwrap().is_some());
        assert_eq!(sessions::prune(ctx).await.unwrap(), sessions::Pruned::default());
    });
}

#[test]
fn every_mismatch_of_a_registration_and_a_registered_member_get_one_answer() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        let find = |member_id: MemberId, birth_date, zip| async move {
            identity::find_member(ctx, &guest(), &member_id, birth_date, &zip).await
        };
        let zip = |text| Zip::parse(text).unwrap();
        let found = find(maria.member_id.clone(), maria.birth_date, maria.zip.clone()).await.unwrap();
        assert_eq!(found.person, maria.person);
        let nobody = MemberId::parse("99999999999").unwrap();
        let expected = Refusal::new("register-not-found");
        for (member_id, birth_date, zip) in [
            (nobody, maria.birth_date, maria.zip.clone()),
            (maria.member_id.clone(), date(1956, 3, 15), maria.zip.clone()),
            (maria.member_id.clone(), maria.birth_date, zip("06033")),
        ] {
            assert_eq!(refusal(find(member_id, birth_date, zip).await), expected);
        }
        registered(&world, &maria).await;
        let again = find(maria.member_id.clone(), maria.birth_date, maria.zip.clone()).await;
        assert_eq!(refusal(again), expected);
        // Only the mailbox of the sign-in learns of it, never the page or the address on file.
        outbox::send_due(ctx).await.unwrap();
        let told = world.mail.to("maria.home@example.com").pop().unwrap();
        assert!(told.text.contains("registered already"), "{}", told.text);
        assert!(world.mail.to(maria.email).is_empty());
        assert_eq!(audited(&world, "registration-looked-up").await, 5);
    });
}

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
            assert!(seen[..seen.len() - 1].iter().all(|r| r.code == "register-not-found"));
            answers.push(seen);
        }
        assert_eq!(answers[0], answers[1]);
        // The right answer does not come through either, until the window is over.
        let right = || {
            identity::find_member(ctx, &guest(), &maria.member_id, maria.birth_date, &maria.zip)
        };
        assert_eq!(refusal(right().await).code, "too-many-tries");
        world.clock.advance(minutes(i64::from(limits.window_minutes)));
        right().await.unwrap();
        // One address that goes through member IDs.
        let mut refused = 0;
        for n in 0..limits.per_address + 5 {
            let id = format!("{:011}", 50_000_000_000_u64 + u64::from(n));
            refused += u16::from(throttle::guest(ctx, &from("203.0.113.9"), &id).await.is_err());
        }
        assert_eq!(refused, 5);
        throttle::guest(ctx, &from("203.0.113.10"), "50000000000").await.unwrap();
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
                throttle::guest(&ctx, &from(&format!("198.51.100.{n}")), "12345678901").await.is_ok()
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
            throttle::forgive_guest(&world.ctx, &guest(), &id).await.unwrap();
        }
    });
}

#[test]
fn a_code_is_good_once_for_ten_minutes_and_five_tries_and_a_newer_one_replaces_it() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        let email = Email::parse("maria.home@example.com").unwrap();
        let send = || async {
            identity::send_code(ctx, &guest(), maria.person, &email, Language::English)
                .await
                .unwrap();
            outbox::send_due(ctx).await.unwrap();
            world.mail.code_for(email.as_str()).unwrap()
        };
        let check = |code: String| {
            let email = &email;
            async move { identity::check_code(ctx, &guest(), maria.person, email, &code).await }
        };
        let expired = Refusal::of("code", "code-expired");
        let first = send().await;
        let second = send().await;
        assert_ne!(first, second);
        assert_eq!(refusal(check(first).await), Refusal::of("code", "code-wrong").with("left", 4));
        // Another address, another person: not their code.
        let elsewhere = Email::parse("other@example.com").unwrap();
        let other = identity::check_code(ctx, &guest(), maria.person, &elsewhere, &second).await;
        assert_eq!(refusal(other), expired);
        let grouped = format!("{} {}", &second[..3], &second[3..]);
        check(grouped).await.unwrap();
        assert_eq!(refusal(check(second).await), expired);

        let third = send().await;
        for left in [4, 3, 2, 1] {
            let wrong = refusal(check("12x".to_owned()).await);
            assert_eq!(wrong, Refusal::of("code", "code-wrong").with("left", left));
        }
        assert_eq!(refusal(check("000000".to_owned()).await), expired);
        assert_eq!(refusal(check(third).await), expired);

        let fourth = send().await;
        world.clock.advance(minutes(i64::from(ctx.plan.security.code_minutes)));
        assert_eq!(refusal(check(fourth).await), expired);
    });
}

#[test]
fn of_fifty_right_codes_at_once_one_is_accepted() {
    both(|world| async move {
        let maria = maria(&world, 0).await;
        let email = Email::parse("maria.home@example.com").unwrap();
        let person = maria.person;
        identity::send_code(&world.ctx, &guest(), person, &email, Language::English).await.unwrap();
        outbox::send_due(&world.ctx).await.unwrap();
        let code = world.mail.code_for(email.as_str()).unwrap();
        let mut checks = Vec::new();
        for _ in 0..50 {
            let (ctx, email, code) = (world.ctx.clone(), email.clone(), code.clone());
            checks.push(tokio::spawn(async move {
                identity::check_code(&ctx, &guest(), person, &email, &code).await.is_ok()
            }));
        }
        let mut accepted = 0;
        for one in checks {
            accepted += u32::from(one.await.unwrap());
        }
        assert_eq!(accepted, 1);
    });
}

#[test]
fn nobody_can_have_a_mailbox_flooded_with_codes() {
    both(|world| async move {
        let ctx = &world.ctx;
        let email = Email::parse("victim@example.com").unwrap();
        let mut sent = 0;
        for n in 0..20 {
            let maria = maria(&world, n).await;
            let actor = from(&format!("198.51.100.{n}"));
            let code = identity::send_code(ctx, &actor, maria.person, &email, Language::English);
            sent += u32::from(code.await.is_ok());
        }
        assert_eq!(sent, 5);
    });
}

#[test]
fn a_login_needs_a_proved_address_a_free_user_id_and_a_password_nobody_guesses() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        let email = Email::parse("maria.home@example.com").unwrap();
        let create = |person, user_id: &'static str, password: &'static str| {
            let email = &email;
            async move {
                let (actor, password) = (guest(), secret(password));
                let english = Language::English;
                identity::create_login(ctx, &actor, person, email, user_id, &password, english).await
            }
        };
        let unproved = create(maria.person, "mlopez56", PASSWORD).await;
        assert_eq!(refusal(unproved).code, "code-expired");
        proved(&world, &maria, &email).await;
        let least = ctx.plan.security.password_min_length;
        for (user_id, password, expected) in [
            ("maria", PASSWORD, Refusal::of("user_id", "user-id-shape")),
            ("12345678901", PASSWORD, Refusal::of("user_id", "user-id-shape")),
            ("mlopez56", "short", Refusal::of("password", "password-short").with("min", least)),
            ("mlopez56", "sunshinesunshine", Refusal::of("password", "password-common")),
            ("mlopez56", "123456789012345", Refusal::of("password", "password-common")),
            ("mlopez56", "1q2w3e4r5t6y7u8i", Refusal::of("password", "password-common")),
            ("mlopez56", "mlopez56mlopez56", Refusal::of("password", "password-context")),
            ("mlopez56", "memberpay-Lopez-1956", Refusal::of("password", "password-context")),
        ] {
            let created = create(maria.person, user_id, password).await;
            assert_eq!(refusal(created), expected, "{user_id} {password}");
        }
        create(maria.person, "MLopez56", PASSWORD).await.unwrap();
        assert_eq!(refusal(create(maria.person, "mlopez57", PASSWORD).await).code, "register-not-found");
        // The user ID is taken, in any case of letters; the proof of one person is not another's.
        let second = testkit::maria(&world, 1).await;
        assert_eq!(refusal(create(second.person, "other.name", PASSWORD).await).code, "code-expired");
        proved(&world, &second, &email).await;
        let taken = create(second.person, "mlOPEZ56", PASSWORD).await;
        assert_eq!(refusal(taken), Refusal::of("user_id", "user-id-taken"));
        world.clock.advance(minutes(31));
        assert_eq!(refusal(create(second.person, "other.name", PASSWORD).await).code, "code-expired");
        assert_eq!(audited(&world, "registered").await, 1);
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
                identity::sign_in(ctx, &from(address), session, user_id, secret(password)).await
            }
        };
        for user_id in ["mlopez56", "nobody.here"] {
            for _ in 0..10 {
                let wrong = sign_in("192.0.2.1", user_id, "not the password at all").await;
                assert_eq!(refusal(wrong), Refusal::new("sign-in-wrong"));
            }
            let locked = Refusal::new("sign-in-locked").with("minutes", 30);
            assert_eq!(refusal(sign_in("192.0.2.1", user_id, PASSWORD).await), locked);
            assert_eq!(refusal(sign_in("203.0.113.7", user_id, PASSWORD).await), locked);
        }
        // Asking while locked does not lengthen the lock.
        world.clock.advance(minutes(29));
        let locked = Refusal::new("sign-in-locked").with("minutes", 1);
        assert_eq!(refusal(sign_in("192.0.2.1", "mlopez56", PASSWORD).await), locked);
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
            let tried =
                identity::sign_in(ctx, &guest(), &session, &user_id, secret("leaked password")).await;
            locked += u32::from(refusal(tried).code == "sign-in-locked");
        }
        assert_eq!(locked, 10);
        let elsewhere = from("203.0.113.7");
        let tried = identity::sign_in(ctx, &elsewhere, &session, "stuffed1", secret("x")).await;
        assert_eq!(refusal(tried).code, "sign-in-wrong");
    });
}

#[test]
fn an_old_hash_is_made_anew_when_its_owner_signs_in() {
    both(|world| async move {
        registered(&world, &maria(&world, 0).await).await;
        let settings = Settings { password_memory_kib: 128, ..(*world.ctx.settings).clone() };
        let hashers = Arc::new(Hashers::new(&settings));
        let ctx = &Ctx { hashers, settings: Arc::new(settings), ..world.ctx.clone() };
        for _ in 0..2 {
            let (_, session) = visitor(ctx).await;
            identity::sign_in(ctx, &guest(), &session, "mlopez56", secret(PASSWORD)).await.unwrap();
            let mut tx = ctx.store.read().await.unwrap();
            let login = store::logins::find(&mut tx, "mlopez56").await.unwrap().unwrap();
            assert!(login.password_hash.contains("m=128,"), "{}", login.password_hash);
        }
    });
}

async fn enqueued(ctx: &Ctx, kind: Kind, to: &'static str, language: Language) {
    let owned = ctx.clone();
    let written: Result<(), UseCaseError> = ctx
        .store
        .write(move |tx| {
            let ctx = owned.clone();
            Box::pin(async move {
                let facts = sample(kind);
                outbox::enqueue(tx, &ctx, kind.code(), to, language, None, &facts).await
            })
        })
        .await;
    written.unwrap();
}

fn sample(kind: Kind) -> serde_json::Value {
    let facts = match kind {
        Kind::AlreadyRegistered => Ok(serde_json::Value::Null),
        Kind::OneTimeCode => {
            serde_json::to_value(CodeFacts { code: "123456".to_owned(), minutes: 10 })
        }
        _ => serde_json::to_value(PaymentFacts {
            cents: 8640,
            on: "2026-12-01".to_owned(),
            confirmation: "123 456 7897".to_owned(),
            tender: "bank-account".to_owned(),
            last_four: "6789".to_owned(),
            bank_name: "First <National> & Sons".to_owned(),
            member_last_four: "8901".to_owned(),
            reason: "R01".to_owned(),
        }),
    };
    facts.unwrap()
}

#[test]
fn every_message_reads_well_in_every_language_and_its_subject_tells_nothing() {
    both(|world| async move {
        let ctx = &world.ctx;
        for kind in Kind::ALL {
            for language in Language::ALL {
                enqueued(ctx, kind, "payer@example.com", language).await;
                assert_eq!(outbox::send_due(ctx).await.unwrap(), 1, "{kind:?} {language:?}");
                let letter = world.mail.letters().pop().unwrap();
                let html = letter.html.unwrap();
                let mut telling = vec!["premium", "prima", "$"];
                let names: Vec<&str> =
                    ctx.plan.lines.iter().map(|l| l.name.in_language(language)).collect();
                telling.extend(names);
                assert!(notices::is_discreet(&letter.subject, &telling), "{}", letter.subject);
                let phone = &ctx.plan.help.phone;
                for needed in [phone.number(), phone.tty_number(), ctx.plan.organisation.name.clone()] {
                    assert!(letter.text.contains(&needed), "{needed} in {}", letter.text);
                }
                assert!(html.contains(&format!("lang=\"{}\"", language.tag())), "{html}");
                for part in [&letter.text, &html] {
                    assert!(!part.contains("{{") && !part.contains("{%"), "{part}");
                    assert!(!part.contains("http"), "mail has no link that signs in: {part}");
                }
                if let Kind::PaymentReceipt | Kind::PaymentPending | Kind::PaymentReturned = kind {
                    let day = documents::weekday_date(date(2026, 12, 1), language);
                    for needed in ["$86.40", &day, "123 456 7897", "6789", "8901"] {
                        assert!(letter.text.contains(needed), "{needed} in {}", letter.text);
                        assert!(html.contains(needed), "{needed} in {html}");
                    }
                    assert!(html.contains("First &lt;National&gt; &amp; Sons"), "{html}");
                    assert!(!letter.text.contains("R01"), "{}", letter.text);
                }
            }
        }
    });
}

#[test]
fn mail_that_is_not_taken_is_tried_again_later_with_the_same_id_and_in_the_end_given_up() {
    both(|world| async move {
        let ctx = &world.ctx;
        let trouble = || MailError::Trouble("451 later".to_owned());
        enqueued(ctx, Kind::PaymentReceipt, "payer@example.com", Language::English).await;
        world.mail.fail_next(trouble());
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0);
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0, "not before its time");
        world.clock.advance(minutes(1));
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 1);
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0, "not twice");
        let letter = world.mail.letters().pop().unwrap();
        assert!(kernel::OutboxId::parse(&letter.message_id).is_some(), "{}", letter.message_id);

        // Refused for good: not tried again. Trouble for ever: given up after some days.
        enqueued(ctx, Kind::PaymentReceipt, "gone@example.com", Language::English).await;
        world.mail.fail_next(MailError::Refused("550 no such user".to_owned()));
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0);
        enqueued(ctx, Kind::PaymentReceipt, "slow@example.com", Language::English).await;
        for _ in 0..8 {
            world.mail.fail_next(trouble());
            outbox::send_due(ctx).await.unwrap();
            world.clock.advance(minutes(24 * 60));
        }
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0);
        // A code that comes after it expired only confuses.
        enqueued(ctx, Kind::OneTimeCode, "late@example.com", Language::English).await;
        world.clock.advance(minutes(11));
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0);
        assert_eq!(world.mail.letters().len(), 1);
    });
}

#[test]
fn several_senders_at_once_send_each_message_once_and_a_dead_ones_claim_is_taken_over() {
    both(|world| async move {
        let ctx = &world.ctx;
        for _ in 0..40 {
            enqueued(ctx, Kind::PaymentReceipt, "payer@example.com", Language::English).await;
        }
        let mut senders = Vec::new();
        for _ in 0..8 {
            let ctx = ctx.clone();
            senders.push(tokio::spawn(async move { outbox::send_due(&ctx).await.unwrap() }));
        }
        let mut sent = 0;
        for sender in senders {
            sent += sender.await.unwrap();
        }
        assert_eq!(sent, 40);
        let mut ids: Vec<String> =
            world.mail.letters().into_iter().map(|letter| letter.message_id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 40);
        // A sender that claimed and died: after its claim ran out another one sends.
        enqueued(ctx, Kind::PaymentReceipt, "payer@example.com", Language::English).await;
        let now = ctx.now();
        let claimed: Result<_, StoreError> = ctx
            .store
            .write(move |tx| {
                Box::pin(async move { store::outbox::claim(tx, now, now + minutes(5), 50).await })
            })
            .await;
        assert_eq!(claimed.unwrap().len(), 1);
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0);
        world.clock.advance(minutes(5));
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 1);
    });
}

#[test]
fn neither_a_code_nor_a_password_nor_a_cookie_lies_in_the_database() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        let email = Email::parse("maria.home@example.com").unwrap();
        identity::send_code(ctx, &guest(), maria.person, &email, Language::English).await.unwrap();
        let facts = "SELECT facts FROM outbox";
        let read = async |sql| -> String {
            let mut tx = ctx.store.read().await.unwrap();
            tx.one("a row", sql, store::args![]).await.unwrap().read().unwrap()
        };
        let sealed = read(facts).await;
        outbox::send_due(ctx).await.unwrap();
        let code = world.mail.code_for(email.as_str()).unwrap();
        assert!(sealed.starts_with("k1.") && !sealed.contains(&code), "{sealed}");
        assert_eq!(read(facts).await, "", "a code that was sent is forgotten");
        identity::check_code(ctx, &guest(), maria.person, &email, &code).await.unwrap();
        let english = Language::English;
        let password = secret(PASSWORD);
        identity::create_login(ctx, &guest(), maria.person, &email, "mlopez56", &password, english)
            .await
            .unwrap();
        let hash = read("SELECT password_hash FROM logins").await;
        assert!(hash.starts_with("$argon2id$"), "{hash}");
    });
}

#[test]
fn counting_a_try_that_was_not_made_is_taken_back() {
    both(|world| async move {
        let ctx = &world.ctx;
        for _ in 0..30 {
            let counted =
                throttle::check_and_count(ctx, Purpose::SignIn, "192.0.2.1", "mlopez56").await.unwrap();
            throttle::take_back(ctx, counted).await.unwrap();
        }
    });
}
