//! What an invoice says, and the checks before it is printed.

use jiff::civil::Date;
use kernel::{BillingMonth, Cents, Language, MemberId, day_in_words, month_in_words, weekday_name};
use serde_json::{Value, json};

use crate::strings::strings;
use crate::{DocumentError, geometry, qr};

/// One charge or credit of the invoice.
#[derive(Clone, Debug)]
pub struct InvoiceLine {
    /// What it is: `Premium for December 2026`.
    pub label: String,
    /// How it came about: `15 of 30 days`.
    pub detail: Option<String>,
    /// Negative for a credit.
    pub amount: Cents,
}

/// One way to pay, for the list on the page.
#[derive(Clone, Debug)]
pub struct WayToPay {
    /// `Online`, `By phone`.
    pub title: String,
    /// What to do, in a sentence.
    pub text: String,
}

/// What an invoice says. Names, labels and sentences arrive in `language`; dates and amounts are
/// typed and written here.
#[derive(Clone, Debug)]
pub struct Invoice {
    /// The language of every word on it.
    pub language: Language,
    /// 18-point type instead of 11. The coupon keeps its size, because a machine reads it.
    pub large_print: bool,
    /// Who sends it.
    pub organisation: String,
    /// The address it is sent from, for the upper window.
    pub return_address: Vec<String>,
    /// The subscriber.
    pub member_name: String,
    /// Street, city: the lines under the name, at most five.
    pub mailing_address: Vec<String>,
    /// The subscriber's member ID.
    pub member_id: MemberId,
    /// The account, if the plan shows one beside the member ID.
    pub account_number: Option<String>,
    /// The invoice's own number.
    pub invoice_number: String,
    /// The day it was made.
    pub issued: Date,
    /// The day the money must have arrived.
    pub due: Date,
    /// The month it asks a premium for.
    pub month: BillingMonth,
    /// The plan line, as a page names it.
    pub plan_line: String,
    /// Charges and credits of this invoice.
    pub lines: Vec<InvoiceLine>,
    /// What was due on the last invoice. Negative for a credit.
    pub previous_balance: Cents,
    /// Payments since the last invoice, as a positive amount.
    pub payments: Cents,
    /// What is due now: the previous balance, less the payments, plus the lines; zero if that is a
    /// credit.
    pub total_due: Cents,
    /// What changed and why, a paragraph each; empty if nothing did.
    pub explanations: Vec<String>,
    /// The ways to pay this plan line offers, in the order every page shows them.
    pub ways_to_pay: Vec<WayToPay>,
    /// Telephone number for questions.
    pub phone: String,
    /// TTY number, `711`.
    pub tty: String,
    /// Opening hours in words.
    pub hours: String,
    /// The name a check is made out to.
    pub payable_to: String,
    /// The lockbox address, at most four lines.
    pub remit_to: Vec<String>,
    /// The digits of the scan line, made by the plan's rule.
    pub scan_line: String,
    /// The address of the page to pay without signing in. The member ID must not be in it.
    pub pay_url: String,
    /// The notice that help in other languages is free (45 CFR 92.11), a paragraph each.
    pub language_assistance: Vec<String>,
}

impl Invoice {
    /// The previous balance, less the payments, plus the lines.
    #[must_use]
    pub fn balance(&self) -> Cents {
        let lines: Cents = self.lines.iter().map(|line| line.amount).sum();
        self.previous_balance - self.payments + lines
    }

    /// An invoice that does not add up, or that a machine or the post could not handle, is never
    /// printed.
    fn check(&self) -> Result<(), DocumentError> {
        let expected = self.balance().at_least_zero();
        if self.total_due != expected {
            return Err(DocumentError::DoesNotAdd {
                found: self.total_due,
                expected,
            });
        }
        let digits = self.scan_line.bytes().all(|b| b.is_ascii_digit());
        let length = self.scan_line.len();
        if !digits || length == 0 || length > geometry::SCAN_LINE_MAX_CHARACTERS {
            return Err(DocumentError::ScanLine { length });
        }
        let address = self.mailing_address.len() + 1;
        if address > geometry::ADDRESS_MAX_LINES {
            return Err(DocumentError::AddressLines {
                which: "the mailing address",
                found: address - 1,
                most: geometry::ADDRESS_MAX_LINES - 1,
            });
        }
        if self.remit_to.len() > geometry::REMIT_MAX_LINES {
            return Err(DocumentError::AddressLines {
                which: "the remit-to address",
                found: self.remit_to.len(),
                most: geometry::REMIT_MAX_LINES,
            });
        }
        let url_digits: String = self.pay_url.chars().filter(char::is_ascii_digit).collect();
        if url_digits.contains(self.member_id.as_str()) {
            return Err(DocumentError::MemberIdInAddress);
        }
        Ok(())
    }

    /// The values the template places. `coupon_first` puts the coupon before the lines in the flow,
    /// so that it stays on the first page when the lines run on to a second.
    pub(crate) fn values(&self, coupon_first: bool) -> Result<Value, DocumentError> {
        self.check()?;
        let (modules, size) = qr::modules(&self.pay_url)?;
        let s = strings(self.language);
        let credit_left = self.total_due - self.balance();
        let nothing_due = self.total_due.is_zero();
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|l| json!({"label": l.label, "detail": l.detail, "amount": l.amount.to_string()}))
            .collect();
        let ways: Vec<Value> = self
            .ways_to_pay
            .iter()
            .map(|w| json!({"title": w.title, "text": w.text}))
            .collect();
        let show = |amount: Cents| (!amount.is_zero()).then(|| amount.to_string());
        Ok(json!({
            "s": s,
            "lang": self.language.tag(),
            "large": self.large_print,
            "coupon_first": coupon_first,
            "organisation": self.organisation,
            "return_address": self.return_address,
            "member_name": self.member_name,
            "mailing_address": self.mailing_address,
            "member_id": self.member_id.grouped(),
            "account_number": self.account_number,
            "invoice_number": self.invoice_number,
            "month": month_in_words(self.month, self.language),
            "issued": day_in_words(self.issued, self.language),
            "due_weekday": weekday_name(self.due.weekday(), self.language),
            "due_date": day_in_words(self.due, self.language),
            "plan_line": self.plan_line,
            "lines": lines,
            "previous_balance": self.previous_balance.to_string(),
            "payments": show(-self.payments),
            "total_due": self.total_due.to_string(),
            "nothing_due": nothing_due,
            "credit_left": show(credit_left),
            "explanations": self.explanations,
            "ways": ways,
            "phone": self.phone,
            "tty": self.tty,
            "hours": self.hours,
            "payable_to": self.payable_to,
            "remit_to": self.remit_to,
            "scan_line": self.scan_line,
            "qr": {"modules": modules, "size": size},
            "pay_url": self.pay_url,
            "language_assistance": self.language_assistance,
        }))
    }

    /// Most invoices of more than this many lines take two pages, so the coupon goes first at once
    /// instead of after a first try.
    pub(crate) fn likely_long(&self) -> bool {
        self.large_print || self.lines.len() > 8
    }
}
