//! Going without paper and coming back to it: what is agreed to, how, and what comes which way.

use kernel::Language;
use testkit::{both, maria, registered};
use usecases::consents::{self, ConsentKind};
use usecases::documents::{self, ListFilter};
use usecases::errands;
use usecases::notices::paperless::{self, Consent};
use usecases::notices::{Choice, DocumentType, NoticeKind};
use usecases::sessions;

use crate::minutes;
use crate::scene::{Scene, refusal, words_of};

async fn consents_on_file(scene: &Scene) -> i64 {
    let sql = "SELECT COUNT(*) FROM consents WHERE kind = $1";
    scene.count(sql, "electronic-delivery").await
}

#[test]
fn the_code_stands_in_the_sample_in_the_readers_language_and_size() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        for large in [false, true] {
            if large {
                scene.spanish_in_large_print().await;
            }
            for (language, says) in [
                (Language::English, "Your code is 4711."),
                (Language::Spanish, "Su código es 4711."),
            ] {
                let (ctx, member) = (&scene.ctx, &scene.member);
                let pdf = paperless::sample_pdf(ctx, member, language, "4711").await;
                let Some(words) = words_of(&pdf.unwrap()) else {
                    return;
                };
                assert!(words.contains(says), "{says} in {words}");
                assert!(
                    !words.contains("Main Street"),
                    "it is for no envelope: {words}"
                );
            }
        }
    });
}

#[test]
fn codes_of_samples_differ_and_have_four_digits() {
    both(|world| async move {
        let mut codes: Vec<String> = (0..50)
            .map(|_| paperless::sample_code(&world.ctx))
            .collect();
        assert!(
            codes
                .iter()
                .all(|c| c.len() == 4 && c.bytes().all(|b| b.is_ascii_digit()))
        );
        codes.sort();
        codes.dedup();
        assert!(codes.len() > 40, "{codes:?}");
    });
}

#[test]
fn nothing_is_agreed_to_without_the_code_the_tick_and_the_words_of_today() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let right = scene
            .consent(Language::English, &[DocumentType::Notices])
            .await;
        let with = |change: fn(&mut Consent)| {
            let mut given = right.clone();
            change(&mut given);
            given
        };
        for (given, field, code) in [
            (
                with(|c| c.typed_code = "0043".to_owned()),
                "code",
                "paperless-code",
            ),
            (
                with(|c| c.typed_code = "42".to_owned()),
                "code",
                "paperless-code",
            ),
            (
                with(|c| c.typed_code = String::new()),
                "code",
                "paperless-code",
            ),
            (with(|c| c.agrees = false), "agree", "paperless-agree"),
            (
                with(|c| c.version = "paperless-en-0".to_owned()),
                "",
                "paperless-outdated",
            ),
        ] {
            let refused = paperless::consent(&scene.ctx, &scene.member, given).await;
            let refused = refusal(refused);
            assert_eq!(
                (refused.field.unwrap_or_default(), refused.code),
                (field, code)
            );
        }
        assert_eq!(consents_on_file(&scene).await, 0);
        assert_eq!(scene.told(NoticeKind::DeliveryChanged).await, 0);
        let early = paperless::choose(
            &scene.ctx,
            &scene.member,
            DocumentType::Invoices,
            Choice::Electronic,
        )
        .await;
        assert_eq!(refusal(early).code, "paperless-consent-first");
        // Spaces that a person types do no harm.
        let spaced = with(|c| c.typed_code = " 00 42 ".to_owned());
        paperless::consent(&scene.ctx, &scene.member, spaced)
            .await
            .unwrap();
        assert_eq!(consents_on_file(&scene).await, 1);
    });
}

#[test]
fn a_code_is_forgotten_with_the_form_it_belongs_to() {
    both(|world| async move {
        let (ctx, clock) = (&world.ctx, &world.clock);
        let started = sessions::start(ctx, Language::English, "test").await;
        let (_, session) = started.unwrap();
        let id = errands::create(ctx, &session, "paperless", &"4711".to_owned())
            .await
            .unwrap();
        let kept = errands::load::<String>(ctx, &session, "paperless", id).await;
        assert_eq!(kept.unwrap().unwrap().body, "4711");
        clock.advance(minutes(errands::KEPT_MINUTES + 1));
        let gone = errands::load::<String>(ctx, &session, "paperless", id).await;
        assert_eq!(gone.unwrap(), None);
    });
}

