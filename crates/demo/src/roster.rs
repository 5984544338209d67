//! Synthetic rosters of any size: the same shape gives the same records, today and on any machine.
//!
//! Each family follows from the seed and its number alone, so memory is constant and any part can
//! be made without the rest. Nobody in them exists: e-mail addresses end in example.com (RFC 2606)
//! and telephone numbers are 555-01xx, which is kept free for invention.

mod names;
mod personas;
#[cfg(test)]
mod tests;

use formats::enrollment::{
    Address, EnrolledCoverage, EnrollmentRecord, Gender, Maintenance, Position, Rate, Relationship,
};
use jiff::civil::{Date, date};
use kernel::{BillingMonth, Cents, Email, Language, MemberId, Zip, plain_name};

pub use personas::{Persona, personas};

/// The plan lines of the synthetic rosters, as `plans/connecticare.toml` names them.
pub mod lines {
    /// Individual and family plans, bought on the exchange or direct.
    pub const INDIVIDUAL: &str = "individual";
    /// SOLO plans.
    pub const SOLO: &str = "solo";
    /// Medicare Advantage.
    pub const MEDICARE_ADVANTAGE: &str = "medicare-advantage";
    /// Medicare Supplement.
    pub const MEDICARE_SUPPLEMENT: &str = "medicare-supplement";
    /// Through an employer: the premium is not paid here.
    pub const EMPLOYER: &str = "employer";
}

/// What a synthetic roster is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RosterShape {
    /// How many people, subscribers and dependents together. A few have two records, because their
    /// rate changes within the month.
    pub members: u64,
    /// Another seed gives other people. The personas stay.
    pub seed: u64,
    /// The month as of which everybody is covered, and within which the mid-month changes fall.
    pub as_of: BillingMonth,
}

impl RosterShape {
    /// The records, family by family, the subscriber first. The personas' families come first of
    /// all.
    #[must_use]
    pub fn records(self) -> Roster {
        Roster {
            shape: self,
            family: 0,
            people: 0,
            records: 0,
            waiting: Vec::new(),
        }
    }
}

/// The records of a synthetic roster.
#[derive(Debug, Clone)]
pub struct Roster {
    shape: RosterShape,
    /// The number of the next family.
    family: u64,
    people: u64,
    records: u64,
    /// The records of the current family that have not been given out, the last first.
    waiting: Vec<EnrollmentRecord>,
}

impl Iterator for Roster {
    type Item = EnrollmentRecord;

    fn next(&mut self) -> Option<EnrollmentRecord> {
        if self.waiting.is_empty() {
            let left = self
                .shape
                .members
                .checked_sub(self.people)
                .filter(|left| *left > 0)?;
            let mut family = Family::new(self.shape, self.family);
            self.family += 1;
            family
                .members
                .truncate(usize::try_from(left).unwrap_or(usize::MAX));
            self.people += family.members.len() as u64;
            self.waiting = family.records(self.shape.as_of);
            self.waiting.reverse();
        }
        let mut record = self.waiting.pop()?;
        self.records += 1;
        // As in a CSV file, whose first line is the header.
        record.position = Position::Line(self.records + 1);
        Some(record)
    }
}

/// The most members a family has.
const LARGEST_FAMILY: u64 = 8;

/// Generated member IDs are 20000000000 to 99999999999.
const FIRST_ID: u64 = 20_000_000_000;
const ID_COUNT: u64 = 80_000_000_000;
/// Has no divisor in common with [`ID_COUNT`], so that counting in such steps meets every ID once.
const ID_STEP: u64 = 48_271_938_613;

/// The member ID of member `place` of family `number`.
fn member_id(number: u64, place: u64) -> MemberId {
    let index = u128::from(number) * u128::from(LARGEST_FAMILY) + u128::from(place);
    let step = index * u128::from(ID_STEP) % u128::from(ID_COUNT);
    let id = u128::from(FIRST_ID) + step;
    MemberId::parse(&id.to_string()).expect("20000000000 to 99999999999 has 11 digits")
}

/// A small generator of evenly spread numbers: SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    fn new(seed: u64, number: u64) -> Self {
        let mut dice = Dice(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 up to, and not including, `end`.
    fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.next() % u64::from(end)).expect("below a u32")
    }

    fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        let count = u32::try_from(choices.len()).expect("short lists");
        choices[self.below(count) as usize]
    }

    /// Cents from `low` up to, and not including, `high`.
    fn cents(&mut self, low: u32, high: u32) -> Cents {
        Cents::new(i64::from(low + self.below(high - low)))
    }

    /// A day of a year from `first` to `last`.
    fn day(&mut self, first: i16, last: i16) -> Date {
        let years = u32::from((last - first).unsigned_abs()) + 1;
        let year = first + i16::try_from(self.below(years)).expect("a few years");
        let month = 1 + i8::try_from(self.below(12)).expect("below 12");
        let day = 1 + i8::try_from(self.below(28)).expect("below 28");
        date(year, month, day)
    }
}

