//! Second factors, devices and passkeys.

use identity::authenticator::{base32, step_at};
use identity::{FactorKind, RecoveryCode};
use kernel::Secret;
use testkit::{World, both, maria};
use usecases::identity::factors::{self, Given};
use usecases::identity::{self as usecase, Holder, Owner, SignedIn, devices, passkeys};
use usecases::sessions::Session;
use usecases::{UseCaseError, outbox};

use crate::soft_key::SoftKey;
use crate::{
    PASSWORD, audited, from, guest, minutes, refusal, registered, secret, signed_in_on, visitor,
};

struct App(Vec<u8>);

impl App {
    fn shows(&self, world: &World) -> String {
        factors::digits(&self.0, step_at(world.ctx.now()))
    }
}

/// A member with an authenticator app.
async fn with_app(world: &World) -> (Owner, App) {
    let ctx = &world.ctx;
    let login = registered(world, &maria(world, 0).await).await;
    let owner = usecase::owner(ctx, login).await.unwrap();
    let drawn = factors::draw_authenticator(ctx);
    let app = App(hex::decode(drawn.expose()).unwrap());
    let offer = factors::authenticator_offer(ctx, &owner, &drawn).unwrap();
    assert_eq!(offer.secret, base32(&app.0));
    assert!(offer.address.contains("MLopez56"), "{}", offer.address);
    let wrong = factors::add_authenticator(ctx, &guest(), &owner, &drawn, "000000", "x").await;
    assert_eq!(refusal(wrong).code, "second-code-wrong");
    factors::add_authenticator(ctx, &guest(), &owner, &drawn, &app.shows(world), "x")
        .await
        .unwrap();
    world.clock.advance(minutes(1));
    (owner, app)
}

async fn half_in(world: &World, session: &Session, device: &str) -> kernel::ErrandId {
    let (ctx, actor) = (&world.ctx, guest());
    let tried = usecase::sign_in(ctx, &actor, session, "mlopez56", secret(PASSWORD), device);
    match tried.await.unwrap() {
        SignedIn::HalfOpen(errand) => errand,
        SignedIn::Open(_) => panic!("a second factor must be asked"),
    }
}

async fn step(
    world: &World,
    session: &Session,
    errand: kernel::ErrandId,
    given: Given,
    device: (&str, bool),
) -> Result<usecase::Opened, UseCaseError> {
    usecase::second_step(&world.ctx, &guest(), session, errand, &given, device).await
}

#[test]
fn the_password_alone_opens_half_and_the_right_digits_all_the_way_once() {
    both(|world| async move {
        let (owner, app) = with_app(&world).await;
        let ctx = &world.ctx;
        let (_, session) = visitor(ctx).await;
        let errand = half_in(&world, &session, "").await;
        // Half open is a stranger.
        assert_eq!((session.login, session.person), (None, None));
        let (_, other) = visitor(ctx).await;
        assert!(
            usecase::half_open(ctx, &other, errand)
                .await
                .unwrap()
                .is_none()
        );
        let half = usecase::half_open(ctx, &session, errand)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(half.kinds, [FactorKind::Authenticator]);
        let wrong = Given::Authenticator("000000".to_owned());
        let tried = step(&world, &session, errand, wrong, ("", false)).await;
        assert_eq!(refusal(tried).code, "second-code-wrong");
        let shown = app.shows(&world);
        let right = Given::Authenticator(shown.clone());
        let opened = step(&world, &session, errand, right.clone(), ("", false))
            .await
            .unwrap();
        assert_eq!(opened.session.login.map(Holder::Member), Some(owner.holder));
        // The errand is over, and so is the code.
        let again = step(&world, &session, errand, right.clone(), ("", false)).await;
        assert!(matches!(again, Err(UseCaseError::NotFound)), "{again:?}");
        let (_, session) = visitor(ctx).await;
        let errand = half_in(&world, &session, "").await;
        let used = step(&world, &session, errand, right, ("", false)).await;
        assert_eq!(refusal(used).code, "second-code-wrong");
        assert_eq!(audited(&world, "second-factor-failed").await, 2);
    });
}

