//! New invoices and due dates are told of once for each invoice.

use kernel::{BillingMonth, Cents, Channel, Language};
use testkit::{ScriptedProcessor, both, maria, registered};
use usecases::notices::{self, Choice, DocumentType, NoticeKind};
use usecases::payments::{Method, PayCommand};
use usecases::progress::Unwatched;
use usecases::{Actor, billing};

use crate::minutes;
use crate::scene::Scene;

async fn invoiced(scene: &Scene, month: &str) {
    let options = billing::RunOptions {
        partitions: 1,
        workers: 1,
        chunk: 100,
    };
    let month = BillingMonth::parse(month).unwrap();
    let run = billing::run(&scene.ctx, &Actor::Operator, month, options, &Unwatched);
    run.await.expect("the month is invoiced");
}

/// Winds the clock to the morning of a day.
fn go_to(scene: &Scene, day: jiff::civil::Date) {
    let zone = &scene.ctx.plan.time_zone;
    let at = zone.to_timestamp(day.at(9, 0, 0, 0)).unwrap();
    let wait = at.duration_since(scene.ctx.now());
    scene.world.clock.advance(wait);
}

async fn due_on(scene: &Scene) -> jiff::civil::Date {
    let mut tx = scene.ctx.store.read().await.unwrap();
    let sql = "SELECT MAX(due_on) FROM invoices";
    let mut row = tx.one("a due date", sql, store::args![]).await.unwrap();
    row.read().unwrap()
}

#[test]
fn a_new_invoice_is_told_of_once_to_those_who_want_it_by_e_mail() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let paper = maria(&scene.world, 1).await;
        registered(&scene.world, &paper, "paperone").await;
        scene.cover(scene.maria.account).await;
        scene.cover(paper.account).await;
        scene.agree(&[DocumentType::Invoices]).await;
        scene.post().await;
        invoiced(&scene, "2027-01").await;
        let (ctx, day) = (&scene.ctx, scene.ctx.today());
        let tell = || notices::tell_of_invoices(ctx, day);
        assert_eq!(tell().await.unwrap(), 1);
        assert_eq!(tell().await.unwrap(), 0, "the same night again");
        assert_eq!(scene.queued(NoticeKind::InvoiceReady).await, (1, 0));
        scene.world.clock.advance(minutes(24 * 60));
        let next = notices::tell_of_invoices(ctx, ctx.today()).await.unwrap();
        assert_eq!(next, 0, "the next night");
        scene.post().await;
        let letter = scene.world.mail.to("marialopez@example.com").pop().unwrap();
        assert!(letter.text.contains("January 2027"), "{}", letter.text);
        assert!(!letter.text.contains("310"), "{}", letter.text);
        // Whoever chose both hears by e-mail as well.
        scene.choose(DocumentType::Invoices, Choice::Both).await;
        invoiced(&scene, "2027-02").await;
        let told = notices::tell_of_invoices(ctx, ctx.today()).await.unwrap();
        assert_eq!((told, scene.told(NoticeKind::InvoiceReady).await), (1, 2));
    });
}

#[test]
fn several_runs_at_once_tell_each_invoice_once() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.cover(scene.maria.account).await;
        for number in 1..30 {
            let more = maria(&scene.world, number).await;
            registered(&scene.world, &more, &format!("marialopez{number}")).await;
            scene.cover(more.account).await;
        }
        invoiced(&scene, "2027-01").await;
        go_to(&scene, due_on(&scene).await);
        let day = scene.ctx.today();
        let mut runs = Vec::new();
        for _ in 0..4 {
            let ctx = scene.ctx.clone();
            runs.push(tokio::spawn(async move {
                notices::tell_due_soon(&ctx, day).await.unwrap()
            }));
        }
        let mut told = 0;
        for run in runs {
            told += run.await.unwrap();
        }
        assert_eq!(told, 30);
        assert_eq!(scene.queued(NoticeKind::DueSoon).await, (30, 0));
    });
}

