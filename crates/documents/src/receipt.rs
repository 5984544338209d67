//! The receipt of one payment.

use jiff::civil::Date;
use kernel::{Cents, Language, Tender, day_in_words, weekday_in_words};
use serde_json::{Value, json};

use crate::strings::{strings, tender_name};

/// What a receipt says. It never carries a full card, bank account or member number.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The language of every word on it.
    pub language: Language,
    /// 18-point type instead of 11.
    pub large_print: bool,
    /// Who was paid.
    pub organisation: String,
    /// The organisation's address, under its name.
    pub return_address: Vec<String>,
    /// The number a member reads out on the phone.
    pub confirmation_number: String,
    /// What was paid.
    pub amount: Cents,
    /// The payment date, in the plan's time zone.
    pub paid_on: Date,
    /// What it was paid with.
    pub tender: Tender,
    /// The last four digits of the card or bank account, or the check number.
    pub tender_digits: Option<String>,
    /// Who paid, if that is shown.
    pub payer: Option<String>,
    /// The plan line, as a page names it; `None` on the receipt of somebody who may not learn it.
    pub plan_line: Option<String>,
    /// The last digits of the account.
    pub account_digits: String,
    /// The invoice it was paid for, if one.
    pub invoice_number: Option<String>,
    /// What happens next, a paragraph each.
    pub next: Vec<String>,
    /// Telephone number for questions.
    pub phone: String,
    /// TTY number, `711`.
    pub tty: String,
    /// Opening hours in words.
    pub hours: String,
}

impl Receipt {
    pub(crate) fn values(&self) -> Value {
        let s = strings(self.language);
        let mut tender = tender_name(self.tender, self.language).to_owned();
        if let Some(digits) = &self.tender_digits {
            tender = match self.tender {
                Tender::Check => format!("{tender} {digits}"),
                _ => format!("{tender} {} {digits}", s.ending_in),
            };
        }
        let mut rows = vec![
            json!([s.confirmation, self.confirmation_number]),
            json!([s.paid_on, weekday_in_words(self.paid_on, self.language)]),
            json!([s.paid_with, tender]),
        ];
        if let Some(payer) = &self.payer {
            rows.push(json!([s.paid_by, payer]));
        }
        if let Some(plan_line) = &self.plan_line {
            rows.push(json!([s.paid_for, plan_line]));
        }
        let account = format!("{} {}", s.ending_in, self.account_digits);
        rows.push(json!([s.account, account]));
        if let Some(invoice) = &self.invoice_number {
            rows.push(json!([s.invoice, invoice]));
        }
        json!({
            "s": s,
            "lang": self.language.tag(),
            "large": self.large_print,
            "title": format!("{} {}", s.receipt_title, self.confirmation_number),
            "date": [self.paid_on.year(), self.paid_on.month(), self.paid_on.day()],
            "organisation": self.organisation,
            "return_address": self.return_address,
            "amount": self.amount.to_string(),
            "paid_on": day_in_words(self.paid_on, self.language),
            "rows": rows,
            "next": self.next,
            "phone": self.phone,
            "tty": self.tty,
            "hours": self.hours,
        })
    }
}