#[test]
fn ten_wrong_digits_lock_for_thirty_minutes_even_with_the_right_password() {
    both(|world| async move {
        let (_, app) = with_app(&world).await;
        let (_, session) = visitor(&world.ctx).await;
        let errand = half_in(&world, &session, "").await;
        for _ in 0..10 {
            let wrong = Given::Authenticator("123456".to_owned());
            let tried = step(&world, &session, errand, wrong, ("", false)).await;
            assert_eq!(refusal(tried).code, "second-code-wrong");
        }
        let right = Given::Authenticator(app.shows(&world));
        let tried = step(&world, &session, errand, right, ("", false)).await;
        assert_eq!(refusal(tried).code, "too-many-tries");
        // Signing in anew does not give ten more.
        let (_, session) = visitor(&world.ctx).await;
        let errand = half_in(&world, &session, "").await;
        let right = Given::Authenticator(app.shows(&world));
        let tried = step(&world, &session, errand, right, ("", false)).await;
        assert_eq!(refusal(tried).code, "too-many-tries");
    });
}

#[test]
fn a_mailed_code_is_for_one_session() {
    both(|world| async move {
        let ctx = &world.ctx;
        let login = registered(&world, &maria(&world, 0).await).await;
        let owner = usecase::owner(ctx, login).await.unwrap();
        let (_, session) = visitor(ctx).await;
        factors::mail_code(ctx, &guest(), &session, &owner)
            .await
            .unwrap();
        outbox::send_due(ctx).await.unwrap();
        let code = world.mail.code_for(&owner.email).unwrap();
        factors::add_email(ctx, &guest(), &session, &owner, &code, "x")
            .await
            .unwrap();
        let (_, mine) = visitor(ctx).await;
        let errand = half_in(&world, &mine, "").await;
        usecase::mail_second_code(ctx, &guest(), &mine, errand)
            .await
            .unwrap();
        outbox::send_due(ctx).await.unwrap();
        let code = world.mail.code_for(&owner.email).unwrap();
        // Somebody who knows the password and reads the code over the shoulder.
        let (_, theirs) = visitor(ctx).await;
        let other = half_in(&world, &theirs, "").await;
        let tried = step(
            &world,
            &theirs,
            other,
            Given::Email(code.clone()),
            ("", false),
        )
        .await;
        assert_eq!(refusal(tried).code, "code-expired");
        step(&world, &mine, errand, Given::Email(code), ("", false))
            .await
            .unwrap();
    });
}

#[test]
fn recovery_codes_are_ten_good_once_and_gone_with_the_last_factor() {
    both(|world| async move {
        let (owner, _) = with_app(&world).await;
        let ctx = &world.ctx;
        let codes = factors::make_recovery(ctx, &guest(), &owner).await.unwrap();
        assert_eq!(codes.len(), 10);
        let give = |code: &RecoveryCode| Given::Recovery(code.grouped().to_uppercase());
        let (_, session) = visitor(ctx).await;
        let errand = half_in(&world, &session, "").await;
        step(&world, &session, errand, give(&codes[3]), ("", false))
            .await
            .unwrap();
        let (_, session) = visitor(ctx).await;
        let errand = half_in(&world, &session, "").await;
        let used = step(&world, &session, errand, give(&codes[3]), ("", false)).await;
        assert_eq!(refusal(used).code, "recovery-code-wrong");
        assert_eq!(
            factors::list(ctx, owner.holder)
                .await
                .unwrap()
                .recovery_left,
            9
        );
        // New ones take the place of the old.
        let anew = factors::make_recovery(ctx, &guest(), &owner).await.unwrap();
        let old = step(&world, &session, errand, give(&codes[0]), ("", false)).await;
        assert_eq!(refusal(old).code, "recovery-code-wrong");
        step(&world, &session, errand, give(&anew[0]), ("", false))
            .await
            .unwrap();
        let all = factors::list(ctx, owner.holder).await.unwrap();
        factors::remove(ctx, &guest(), &owner, all.list[0].id)
            .await
            .unwrap();
        let none = factors::list(ctx, owner.holder).await.unwrap();
        assert_eq!((none.kinds(), none.recovery_left), (Vec::new(), 0));
        let tried = factors::make_recovery(ctx, &guest(), &owner).await;
        assert_eq!(refusal(tried).code, "recovery-needs-factor");
    });
}

