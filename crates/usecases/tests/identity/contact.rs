//! What members change of themselves, and how it stands against the roster.

use kernel::Language;
use members::AddressSource;
use testkit::both;
use usecases::contact::{self, KeptBy};

use super::*;

async fn maria_signed_in(world: &World) -> (Maria, Actor) {
    let maria = testkit::maria(world, 0).await;
    let login = registered(world, &maria).await;
    let actor = Actor::Member {
        login,
        person: maria.person,
        address: "192.0.2.1".to_owned(),
    };
    (maria, actor)
}

#[test]
fn a_member_sees_who_they_are_and_where_each_part_is_changed() {
    both(|world| async move {
        let (_, actor) = maria_signed_in(&world).await;
        let view = contact::view(&world.ctx, &actor).await.unwrap();
        assert_eq!(view.name, "Maria Lopez");
        assert_eq!(view.member_id, "1234 567 8901");
        assert_eq!(view.address, ["1 Main Street", "Farmington, CT 06032"]);
        assert_eq!(
            (view.phone.as_str(), view.email.as_str()),
            ("8605550100", "maria.home@example.com")
        );
        let kept_by = KeptBy {
            plan_line: world.ctx.plan.lines[0].id.clone(),
            source: AddressSource::ExchangeOrPlan,
        };
        assert_eq!(view.kept_by, [kept_by]);
        assert!(matches!(
            contact::view(&world.ctx, &guest()).await,
            Err(UseCaseError::NotAllowed)
        ));
    });
}

#[test]
fn phone_language_and_large_print_are_changed_and_each_change_is_audited_once() {
    both(|world| async move {
        let (maria, actor) = maria_signed_in(&world).await;
        let ctx = &world.ctx;
        for _ in 0..2 {
            contact::change_phone(ctx, &actor, "(860) 555-0111")
                .await
                .unwrap();
            contact::change_language(ctx, &actor, Language::Spanish)
                .await
                .unwrap();
            contact::change_large_print(ctx, &actor, true)
                .await
                .unwrap();
        }
        let view = contact::view(ctx, &actor).await.unwrap();
        assert_eq!(view.phone, "8605550111");
        assert_eq!((view.language, view.large_print), (Language::Spanish, true));
        assert_eq!(audited(&world, "contact-changed").await, 3);
        let mut tx = ctx.store.read().await.unwrap();
        let login = store::logins::of_person(&mut tx, maria.person)
            .await
            .unwrap();
        assert_eq!(login.unwrap().language, Language::Spanish);
        let person = store::accounts::person_by_id(&mut tx, maria.person)
            .await
            .unwrap();
        assert!(
            person.unwrap().large_print,
            "invoices are printed large from now on"
        );
    });
}

#[test]
fn what_is_not_a_telephone_number_is_refused() {
    both(|world| async move {
        let (_, actor) = maria_signed_in(&world).await;
        let why = refusal(contact::change_phone(&world.ctx, &actor, "call me").await);
        assert_eq!((why.field, why.code), (Some("phone"), "phone"));
        contact::change_phone(&world.ctx, &actor, " ")
            .await
            .unwrap();
        assert_eq!(contact::view(&world.ctx, &actor).await.unwrap().phone, "");
    });
}

#[test]
fn a_new_email_address_is_proved_and_both_addresses_are_told() {
    both(|world| async move {
        let (maria, actor) = maria_signed_in(&world).await;
        let ctx = &world.ctx;
        let (_, session) = signed_in(&world).await;
        let english = Language::English;
        let (old, new) = (
            "maria.home@example.com",
            Email::parse("maria@new.example.com").unwrap(),
        );
        let same = Email::parse(old).unwrap();
        let why = refusal(contact::send_email_code(ctx, &actor, &session, &same, english).await);
        assert_eq!((why.field, why.code), (Some("email"), "email-same"));

        contact::send_email_code(ctx, &actor, &session, &new, english)
            .await
            .unwrap();
        outbox::send_due(ctx).await.unwrap();
        let code = world.mail.code_for(new.as_str()).unwrap();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let why = refusal(contact::change_email(ctx, &actor, &session, &new, wrong).await);
        assert_eq!((why.field, why.code), (Some("code"), "code-wrong"));
        assert_eq!(contact::view(ctx, &actor).await.unwrap().email, old);

        let told_before = world.mail.to(old).len();
        contact::change_email(ctx, &actor, &session, &new, &code)
            .await
            .unwrap();
        assert_eq!(
            contact::view(ctx, &actor).await.unwrap().email,
            new.as_str()
        );
        outbox::send_due(ctx).await.unwrap();
        assert_eq!(
            world.mail.to(old).len(),
            told_before + 1,
            "the old address is told"
        );
        assert_eq!(
            world.mail.to(new.as_str()).len(),
            2,
            "the code, and the notice"
        );
        assert_eq!(audited(&world, "contact-changed").await, 1);

        let again = refusal(contact::change_email(ctx, &actor, &session, &new, &code).await);
        assert_eq!(again.code, "code-expired", "a code is good once");
        let mut tx = ctx.store.read().await.unwrap();
        let row = store::roster::lock_persons(&mut tx, &[maria.person])
            .await
            .unwrap();
        assert_eq!(row[0].set_aside.email.as_deref(), Some("maria@example.com"));
    });
}

#[test]
fn an_open_page_is_not_enough_to_turn_mail_elsewhere() {
    both(|world| async move {
        let (_, actor) = maria_signed_in(&world).await;
        let ctx = &world.ctx;
        let (_, proved) = signed_in(&world).await;
        let new = Email::parse("maria@new.example.com").unwrap();
        let english = Language::English;
        contact::send_email_code(ctx, &actor, &proved, &new, english)
            .await
            .unwrap();
        outbox::send_due(ctx).await.unwrap();
        let code = world.mail.code_for(new.as_str()).unwrap();

        let (_, visitor) = visitor(ctx).await;
        for nobody in [
            &visitor,
            &Session {
                person: None,
                ..proved.clone()
            },
        ] {
            assert!(matches!(
                contact::change_email(ctx, &actor, nobody, &new, &code).await,
                Err(UseCaseError::NotAllowed)
            ));
        }
        let long_ago = Session {
            proved_at: proved.proved_at.map(|at| at - minutes(10)),
            ..proved.clone()
        };
        let why = refusal(contact::change_email(ctx, &actor, &long_ago, &new, &code).await);
        assert_eq!(why.code, "prove-again");
        let why = refusal(contact::send_email_code(ctx, &actor, &long_ago, &new, english).await);
        assert_eq!(why.code, "prove-again");
        assert_eq!(audited(&world, "contact-changed").await, 0);

        contact::change_email(ctx, &actor, &proved, &new, &code)
            .await
            .unwrap();
        assert_eq!(audited(&world, "contact-changed").await, 1);
    });
}
