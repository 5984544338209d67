//! Autopay on both databases: one draft for each month, none unsaid, none twice.

mod failures;
mod mandates;
mod nights;
mod removing;
mod sending;

use std::sync::Arc;

use gateways::card::{ChargeState, Decline};
use jiff::SignedDuration;
use jiff::civil::Date;
use kernel::{BillingMonth, Cents, Language, MethodId, PaymentId};
use store::{StoreError, args};
use testkit::{Maria, ScriptedProcessor, World, maria};
use usecases::autopay::{
    self, AutopayView, Choice, DraftDay, DraftState, NextDraft, RunOptions, SendReport,
};
use usecases::progress::Unwatched;
use usecases::{Actor, Ctx};

/// Maria, covered since December 2026 at $100.00 a month, with a saved card and a validated bank
/// account, and a processor that does as it is told. It is Tuesday 1 December 2026.
struct Scene {
    world: World,
    ctx: Ctx,
    maria: Maria,
    processor: Arc<ScriptedProcessor>,
    card: MethodId,
    bank: MethodId,
}

fn month(text: &str) -> BillingMonth {
    BillingMonth::parse(text).expect("it is a month")
}

fn returned(code: &str, network: Option<&str>) -> ChargeState {
    ChargeState::Declined(Decline::from_codes(code, None, network))
}

/// What a member who reads English was shown.
fn seen(version: &str) -> autopay::Shown<'_> {
    autopay::Shown {
        language: Language::English,
        version,
        user_agent: "test",
    }
}

impl Scene {
    async fn new(mut world: World) -> Scene {
        let processor = Arc::new(ScriptedProcessor::default());
        world.ctx.gateway = processor.clone();
        let maria = maria(&world, 0).await;
        let ctx = world.ctx.clone();
        let scene = Scene {
            card: MethodId::from_parts(1, [1; 10]),
            bank: MethodId::from_parts(1, [2; 10]),
            world,
            ctx,
            maria,
            processor,
        };
        scene
            .cover("2026-12-01".parse().expect("a day"), 10_000)
            .await;
        scene.save_method(scene.card, "visa", "good").await;
        scene.save_method(scene.bank, "bank-account", "good").await;
        scene
    }

    async fn run_sql(&self, sql: &'static str, args: Vec<store::sql::Value>) -> u64 {
        let done: Result<u64, StoreError> = self
            .ctx
            .store
            .write(move |tx| {
                let args = args.clone();
                Box::pin(async move { tx.execute(sql, args).await })
            })
            .await;
        done.expect("the statement is sound")
    }

    async fn cover(&self, first_day: Date, cents: i64) {
        let id: kernel::CoverageId = self.ctx.id();
        self.run_sql(
            "INSERT INTO coverages (account_id, id, first_day, last_day, premium_cents, aptc_cents, \
             penalty_cents, policy, binder_paid_on, created_at, updated_at) \
             VALUES ($1, $2, $3, NULL, $4, 0, 0, 'P1', $3, $5, $5)",
            args![self.maria.account, id, first_day, cents, self.ctx.now()],
        )
        .await;
    }

    async fn save_method(&self, id: MethodId, tender: &str, state: &str) {
        let expires = (tender != "bank-account").then(|| month("2027-03"));
        self.run_sql(
            "INSERT INTO payment_methods (person_id, id, gateway, tender, reference, \
             payer_reference, fingerprint, last_four, bank_name, holder, savings, expires_month, \
             network_reference, sealed_account, label, is_default, state, validation, deposits, \
             deposits_on, deposit_tries, deposit_answer, validated_at, validated_by, disabled_reason, \
             expiry_told_for, expiry_told_again_for, created_at, removed_at) VALUES ($1, $2, \
             'scripted', $3, $4, 'cus_1', $4, '4242', 'Test Bank', 'Maria Lopez', FALSE, $5, 'net_1', \
             '', '', FALSE, $6, '', '', NULL, 0, '', NULL, '', '', NULL, NULL, $7, NULL)",
            args![
                self.maria.person,
                id,
                tender,
                format!("pm_{tender}"),
                expires,
                state,
                self.ctx.now()
            ],
        )
        .await;
    }

    fn member(&self) -> Actor {
        Actor::Member {
            login: self.ctx.id(),
            person: self.maria.person,
            address: "192.0.2.1".to_owned(),
        }
    }

    fn choice(&self, method: MethodId) -> Choice {
        Choice {
            method,
            day: DraftDay::DueDate,
            cap: None,
            agreed: None,
            start: month("2026-12"),
        }
    }