#[test]
fn a_remembered_device_is_not_asked_for_thirty_days_or_until_it_is_forgotten() {
    both(|world| async move {
        let (owner, app) = with_app(&world).await;
        let ctx = &world.ctx;
        let (_, session) = visitor(ctx).await;
        let errand = half_in(&world, &session, "").await;
        let given = Given::Authenticator(app.shows(&world));
        let opened = step(&world, &session, errand, given, ("", true))
            .await
            .unwrap();
        // Each sign-in draws a new cookie; the old one is worth nothing.
        let (_, session) = visitor(ctx).await;
        let second = signed_in_on(&world, &session, &opened.device).await;
        assert_ne!(second.device, opened.device);
        let (_, session) = visitor(ctx).await;
        half_in(&world, &session, &opened.device).await;
        let listed = devices::remembered(ctx, owner.holder, &second.device)
            .await
            .unwrap();
        assert!(listed.len() == 1 && listed[0].this_one, "{listed:?}");
        devices::forget(ctx, &guest(), owner.holder, listed[0].id)
            .await
            .unwrap();
        half_in(&world, &session, &second.device).await;
        // Remembered anew, it is asked again after thirty days.
        let errand = half_in(&world, &session, &second.device).await;
        world.clock.advance(minutes(1));
        let given = Given::Authenticator(app.shows(&world));
        let device = (second.device.as_str(), true);
        let third = step(&world, &session, errand, given, device).await.unwrap();
        world.clock.advance(minutes(30 * 24 * 60));
        let (_, session) = visitor(ctx).await;
        half_in(&world, &session, &third.device).await;
    });
}

#[test]
fn a_sign_in_from_another_device_is_told_and_one_from_a_known_one_is_not() {
    both(|world| async move {
        let ctx = &world.ctx;
        let login = registered(&world, &maria(&world, 0).await).await;
        let owner = usecase::owner(ctx, login).await.unwrap();
        let told = || async {
            outbox::send_due(ctx).await.unwrap();
            let letters = world.mail.letters();
            let new = |letter: &&gateways::mail::MailMessage| letter.subject.contains("new device");
            letters.iter().filter(new).count()
        };
        let (_, session) = visitor(ctx).await;
        let first = signed_in_on(&world, &session, "").await;
        let (_, session) = visitor(ctx).await;
        signed_in_on(&world, &session, &first.device).await;
        assert_eq!(told().await, 0, "the first device, twice");
        let (_, session) = visitor(ctx).await;
        signed_in_on(&world, &session, "").await;
        assert_eq!(told().await, 1, "{}", owner.email);
    });
}

/// A member with a passkey.
async fn with_passkey(world: &World) -> (Owner, SoftKey) {
    let ctx = &world.ctx;
    let login = registered(world, &maria(world, 0).await).await;
    let owner = usecase::owner(ctx, login).await.unwrap();
    let (_, session) = visitor(ctx).await;
    let begun = passkeys::begin_making(ctx, &session, &owner).await.unwrap();
    let (key, answer) = SoftKey::make(&begun.options);
    let made = |answer: String| {
        let (session, owner) = (&session, &owner);
        async move {
            passkeys::finish_making(ctx, &guest(), session, owner, begun.errand, &answer).await
        }
    };
    made(answer.clone()).await.unwrap();
    assert_eq!(refusal(made(answer).await).code, "passkey-over");
    (owner, key)
}

#[test]
fn a_passkey_signs_in_alone_and_its_answer_is_good_once() {
    both(|world| async move {
        let (owner, mut key) = with_passkey(&world).await;
        let ctx = &world.ctx;
        let (_, session) = visitor(ctx).await;
        let begun = passkeys::begin_asking(ctx, &session).await.unwrap();
        let answer = key.answer(&begun.options);
        let show = |session: Session, errand, answer: String| async move {
            let answer = (errand, answer.as_str());
            usecase::sign_in_with_passkey(ctx, &guest(), &session, answer, "").await
        };
        // In another browser the ceremony is not there.
        let (_, other) = visitor(ctx).await;
        let stolen = show(other, begun.errand, answer.clone()).await;
        assert_eq!(refusal(stolen).code, "passkey-over");
        let opened = show(session.clone(), begun.errand, answer.clone())
            .await
            .unwrap();
        assert_eq!(opened.session.login.map(Holder::Member), Some(owner.holder));
        // What was answered before answers nothing new.
        let (_, session) = visitor(ctx).await;
        let begun = passkeys::begin_asking(ctx, &session).await.unwrap();
        let replayed = show(session.clone(), begun.errand, answer).await;
        assert_eq!(refusal(replayed).code, "passkey-wrong");
        // A key that did not check the person is one factor at most.
        let begun = passkeys::begin_asking(ctx, &session).await.unwrap();
        key.checks = false;
        let unchecked = show(session.clone(), begun.errand, key.answer(&begun.options)).await;
        assert_eq!(refusal(unchecked).code, "passkey-wrong");
        key.checks = true;
        let begun = passkeys::begin_asking(ctx, &session).await.unwrap();
        world.clock.advance(minutes(11));
        let late = show(session, begun.errand, key.answer(&begun.options)).await;
        assert_eq!(refusal(late).code, "passkey-over");
    });
}

