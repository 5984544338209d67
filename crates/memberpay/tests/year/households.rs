//! The members of the year: who is covered from when to when at which rate, and what the plan's
//! roster tells of it on which day. Kept apart from the product's books, to hold beside them.

use std::collections::BTreeMap;

use demo::RosterShape;
use demo::roster::lines;
use formats::enrollment::{EnrollmentRecord, Maintenance, Rate};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use kernel::{BillingMonth, Cents, MemberId};

use crate::dice::Dice;

/// The first billing month.
pub fn first_month() -> BillingMonth {
    BillingMonth::parse("2028-01").expect("a month")
}

/// An account: member ID and plan line.
pub type Key = (String, String);

/// A stretch of days of a policy at one monthly rate, in cents.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    pub first: Date,
    pub last: Option<Date>,
    pub premium: i64,
    pub aptc: i64,
    pub penalty: i64,
}

/// A policy as the roster told it.
#[derive(Debug, Clone)]
pub struct Policy {
    pub of: Key,
    pub segments: Vec<Segment>,
}

/// What happens to a household once in the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// The premium or tax credit changes from the first of a month on.
    Price(BillingMonth),
    /// Another plan of the same line: a new policy.
    OtherPlan(BillingMonth),
    /// Another line: a new account.
    OtherLine(BillingMonth),
    /// The same coverage under a new member ID.
    NewMemberId(BillingMonth),
    /// Coverage ends with the last day before the month.
    Leaves(BillingMonth),
    /// Coverage begins.
    Joins(BillingMonth),
    /// The new year's premium.
    Renewal,
}

/// A subscriber, through all member IDs, policies and plan lines.
#[derive(Debug, Clone)]
pub struct Household {
    pub number: u64,
    /// The newest record of the subscriber.
    pub record: EnrollmentRecord,
    pub policies: Vec<Policy>,
    events: Vec<(Date, Event)>,
}

/// The households of a year, and the records of its first roster.
pub fn all(seed: u64, accounts: u64) -> (Vec<Household>, Vec<EnrollmentRecord>) {
    let shape = RosterShape {
        members: accounts.saturating_mul(6).max(100),
        seed,
        as_of: first_month(),
    };
    let mut of_member: BTreeMap<u64, Vec<EnrollmentRecord>> = BTreeMap::new();
    let mut last: Option<MemberId> = None;
    let mut number = 0;
    for record in shape.records().filter(EnrollmentRecord::is_subscriber) {
        let line = record.coverage.as_ref().map(|c| c.plan_line.as_str());
        if line.is_none_or(|line| line == lines::EMPLOYER) {
            continue;
        }
        if last.as_ref() != Some(&record.member_id) {
            number += 1;
            last = Some(record.member_id.clone());
        }
        if number > accounts {
            break;
        }
        of_member.entry(number).or_default().push(record);
    }
    let (mut households, mut roster) = (Vec::new(), Vec::new());
    for (number, records) in of_member {
        let household = Household::new(seed, number, &records);
        if !household.joins_later() {
            roster.extend(records);
        }
        households.push(household);
    }
    (households, roster)
}

impl Household {
    fn new(seed: u64, number: u64, records: &[EnrollmentRecord]) -> Self {
        let newest = records.last().expect("a household has a record").clone();
        let mut dice = Dice::of(seed, &[1, number]);
        let coverage = newest.coverage.as_ref().expect("every record has coverage");
        let policy = Policy {
            of: (
                newest.member_id.as_str().to_owned(),
                coverage.plan_line.clone(),
            ),
            segments: records.iter().filter_map(segment).collect(),
        };
        let goes_on = coverage.last_day.is_none();
        let mut household = Household {
            number,
            record: newest,
            policies: vec![policy],
            events: Vec::new(),
        };
        if goes_on {
            household.plan_events(&mut dice);
        }
        household
    }

