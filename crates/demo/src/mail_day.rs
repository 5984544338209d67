//! A made-up day of mail at the lockbox bank: who sends what with a coupon, and what goes wrong.
//!
//! Pure: the same seed draws the same faults. What the bank's machine read from a coupon comes in,
//! the envelopes of its file come out.

mod fault;
mod scan;
#[cfg(test)]
mod tests;

use formats::lockbox::{Check, Coupon, Envelope, Position};
use jiff::Span;
use jiff::civil::Date;
use kernel::{Cents, Secret};

pub use fault::{Fault, Rates};
pub use scan::scanned;

/// A scan line has so many places in the bank's file at most.
const MOST_READ: usize = 64;
/// How many envelopes make a batch.
const BATCH: usize = 100;
/// What somebody who pays too much sends too much.
const TOO_MUCH: Cents = Cents::new(1_000);

/// A coupon in the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailed {
    /// The invoice it was torn off from.
    pub invoice_number: String,
    /// What it asks for.
    pub amount_due: Cents,
    /// Whose check lies with it.
    pub payer: String,
    /// Whom the check is made out to.
    pub payee: String,
    /// The digits that the bank's machine read; empty if none.
    pub read: String,
}

/// An envelope as the bank dealt with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The invoices whose coupons its payer held in hand.
    pub invoice_numbers: Vec<String>,
    /// What is wrong with it, if anything is.
    pub fault: Option<Fault>,
    /// As it stands in the file; `None` if the bank sent the check back.
    pub envelope: Option<Envelope>,
}

/// Where and when the mail is opened.
#[derive(Debug, Clone)]
pub struct Place {
    /// The lockbox number.
    pub lockbox: String,
    /// The day of deposit.
    pub day: Date,
    /// Another seed draws other faults, and numbers its batches otherwise.
    pub seed: u64,
}

/// Evenly spread numbers: SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, and not including, `bound`, which is at least 1.
    fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.next() % u64::from(bound.max(1))).expect("it is below a short number")
    }
}

/// Opens the mail: every coupon comes with a check for what it asks, but for the faults that are
/// drawn, one to an envelope at most.
#[must_use]
pub fn open(mail: &[Mailed], rates: &Rates, place: &Place) -> Vec<Opened> {
    let mut desk = Desk {
        place,
        dice: Dice(place.seed),
        checks: 0,
        envelopes: 0,
        opened: Vec::new(),
    };
    let mut left = mail;
    while let [one, rest @ ..] = left {
        let fault = rates.drawn(desk.dice.below(100));
        left = match (fault, rest) {
            (Some(Fault::ManyCoupons), [other, rest @ ..]) => {
                desk.together(one, other);
                rest
            }
            (fault, rest) => {
                // The last coupon of the day has none to come with.
                desk.alone(one, fault.filter(|fault| *fault != Fault::ManyCoupons));
                rest
            }
        };
    }
    desk.opened
}

struct Desk<'a> {
    place: &'a Place,
    dice: Dice,
    checks: u32,
    envelopes: usize,
    opened: Vec<Opened>,
}

impl Desk<'_> {
    fn alone(&mut self, mailed: &Mailed, fault: Option<Fault>) {
        let due = mailed.amount_due;
        let mut check = self.check(mailed, due);
        let mut coupons = coupon(&mailed.read);
        let days = |days: i32| Span::new().days(days);
        match fault {
            None | Some(Fault::ManyCoupons | Fault::Duplicate | Fault::Unsigned) => {}
            Some(Fault::MisreadDigit) => coupons = coupon(&self.misread(&mailed.read)),
            Some(Fault::NoCoupon) => coupons.clear(),
            Some(Fault::ShortPaid) => check.amount = Cents::new(due.get() / 2),
            Some(Fault::OverPaid) => check.amount = due + TOO_MUCH,
            Some(Fault::StaleDated) => {
                check.dated = Some(self.place.day.saturating_sub(days(400)));
            }
            Some(Fault::PostDated) => check.dated = Some(self.place.day.saturating_add(days(20))),
            Some(Fault::ManyChecks) => {
                let half = Cents::new(due.get() / 2);
                check.amount = half;
                let second = self.check(mailed, due - half);
                return self.lay(&[mailed], fault, vec![check, second], coupons);
            }
        }
        match fault {
            Some(Fault::Unsigned) => self.opened.push(Opened {
                invoice_numbers: vec![mailed.invoice_number.clone()],
                fault,
                envelope: None,
            }),
            Some(Fault::Duplicate) => {
                self.lay(&[mailed], None, vec![check.clone()], coupons.clone());
                self.lay(&[mailed], fault, vec![check], coupons);
            }
            _ => self.lay(&[mailed], fault, vec![check], coupons),
        }
    }

    fn together(&mut self, one: &Mailed, other: &Mailed) {
        let check = self.check(one, one.amount_due + other.amount_due);
        let coupons = [coupon(&one.read), coupon(&other.read)].concat();
        self.lay(
            &[one, other],
            Some(Fault::ManyCoupons),
            vec![check],
            coupons,
        );
    }

    fn lay(
        &mut self,
        mailed: &[&Mailed],
        fault: Option<Fault>,
        checks: Vec<Check>,
        coupons: Vec<Coupon>,
    ) {
        let batch = self.place.seed % 900 + 1 + (self.envelopes / BATCH) as u64;
        self.envelopes += 1;
        self.opened.push(Opened {
            invoice_numbers: mailed.iter().map(|m| m.invoice_number.clone()).collect(),
            fault,
            envelope: Some(Envelope {
                position: Position::Record(0),
                lockbox: self.place.lockbox.clone(),
                deposited_on: self.place.day,
                batch: format!("{batch:03}"),
                number: format!("{:06}", self.envelopes),
                checks,
                coupons,
            }),
        });
    }

    /// A check of a bank account that is drawn, written three days before the deposit.
    fn check(&mut self, mailed: &Mailed, amount: Cents) -> Check {
        self.checks += 1;
        let account = 100_000_000 + u64::from(self.dice.below(900_000_000));
        Check {
            position: Position::Record(0),
            amount,
            routing: Some(Secret::new("011000015".to_owned())),
            account: Some(Secret::new(account.to_string())),
            number: Some((1_000 + self.checks).to_string()),
            dated: Some(self.place.day.saturating_sub(Span::new().days(3))),
            remitter: Some(kernel::plain_name(&mailed.payer).to_uppercase()),
            payee: Some(mailed.payee.clone()),
            image: None,
            electronic: false,
        }
    }

    /// One digit as another one.
    fn misread(&mut self, read: &str) -> String {
        let length = u32::try_from(read.len().min(MOST_READ)).unwrap_or(0);
        let (at, by) = (self.dice.below(length) as usize, 1 + self.dice.below(9));
        let turned = |digit: char| {
            let digit = digit.to_digit(10).map(|digit| (digit + by) % 10);
            digit.and_then(|digit| char::from_digit(digit, 10))
        };
        let places = read.chars().enumerate();
        places
            .map(|(place, digit)| match turned(digit) {
                Some(other) if place == at => other,
                _ => digit,
            })
            .collect()
    }
}

/// What stands in the file of a coupon; nothing if nothing was read.
fn coupon(read: &str) -> Vec<Coupon> {
    if read.is_empty() {
        return Vec::new();
    }
    vec![Coupon {
        scan_line: Some(read.chars().take(MOST_READ).collect()),
        ..Coupon::at(Position::Record(0))
    }]
}
