//! Notices and invoices as they would read.

use identity::Role;
use kernel::{Language, StaffId};
use testkit::Engine;
use usecases::notices::NoticeKind;
use usecases::{Actor, UseCaseError, settings};

fn staff(role: Role) -> Actor {
    Actor::Staff {
        staff: StaffId::from_parts(1, [1; 10]),
        role,
        address: String::new(),
    }
}

#[test]
fn every_notice_has_a_preview_in_every_language_each_way_it_comes() {
    testkit::on(Engine::Sqlite, |world| async move {
        let (ctx, auditor) = (&world.ctx, staff(Role::Auditor));
        let (mut mails, mut letters) = (0, 0);
        for kind in NoticeKind::ALL {
            let preview = settings::notice(ctx, &auditor, kind.code()).unwrap();
            for (language, mail) in &preview.mail {
                mails += 1;
                assert!(mail.html.contains(&format!("lang=\"{}\"", language.tag())));
                assert!(mail.text.contains(&ctx.plan.organisation.name), "{kind:?}");
                // A preview of a draft that differs cannot be stopped, as the real one.
                let stops = mail.text.contains("/unsubscribe/SAMPLE");
                assert_eq!(stops, *kind == NoticeKind::DueSoon, "{kind:?}");
            }
            for language in Language::ALL {
                let code = kind.code();
                match settings::letter_pdf(ctx, &auditor, code, language).await {
                    Ok(pdf) => {
                        letters += 1;
                        assert!(pdf.starts_with(b"%PDF"), "{kind:?}");
                    }
                    Err(UseCaseError::NotFound) => {
                        assert!(!preview.setting.rule.on_paper(), "{kind:?}");
                    }
                    Err(other) => panic!("{kind:?}: {other}"),
                }
            }
        }
        assert_eq!(mails, 2 * (NoticeKind::ALL.len() - 1), "one comes on paper");
        assert!(letters > 40, "{letters}");
    });
}

#[test]
fn every_line_that_sends_invoices_has_a_sample_and_few_may_look() {
    testkit::on(Engine::Sqlite, |world| async move {
        let ctx = &world.ctx;
        for line in &ctx.plan.lines {
            for language in Language::ALL {
                let actor = staff(Role::Supervisor);
                let pdf = settings::invoice_pdf(ctx, &actor, &line.id, language).await;
                assert_eq!(pdf.is_ok(), line.invoicing.is_some(), "{}", line.id);
            }
        }
        for actor in [
            staff(Role::Associate),
            staff(Role::Billing),
            Actor::Operator,
        ] {
            let refused = [
                settings::notices_sent(&actor).err(),
                settings::notice(ctx, &actor, "due-soon").err(),
                settings::letter_pdf(ctx, &actor, "due-soon", Language::English)
                    .await
                    .err(),
                settings::invoice_pdf(ctx, &actor, "solo", Language::English)
                    .await
                    .err(),
            ];
            for answer in refused {
                assert!(
                    matches!(answer, Some(UseCaseError::NotAllowed)),
                    "{actor:?}"
                );
            }
        }
    });
}