    fn plan_events(&mut self, dice: &mut Dice) {
        let line = self.line().to_owned();
        let month = first_month().plus(i32::try_from(dice.between(2, 10)).expect("few"));
        let event = match dice.between(0, 1_000) {
            0..80 if line == lines::INDIVIDUAL => Some(Event::Price(month)),
            0..20 => Some(Event::Price(month)),
            100..125 => Some(Event::OtherPlan(month)),
            125..145 => Some(Event::OtherLine(month)),
            145..165 => Some(Event::NewMemberId(month)),
            165..195 => Some(Event::Leaves(month)),
            195..215 => Some(Event::Joins(month)),
            _ => None,
        };
        if let Some(event) = event {
            // Most of it is told ahead, some of it late.
            let ahead = dice.between(-25, 40);
            let told = month.first_day().checked_sub(ahead.days());
            self.events.push((told.expect("a day of the year"), event));
        }
        if let Some((_, Event::Joins(_))) = self.events.first() {
            // Nothing is known of them before.
            self.policies.clear();
        }
        if !matches!(self.events.first(), Some((_, Event::Leaves(_)))) {
            let told = if dice.percent(3) {
                date(2029, 1, 3)
            } else {
                date(2028, 11, 14)
                    .checked_add(dice.between(0, 26).days())
                    .expect("a day of November or December")
            };
            self.events.push((told, Event::Renewal));
        }
    }

    fn joins_later(&self) -> bool {
        matches!(self.events.first(), Some((_, Event::Joins(_))))
    }

    fn line(&self) -> &str {
        let coverage = self.record.coverage.as_ref();
        coverage.map_or("", |c| c.plan_line.as_str())
    }

    /// The account that the household has now, if it is known.
    pub fn key(&self) -> Option<&Key> {
        self.policies.last().map(|policy| &policy.of)
    }

    /// What the household pays in a whole month now, in cents.
    pub fn usual(&self) -> i64 {
        let newest = self
            .policies
            .last()
            .and_then(|policy| policy.segments.last());
        newest.map_or(0, |s| s.premium - s.aptc.min(s.premium) + s.penalty)
    }

    /// What the roster tells on `day`.
    pub fn told_on(&mut self, seed: u64, day: Date) -> Vec<EnrollmentRecord> {
        let mut records = Vec::new();
        while let Some(at) = self.events.iter().position(|(told, _)| *told == day) {
            let (_, event) = self.events.remove(at);
            let mut dice = Dice::of(seed, &[2, self.number, at as u64]);
            records.extend(self.happen(event, &mut dice));
        }
        records
    }

    fn happen(&mut self, event: Event, dice: &mut Dice) -> Vec<EnrollmentRecord> {
        match event {
            Event::Price(from) => {
                let percent = dice.between(-20, 25);
                vec![self.at_another_rate(from.first_day(), percent, dice.percent(50))]
            }
            Event::Renewal => {
                vec![self.at_another_rate(date(2029, 1, 1), dice.between(1, 14), false)]
            }
            Event::Leaves(month) => vec![self.ended(month.previous().last_day())],
            Event::Joins(month) => {
                self.record = self.with(|c| c.first_day = Some(month.first_day()));
                vec![self.begun()]
            }
            Event::OtherPlan(month) => {
                let ended = self.ended(month.previous().last_day());
                let number = format!("Q{:010}", self.number);
                self.record = self.with(|c| {
                    c.first_day = Some(month.first_day());
                    c.policy_number = Some(number);
                });
                self.raise(dice.between(-15, 20));
                vec![ended, self.begun()]
            }
            Event::OtherLine(month) => {
                let ended = self.ended(month.previous().last_day());
                let to = match self.line() {
                    lines::INDIVIDUAL => lines::SOLO,
                    lines::SOLO => lines::INDIVIDUAL,
                    lines::MEDICARE_ADVANTAGE => lines::MEDICARE_SUPPLEMENT,
                    _ => lines::MEDICARE_ADVANTAGE,
                };
                let number = format!("R{:010}", self.number);
                self.record = self.with(|c| {
                    c.first_day = Some(month.first_day());
                    c.plan_line = to.to_owned();
                    c.plan_code = None;
                    c.policy_number = Some(number);
                    c.rate = Some(rate(dice.between(2_500, 40_000), 0, 0));
                });
                vec![ended, self.begun()]
            }
            Event::NewMemberId(month) => {
                let ended = self.ended(month.previous().last_day());
                let id = format!("3{:010}", self.number);
                let id = MemberId::parse(&id).expect("11 digits");
                self.record = self.with(|c| c.first_day = Some(month.first_day()));
                self.record.member_id = id.clone();
                self.record.subscriber_id = id;
                vec![ended, self.begun()]
            }
        }
    }