/// What happens within the month to the coverage of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MidMonth {
    Nothing,
    Begins,
    Ends,
    RateChanges,
}

/// A subscriber with dependents, who have one policy.
#[derive(Debug, Clone)]
struct Family {
    number: u64,
    members: Vec<Person>,
    line: &'static str,
    rate: Option<Rate>,
    on_exchange: bool,
    plan_code: Option<String>,
    group_number: Option<String>,
    first_day: Date,
    mid_month: MidMonth,
    /// The day within the month on which the change falls, 2 to 27.
    day: u8,
    address: Address,
    phone: Option<String>,
    email: Option<Email>,
    language: Language,
}

#[derive(Debug, Clone)]
struct Person {
    id: MemberId,
    relationship: Relationship,
    first_name: String,
    last_name: String,
    birth_date: Date,
    gender: Option<Gender>,
}

impl Family {
    fn new(shape: RosterShape, number: u64) -> Self {
        let persona = usize::try_from(number).ok().and_then(|n| personas().get(n));
        match persona {
            Some(persona) => Family::of_persona(persona, number, shape.as_of),
            None => Family::generated(shape, number),
        }
    }

    fn of_persona(persona: &Persona, number: u64, as_of: BillingMonth) -> Self {
        let id = |text: &str| MemberId::parse(text).expect("personas have 11 digits");
        let person = |id, relationship, first_name: &str, birth_date| Person {
            id,
            relationship,
            first_name: first_name.to_owned(),
            last_name: persona.last_name.to_owned(),
            birth_date,
            gender: None,
        };
        let own = id(persona.member_id);
        let mut members = vec![person(
            own,
            Relationship::Oneself,
            persona.first_name,
            persona.birth_date,
        )];
        if let Some((name, born)) = persona.child {
            // A child's ID is the parent's with 9 in the second place.
            let child = format!("19{}", &persona.member_id[2..]);
            members.push(person(id(&child), Relationship::Child, name, born));
        }
        let rate = persona.premium.is_positive().then(|| Rate {
            premium: persona.premium,
            aptc: persona.aptc,
            other_payers: Cents::ZERO,
            responsibility: persona.premium - persona.aptc,
            late_enrolment_penalty: persona.late_enrolment_penalty,
        });
        let on_exchange = persona.aptc.is_positive();
        Family {
            number,
            members,
            line: persona.line,
            rate,
            on_exchange,
            plan_code: plan_code(persona.line, on_exchange),
            group_number: (persona.line == lines::EMPLOYER).then(|| "G1001".to_owned()),
            first_day: date(as_of.year(), 1, 1),
            mid_month: MidMonth::Nothing,
            day: 15,
            address: Address {
                line_1: persona.line_1.to_owned(),
                line_2: None,
                city: persona.city.to_owned(),
                state: "CT".to_owned(),
                zip: Zip::parse(persona.zip).expect("personas have ZIP codes"),
            },
            phone: Some("8605550100".to_owned()),
            email: Email::parse(persona.email).ok(),
            language: persona.language,
        }
    }