    async fn set_up(&self, choice: Choice) {
        let (ctx, member, account) = (&self.ctx, self.member(), self.maria.account);
        let shown = autopay::proposal(ctx, &member, account, &choice, Language::English)
            .await
            .expect("the choice is sound");
        autopay::set_up(ctx, &member, account, choice, seen(&shown.version))
            .await
            .expect("it is set up");
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

    /// Winds the clock to 03:00 on a day, where the plan is.
    fn go_to(&self, day: &str) {
        let day: Date = day.parse().expect("a day");
        let zone = &self.ctx.plan.time_zone;
        let at = zone.to_timestamp(day.at(3, 0, 0, 0)).expect("a time");
        let wait = at.duration_since(self.ctx.now());
        assert!(wait >= SignedDuration::ZERO, "the clock goes forward");
        self.world.clock.advance(wait);
    }

    async fn plan(&self) -> autopay::PlanReport {
        let day = self.ctx.today();
        let options = RunOptions {
            stretches: 2,
            workers: 2,
            chunk: 700,
        };
        autopay::plan_drafts(&self.ctx, &Actor::Operator, day, options, &Unwatched)
            .await
            .expect("it is planned")
    }

    async fn send(&self) -> SendReport {
        let day = self.ctx.today();
        autopay::send_drafts(&self.ctx, &Actor::Operator, day, &Unwatched)
            .await
            .expect("it is sent")
    }

    async fn watch(&self) -> autopay::WatchReport {
        let (day, options) = (self.ctx.today(), RunOptions::default());
        autopay::watch(&self.ctx, &Actor::Operator, day, options, &Unwatched)
            .await
            .expect("it is watched")
    }

    /// Goes to a day and plays its night.
    async fn night(&self, day: &str) -> SendReport {
        self.go_to(day);
        self.plan().await;
        let report = self.send().await;
        let watch = self.watch().await;
        assert_eq!(watch.faults, 0, "on {day}: {:?}", self.listed().await);
        report
    }

    async fn listed(&self) -> Vec<(String, bool)> {
        autopay::watch_list(&self.ctx, &Actor::Operator)
            .await
            .expect("the operator may look")
            .into_iter()
            .map(|row| (row.finding, row.is_fault))
            .collect()
    }

    async fn view(&self) -> AutopayView {
        autopay::view(&self.ctx, &self.member(), self.maria.account)
            .await
            .expect("it is hers")
    }

    async fn next(&self) -> NextDraft {
        self.view().await.next
    }

    /// The day and amount of the next draft.
    async fn scheduled(&self) -> (String, i64) {
        match self.next().await {
            NextDraft::Scheduled {
                debit_on, cents, ..
            } => (debit_on.to_string(), cents.get()),
            other => panic!("no draft is scheduled: {other:?}"),
        }
    }

    /// Why there is no draft.
    async fn reason(&self) -> String {
        match self.next().await {
            NextDraft::None { reason, .. } => reason,
            other => panic!("there is a draft: {other:?}"),
        }
    }

    async fn draft(&self, of: &str) -> store::autopay_drafts::DraftRow {
        let mut tx = self.ctx.store.read().await.expect("the database answers");
        store::autopay_drafts::of_month(&mut tx, self.maria.account, month(of))
            .await
            .expect("the database answers")
            .expect("the month has a draft")
    }

    async fn state(&self, of: &str) -> DraftState {
        self.draft(of).await.state
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let mut tx = self.ctx.store.read().await.expect("the database answers");
        let mut row = tx.one("a count", sql, args![]).await.expect("it counts");
        row.read().expect("it is a number")
    }

    /// How often she was told something of this kind.
    async fn told(&self, kind: &str) -> i64 {
        let mut tx = self.ctx.store.read().await.expect("the database answers");
        let mut row = tx
            .one(
                "a count",
                "SELECT COUNT(*) FROM notices WHERE kind = $1",
                args![kind],
            )
            .await
            .expect("it counts");
        row.read().expect("it is a number")
    }

    async fn payments(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM payments").await
    }

    async fn due(&self) -> Cents {
        usecases::payments::payable(&self.ctx, &self.member(), self.maria.account)
            .await
            .expect("it is hers")
            .amount_due
    }

    async fn pay(&self, cents: i64) -> PaymentId {
        let command = usecases::payments::PayCommand {
            account: self.maria.account,
            idempotency_key: format!("by-hand-{cents}-{}", self.ctx.now()),
            cents: Cents::new(cents),
            channel: kernel::Channel::Online,
            method: usecases::payments::Method {
                reference: "pm_other".to_owned(),
                tender: kernel::Tender::Visa,
                last_four: "1111".to_owned(),
                bank_name: String::new(),
                expires: "08/2028".to_owned(),
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
        usecases::payments::take(&self.ctx, &self.member(), command)
            .await
            .expect("it is taken")
    }

    /// Asks the processor about everything that is due for it, for a while.
    async fn reconcile(&self) {
        while usecases::reconcile::enquire_due(&self.ctx)
            .await
            .expect("the database answers")
            > 0
        {}
    }
}
