//! The words of mail and the outbox.

use gateways::mail::MailError;
use jiff::civil::date;
use kernel::Language;
use store::StoreError;
use testkit::both;
use usecases::mail::{CodeFacts, Kind, PaymentFacts};
use usecases::{Ctx, UseCaseError, outbox};

use crate::minutes;

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
        Kind::OneTimeCode => serde_json::to_value(CodeFacts {
            code: "123456".to_owned(),
            minutes: 10,
        }),
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
                assert_eq!(
                    outbox::send_due(ctx).await.unwrap(),
                    1,
                    "{kind:?} {language:?}"
                );
                let letter = world.mail.letters().pop().unwrap();
                let html = letter.html.unwrap();
                let mut telling = vec!["premium", "prima", "$"];
                let names: Vec<&str> = ctx
                    .plan
                    .lines
                    .iter()
                    .map(|l| l.name.in_language(language))
                    .collect();
                telling.extend(names);
                assert!(
                    notices::is_discreet(&letter.subject, &telling),
                    "{}",
                    letter.subject
                );
                let phone = &ctx.plan.help.phone;
                for needed in [
                    phone.number(),
                    phone.tty_number(),
                    ctx.plan.organisation.name.clone(),
                ] {
                    assert!(letter.text.contains(&needed), "{needed} in {}", letter.text);
                }
                assert!(
                    html.contains(&format!("lang=\"{}\"", language.tag())),
                    "{html}"
                );
                for part in [&letter.text, &html] {
                    assert!(!part.contains("{{") && !part.contains("{%"), "{part}");
                    assert!(
                        !part.contains("http"),
                        "mail has no link that signs in: {part}"
                    );
                }
                if let Kind::PaymentReceipt | Kind::PaymentPending | Kind::PaymentReturned = kind {
                    let day = kernel::weekday_in_words(date(2026, 12, 1), language);
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
        enqueued(
            ctx,
            Kind::PaymentReceipt,
            "payer@example.com",
            Language::English,
        )
        .await;
        world.mail.fail_next(trouble());
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0);
        assert_eq!(
            outbox::send_due(ctx).await.unwrap(),
            0,
            "not before its time"
        );
        world.clock.advance(minutes(1));
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 1);
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0, "not twice");
        let letter = world.mail.letters().pop().unwrap();
        assert!(
            kernel::OutboxId::parse(&letter.message_id).is_some(),
            "{}",
            letter.message_id
        );

        // Refused for good: not tried again. Trouble for ever: given up after some days.
        enqueued(
            ctx,
            Kind::PaymentReceipt,
            "gone@example.com",
            Language::English,
        )
        .await;
        world
            .mail
            .fail_next(MailError::Refused("550 no such user".to_owned()));
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0);
        enqueued(
            ctx,
            Kind::PaymentReceipt,
            "slow@example.com",
            Language::English,
        )
        .await;
        for _ in 0..8 {
            world.mail.fail_next(trouble());
            outbox::send_due(ctx).await.unwrap();
            world.clock.advance(minutes(24 * 60));
        }
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0);
        // A code that comes after it expired only confuses.
        enqueued(
            ctx,
            Kind::OneTimeCode,
            "late@example.com",
            Language::English,
        )
        .await;
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
            enqueued(
                ctx,
                Kind::PaymentReceipt,
                "payer@example.com",
                Language::English,
            )
            .await;
        }
        let mut senders = Vec::new();
        for _ in 0..8 {
            let ctx = ctx.clone();
            senders.push(tokio::spawn(async move {
                outbox::send_due(&ctx).await.unwrap()
            }));
        }
        let mut sent = 0;
        for sender in senders {
            sent += sender.await.unwrap();
        }
        assert_eq!(sent, 40);
        let mut ids: Vec<String> = world
            .mail
            .letters()
            .into_iter()
            .map(|letter| letter.message_id)
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 40);
        // A sender that claimed and died: after its claim ran out another one sends.
        enqueued(
            ctx,
            Kind::PaymentReceipt,
            "payer@example.com",
            Language::English,
        )
        .await;
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