    fn with(
        &self,
        change: impl FnOnce(&mut formats::enrollment::EnrolledCoverage),
    ) -> EnrollmentRecord {
        let mut record = self.record.clone();
        if let Some(coverage) = &mut record.coverage {
            change(coverage);
        }
        record
    }

    /// The same rates but for so many percent, up or down.
    fn raise(&mut self, percent: i64) {
        self.record = self.with(|c| {
            if let Some(old) = c.rate {
                let premium = old.premium.get() * (100 + percent) / 100;
                let aptc = old.aptc.get().min(premium);
                c.rate = Some(rate(premium, aptc, old.late_enrolment_penalty.get()));
            }
        });
    }

    /// The policy goes on from `from` at a premium, or with a tax credit, of so many percent more.
    fn at_another_rate(&mut self, from: Date, percent: i64, credit: bool) -> EnrollmentRecord {
        if credit {
            self.record = self.with(|c| {
                if let Some(old) = c.rate {
                    let aptc = old.aptc.get() * (100 + percent) / 100;
                    let premium = old.premium.get();
                    c.rate = Some(rate(
                        premium,
                        aptc.min(premium),
                        old.late_enrolment_penalty.get(),
                    ));
                }
            });
        } else {
            self.raise(percent);
        }
        self.record = self.with(|c| {
            c.maintenance = Maintenance::Change;
            c.first_day = Some(from);
        });
        self.record.maintenance = Maintenance::Change;
        let new = segment(&self.record).expect("it has a rate");
        let policy = self.policies.last_mut().expect("a policy to change");
        cut(&mut policy.segments, from);
        policy.segments.push(new);
        self.record.clone()
    }

    /// The record that ends the current policy with `last`.
    fn ended(&mut self, last: Date) -> EnrollmentRecord {
        let policy = self.policies.last_mut().expect("a policy to end");
        let next = last.tomorrow().expect("a day of the year");
        cut(&mut policy.segments, next);
        let mut record = self.with(|c| {
            c.maintenance = Maintenance::Terminate;
            c.first_day = None;
            c.last_day = Some(last);
            c.rate = None;
        });
        record.maintenance = Maintenance::Terminate;
        record
    }

    /// The record of a new policy, as the newest record says.
    fn begun(&mut self) -> EnrollmentRecord {
        self.record.maintenance = Maintenance::Add;
        self.record = self.with(|c| c.maintenance = Maintenance::Add);
        self.policies.push(Policy {
            of: (
                self.record.member_id.as_str().to_owned(),
                self.line().to_owned(),
            ),
            segments: segment(&self.record).into_iter().collect(),
        });
        self.record.clone()
    }
}

fn rate(premium: i64, aptc: i64, penalty: i64) -> Rate {
    Rate {
        premium: Cents::new(premium),
        aptc: Cents::new(aptc),
        other_payers: Cents::ZERO,
        responsibility: Cents::new(premium - aptc),
        late_enrolment_penalty: Cents::new(penalty),
    }
}

fn segment(record: &EnrollmentRecord) -> Option<Segment> {
    let coverage = record.coverage.as_ref()?;
    let rate = coverage.rate?;
    Some(Segment {
        first: coverage.first_day?,
        last: coverage.last_day,
        premium: rate.premium.get(),
        aptc: rate.aptc.get(),
        penalty: rate.late_enrolment_penalty.get(),
    })
}

/// Nothing of these days from `day` on.
fn cut(segments: &mut Vec<Segment>, day: Date) {
    segments.retain(|segment| segment.first < day);
    let eve = day.yesterday().expect("a day of the year");
    for segment in segments {
        segment.last = Some(segment.last.map_or(eve, |last| last.min(eve)));
    }
}
