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
