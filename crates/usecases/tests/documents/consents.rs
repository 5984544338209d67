use kernel::{ConsentId, DocumentId, Language};
use testkit::{Maria, World, both, maria};
use usecases::consents::{self, ConsentKind, ConsentPaper, NewConsent};
use usecases::documents::{self, DocumentKind, NewDocument};
use usecases::{Actor, UseCaseError};

use crate::{audited, member};

const WORDS: &str = "I authorize ConnectiCare to draft my premium from Visa ending in 4242.\n\
                     I can stop this up to three business days before.";

fn agreed(maria: &Maria) -> NewConsent {
    NewConsent {
        person: maria.person,
        account: Some(maria.account),
        kind: ConsentKind::Autopay,
        version: "autopay-en-1".to_owned(),
        text: WORDS.to_owned(),
        from: "192.0.2.7".to_owned(),
        language: Language::English,
    }
}

async fn record(world: &World, actor: &Actor, new: NewConsent) -> Result<ConsentId, UseCaseError> {
    let (ctx, actor) = (world.ctx.clone(), actor.clone());
    let unit = ctx.clone();
    ctx.store
        .write(move |tx| {
            let (ctx, actor, new) = (unit.clone(), actor.clone(), new.clone());
            Box::pin(async move { consents::record(tx, &ctx, &actor, new).await })
        })
        .await
}

async fn withdraw(world: &World, actor: &Actor, id: ConsentId) -> Result<(), UseCaseError> {
    let (ctx, actor) = (world.ctx.clone(), actor.clone());
    let unit = ctx.clone();
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (unit.clone(), actor.clone());
            Box::pin(async move { consents::withdraw(tx, &ctx, &actor, id).await })
        })
        .await
}

async fn kept_copy(world: &World, maria: &Maria, consent: ConsentId) -> (DocumentId, Vec<u8>) {
    let ctx = world.ctx.clone();
    let paper = ConsentPaper {
        language: Language::English,
        large_print: false,
        title: "Automatic payments: what you agreed to".to_owned(),
        text: WORDS.to_owned(),
        version: "autopay-en-1".to_owned(),
        given_at: ctx.now(),
        name: "Maria Lopez".to_owned(),
        plan_line: Some("individual".to_owned()),
        account_number: Some("000001000".to_owned()),
        method: Some("Visa ending in 4242".to_owned()),
        facts: Vec::new(),
        how_to_stop: vec!["Sign in and choose “Stop automatic payments”.".to_owned()],
    };
    let pdf = consents::paper(&ctx, &paper).await.unwrap();
    let bytes = pdf.bytes.clone();
    let new = NewDocument {
        person: maria.person,
        account: Some(maria.account),
        consent: Some(consent),
        kind: DocumentKind::Consent,
        title: paper.title,
        language: Language::English,
        made_on: ctx.today(),
        pdf,
    };
    let unit = ctx.clone();
    let id = ctx
        .store
        .write(move |tx| {
            let (ctx, new) = (unit.clone(), new.clone());
            Box::pin(async move { documents::file(tx, &ctx, new).await })
        })
        .await
        .unwrap();
    (id, bytes)
}

