//! The payments of a calendar year.

use jiff::civil::Date;
use kernel::{Cents, Language, day_in_words};
use serde_json::{Value, json};

use crate::strings::strings;

/// One movement of money in the year.
#[derive(Clone, Debug)]
pub struct YearRow {
    /// The day it counts from.
    pub day: Date,
    /// What it was: `Payment, Visa ending in 4242`.
    pub what: String,
    /// The confirmation number; empty if there is none.
    pub confirmation: String,
    /// How much; negative if it went back.
    pub amount: Cents,
}

/// What one account came to in the year.
#[derive(Clone, Debug)]
pub struct YearAccount {
    /// The plan line.
    pub plan_line: String,
    /// The last digits of the account.
    pub account_digits: String,
    /// Its movements, oldest first.
    pub rows: Vec<YearRow>,
    /// All that came in.
    pub received: Cents,
    /// What went back, as a positive amount.
    pub gone_back: Cents,
    /// What was paid.
    pub paid: Cents,
    /// Premiums of the year's months on invoices, before tax credits.
    pub premium: Cents,
    /// Advance premium tax credits of those months, as a positive amount.
    pub aptc: Cents,
    /// Late-enrolment penalties of those months.
    pub penalty: Cents,
}

/// A summary of a member's payments in a calendar year.
#[derive(Clone, Debug)]
pub struct YearSummary {
    /// The language of every word on it.
    pub language: Language,
    /// 18-point type instead of 10.5.
    pub large_print: bool,
    /// Who was paid.
    pub organisation: String,
    /// The organisation's address, under its name.
    pub return_address: Vec<String>,
    /// Whose payments they are.
    pub name: String,
    /// The year.
    pub year: i16,
    /// The day it was made.
    pub made_on: Date,
    /// The account or accounts.
    pub accounts: Vec<YearAccount>,
    /// Telephone number for questions.
    pub phone: String,
    /// TTY number, `711`.
    pub tty: String,
    /// Opening hours in words.
    pub hours: String,
}

impl YearSummary {
    pub(crate) fn values(&self) -> Value {
        let s = strings(self.language);
        let accounts: Vec<Value> = self
            .accounts
            .iter()
            .map(|account| {
                let rows: Vec<Value> = account
                    .rows
                    .iter()
                    .map(|row| {
                        let day = day_in_words(row.day, self.language);
                        json!([day, row.what, row.confirmation, row.amount.to_string()])
                    })
                    .collect();
                let mut sums = vec![json!([s.year_received, account.received.to_string()])];
                if !account.gone_back.is_zero() {
                    let gone = (-account.gone_back).to_string();
                    sums.push(json!([s.year_gone_back, gone]));
                }
                sums.push(json!([s.year_paid, account.paid.to_string()]));
                let mut charged = vec![json!([s.year_premium, account.premium.to_string()])];
                if !account.aptc.is_zero() {
                    charged.push(json!([s.year_aptc, (-account.aptc).to_string()]));
                }
                if !account.penalty.is_zero() {
                    charged.push(json!([s.year_penalty, account.penalty.to_string()]));
                }
                let net = account.premium - account.aptc + account.penalty;
                charged.push(json!([s.year_charged, net.to_string()]));
                json!({
                    "plan_line": account.plan_line,
                    "digits": format!("{} {} {}", s.account, s.ending_in, account.account_digits),
                    "rows": rows,
                    "sums": sums,
                    "charged": charged,
                })
            })
            .collect();
        json!({
            "s": s,
            "lang": self.language.tag(),
            "large": self.large_print,
            "title": s.year_title.replace("{year}", &self.year.to_string()),
            "date": [self.made_on.year(), self.made_on.month(), self.made_on.day()],
            "day": day_in_words(self.made_on, self.language),
            "organisation": self.organisation,
            "return_address": self.return_address,
            "name": self.name,
            "accounts": accounts,
            "phone": self.phone,
            "tty": self.tty,
            "hours": self.hours,
        })
    }
}