#[test]
fn an_agreement_is_kept_word_for_word_with_version_time_and_address_and_a_copy_is_filed() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let (ctx, member) = (&scene.ctx, &scene.member);
        let shown = paperless::disclosure(ctx, member, Language::English).await;
        let shown = shown.unwrap();
        scene.agree(&[DocumentType::Invoices]).await;
        let mut tx = ctx.store.read().await.unwrap();
        let kind = ConsentKind::ElectronicDelivery;
        let kept = consents::standing(&mut tx, ctx, scene.maria.person, kind).await;
        drop(tx);
        let kept = kept.unwrap().unwrap();
        assert_eq!(
            (kept.version.as_str(), kept.from.as_str(), kept.given_at),
            (shown.version.as_str(), "192.0.2.1", ctx.now())
        );
        assert_eq!(kept.text, shown.text, "word for word");
        // In full: every part of the plan's text, with her address and the plan's phone.
        let whole = ctx.plan.texts.paperless.text.in_language(Language::English);
        assert!(shown.text.lines().count() > 5);
        assert_eq!(
            whole.split('¶').count(),
            shown.text.lines().count(),
            "every paragraph is shown"
        );
        for needed in ["marialopez@example.com", &ctx.plan.help.phone.number()] {
            assert!(shown.text.contains(needed), "{needed}");
        }
        assert!(!shown.text.contains(['{', '}']), "{}", shown.text);

        let pdf = consents::copy(ctx, member, kept.consent).await.unwrap();
        if let Some(words) = words_of(&pdf) {
            for line in shown.text.lines() {
                let line: Vec<&str> = line.split_whitespace().collect();
                assert!(words.contains(&line.join(" ")), "{line:?} in {words}");
            }
            assert!(words.contains(&shown.version), "{words}");
        }
        let filter = ListFilter {
            page: 1,
            ..ListFilter::default()
        };
        assert_eq!(
            documents::list(ctx, member, &filter).await.unwrap().total,
            1
        );
        // Told by mail and on paper, since somebody else may have done it.
        assert_eq!(scene.queued(NoticeKind::DeliveryChanged).await, (1, 1));
        let other = maria(&scene.world, 1).await;
        let other = registered(&scene.world, &other, "otherone").await;
        assert!(consents::copy(ctx, &other, kept.consent).await.is_err());
        let theirs = paperless::view(ctx, &other).await.unwrap();
        assert_eq!(theirs.consent, None);
    });
}

#[test]
fn each_type_of_document_comes_as_chosen_and_only_that_type() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.agree(&[]).await;
        let kind = NoticeKind::DraftFailed;
        let mut before = (0, 0);
        for (choice, mail, paper) in [
            (Choice::Paper, 0, 1),
            (Choice::Electronic, 1, 0),
            (Choice::Both, 1, 1),
        ] {
            scene.choose(DocumentType::Notices, choice).await;
            // What is chosen for another type does not matter.
            scene.choose(DocumentType::Invoices, Choice::Paper).await;
            scene.choose(DocumentType::Letters, Choice::Both).await;
            scene.tell(kind).await;
            let now = scene.queued(kind).await;
            assert_eq!(
                (now.0 - before.0, now.1 - before.1),
                (mail, paper),
                "{choice:?}"
            );
            before = now;
            // A courtesy comes by e-mail to those who have e-mail, and is never printed.
            let courtesy = scene.queued(NoticeKind::DueSoon).await;
            scene.tell(NoticeKind::DueSoon).await;
            let with = scene.queued(NoticeKind::DueSoon).await;
            assert_eq!(
                (with.0 - courtesy.0, with.1),
                (mail, 0),
                "a courtesy, {choice:?}"
            );
        }
        // An invoice on paper is the invoice itself, which the print run of the month makes.
        let kind = NoticeKind::InvoiceReady;
        for (choice, mails) in [
            (Choice::Paper, 0),
            (Choice::Electronic, 1),
            (Choice::Both, 2),
        ] {
            scene.choose(DocumentType::Invoices, choice).await;
            scene.tell(kind).await;
            assert_eq!(scene.queued(kind).await, (mails, 0), "{choice:?}");
        }
    });
}

#[test]
fn who_has_chosen_nothing_gets_what_the_plan_does_and_never_goes_without_paper() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.tell(NoticeKind::DraftFailed).await;
        assert_eq!(scene.queued(NoticeKind::DraftFailed).await, (1, 1));
        let view = paperless::view(&scene.ctx, &scene.member).await.unwrap();
        assert!(view.types.iter().all(|row| row.now != Choice::Electronic));
    });
}

#[test]
fn taking_the_agreement_back_needs_no_more_than_one_step_and_works_at_once() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let (ctx, member) = (&scene.ctx, &scene.member);
        scene.agree(&DocumentType::ALL).await;
        scene.tell(NoticeKind::DraftFailed).await;
        assert_eq!(scene.queued(NoticeKind::DraftFailed).await, (1, 0));
        let consent = paperless::view(ctx, member).await.unwrap().consent;
        paperless::withdraw(ctx, member).await.unwrap();
        let view = paperless::view(ctx, member).await.unwrap();
        assert_eq!(view.consent, None);
        assert!(view.types.iter().all(|row| row.now == Choice::Paper));
        scene.tell(NoticeKind::DraftFailed).await;
        assert_eq!(scene.queued(NoticeKind::DraftFailed).await, (1, 1));
        let kept = consents::view(ctx, member, consent.unwrap().consent).await;
        assert_eq!(kept.unwrap().withdrawn_at, Some(ctx.now()));
        // The same again changes nothing; agreeing anew is a new agreement.
        let told = scene.queued(NoticeKind::DeliveryChanged).await;
        assert_eq!(told, (2, 2), "agreed and taken back");
        paperless::withdraw(ctx, member).await.unwrap();
        assert_eq!(scene.queued(NoticeKind::DeliveryChanged).await, told);
        scene.agree(&[DocumentType::Notices]).await;
        assert_eq!(consents_on_file(&scene).await, 2);
    });
}