#[test]
fn a_consent_is_kept_word_for_word_until_it_is_withdrawn() {
    both(|world| async move {
        let maria = maria(&world, 1).await;
        let actor = member(&world, maria.person);
        let id = record(&world, &actor, agreed(&maria)).await.unwrap();
        let view = consents::view(&world.ctx, &actor, id).await.unwrap();
        assert_eq!(
            (view.text.as_str(), view.from.as_str()),
            (WORDS, "192.0.2.7")
        );
        assert_eq!(view.given_at, world.ctx.now());
        assert_eq!(view.withdrawn_at, None);
        let mut tx = world.ctx.store.read().await.unwrap();
        let standing = |kind| (maria.person, kind);
        let (person, kind) = standing(ConsentKind::Autopay);
        let found = consents::standing(&mut tx, &world.ctx, person, kind).await;
        assert_eq!(found.unwrap().unwrap().consent, id);
        drop(tx);

        withdraw(&world, &actor, id).await.unwrap();
        withdraw(&world, &actor, id).await.unwrap();
        let view = consents::view(&world.ctx, &actor, id).await.unwrap();
        assert_eq!(view.withdrawn_at, Some(world.ctx.now()));
        let mut tx = world.ctx.store.read().await.unwrap();
        let none = consents::standing(&mut tx, &world.ctx, person, kind).await;
        assert!(none.unwrap().is_none());
        assert_eq!(audited(&world, "consent-given").await, 1);
        assert_eq!(audited(&world, "consent-withdrawn").await, 1);
    });
}

#[test]
fn nobody_agrees_or_withdraws_for_somebody_else() {
    both(|world| async move {
        let maria = maria(&world, 1).await;
        let stranger = member(&world, world.ctx.id());
        let guest = Actor::Guest {
            address: "192.0.2.8".to_owned(),
        };
        for actor in [&stranger, &guest] {
            let refused = record(&world, actor, agreed(&maria)).await;
            assert!(matches!(refused, Err(UseCaseError::NotAllowed)));
        }
        let own = member(&world, maria.person);
        let id = record(&world, &own, agreed(&maria)).await.unwrap();
        for actor in [&stranger, &guest] {
            let hidden = consents::view(&world.ctx, actor, id).await;
            assert!(matches!(hidden, Err(UseCaseError::NotFound)));
            let refused = withdraw(&world, actor, id).await;
            assert!(matches!(refused, Err(UseCaseError::NotFound)));
        }
    });
}

#[test]
fn the_database_itself_refuses_to_change_a_consent() {
    both(|world| async move {
        let maria = maria(&world, 1).await;
        let actor = member(&world, maria.person);
        let id = record(&world, &actor, agreed(&maria)).await.unwrap();
        withdraw(&world, &actor, id).await.unwrap();
        for statement in [
            "UPDATE consents SET version = 'x'",
            "DELETE FROM consents",
            "UPDATE consent_withdrawals SET actor = 'x'",
            "DELETE FROM consent_withdrawals",
        ] {
            let result: Result<u64, store::StoreError> = world
                .ctx
                .store
                .write(move |tx| Box::pin(tx.execute(statement, store::args![])))
                .await;
            assert!(result.is_err(), "{statement}");
        }
    });
}

#[test]
fn a_kept_copy_is_sealed_and_only_its_person_reads_it() {
    both(|world| async move {
        let maria = maria(&world, 1).await;
        let own = member(&world, maria.person);
        let consent = record(&world, &own, agreed(&maria)).await.unwrap();
        let (id, bytes) = kept_copy(&world, &maria, consent).await;
        assert_eq!(documents::pdf(&world.ctx, &own, id).await.unwrap(), bytes);
        assert!(bytes.starts_with(b"%PDF"));
        assert_eq!(audited(&world, "document-read").await, 1);

        let stranger = member(&world, world.ctx.id());
        let hidden = documents::pdf(&world.ctx, &stranger, id).await;
        assert!(matches!(hidden, Err(UseCaseError::NotFound)));
        assert_eq!(audited(&world, "document-read").await, 1);

        let mut tx = world.ctx.store.read().await.unwrap();
        let sealed = store::documents::content(&mut tx, maria.person, id).await;
        let sealed = sealed.unwrap().unwrap();
        assert!(!sealed.contains("%PDF"));
        let rows = store::documents::of_person(&mut tx, maria.person, 10).await;
        let row = rows.unwrap().pop().unwrap();
        assert!(!row.title.contains("Automatic"), "the title is sealed");
        assert_eq!(row.pages, 1);
        assert_eq!(row.size_bytes, i64::try_from(bytes.len()).unwrap());
    });
}
