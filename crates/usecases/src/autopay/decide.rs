//! From what is stored to what the rules take.

use std::collections::BTreeSet;

use ::autopay::{
    Calendar, Consent, Draft, DraftFacts, DraftState, InvoiceFacts, Mandate, MandateState, Method,
    draft_for,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{BillingMonth, Cents};
use plan::{Invoicing, Plan};
use store::autopay_facts::{Candidate, MethodOf};

/// A month so late that a card without a known expiry has not expired by then.
const NO_EXPIRY: i16 = 9_000;

/// The days on which banks work, around `day`.
pub(super) fn calendar(day: Date) -> Calendar {
    Calendar::federal_reserve(day.year() - 1..=day.year() + 1)
}

/// The month that is to be drafted on `day` in a plan line: the latest one whose invoice is made by
/// then. `None` for a line whose premium is not paid here.
pub(super) fn month_of(plan: &Plan, line: &str, day: Date) -> Option<BillingMonth> {
    let invoicing = invoicing(plan, line)?;
    let mut month = BillingMonth::of(day).plus(3);
    while plan::issue_date(invoicing, month) > day {
        month = month.previous();
    }
    Some(month)
}

pub(super) fn invoicing(plan: &Plan, line: &str) -> Option<Invoicing> {
    let line = plan.line(line)?;
    line.invoicing.filter(|_| line.pays_premium_here)
}

/// The months to be drafted on `day`, over all plan lines.
pub(super) fn months_of(plan: &Plan, day: Date) -> BTreeSet<BillingMonth> {
    plan.lines
        .iter()
        .filter_map(|line| month_of(plan, &line.id, day))
        .collect()
}

/// What is drafted from, as the rules see it.
pub(super) fn method(found: Option<&MethodOf>) -> Method {
    let Some(found) = found else {
        return Method::Disabled;
    };
    match (found.tender.is_card(), found.state.as_str()) {
        (_, "disabled" | "removed") => Method::Disabled,
        (true, _) => Method::Card {
            good_through: found.expires.unwrap_or_else(|| {
                BillingMonth::new(NO_EXPIRY, 12).unwrap_or_else(|| BillingMonth::of(Date::MAX))
            }),
        },
        (false, state) => Method::BankAccount {
            validated: state == "good",
        },
    }
}

/// The mandate of a candidate, as the rules see it. The words of the consent are not loaded: they
/// decide nothing.
pub(super) fn mandate(candidate: &Candidate) -> Mandate {
    let row = &candidate.mandate;
    Mandate {
        method: method(candidate.method.as_ref()),
        day: row.day,
        cap: row.cap,
        agreed: row.agreed,
        start: row.start,
        skipped: candidate
            .skipped
            .then_some(candidate.month)
            .into_iter()
            .collect(),
        // A stop that came too late for a draft does not stop that one.
        state: if super::send::still_goes_out(candidate) {
            MandateState::Active
        } else {
            row.state
        },
        consent: Consent {
            version: String::new(),
            text: String::new(),
            given_at: Timestamp::UNIX_EPOCH,
            given_from: String::new(),
        },
    }
}

/// What is open for the draft of a candidate: what drafts of earlier months collect is theirs.
pub(super) fn open(candidate: &Candidate) -> Cents {
    candidate
        .invoice
        .map_or(Cents::ZERO, |invoice| invoice.open - candidate.earlier)
}

/// The draft that a candidate should have on `day`.
pub(super) fn expected(
    plan: &Plan,
    candidate: &Candidate,
    day: Date,
    calendar: &Calendar,
) -> Draft {
    let of_mandate = candidate
        .draft
        .as_ref()
        .filter(|draft| draft.mandate == candidate.mandate.id);
    let facts = DraftFacts {
        today: day,
        previous: candidate.mandate.previous,
        notice: of_mandate.and_then(|draft| draft.notice),
        limits: (plan.payments.smallest, plan.payments.largest),
        covered: candidate.covered,
        drafted: candidate
            .draft
            .as_ref()
            .is_some_and(|draft| draft.state.was_drafted()),
    };
    let invoice = candidate.invoice.map(|invoice| InvoiceFacts {
        month: candidate.month,
        issued_on: invoice.issued_on,
        due_on: invoice.due_on,
        asked: invoice.asked - candidate.earlier - candidate.collected,
        open: open(candidate),
    });
    draft_for(
        &mandate(candidate),
        invoice.as_ref(),
        candidate.month,
        &facts,
        calendar,
    )
}

/// True if a draft waits for its day.
pub(super) fn waits(state: DraftState) -> bool {
    matches!(state, DraftState::Scheduled | DraftState::Retry)
}