#[test]
fn wrong_passkeys_from_one_address_keep_nobody_else_out() {
    both(|world| async move {
        let (_, key) = with_passkey(&world).await;
        let ctx = &world.ctx;
        let (_, session) = visitor(ctx).await;
        let show = |address: &'static str, answer: String, errand| {
            let session = session.clone();
            async move {
                let (actor, answer) = (from(address), (errand, answer.as_str()));
                usecase::sign_in_with_passkey(ctx, &actor, &session, answer, "").await
            }
        };
        for n in 0..12 {
            let begun = passkeys::begin_asking(ctx, &session).await.unwrap();
            let wrong = refusal(show("192.0.2.66", "{}".to_owned(), begun.errand).await);
            let expected = if n < 10 {
                "passkey-wrong"
            } else {
                "too-many-tries"
            };
            assert_eq!(wrong.code, expected, "try {n}");
        }
        let begun = passkeys::begin_asking(ctx, &session).await.unwrap();
        show("203.0.113.7", key.answer(&begun.options), begun.errand)
            .await
            .unwrap();
    });
}

#[test]
fn a_passkey_is_a_second_factor_too_and_only_for_its_holder() {
    both(|world| async move {
        let (owner, key) = with_passkey(&world).await;
        let ctx = &world.ctx;
        let (_, session) = visitor(ctx).await;
        let errand = half_in(&world, &session, "").await;
        let begun = passkeys::begin_asking(ctx, &session).await.unwrap();
        let given = Given::Passkey {
            ceremony: begun.errand,
            answer: key.answer(&begun.options),
        };
        let somebody = Owner {
            holder: Holder::Staff(kernel::StaffId::from_uuid(owner.holder.uuid())),
            ..owner
        };
        let theirs = factors::prove(ctx, &guest(), &session, &somebody, &given).await;
        assert_eq!(refusal(theirs).code, "passkey-wrong");
        let begun = passkeys::begin_asking(ctx, &session).await.unwrap();
        let given = Given::Passkey {
            ceremony: begun.errand,
            answer: key.answer(&begun.options),
        };
        step(&world, &session, errand, given, ("", false))
            .await
            .unwrap();
    });
}

#[test]
fn staff_set_up_no_codes_by_mail_and_keep_their_last_factor() {
    both(|world| async move {
        let ctx = &world.ctx;
        let owner = Owner {
            holder: Holder::Staff(ctx.id()),
            user_id: "ann".to_owned(),
            email: "ann@plan.example.com".to_owned(),
            language: kernel::Language::English,
        };
        let (_, session) = visitor(ctx).await;
        factors::mail_code(ctx, &guest(), &session, &owner)
            .await
            .unwrap();
        outbox::send_due(ctx).await.unwrap();
        let code = world.mail.code_for(&owner.email).unwrap();
        let tried = factors::add_email(ctx, &guest(), &session, &owner, &code, "x").await;
        assert!(matches!(tried, Err(UseCaseError::NotAllowed)), "{tried:?}");
        let drawn: Secret = factors::draw_authenticator(ctx);
        let app = App(hex::decode(drawn.expose()).unwrap());
        factors::add_authenticator(ctx, &guest(), &owner, &drawn, &app.shows(&world), "x")
            .await
            .unwrap();
        let all = factors::list(ctx, owner.holder).await.unwrap();
        let last = factors::remove(ctx, &guest(), &owner, all.list[0].id).await;
        assert_eq!(refusal(last).code, "last-factor");
    });
}
