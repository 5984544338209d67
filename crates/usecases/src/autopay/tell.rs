//! What members are told about autopay.

use ::autopay::{DraftDay, NoDraft};
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents, PersonId, Tender};
use store::autopay_facts::MethodOf;
use store::mandates::MandateRow;

use super::MethodShown;
use crate::notices::facts::{
    AutopayEnded, AutopayNotDrafting, DraftComing, DraftFailed, Mandate, MandateSkipped,
    MandateStopped, MethodDisabled,
};
use crate::notices::{Notice, NoticeKind, To};

pub(super) fn mandate(kind: NoticeKind, row: &MandateRow, method: &MethodShown) -> Notice {
    let facts = Mandate {
        tender: method.tender,
        last_four: method.last_four.clone(),
        draft_day: match row.day {
            DraftDay::DueDate => 0,
            DraftDay::OfMonth(day) => day.get(),
        },
        first_month: row.start,
    };
    about(row, kind, facts.value())
}

fn about(row: &MandateRow, kind: NoticeKind, facts: serde_json::Value) -> Notice {
    Notice::new(kind, To::Subscriber(row.person), Some(row.account), facts)
}

pub(super) fn skipped(row: &MandateRow, month: BillingMonth) -> Notice {
    let facts = MandateSkipped { month };
    about(row, NoticeKind::MandateSkipped, facts.value())
}

pub(super) fn stopped(row: &MandateRow, last_draft: Option<Date>) -> Notice {
    let facts = MandateStopped { last_draft };
    about(row, NoticeKind::MandateStopped, facts.value())
}

/// A draft that comes: how much and when.
pub(super) struct Coming {
    pub cents: Cents,
    pub debit_on: Date,
    pub stop_by: Date,
    pub differs: bool,
}

pub(super) fn coming(row: &MandateRow, method: Option<&MethodOf>, coming: &Coming) -> Notice {
    let facts = DraftComing {
        cents: coming.cents,
        debit_on: coming.debit_on,
        tender: tender_of(method),
        last_four: last_four_of(method),
        stop_by: coming.stop_by,
        differs: coming.differs,
    };
    about(row, NoticeKind::DraftComing, facts.value())
}

fn tender_of(method: Option<&MethodOf>) -> Tender {
    method.map_or(Tender::BankAccount, |method| method.tender)
}

fn last_four_of(method: Option<&MethodOf>) -> String {
    method.map_or_else(String::new, |method| method.last_four.clone())
}

/// The word for a reason in the catalogues of notices.
fn reason_word(code: &str) -> &str {
    match code {
        "method-disabled" => "no-method",
        "ended-by-card" => "revoked",
        code => code,
    }
}

pub(super) fn not_drafting(
    row: &MandateRow,
    month: BillingMonth,
    reason: &str,
    due_on: Option<Date>,
    pay_by: Option<Date>,
) -> Notice {
    let facts = AutopayNotDrafting {
        month,
        reason: reason_word(reason).to_owned(),
        due_on,
        pay_by,
    };
    about(row, NoticeKind::AutopayNotDrafting, facts.value())
}

pub(super) fn ended(
    person: PersonId,
    account: AccountId,
    reason: NoDraft,
    last_day: Option<Date>,
    set_up_at: Option<String>,
) -> Notice {
    let facts = AutopayEnded {
        reason: reason_word(reason.code()).to_owned(),
        last_day,
        set_up_at,
    };
    Notice::new(
        NoticeKind::AutopayEnded,
        To::Subscriber(person),
        Some(account),
        facts.value(),
    )
}

/// A draft that failed.
pub(super) struct Failed {
    pub cents: Cents,
    pub tender: Tender,
    pub last_four: String,
    pub reason: String,
    pub next_try_on: Option<Date>,
    pub pay_by: Date,
}

pub(super) fn failed(row: &MandateRow, failed: Failed) -> Notice {
    let facts = DraftFailed {
        cents: failed.cents,
        tender: failed.tender,
        last_four: failed.last_four,
        reason: reason_word(&failed.reason).to_owned(),
        next_try_on: failed.next_try_on,
        pay_by: failed.pay_by,
    };
    about(row, NoticeKind::DraftFailed, facts.value())
}

pub(super) fn method_disabled(
    row: &MandateRow,
    tender: Tender,
    last_four: &str,
    reason: &str,
) -> Notice {
    let facts = MethodDisabled {
        tender,
        last_four: last_four.to_owned(),
        reason: reason_word(reason).to_owned(),
    };
    about(row, NoticeKind::MethodDisabled, facts.value())
}