#[test]
fn a_reminder_comes_once_a_few_days_ahead_and_only_while_something_is_due() {
    both(|mut world| async move {
        let processor = std::sync::Arc::new(ScriptedProcessor::default());
        world.ctx.gateway = processor;
        let scene = Scene::new(world).await;
        let paid = maria(&scene.world, 1).await;
        let payer = registered(&scene.world, &paid, "payerone").await;
        scene.cover(scene.maria.account).await;
        scene.cover(paid.account).await;
        invoiced(&scene, "2027-01").await;
        let (ctx, due) = (&scene.ctx, due_on(&scene).await);
        let owed = usecases::payments::payable(ctx, &payer, paid.account).await;
        pay(&scene, &payer, paid.account, owed.unwrap().amount_due).await;
        let ahead = i64::from(ctx.plan.paperless.due_soon_days);
        let early = due.saturating_sub(jiff::Span::new().days(ahead + 1));
        go_to(&scene, early);
        assert_eq!(notices::tell_due_soon(ctx, early).await.unwrap(), 0);
        let day = early.tomorrow().unwrap();
        go_to(&scene, day);
        assert_eq!(notices::tell_due_soon(ctx, day).await.unwrap(), 1);
        for _ in 0..ahead {
            scene.world.clock.advance(minutes(24 * 60));
            let again = notices::tell_due_soon(ctx, ctx.today()).await.unwrap();
            assert_eq!(again, 0, "{}", ctx.today());
        }
        scene.post().await;
        let reminders = |to: &str| {
            let letters = scene.world.mail.to(to);
            let about = letters.iter().filter(|l| l.subject.contains("reminder"));
            about.count()
        };
        assert_eq!(
            (
                reminders("marialopez@example.com"),
                reminders("payerone@example.com")
            ),
            (1, 0)
        );
    });
}

async fn pay(scene: &Scene, payer: &Actor, account: kernel::AccountId, cents: Cents) {
    let command = PayCommand {
        account,
        idempotency_key: "once".to_owned(),
        cents,
        channel: Channel::Online,
        method: Method {
            reference: "pm_1".to_owned(),
            tender: kernel::Tender::Visa,
            last_four: "4242".to_owned(),
            bank_name: String::new(),
            expires: "08/2029".to_owned(),
            fingerprint: String::new(),
            payer_reference: String::new(),
            network_reference: String::new(),
        },
        payer_name: "Maria Lopez".to_owned(),
        payer_email: String::new(),
        language: Language::English,
        authorisation_version: String::new(),
        user_agent: "test".to_owned(),
    };
    let taken = usecases::payments::take(&scene.ctx, payer, command).await;
    taken.expect("it is taken");
}

/// Prints the invoices of a month; how many were left out.
async fn printed(scene: &Scene, month: &str) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let options = usecases::invoices::PrintOptions {
        folder: folder.path().to_owned(),
        batch: 10,
        workers: 1,
        language: None,
        large_print: false,
    };
    let month = BillingMonth::parse(month).unwrap();
    let print =
        usecases::invoices::print(&scene.ctx, &Actor::Operator, month, &options, &Unwatched);
    print.await.expect("the month is printed").paperless
}

#[test]
fn an_invoice_that_was_not_printed_goes_by_letter_to_who_returned_to_paper_since() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let paper = maria(&scene.world, 1).await;
        registered(&scene.world, &paper, "paperone").await;
        scene.cover(scene.maria.account).await;
        scene.cover(paper.account).await;
        scene.agree(&[DocumentType::Invoices]).await;
        invoiced(&scene, "2027-01").await;
        assert_eq!(printed(&scene, "2027-01").await, 1);
        assert_eq!(printed(&scene, "2027-01").await, 1, "the run again");
        scene.choose(DocumentType::Invoices, Choice::Paper).await;
        let (ctx, day) = (&scene.ctx, scene.ctx.today());
        assert_eq!(notices::tell_of_invoices(ctx, day).await.unwrap(), 1);
        assert_eq!(notices::tell_of_invoices(ctx, day).await.unwrap(), 0);
        assert_eq!(scene.queued(NoticeKind::InvoiceReady).await, (0, 1));
        let folder = tempfile::tempdir().unwrap();
        scene.print(folder.path(), 10).await.unwrap();
    });
}

#[test]
fn who_cannot_be_reached_is_told_by_the_printed_invoice_or_by_e_mail_once_mended() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.cover(scene.maria.account).await;
        scene.agree(&[DocumentType::Invoices]).await;
        let folded = "UPDATE delivery_preferences SET bouncing_email = $1";
        let bounces = vec!["marialopez@example.com".into()];
        scene.sql(folded, bounces).await;
        invoiced(&scene, "2027-01").await;
        let (ctx, day) = (&scene.ctx, scene.ctx.today());
        assert_eq!(notices::tell_of_invoices(ctx, day).await.unwrap(), 0);
        // Mended before the run: it leaves the invoice out, so e-mail must bring it.
        scene.sql(folded, vec!["".into()]).await;
        assert_eq!(printed(&scene, "2027-01").await, 1);
        assert_eq!(notices::tell_of_invoices(ctx, day).await.unwrap(), 1);
        assert_eq!(scene.queued(NoticeKind::InvoiceReady).await, (1, 0));
    });
}
