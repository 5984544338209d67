//! The words of notices, and the outbox that e-mail waits in.

use gateways::mail::MailError;
use jiff::civil::date;
use kernel::{BillingMonth, Cents, Language, Tender};
use serde_json::Value;
use store::StoreError;
use testkit::both;
use usecases::mail::PaymentFacts;
use usecases::notices::{self, Notice, NoticeKind, To, facts};
use usecases::{Ctx, UseCaseError, outbox};

use crate::minutes;

async fn told(ctx: &Ctx, kind: NoticeKind, to: &str, language: Language) {
    let to = To::Address {
        email: to.to_owned(),
        language,
    };
    let notice = Notice::new(kind, to, None, sample(kind));
    let owned = ctx.clone();
    let written: Result<(), UseCaseError> = ctx
        .store
        .write(move |tx| {
            let (ctx, notice) = (owned.clone(), notice.clone());
            Box::pin(async move { notices::tell(tx, &ctx, notice).await.map(drop) })
        })
        .await;
    written.unwrap();
}

/// Facts of every kind, with something in each that must be found again.
pub fn sample(kind: NoticeKind) -> Value {
    use NoticeKind as K;
    let (day, month) = (date(2026, 12, 1), BillingMonth::new(2027, 1).unwrap());
    let (tender, last_four) = (Tender::Visa, "4242".to_owned());
    match kind {
        K::PaymentReceived | K::PaymentPending | K::PaymentNotTaken | K::PaymentReturned => {
            payment().value()
        }
        K::InvoiceReady => facts::InvoiceReady { month, due_on: day }.value(),
        K::DueSoon => facts::DueSoon { due_on: day }.value(),
        K::DraftComing => facts::DraftComing {
            cents: Cents::new(8640),
            debit_on: day,
            tender,
            last_four,
            stop_by: date(2026, 11, 27),
            differs: true,
        }
        .value(),
        K::DraftFailed => facts::DraftFailed {
            cents: Cents::new(8640),
            tender,
            last_four,
            reason: "insufficient-funds".to_owned(),
            next_try_on: Some(day),
            pay_by: day,
        }
        .value(),
        K::AutopayNotDrafting => facts::AutopayNotDrafting {
            month,
            reason: "card-expired".to_owned(),
            due_on: Some(day),
            pay_by: Some(day),
        }
        .value(),
        K::AutopayEnded => facts::AutopayEnded {
            reason: "ended-by-return".to_owned(),
            last_day: Some(day),
            set_up_at: None,
        }
        .value(),
        K::MandateSetUp | K::MandateChanged => facts::Mandate {
            tender,
            last_four,
            draft_day: 5,
            first_month: month,
        }
        .value(),
        K::MandateSkipped => facts::MandateSkipped { month }.value(),
        K::MandateStopped => facts::MandateStopped {
            last_draft: Some(day),
        }
        .value(),
        K::MethodExpiring => facts::MethodExpiring {
            tender,
            last_four,
            expires: month,
        }
        .value(),
        K::MethodAdded | K::MethodRemoved => facts::Method { tender, last_four }.value(),
        K::MethodDisabled => facts::MethodDisabled {
            tender,
            last_four,
            reason: "account-closed".to_owned(),
        }
        .value(),
        other => of_sign_in(other),
    }
}

/// Facts of the kinds about signing in, delegates and delivery.
fn of_sign_in(kind: NoticeKind) -> Value {
    use NoticeKind as K;
    let at = "2026-12-01T15:00:00Z".parse().unwrap();
    match kind {
        K::OneTimeCode | K::SignInCode | K::PasswordResetCode => facts::Code {
            code: "123456".to_owned(),
            minutes: 10,
        }
        .value(),
        K::UserIdReminder => facts::UserIdReminder {
            user_id: "maria1941".to_owned(),
        }
        .value(),
        K::NewSignIn => facts::NewSignIn {
            at,
            browser: "Firefox on Windows".to_owned(),
        }
        .value(),
        K::SignInLocked | K::PasswordChanged | K::EmailChanged => facts::At { at }.value(),
        K::FactorAdded | K::FactorRemoved => facts::Factor {
            factor: "passkey".to_owned(),
            at,
        }
        .value(),
        K::RecoveryCodeUsed => facts::RecoveryCodeUsed { left: 7 }.value(),
        K::DelegateInvited => facts::DelegateInvited {
            inviter_first_name: "Maria".to_owned(),
            link: "https://pay.example.com/delegate/x".to_owned(),
            days: 7,
        }
        .value(),
        K::DelegateAdded => facts::DelegateAdded {
            rights: vec!["view".to_owned(), "pay".to_owned()],
        }
        .value(),
        K::DeliveryChanged => facts::DeliveryChanged {
            document_type: "invoices".to_owned(),
            choice: "electronic".to_owned(),
        }
        .value(),
        K::AlreadyRegistered
        | K::DelegateRemoved
        | K::EmailBounced
        | K::IdCardRequested
        | K::IdCardSent => facts::none(),
        other => panic!("{other:?} has no sample"),
    }
}

