//! Taking payments, on both databases: what is acknowledged is there once, whatever the processor
//! answers.

mod centers;
mod guests;
mod outcomes;
mod received;
mod refunds;
mod taking;
mod write_offs;

use std::sync::Arc;

use jiff::civil::{Date, date};
use kernel::{BillingMonth, Cents, Channel, Language, PaymentId, Tender};
use store::{StoreError, args};
use testkit::{Maria, ScriptedProcessor, World, maria};
use usecases::payments::{Method, PayCommand, PaymentView};
use usecases::progress::Unwatched;
use usecases::{Actor, Ctx};

/// Maria with an invoice of $100.00 for each month from December 2026 on, and a processor.
struct Scene {
    world: World,
    ctx: Ctx,
    maria: Maria,
    processor: Arc<ScriptedProcessor>,
}

impl Scene {
    async fn with_months(mut world: World, months: i32) -> Scene {
        let processor = Arc::new(ScriptedProcessor::default());
        world.ctx.gateway = processor.clone();
        let maria = maria(&world, 0).await;
        let ctx = world.ctx.clone();
        let scene = Scene {
            world,
            ctx,
            maria,
            processor,
        };
        scene.cover(date(2026, 12, 1), Cents::new(10_000)).await;
        for months_later in 0..months {
            scene
                .invoice(BillingMonth::of(date(2026, 12, 1)).plus(months_later))
                .await;
        }
        scene
    }

    async fn cover(&self, first_day: Date, premium: Cents) {
        let (account, id, now) = (
            self.maria.account,
            self.ctx.id::<kernel::CoverageId>(),
            self.ctx.now(),
        );
        let written: Result<u64, StoreError> = self
            .ctx
            .store
            .write(move |tx| {
                Box::pin(async move {
                    tx.execute(
                        "INSERT INTO coverages (account_id, id, first_day, last_day, premium_cents, \
                         aptc_cents, penalty_cents, policy, binder_paid_on, created_at, updated_at) \
                         VALUES ($1, $2, $3, NULL, $4, 0, 0, 'P1', $3, $5, $5)",
                        args![account, id, first_day, premium, now],
                    )
                    .await
                })
            })
            .await;
        written.expect("the coverage is new");
    }

    async fn invoice(&self, month: BillingMonth) {
        let options = usecases::billing::RunOptions {
            partitions: 1,
            workers: 1,
            chunk: 100,
        };
        usecases::billing::run(&self.ctx, &Actor::Operator, month, options, &Unwatched)
            .await
            .expect("the month is invoiced");
    }

    fn member(&self) -> Actor {
        Actor::Member {
            login: self.ctx.id(),
            person: self.maria.person,
            address: "192.0.2.1".to_owned(),
        }
    }

    fn command(&self, key: &str, cents: i64) -> PayCommand {
        PayCommand {
            account: self.maria.account,
            idempotency_key: key.to_owned(),
            cents: Cents::new(cents),
            channel: Channel::Online,
            method: card(),
            payer_name: "Maria Lopez".to_owned(),
            payer_email: "payer@example.com".to_owned(),
            language: Language::English,
            authorisation_version: String::new(),
            user_agent: "test".to_owned(),
        }
    }

    fn debit(&self, key: &str, cents: i64) -> PayCommand {
        let method = Method {
            reference: "pm_bank".to_owned(),
            tender: Tender::BankAccount,
            last_four: "6789".to_owned(),
            bank_name: "Test Bank".to_owned(),
            expires: String::new(),
            fingerprint: String::new(),
            payer_reference: String::new(),
            network_reference: String::new(),
        };
        let authorisation_version = "bank-once-en-1".to_owned();
        PayCommand {
            method,
            authorisation_version,
            ..self.command(key, cents)
        }
    }

    async fn pay(&self, command: PayCommand) -> PaymentId {
        usecases::payments::take(&self.ctx, &self.member(), command)
            .await
            .expect("it is taken")
    }

    async fn view(&self, payment: PaymentId) -> PaymentView {
        usecases::payments::view(&self.ctx, &self.member(), self.maria.account, payment)
            .await
            .expect("it is there")
    }

    /// How many payments the account has, whatever became of them.
    async fn sent(&self) -> usize {
        let everything = usecases::pages::HistoryFilter::default();
        let account = self.maria.account;
        usecases::pages::payment_history(&self.ctx, &self.member(), account, &everything)
            .await
            .expect("the account is there")
            .rows
            .len()
    }

    /// What is due on the account, and what is left open on each invoice, oldest first.
    async fn due(&self) -> (i64, Vec<i64>) {
        let payable = usecases::payments::payable(&self.ctx, &self.member(), self.maria.account)
            .await
            .expect("the account is there");
        let mut invoices = usecases::pages::invoices(&self.ctx, &self.member(), self.maria.account)
            .await
            .expect("so are they");
        invoices.reverse();
        (
            payable.amount_due.get(),
            invoices.iter().map(|i| i.open.get()).collect(),
        )
    }

    /// Minutes pass, and the reconciler asks whatever it is time to ask.
    async fn wait_and_enquire(&self, minutes: i64) -> usize {
        self.world
            .clock
            .advance(jiff::SignedDuration::from_mins(minutes));
        usecases::reconcile::enquire_due(&self.ctx)
            .await
            .expect("the database answers")
    }

    async fn books_are_right(&self) {
        let check = usecases::books::verify(&self.ctx, &Actor::Operator, &Unwatched)
            .await
            .expect("the books can be read");
        assert!(check.findings.is_empty(), "{:?}", check.findings);
    }
}

fn card() -> Method {
    Method {
        reference: "pm_card".to_owned(),
        tender: Tender::Visa,
        last_four: "4242".to_owned(),
        bank_name: String::new(),
        expires: "08/2029".to_owned(),
        fingerprint: String::new(),
        payer_reference: String::new(),
        network_reference: String::new(),
    }
}