    fn generated(shape: RosterShape, number: u64) -> Self {
        let mut dice = Dice::new(shape.seed, number);
        let (line, on_exchange) = match dice.below(100) {
            0..12 => (lines::INDIVIDUAL, true),
            12..30 => (lines::INDIVIDUAL, false),
            30..40 => (lines::SOLO, false),
            40..65 => (lines::MEDICARE_ADVANTAGE, false),
            65..75 => (lines::MEDICARE_SUPPLEMENT, false),
            _ => (lines::EMPLOYER, false),
        };
        // A fifth has Spanish names, and three in five of those prefer Spanish: 12 % of all.
        let spanish = dice.percent(20);
        let language = if spanish && dice.percent(60) {
            Language::Spanish
        } else {
            Language::English
        };
        let year = shape.as_of.year();
        let members = people(&mut dice, number, line, spanish, year);
        let rate = rate(
            &mut dice,
            line,
            on_exchange,
            members.len(),
            &members[0],
            year,
        );
        let mid_month = match dice.below(100) {
            0 => MidMonth::Begins,
            2 if rate.is_some() => MidMonth::RateChanges,
            1 | 2 => MidMonth::Ends,
            _ => MidMonth::Nothing,
        };
        let medicare = is_medicare(line);
        let years_ago = if medicare { dice.below(6) } else { 0 };
        let first_year = year - i16::try_from(years_ago).expect("below 6");
        let subscriber = &members[0];
        let email = dice.percent(75).then(|| {
            let (first, last) = (&subscriber.first_name, &subscriber.last_name);
            format!(
                "{}.{}.{number}@example.com",
                plain_name(first),
                plain_name(last)
            )
        });
        Family {
            number,
            line,
            rate,
            on_exchange,
            plan_code: plan_code(line, on_exchange),
            group_number: (line == lines::EMPLOYER).then(|| format!("G{}", 1001 + dice.below(400))),
            first_day: date(first_year, 1, 1),
            mid_month,
            day: u8::try_from(2 + dice.below(26)).expect("at most 27"),
            address: address(&mut dice),
            phone: dice
                .percent(85)
                .then(|| format!("{}55501{:02}", dice.of(&["860", "203"]), dice.below(100))),
            email: email.and_then(|text| Email::parse(&text).ok()),
            language,
            members,
        }
    }

    /// The records of all members; two for each of them if the rate changes within the month.
    fn records(&self, as_of: BillingMonth) -> Vec<EnrollmentRecord> {
        let change = as_of.day(self.day);
        let day_before = as_of.day(self.day - 1);
        let spans: Vec<(Date, Option<Date>, Option<Rate>)> = match self.mid_month {
            MidMonth::Nothing => vec![(self.first_day, None, self.rate)],
            MidMonth::Begins => vec![(change, None, self.rate)],
            MidMonth::Ends => vec![(self.first_day, Some(change), self.rate)],
            MidMonth::RateChanges => vec![
                (self.first_day, Some(day_before), self.rate),
                (change, None, self.rate.map(raised)),
            ],
        };
        let mut records = Vec::with_capacity(self.members.len() * spans.len());
        for (first_day, last_day, rate) in spans {
            for person in &self.members {
                let coverage = EnrolledCoverage {
                    maintenance: Maintenance::Add,
                    plan_line: self.line.to_owned(),
                    plan_code: self.plan_code.clone(),
                    policy_number: Some(format!("P{:010}", self.number)),
                    first_day: Some(first_day),
                    last_day,
                    cancelled: false,
                    rate: rate.filter(|_| person.relationship == Relationship::Oneself),
                    member_premium: None,
                };
                records.push(self.record(person, coverage));
            }
        }
        records
    }

    fn record(&self, person: &Person, coverage: EnrolledCoverage) -> EnrollmentRecord {
        let subscriber = person.relationship == Relationship::Oneself;
        let exchange_member = self.on_exchange.then(|| person.id.as_str()[1..].to_owned());
        EnrollmentRecord {
            position: Position::Line(0),
            maintenance: Maintenance::Add,
            reason: None,
            relationship: person.relationship,
            member_id: person.id.clone(),
            subscriber_id: self.members[0].id.clone(),
            exchange_member_id: exchange_member,
            prior_member_id: None,
            exchange_policy_id: self.on_exchange.then(|| format!("{:010}", self.number)),
            group_number: self.group_number.clone(),
            last_name: person.last_name.clone(),
            first_name: person.first_name.clone(),
            middle_name: None,
            birth_date: Some(person.birth_date),
            gender: person.gender,
            address: Some(self.address.clone()),
            mailing_address: None,
            phone: self.phone.clone().filter(|_| subscriber),
            email: self.email.clone().filter(|_| subscriber),
            language: Some(self.language),
            maintenance_effective: None,
            eligibility_first_day: None,
            eligibility_last_day: None,
            coverage: Some(coverage),
        }
    }
}

fn is_medicare(line: &str) -> bool {
    line == lines::MEDICARE_ADVANTAGE || line == lines::MEDICARE_SUPPLEMENT
}

/// HIOS-like plan IDs; the last two digits tell the cost-sharing variant on the exchange.
fn plan_code(line: &str, on_exchange: bool) -> Option<String> {
    let code = match line {
        lines::INDIVIDUAL if on_exchange => "76962CT0110001-04",
        lines::INDIVIDUAL => "76962CT0110001-00",
        lines::SOLO => "76962CT0900001-00",
        lines::MEDICARE_ADVANTAGE => "H3528-001",
        lines::MEDICARE_SUPPLEMENT => "MEDSUP-G",
        _ => return None,
    };
    Some(code.to_owned())
}