fn payment() -> PaymentFacts {
    PaymentFacts {
        cents: 8640,
        on: "2026-12-01".to_owned(),
        confirmation: "123 456 7897".to_owned(),
        tender: "bank-account".to_owned(),
        last_four: "6789".to_owned(),
        bank_name: "First <National> & Sons".to_owned(),
        member_last_four: "8901".to_owned(),
        reason: "R01".to_owned(),
    }
}

#[test]
fn facts_are_those_of_the_kind_and_no_others() {
    for kind in NoticeKind::ALL {
        let facts = sample(*kind);
        let mut given: Vec<&str> = facts
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut listed = kind.facts().to_vec();
        given.sort_unstable();
        listed.sort_unstable();
        assert_eq!(given, listed, "{kind:?}");
    }
}

#[test]
fn every_message_reads_well_in_every_language_and_its_subject_tells_nothing() {
    both(|world| async move {
        let ctx = &world.ctx;
        for kind in NoticeKind::ALL {
            for language in Language::ALL {
                told(ctx, *kind, "payer@example.com", language).await;
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
                    ::notices::is_discreet(&letter.subject, &telling),
                    "{}",
                    letter.subject
                );
                for line in &telling[3..] {
                    assert!(!letter.text.contains(line), "{line} in {}", letter.text);
                }
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
                    assert!(!part.contains("\n\n\n"), "{part}");
                    // The link of an invitation opens a page that asks for a sign-in and a ZIP
                    // code.
                    let links = part.matches("http").count();
                    let invites = *kind == NoticeKind::DelegateInvited;
                    assert!(
                        links == 0 || invites,
                        "mail has no link that signs in: {part}"
                    );
                }
                says_its_facts(*kind, language, &letter.text);
                if kind.code().starts_with("payment-") {
                    assert!(html.contains("First &lt;National&gt; &amp; Sons"), "{html}");
                    assert!(!letter.text.contains("R01"), "{}", letter.text);
                }
            }
        }
    });
}

fn says_its_facts(kind: NoticeKind, language: Language, text: &str) {
    let day = kernel::weekday_in_words(date(2026, 12, 1), language);
    let month = kernel::month_in_words(BillingMonth::new(2027, 1).unwrap(), language);
    for fact in kind.facts() {
        let said = match *fact {
            "cents" => "$86.40",
            "on" | "due_on" | "debit_on" | "next_try_on" | "pay_by" | "last_day" | "last_draft"
            | "at" => &day,
            "month" | "first_month" | "expires" => &month,
            "confirmation" => "123 456 7897",
            "last_four" if kind.code().starts_with("payment-") => "6789",
            "last_four" => "4242",
            "member_last_four" => "8901",
            "code" => "123456",
            "minutes" => "10",
            "user_id" => "maria1941",
            "browser" => "Firefox",
            "inviter_first_name" => "Maria",
            "left" => "7",
            _ => continue,
        };
        assert!(text.contains(said), "{fact} {said} in {text}");
    }
}

#[test]
fn mail_that_is_not_taken_is_tried_again_later_with_the_same_id_and_in_the_end_given_up() {
    both(|world| async move {
        let ctx = &world.ctx;
        let trouble = || MailError::Trouble("451 later".to_owned());
        told(
            ctx,
            NoticeKind::PaymentReceived,
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
        told(
            ctx,
            NoticeKind::PaymentReceived,
            "gone@example.com",
            Language::English,
        )
        .await;
        world
            .mail
            .fail_next(MailError::Refused("550 no such user".to_owned()));
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0);
        told(
            ctx,
            NoticeKind::PaymentReceived,
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
        told(
            ctx,
            NoticeKind::OneTimeCode,
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
            told(
                ctx,
                NoticeKind::PaymentReceived,
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
        told(
            ctx,
            NoticeKind::PaymentReceived,
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
