//! Billing asks for money to be given back and premium to be given up, and a supervisor decides.

use std::sync::Arc;

use identity::Role;
use jiff::civil::date;
use kernel::{BillingMonth, Cents, Channel, Language, Tender};
use testkit::{Maria, ScriptedProcessor, World};
use usecases::payments::{Method, PayCommand};
use usecases::progress::Unwatched;
use usecases::{Actor, pages};

use crate::reach::staff_signed_in;

async fn paid(world: &mut World) -> (Maria, Arc<ScriptedProcessor>, String, String) {
    let processor = Arc::new(ScriptedProcessor::default());
    world.ctx.gateway = processor.clone();
    let maria = testkit::maria(world, 0).await;
    testkit::covered(world, &maria, date(2026, 12, 1), 50_000).await;
    let options = usecases::billing::RunOptions {
        partitions: 1,
        workers: 1,
        chunk: 10,
    };
    let month = BillingMonth::of(world.ctx.today());
    usecases::billing::run(&world.ctx, &Actor::Operator, month, options, &Unwatched)
        .await
        .expect("the month is invoiced");
    let member = Actor::Member {
        login: world.ctx.id(),
        person: maria.person,
        address: String::new(),
    };
    let command = PayCommand {
        account: maria.account,
        idempotency_key: "a".to_owned(),
        cents: Cents::new(30_000),
        channel: Channel::Online,
        method: Method {
            reference: "pm_card".to_owned(),
            tender: Tender::Visa,
            last_four: "4242".to_owned(),
            bank_name: String::new(),
            expires: "08/2029".to_owned(),
            fingerprint: String::new(),
            payer_reference: String::new(),
            network_reference: String::new(),
        },
        payer_name: "Maria Lopez".to_owned(),
        payer_email: "payer@example.com".to_owned(),
        language: Language::English,
        authorisation_version: String::new(),
        user_agent: "test".to_owned(),
    };
    let payment = usecases::payments::take(&world.ctx, &member, command)
        .await
        .expect("it is taken");
    let invoices = pages::invoices(&world.ctx, &member, maria.account)
        .await
        .expect("they are there");
    for role in [Role::Billing, Role::Supervisor, Role::Auditor] {
        testkit::staff(world, role).await;
    }
    let invoice = invoices[0].invoice.to_string();
    (maria, processor, payment.to_string(), invoice)
}

/// What the hidden fields of the first form on the page hold that has the act.
fn hidden(body: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = body.split_once(&mark).expect("the field is there");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn a_refund_above_the_limit_is_released_by_somebody_else() {
    testkit::both(|mut world| async move {
        let (maria, processor, payment, _) = paid(&mut world).await;
        let mut billing = staff_signed_in(&world, Role::Billing).await;
        let account = maria.account;
        let page = format!("/staff/accounts/{account}?reason=payment-enquiry");
        let here = format!("/staff/accounts/{account}/payments/{payment}/refund");
        let link = here.replace('/', "&#x2f;");
        assert!(billing.open(&page).await.body.contains(&link));
        let form = billing.open(&here).await;
        assert!(form.body.contains("At most $300.00"), "{}", form.body);
        let key = hidden(&form.body, "key");
        let empty = billing.post_and_open(&here, &[("key", key.as_str())]).await;
        assert!(empty.body.contains("reason-mistake"), "{}", empty.body);
        let fields = [
            ("key", key.as_str()),
            ("amount", "250.00"),
            ("reason", "paid-twice"),
        ];
        let list = billing.post_and_open(&here, &fields).await;
        assert!(
            list.body.contains("Waits for a second person"),
            "{}",
            list.body
        );
        assert!(!list.body.contains("value=\"release\""));
        assert_eq!(processor.refund_requests(), 0);

        let mut supervisor = staff_signed_in(&world, Role::Supervisor).await;
        let list = supervisor.open("/staff/refunds").await;
        let (of, id) = (hidden(&list.body, "of"), hidden(&list.body, "id"));
        let fields = [
            ("kind", "refund"),
            ("of", of.as_str()),
            ("id", id.as_str()),
            ("act", "release"),
        ];
        let list = supervisor
            .post_and_open("/staff/refunds/decide", &fields)
            .await;
        assert!(list.body.contains("Given back"), "{}", list.body);
        assert_eq!(processor.given_back(), Cents::new(25_000));
        // Sent again, it says that it is decided.
        let again = supervisor
            .post_and_open("/staff/refunds/decide", &fields)
            .await;
        assert!(
            again.body.contains("This was decided already."),
            "{}",
            again.body
        );
        assert_eq!(processor.refund_requests(), 1);
        let mut auditor = staff_signed_in(&world, Role::Auditor).await;
        let seen = auditor.open("/staff/refunds").await;
        assert!(seen.body.contains("Given back"), "{}", seen.body);
    });
}

#[test]
fn a_write_off_stands_in_the_list_and_on_the_account() {
    testkit::both(|mut world| async move {
        let (maria, _, _, invoice) = paid(&mut world).await;
        let account = maria.account;
        let mut billing = staff_signed_in(&world, Role::Billing).await;
        let here = format!("/staff/accounts/{account}/invoices/{invoice}/write-off");
        let form = billing.open(&here).await;
        assert!(form.body.contains("At most $200.00"), "{}", form.body);
        let key = hidden(&form.body, "key");
        let fields = [
            ("key", key.as_str()),
            ("amount", "4.00"),
            ("reason", "small-balance"),
        ];
        let list = billing.post_and_open(&here, &fields).await;
        assert!(list.body.contains("Written off"), "{}", list.body);
        let page = format!("/staff/accounts/{account}?reason=payment-enquiry");
        let page = billing.open(&page).await;
        assert!(page.body.contains("$196.00"), "{}", page.body);
        assert!(page.body.contains("Premium written off"), "{}", page.body);
    });
}