fn people(dice: &mut Dice, number: u64, line: &str, spanish: bool, year: i16) -> Vec<Person> {
    let (women, men, last): (&[&str], &[&str], &[&str]) = if spanish {
        (&names::WOMEN_ES, &names::MEN_ES, &names::LAST_ES)
    } else {
        (&names::WOMEN, &names::MEN, &names::LAST)
    };
    let mut last_name = dice.of(last).to_owned();
    if spanish && dice.percent(30) {
        last_name = format!("{last_name} {}", dice.of(last));
    }
    let size = match (line, dice.below(100)) {
        (lines::INDIVIDUAL | lines::EMPLOYER, roll @ 50..) => match roll {
            50..75 => 2,
            75..85 => 3,
            85..95 => 4,
            _ => 5,
        },
        _ => 1,
    };
    let born = if is_medicare(line) {
        dice.day(year - 93, year - 66)
    } else {
        dice.day(year - 63, year - 22)
    };
    let mut members: Vec<Person> = Vec::with_capacity(size);
    for place in 0..size {
        let relationship = match place {
            0 => Relationship::Oneself,
            1 if dice.percent(70) => Relationship::Spouse,
            _ => Relationship::Child,
        };
        let birth_date = match relationship {
            Relationship::Oneself => born,
            Relationship::Spouse => dice.day(born.year() - 4, born.year() + 4),
            // Children up to 25 years, born when the subscriber was 18 or older.
            _ => dice.day((year - 25).max(born.year() + 18), year - 1),
        };
        let female = dice.percent(51);
        members.push(Person {
            id: member_id(number, place as u64),
            relationship,
            first_name: dice.of(if female { women } else { men }).to_owned(),
            last_name: last_name.clone(),
            birth_date,
            gender: Some(if female { Gender::Female } else { Gender::Male }),
        });
    }
    members
}

/// The month's amounts; none where an employer pays.
fn rate(
    dice: &mut Dice,
    line: &str,
    on_exchange: bool,
    size: usize,
    subscriber: &Person,
    year: i16,
) -> Option<Rate> {
    let age = u32::from((year - subscriber.birth_date.year()).unsigned_abs());
    let size = u32::try_from(size).expect("families are small");
    let premium = match line {
        // Individual premiums rise with age, about threefold (45 CFR 147.102).
        lines::INDIVIDUAL => {
            let own = 24_000 + age * 900;
            dice.cents(own, own + 9_000) + dice.cents(1, 2_000) + others(dice, size)
        }
        lines::SOLO => dice.cents(24_000 + age * 800, 36_000 + age * 800),
        // A quarter of the Medicare Advantage plans has no premium.
        lines::MEDICARE_ADVANTAGE if dice.percent(25) => Cents::ZERO,
        lines::MEDICARE_ADVANTAGE => dice.cents(1_900, 14_900),
        lines::MEDICARE_SUPPLEMENT => dice.cents(17_500, 38_500),
        _ => return None,
    };
    let aptc = if on_exchange {
        Cents::new(premium.get() * i64::from(40 + dice.below(56)) / 100)
    } else {
        Cents::ZERO
    };
    // The penalty is rounded to the nearest ten cents (42 CFR 423.780).
    let penalty = if line == lines::MEDICARE_ADVANTAGE && dice.percent(6) {
        Cents::new(i64::from(10 * (30 + dice.below(300))))
    } else {
        Cents::ZERO
    };
    Some(Rate {
        premium,
        aptc,
        other_payers: Cents::ZERO,
        responsibility: premium - aptc,
        late_enrolment_penalty: penalty,
    })
}

/// The premium of the dependents.
fn others(dice: &mut Dice, size: u32) -> Cents {
    (1..size).map(|_| dice.cents(21_000, 33_000)).sum()
}

/// The same rate with a premium about 4 % higher, all of it the subscriber's.
fn raised(rate: Rate) -> Rate {
    let more = Cents::new(rate.premium.get() / 25);
    Rate {
        premium: rate.premium + more,
        responsibility: rate.responsibility + more,
        ..rate
    }
}

fn address(dice: &mut Dice) -> Address {
    let (city, zip) = dice.of(&names::PLACES);
    let line_1 = format!("{} {}", 1 + dice.below(980), dice.of(&names::STREETS));
    let line_2 = dice
        .percent(25)
        .then(|| format!("Apt {}", 1 + dice.below(40)));
    Address {
        line_1,
        line_2,
        city: city.to_owned(),
        state: "CT".to_owned(),
        zip: Zip::parse(zip).expect("five digits each"),
    }
}
