//! The list of documents, the year's payments and the calendar.

use jiff::SignedDuration;
use kernel::{Cents, Language};
use testkit::both;
use usecases::documents::{self, ListFilter, ListedKind};
use usecases::{UseCaseError, calendar, pages};

use crate::files::{self, member_with_number};

#[test]
fn invoices_receipts_and_the_year_are_in_one_list_and_can_be_narrowed() {
    both(|world| async move {
        let actor = files::invoiced(&world, 1, "individual").await;
        let all = documents::list(&world.ctx, &actor, &files::first_page()).await;
        let all = all.unwrap();
        assert_eq!(all.kinds, [ListedKind::Invoice, ListedKind::Year]);
        assert_eq!(all.total, 2);
        assert!(all.rows.is_sorted_by(|a, b| a.day >= b.day));
        let filter = ListFilter {
            kind: Some(ListedKind::Invoice),
            ..files::first_page()
        };
        let only = documents::list(&world.ctx, &actor, &filter).await.unwrap();
        assert_eq!(only.total, 1);
        let filter = ListFilter {
            year: Some(1999),
            ..files::first_page()
        };
        let none = documents::list(&world.ctx, &actor, &filter).await.unwrap();
        assert_eq!((none.total, none.kinds.len()), (0, 2));
    });
}

#[test]
fn a_year_is_summed_up_for_its_own_member_only_and_only_where_there_was_an_account() {
    both(|world| async move {
        let actor = files::invoiced(&world, 1, "individual").await;
        let year = world.ctx.today().year();
        let (english, ctx) = (Language::English, &world.ctx);
        let pdf = documents::year_pdf(ctx, &actor, year, english, false).await;
        assert!(pdf.unwrap().starts_with(b"%PDF"));
        assert_eq!(crate::audited(&world, "document-read").await, 1);
        for other in [year - 1, year + 1] {
            let none = documents::year_pdf(ctx, &actor, other, english, false).await;
            assert!(matches!(none, Err(UseCaseError::NotFound)), "{other}");
        }
        let stranger = crate::member(&world, world.ctx.id());
        let hidden = documents::year_pdf(ctx, &stranger, year, english, false).await;
        assert!(matches!(hidden, Err(UseCaseError::NotFound)));
    });
}

#[test]
fn a_calendar_address_works_until_it_is_turned_off_and_says_nothing_of_anybody() {
    both(|world| async move {
        let actor = files::invoiced(&world, 1, "individual").await;
        let ctx = &world.ctx;
        assert_eq!(calendar::on_since(ctx, &actor).await.unwrap(), None);
        let token = calendar::turn_on(ctx, &actor, Language::English).await;
        let token = token.unwrap();
        let asker = usecases::Actor::Guest {
            address: "192.0.2.50".to_owned(),
        };
        let text = calendar::feed(ctx, &asker, &token).await.unwrap();
        assert_eq!(text.matches("BEGIN:VEVENT").count(), 12);
        let account = &pages::own_accounts(ctx, &actor).await.unwrap()[0];
        let ids = [
            account.account.to_string(),
            account.account_number.clone(),
            member_with_number(1).as_str().to_owned(),
            "Peña".to_owned(),
            "$".to_owned(),
        ];
        for secret in &ids {
            assert!(!text.contains(secret.as_str()), "{secret}");
        }
        // Asked again, every event is the same one.
        world.clock.advance(SignedDuration::from_mins(10));
        let again = calendar::feed(ctx, &asker, &token).await.unwrap();
        assert_eq!(again, text);

        let second = calendar::turn_on(ctx, &actor, Language::Spanish).await;
        let second = second.unwrap();
        let old = calendar::feed(ctx, &asker, &token).await;
        assert!(matches!(old, Err(UseCaseError::NotFound)));
        let spanish = calendar::feed(ctx, &asker, &second).await.unwrap();
        assert!(spanish.contains("Fecha límite de pago"));
        calendar::turn_off(ctx, &actor).await.unwrap();
        let off = calendar::feed(ctx, &asker, &second).await;
        assert!(matches!(off, Err(UseCaseError::NotFound)));
    });
}

#[test]
fn a_due_date_that_moves_keeps_its_name_and_counts_up() {
    both(|world| async move {
        let actor = files::invoiced(&world, 1, "individual").await;
        let english = Language::English;
        let before = calendar::coming(&world.ctx, &actor, english, false).await;
        let before = before.unwrap();
        let moved: Result<u64, store::StoreError> = world
            .ctx
            .store
            .write(|tx| {
                Box::pin(tx.execute(
                    "UPDATE calendar_dates SET due_on = $1 WHERE billing_month = \
                     (SELECT MIN(billing_month) FROM calendar_dates)",
                    store::args![jiff::civil::date(2020, 1, 1)],
                ))
            })
            .await;
        assert_eq!(moved.unwrap(), 1);
        let after = calendar::coming(&world.ctx, &actor, english, false).await;
        let after = after.unwrap();
        let uids = |text: &str| -> Vec<String> {
            text.lines()
                .filter(|line| line.starts_with("UID:"))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(uids(&before), uids(&after));
        assert_eq!(before.matches("SEQUENCE:1\r\n").count(), 0);
        assert_eq!(after.matches("SEQUENCE:1\r\n").count(), 1);
        let amounts = calendar::coming(&world.ctx, &actor, english, true).await;
        let open = Cents::new(31_000).to_string();
        assert!(amounts.unwrap().contains(&open));
    });
}
