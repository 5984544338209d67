//! Staff find a member and see the account on one page.

use identity::Role;
use jiff::civil::date;
use kernel::{BillingMonth, Cents};
use testkit::{both, staff};
use usecases::progress::Unwatched;
use usecases::staff::Reason;
use usecases::staff::account::{AccountWhole, Section, account};
use usecases::staff::find::{Sought, find};
use usecases::{Actor, UseCaseError, documents};

async fn invoiced(world: &testkit::World, maria: &testkit::Maria) {
    testkit::covered(world, maria, date(2026, 12, 1), 10_000).await;
    let options = usecases::billing::RunOptions {
        partitions: 1,
        workers: 1,
        chunk: 10,
    };
    let month = BillingMonth::of(world.ctx.today());
    usecases::billing::run(&world.ctx, &Actor::Operator, month, options, &Unwatched)
        .await
        .expect("the month is invoiced");
}

#[test]
fn a_member_is_found_by_id_or_by_name_with_birth_date_and_each_look_says_why() {
    both(|world| async move {
        let maria = testkit::maria(&world, 0).await;
        let other = testkit::maria(&world, 1).await;
        let billing = staff(&world, Role::Billing).await;
        let seek = |sought| find(&world.ctx, &billing, sought, Reason::PaymentEnquiry);
        let found = seek(Sought::Id(maria.member_id.clone())).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].account, maria.account);
        let born = date(1956, 3, 14);
        let found = seek(Sought::Name("LOPEZ".to_owned(), born)).await.unwrap();
        let mut accounts: Vec<_> = found.iter().map(|one| one.account).collect();
        accounts.sort_unstable();
        let mut both = vec![maria.account, other.account];
        both.sort_unstable();
        assert_eq!(accounts, both);
        let none = seek(Sought::Name("Lopez".to_owned(), date(1956, 3, 15))).await;
        assert!(matches!(none, Err(UseCaseError::Refused(_))), "{none:?}");

        let whole = account(&world.ctx, &billing, maria.account, Reason::Review, None).await;
        let audit = whole.unwrap().audit.unwrap();
        let looks: Vec<&str> = audit.iter().map(|line| line.detail.as_str()).collect();
        let asked = "reason=payment-enquiry";
        assert_eq!(&looks[..3], ["reason=review", asked, asked]);
        assert!(audit[..3].iter().all(|line| line.action == "member-seen"));
        assert!(audit[0].name.len() > 3 && audit[0].kind == "staff");
    });
}

#[test]
fn the_ledger_of_an_account_runs_back_from_what_is_due() {
    both(|world| async move {
        let maria = testkit::maria(&world, 0).await;
        invoiced(&world, &maria).await;
        let auditor = staff(&world, Role::Auditor).await;
        let whole = account(&world.ctx, &auditor, maria.account, Reason::Review, None).await;
        let whole: AccountWhole = whole.unwrap();
        assert_eq!(whole.summary.amount_due, Cents::new(10_000));
        assert_eq!(whole.subscriber.member_id, maria.member_id);
        assert_eq!((whole.invoices.len(), whole.covered.len()), (1, 1));
        assert_eq!(whole.coverages[0].premium, Cents::new(10_000));
        let issued = whole.ledger.last().unwrap();
        assert_eq!((issued.seq, issued.posting.as_str()), (1, "invoice_issued"));
        assert_eq!(issued.due_after, Cents::new(10_000));
        assert_eq!(whole.ledger[0].due_after, whole.summary.amount_due);
        for line in &whole.ledger {
            let sum: Cents = line.entries.iter().map(|entry| entry.cents).sum();
            assert!(sum.is_zero(), "{line:?}");
        }
        // More looks than a list shows: the newest ten, and all of them if asked for.
        let mut newest = 0;
        for _ in 0..12 {
            let look = account(&world.ctx, &auditor, maria.account, Reason::Queue, None);
            newest = look.await.unwrap().audit.unwrap().len();
        }
        assert_eq!(newest, 10);
        let all = Some(Section::Audit);
        let look = account(&world.ctx, &auditor, maria.account, Reason::Queue, all).await;
        assert!(look.unwrap().audit.unwrap().len() > 13);
    });
}

#[test]
fn who_sees_no_member_sees_no_account_and_an_associate_no_audit_trail() {
    both(|world| async move {
        let maria = testkit::maria(&world, 0).await;
        invoiced(&world, &maria).await;
        for role in Role::ALL {
            let actor = staff(&world, role).await;
            let sought = Sought::Id(maria.member_id.clone());
            let found = find(&world.ctx, &actor, sought, Reason::Queue).await;
            let seen = account(&world.ctx, &actor, maria.account, Reason::Queue, None).await;
            assert_eq!(found.is_ok(), role.sees_members(), "{role:?}");
            match seen {
                Ok(whole) => {
                    let sees = !matches!(role, Role::Associate);
                    assert_eq!(whole.audit.is_some(), sees, "{role:?}");
                }
                Err(UseCaseError::NotAllowed) => assert!(!role.sees_members(), "{role:?}"),
                Err(other) => panic!("{other}"),
            }
        }
        let member = testkit::registered(&world, &maria, "maria.lopez").await;
        let own = account(&world.ctx, &member, maria.account, Reason::Queue, None).await;
        assert!(matches!(own, Err(UseCaseError::NotAllowed)));
        let nowhere = world.ctx.id();
        let billing = Actor::Staff {
            staff: world.ctx.id(),
            role: Role::Billing,
            address: String::new(),
        };
        let none = account(&world.ctx, &billing, nowhere, Reason::Queue, None).await;
        assert!(matches!(none, Err(UseCaseError::NotFound)));
        let none = documents::pdf(&world.ctx, &billing, world.ctx.id()).await;
        assert!(matches!(none, Err(UseCaseError::NotFound)));
    });
}
