//! ID cards: who sees them, who may order them, and the printer's files.

use kernel::Language;
use testkit::{World, both};
use usecases::id_cards::{self, AccountCards, CardReason, CardState};
use usecases::{Actor, UseCaseError, pages};

use crate::files;

async fn cards(world: &World, actor: &Actor) -> AccountCards {
    let mut all = id_cards::view(&world.ctx, actor).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn refused(result: Result<impl std::fmt::Debug, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn an_employer_member_has_nothing_to_pay_and_cards_for_the_family() {
    both(|world| async move {
        let actor = files::family(&world, 1, "employer", "").await;
        let home = pages::account_home(&world.ctx, &actor).await.unwrap();
        let account = &home.accounts[0];
        assert!(account.amount_due.is_zero() && account.latest_invoice.is_none());
        let own = cards(&world, &actor).await;
        let names: Vec<_> = own.cards.iter().map(|card| card.name.as_str()).collect();
        assert_eq!(names, ["María Peña", "=Luis Peña"]);
        assert_eq!(own.cards[0].subscriber, None);
        assert_eq!(own.cards[1].subscriber.as_deref(), Some("María Peña"));
        let (ctx, english) = (&world.ctx, Language::English);
        let pdf = id_cards::pdf(ctx, &actor, own.account, None, english).await;
        assert!(pdf.unwrap().starts_with(b"%PDF"));
        assert_eq!(crate::audited(&world, "document-read").await, 1);
        let stranger = crate::member(&world, world.ctx.id());
        let hidden = id_cards::pdf(ctx, &stranger, own.account, None, english).await;
        assert!(matches!(hidden, Err(UseCaseError::NotFound)));
    });
}

#[test]
fn medicare_advantage_members_are_told_to_call() {
    both(|world| async move {
        let actor = files::family(&world, 1, "medicare-advantage", "31.00").await;
        let own = cards(&world, &actor).await;
        assert!(own.cards.is_empty());
        let person = actor.person().unwrap();
        let (ctx, lost) = (&world.ctx, CardReason::Lost);
        let code = refused(id_cards::request(ctx, &actor, own.account, person, lost).await);
        assert_eq!(code, "id-card-by-phone");
        let pdf = id_cards::pdf(ctx, &actor, own.account, None, Language::English).await;
        assert_eq!(refused(pdf), "id-card-by-phone");
    });
}

#[test]
fn a_card_goes_to_the_printer_once_and_only_one_is_open_at_a_time() {
    both(|world| async move {
        let actor = files::family(&world, 1, "individual", "310.00").await;
        let own = cards(&world, &actor).await;
        let (ctx, account) = (&world.ctx, own.account);
        let (maria, luis) = (own.cards[0].person, own.cards[1].person);
        let lost = CardReason::Lost;
        let asked = id_cards::request(ctx, &actor, account, luis, lost).await;
        asked.unwrap();
        let twice = id_cards::request(ctx, &actor, account, luis, lost).await;
        assert_eq!(refused(twice), "id-card-open");
        let other = id_cards::request(ctx, &actor, account, maria, CardReason::Damaged).await;
        other.unwrap();
        let nobody = id_cards::request(ctx, &actor, account, ctx.id(), lost).await;
        assert!(matches!(nobody, Err(UseCaseError::NotFound)));

        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("1.csv"), folder.path().join("2.csv"));
        let member = id_cards::export(ctx, &actor, &first).await;
        assert!(matches!(member, Err(UseCaseError::NotAllowed)));
        let report = id_cards::export(ctx, &Actor::Operator, &first)
            .await
            .unwrap();
        assert_eq!(
            (report.batch, report.cards, report.again),
            (Some(1), 2, false)
        );
        let text = std::fs::read_to_string(&first).unwrap();
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains(",'=Luis,"), "no cell is a formula: {text}");
        let nothing = id_cards::export(ctx, &Actor::Operator, &second)
            .await
            .unwrap();
        assert_eq!(nothing.batch, None);
        assert!(!second.exists());
        let there = id_cards::export(ctx, &Actor::Operator, &first).await;
        assert_eq!(refused(there), "cards-file-there");

        // Killed before the file was done: the next run writes the same file again.
        let undone: Result<u64, store::StoreError> = ctx
            .store
            .write(|tx| {
                let sql = "UPDATE card_batches SET finished_at = NULL";
                Box::pin(tx.execute(sql, store::args![]))
            })
            .await;
        undone.unwrap();
        let again = id_cards::export(ctx, &Actor::Operator, &second)
            .await
            .unwrap();
        assert_eq!((again.batch, again.cards, again.again), (Some(1), 2, true));
        assert_eq!(std::fs::read_to_string(&second).unwrap(), text);
    });
}

#[test]
fn the_printers_answer_marks_cards_as_mailed_once() {
    both(|world| async move {
        let actor = files::family(&world, 1, "solo", "310.00").await;
        let own = cards(&world, &actor).await;
        let (ctx, account, person) = (&world.ctx, own.account, own.cards[0].person);
        let stolen = CardReason::Stolen;
        let asked = id_cards::request(ctx, &actor, account, person, stolen).await;
        asked.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let answer = folder.path().join("mailed.csv");
        let today = ctx.today();
        let text = format!("request,mailed_on\n1,{today}\n77,{today}\nx,{today}\n");
        std::fs::write(&answer, text).unwrap();
        // Not yet with the printer: nothing is marked.
        let early = id_cards::mailed(ctx, &Actor::Operator, &answer)
            .await
            .unwrap();
        assert_eq!((early.mailed, early.findings.len()), (0, 3));
        let out = folder.path().join("cards.csv");
        id_cards::export(ctx, &Actor::Operator, &out).await.unwrap();
        let done = id_cards::mailed(ctx, &Actor::Operator, &answer)
            .await
            .unwrap();
        assert_eq!((done.mailed, done.known, done.findings.len()), (1, 0, 2));
        let again = id_cards::mailed(ctx, &Actor::Operator, &answer)
            .await
            .unwrap();
        assert_eq!((again.mailed, again.known, again.findings.len()), (0, 1, 2));
        assert_eq!(crate::audited(&world, "id-card-mailed").await, 1);
        let own = cards(&world, &actor).await;
        let request = own.cards[0].request.clone().unwrap();
        assert_eq!(request.state, CardState::Mailed);
        assert_eq!(request.mailed_on, Some(today));
        // Now another one can be asked for.
        let another = CardReason::Another;
        let next = id_cards::request(ctx, &actor, account, person, another).await;
        next.unwrap();
    });
}
