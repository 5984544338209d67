//! The days and nights of the year, in order.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gateways::SeededChance;
use jiff::civil::{Date, Time, date, time};
use kernel::{AccountId, BillingMonth, Cents, Channel, Language, PersonId, Tender};
use store::args;
use testkit::{BookkeepingProcessor, WEBHOOK_SIGNATURE, World};
use usecases::billing::RunOptions;
use usecases::payments::{Method, PayCommand};
use usecases::progress::Unwatched;
use usecases::roster::ImportFile;
use usecases::{Actor, Ctx};

use crate::agreements::Agreements;
use crate::dice::Dice;
use crate::drafts::Drafts;
use crate::households::{self, Household, Key};
use crate::{acts, checks, drafts, fates, nights, premiums};

const FIRST_DAY: Date = date(2027, 12, 1);
const LAST_DAY: Date = date(2029, 1, 8);

/// An account and its subscriber, as the database has them.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    pub account: AccountId,
    pub person: PersonId,
}

/// Where the time went, for who wants the year faster.
#[derive(Debug, Default)]
pub struct Clocked(Vec<(&'static str, Duration)>);

impl Clocked {
    pub fn add(&mut self, what: &'static str, since: Instant) {
        let took = since.elapsed();
        match self.0.iter_mut().find(|(name, _)| *name == what) {
            Some((_, sum)) => *sum += took,
            None => self.0.push((what, took)),
        }
    }
}

/// The year so far.
pub struct Year {
    pub world: World,
    pub ctx: Ctx,
    pub seed: u64,
    pub processor: Arc<BookkeepingProcessor>,
    pub households: Vec<Household>,
    pub known: HashMap<Key, Known>,
    /// The latest month billed, and what every account should have been charged to the end of it.
    pub billed: Option<BillingMonth>,
    pub charged: HashMap<Key, i64>,
    pub agreements: Agreements,
    pub drafts: Drafts,
    pub clocked: Clocked,
    /// What was done how often.
    pub done: BTreeMap<&'static str, u64>,
    /// Webhooks that did not arrive and come again.
    late: Vec<String>,
    folder: tempfile::TempDir,
}

/// Lives through the year.
pub async fn live(world: World, seed: u64, accounts: u64) {
    let begun = Instant::now();
    let mut year = Year::begin(world, seed, accounts).await;
    let mut day = FIRST_DAY;
    while day <= LAST_DAY {
        year.day(day).await;
        day = day.tomorrow().unwrap();
    }
    checks::books(&year).await;
    println!("{}", checks::summary(&year).await);
    println!("in {:.0?}; of it {:.1?}", begun.elapsed(), year.clocked.0);
}

impl Year {
    async fn begin(world: World, seed: u64, accounts: u64) -> Self {
        let processor = BookkeepingProcessor::new(world.clock.clone(), move |request, before| {
            fates::fate(seed, request, before)
        });
        let ctx = Ctx {
            gateway: Arc::clone(&processor) as Arc<dyn gateways::card::Gateway>,
            chance: Arc::new(SeededChance::new(seed)),
            ..world.ctx.clone()
        };
        let (households, roster) = households::all(seed, accounts);
        let mut year = Year {
            world,
            ctx,
            seed,
            processor,
            households,
            known: HashMap::new(),
            billed: None,
            charged: HashMap::new(),
            agreements: Agreements::default(),
            drafts: Drafts::default(),
            clocked: Clocked::default(),
            done: BTreeMap::new(),
            late: Vec::new(),
            folder: tempfile::tempdir().unwrap(),
        };
        year.at(FIRST_DAY, time(0, 30, 0, 0));
        year.import(FIRST_DAY, roster).await;
        let begun = Instant::now();
        acts::plant(&mut year).await;
        year.clocked.add("mandates given before", begun);
        year
    }

    pub fn tally(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }

    /// Winds the clock to a time of day where the plan is; where the clock there skips or repeats
    /// it, to the later or the first.
    pub fn at(&self, day: Date, time: Time) {
        let zone = &self.ctx.plan.time_zone;
        let at = zone.to_timestamp(day.to_datetime(time)).unwrap();
        assert!(at >= self.ctx.now(), "time does not go back: {day} {time}");
        self.world.clock.set(at);
    }

    async fn day(&mut self, day: Date) {
        self.at(day, time(1, 0, 0, 0));
        self.roster(day).await;
        nights::night(self, day).await;
        self.at(day, time(10, 0, 0, 0));
        self.bill(day).await;
        self.at(day, time(12, 0, 0, 0));
        self.pay_by_hand(day).await;
        let begun = Instant::now();
        acts::act(self, day).await;
        self.clocked.add("members' acts", begun);
        self.at(day, time(20, 0, 0, 0));
        self.hear().await;
        self.check(day).await;
    }

    /// Every cent, twice a month and on the days that a calendar is wrong about; the whole ledger
    /// once a month.
    async fn check(&mut self, day: Date) {
        let begun = Instant::now();
        let odd = [date(2028, 2, 29), date(2028, 3, 12), date(2028, 11, 5)].contains(&day);
        drafts::look(self, day).await;
        drafts::learn_returns(self);
        drafts::nobody_missed_in_silence(self, day).await;
        drafts::endings_were_told(self, day).await;
        if odd || matches!(day.day(), 13 | 28) {
            checks::cents(self).await;
        }
        if day.day() == 28 {
            checks::books(self).await;
        }
        self.clocked.add("checks", begun);
    }

    /// What the roster of the day brings.
    async fn roster(&mut self, day: Date) {
        let seed = self.seed;
        let mut records = Vec::new();
        for household in &mut self.households {
            records.extend(household.told_on(seed, day));
        }
        if !records.is_empty() {
            self.import(day, records).await;
        }
    }

    async fn import(&mut self, day: Date, records: Vec<formats::enrollment::EnrollmentRecord>) {
        let begun = Instant::now();
        let path = self
            .folder
            .path()
            .join(format!("{day}-{}.csv", records.len()));
        let into = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
        formats::enrollment::write_csv(into, records).unwrap();
        let file = ImportFile {
            path: path.clone(),
            format: None,
            again: false,
        };
        let report = usecases::roster::import(&self.ctx, &Actor::Operator, file, &Unwatched)
            .await
            .unwrap();
        assert_eq!(report.rejects, [], "{day}: the roster has no mistakes");
        std::fs::remove_file(path).unwrap();
        self.look_up_accounts().await;
        self.clocked.add("rosters", begun);
    }

    async fn look_up_accounts(&mut self) {
        let mut tx = self.ctx.store.read().await.unwrap();
        let rows = tx
            .all(
                "SELECT p.member_id, a.plan_line, a.id, p.id FROM accounts a \
                 JOIN persons p ON p.id = a.subscriber_id",
                args![],
            )
            .await
            .unwrap();
        for mut row in rows {
            let key = (row.read().unwrap(), row.read().unwrap());
            let known = Known {
                account: row.read().unwrap(),
                person: row.read().unwrap(),
            };
            self.known.insert(key, known);
        }
    }

    /// On its issue day the month is billed.
    async fn bill(&mut self, day: Date) {
        let month = BillingMonth::of(day).next();
        let issue = self.ctx.plan.lines.iter().find_map(|line| line.invoicing);
        if plan::issue_date(issue.unwrap(), month) != day {
            return;
        }
        let begun = Instant::now();
        let options = RunOptions {
            partitions: 4,
            workers: 2,
            chunk: 1_000,
        };
        usecases::billing::run(&self.ctx, &Actor::Operator, month, options, &Unwatched)
            .await
            .unwrap();
        self.billed = Some(month);
        self.charged = premiums::charged(&self.households, month);
        self.clocked.add("billing", begun);
    }

    /// Some members pay by hand on some days, autopay or not.
    async fn pay_by_hand(&mut self, day: Date) {
        let begun = Instant::now();
        for household in &self.households {
            let number = household.number;
            let mut dice = Dice::of(self.seed, &[3, number, day_number(day)]);
            // About once in a hundred days.
            let Some(known) = household.key().and_then(|key| self.known.get(key)) else {
                continue;
            };
            if dice.myriad(100) {
                let cents = dice.between(0, 3);
                self.pay(*known, number, day, cents).await;
            }
        }
        self.clocked.add("payments by hand", begun);
    }

    async fn pay(&self, known: Known, number: u64, day: Date, how: i64) {
        let member = Year::member(known.person);
        let payable = usecases::payments::payable(&self.ctx, &member, known.account)
            .await
            .unwrap();
        let cents = match how {
            // Part of it, all of it, or a little ahead.
            0 => Cents::new(payable.amount_due.get() / 2),
            1 => payable.amount_due,
            _ => payable.amount_due + Cents::new(1_000),
        };
        if cents < payable.least || cents > payable.most {
            return;
        }
        let command = PayCommand {
            account: known.account,
            idempotency_key: format!("by-hand-{day}"),
            cents,
            channel: Channel::Online,
            method: Method {
                reference: format!("pm_by_hand_{number}"),
                tender: Tender::Visa,
                last_four: "4242".to_owned(),
                bank_name: String::new(),
                expires: "12/2031".to_owned(),
                fingerprint: String::new(),
                payer_reference: String::new(),
                network_reference: String::new(),
            },
            payer_name: "By Hand".to_owned(),
            payer_email: String::new(),
            language: Language::English,
            authorisation_version: String::new(),
            user_agent: String::new(),
        };
        usecases::payments::take(&self.ctx, &member, command)
            .await
            .unwrap();
    }

    pub fn member(person: PersonId) -> Actor {
        Actor::Member {
            login: kernel::LoginId::from_uuid(person.uuid()),
            person,
            address: "192.0.2.7".to_owned(),
        }
    }

    /// The beginning of a day where the plan is.
    pub fn instant(&self, day: Date) -> jiff::Timestamp {
        let zone = &self.ctx.plan.time_zone;
        zone.to_timestamp(day.to_datetime(Time::midnight()))
            .unwrap()
    }

    /// The processor's webhooks of the day, some twice, some a day late; then everything without an
    /// outcome is asked after until it has one.
    async fn hear(&mut self) {
        let begun = Instant::now();
        let mut bodies = std::mem::take(&mut self.late);
        let came_late = bodies.len();
        bodies.extend(self.processor.settle());
        for (at, body) in bodies.into_iter().enumerate() {
            let mut dice = Dice::about(self.seed, &body, 4);
            // The processor does not give up: what did not arrive today comes tomorrow.
            let times = match dice.between(0, 100) {
                _ if at < came_late => 1,
                0..5 => {
                    self.late.push(body);
                    continue;
                }
                5..15 => 2,
                _ => 1,
            };
            for _ in 0..times {
                usecases::webhooks::receive(&self.ctx, WEBHOOK_SIGNATURE, body.as_bytes())
                    .await
                    .unwrap();
            }
        }
        while usecases::webhooks::handle_due(&self.ctx).await.unwrap() > 0 {}
        for _ in 0..8 {
            while usecases::reconcile::enquire_due(&self.ctx).await.unwrap() > 0 {}
            self.world.clock.advance(jiff::SignedDuration::from_mins(7));
        }
        self.clocked.add("webhooks and enquiries", begun);
    }
}

pub fn day_number(day: Date) -> u64 {
    let days = (day - date(2027, 1, 1)).get_days();
    u64::try_from(days).expect("a day after 2026")
}
