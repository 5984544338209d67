//! The draft of a mandate for a billing month, or why there is none.

use jiff::civil::Date;
use kernel::{BillingMonth, Cents};

use crate::{
    AmountNotice, Calendar, Cap, DraftDay, Mandate, MandateState, Method, NOTICE_DAYS, OverCap,
    ReturnCode, needs_notice, notice_by,
};

/// What a draft depends on of the invoice of the month.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct InvoiceFacts {
    /// Its billing month.
    pub month: BillingMonth,
    /// When it was issued: nothing is drafted before.
    pub issued_on: Date,
    /// When it is due.
    pub due_on: Date,
    /// What it asked for in all when it was issued.
    pub asked: Cents,
    /// What is open now on it and on the invoices before it, unapplied cash taken off.
    pub open: Cents,
}

impl InvoiceFacts {
    /// What the invoice comes to without what the member paid meanwhile in another way.
    fn whole(&self) -> Cents {
        self.asked.max(self.open)
    }
}

/// What a draft depends on besides mandate and invoice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DraftFacts {
    /// The day it is looked at: nothing is drafted before.
    pub today: Date,
    /// The last transfer under the mandate or, before the first, the amount in the authorisation.
    pub previous: Option<Cents>,
    /// The last notice of amount and date for this month.
    pub notice: Option<AmountNotice>,
    /// The least and the most that one payment may be, as the plan says.
    pub limits: (Cents, Cents),
    /// True if there is coverage in the month, so that an invoice is to be expected.
    pub covered: bool,
    /// True if this month was drafted already: there is one draft for an account and month.
    pub drafted: bool,
}

/// A draft to be made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Scheduled {
    /// The day it is submitted, from which the payment counts.
    pub on: Date,
    /// The day the money moves: for a bank account the next business day if `on` is none, never an
    /// earlier one than the member chose.
    pub debit_on: Date,
    /// How much.
    pub cents: Cents,
    /// The last day to send the notice of amount and date, if one is needed and not sent yet.
    pub notice_by: Option<Date>,
}

/// Why a month has no draft. Pages and the nightly list show each in words, under its code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NoDraft {
    /// The mandate pays from a later month on.
    BeforeStart {
        /// The first month it pays.
        start: BillingMonth,
    },
    /// The member took the month out.
    Skipped,
    /// The member stopped the mandate.
    Stopped {
        /// On this day.
        on: Date,
    },
    /// A return ended the mandate.
    EndedByReturn {
        /// The reason of the return.
        code: ReturnCode,
    },
    /// The cardholder took the permission back at the card's bank.
    EndedByCard {
        /// On this day.
        on: Date,
    },
    /// The coverage is over.
    EndedWithCoverage {
        /// Its last day.
        last_day: Date,
    },
    /// There is no coverage in the month, so that nothing is invoiced.
    NotCovered,
    /// There is no invoice for the month yet.
    NoInvoice,
    /// Nothing is open on the invoice.
    NothingDue,
    /// Less is open than one payment may be; the next invoice asks for it again.
    TooLittle,
    /// The month was drafted already.
    AlreadyDrafted,
    /// The bank account is not validated.
    AccountNotValidated,
    /// The card or bank account was disabled or removed.
    MethodDisabled,
    /// The card will have expired.
    CardExpired {
        /// The last month in which it was good.
        good_through: BillingMonth,
    },
    /// More is due than the member allows.
    OverCap {
        /// The limit.
        most: Cents,
        /// What is due.
        due: Cents,
    },
    /// The member was not told in time. Sent today, a notice makes this day possible.
    HeldForNotice {
        /// The amount to be told.
        cents: Cents,
        /// The first day on which money can move after a notice sent today.
        earliest: Date,
    },
}

impl NoDraft {
    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            NoDraft::BeforeStart { .. } => "before-start",
            NoDraft::Skipped => "skipped",
            NoDraft::Stopped { .. } => "stopped",
            NoDraft::EndedByReturn { .. } => "ended-by-return",
            NoDraft::EndedByCard { .. } => "ended-by-card",
            NoDraft::EndedWithCoverage { .. } => "ended-with-coverage",
            NoDraft::NotCovered => "not-covered",
            NoDraft::NoInvoice => "no-invoice",
            NoDraft::NothingDue => "nothing-due",
            NoDraft::TooLittle => "too-little",
            NoDraft::AlreadyDrafted => "already-drafted",
            NoDraft::AccountNotValidated => "account-not-validated",
            NoDraft::MethodDisabled => "method-disabled",
            NoDraft::CardExpired { .. } => "card-expired",
            NoDraft::OverCap { .. } => "over-cap",
            NoDraft::HeldForNotice { .. } => "held-for-notice",
        }
    }

    /// True if the member is owed word before the due date: something is due, and this mandate will
    /// not pay it although the member may count on it.
    #[must_use]
    pub const fn surprises(self) -> bool {
        matches!(
            self,
            NoDraft::EndedByReturn { .. }
                | NoDraft::EndedByCard { .. }
                | NoDraft::NoInvoice
                | NoDraft::AccountNotValidated
                | NoDraft::MethodDisabled
                | NoDraft::CardExpired { .. }
                | NoDraft::OverCap { .. }
                | NoDraft::HeldForNotice { .. }
        )
    }
}

/// One draft, or the reason why there is none. There is no third.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Draft {
    /// It will be made.
    Scheduled(Scheduled),
    /// It will not.
    NotScheduled(NoDraft),
}

/// The draft of `mandate` for `month`.
#[must_use]
pub fn draft_for(
    mandate: &Mandate,
    invoice: Option<&InvoiceFacts>,
    month: BillingMonth,
    facts: &DraftFacts,
    calendar: &Calendar,
) -> Draft {
    match schedule(mandate, invoice, month, facts, calendar) {
        Ok(scheduled) => Draft::Scheduled(scheduled),
        Err(reason) => Draft::NotScheduled(reason),
    }
}

fn schedule(
    mandate: &Mandate,
    invoice: Option<&InvoiceFacts>,
    month: BillingMonth,
    facts: &DraftFacts,
    calendar: &Calendar,
) -> Result<Scheduled, NoDraft> {
    in_force(mandate)?;
    // Before what the member chose for the month: a choice made after the draft changes nothing.
    if facts.drafted {
        return Err(NoDraft::AlreadyDrafted);
    }
    wanted(mandate, month)?;
    let invoice = invoice
        .filter(|invoice| invoice.month == month)
        .ok_or(if facts.covered {
            NoDraft::NoInvoice
        } else {
            NoDraft::NotCovered
        })?;
    if !invoice.open.is_positive() {
        return Err(NoDraft::NothingDue);
    }
    let cents = invoice.open;
    within_limits(cents, facts.limits)?;
    let over = over_cap(mandate, cents)?;
    let wished = chosen_day(mandate.day, invoice.due_on).max(invoice.issued_on);
    let chosen = wished.max(facts.today);
    let told = facts
        .notice
        .filter(|notice| notice.covers(cents, invoice.whole()));
    let moves_on = |day| match mandate.method {
        Method::BankAccount { .. } => calendar.on_or_after(day),
        Method::Card { .. } | Method::Disabled => day,
    };
    // A notice binds us to the day it named for the money to move, unless that day is past. What is
    // submitted on a weekend and moves on that day still counts from the day it is submitted.
    let on = match told {
        Some(notice) if moves_on(wished) < notice.debit_on => notice.debit_on.max(chosen),
        _ => chosen,
    };
    let debit_on = moves_on(on);
    method_lasts(mandate.method, debit_on)?;
    // A transfer of what was agreed to is no other one because the invoice asked for more, and who
    // pays a part by hand expects a draft of the rest.
    let differs = |amount| needs_notice(facts.previous, amount, mandate.agreed);
    let needed = over.is_some() || (differs(cents) && differs(invoice.whole()));
    let to_send = needed && told.is_none();
    if to_send && notice_by(debit_on) < facts.today {
        return Err(NoDraft::HeldForNotice {
            cents,
            earliest: calendar.on_or_after(ten_days_after(facts.today)),
        });
    }
    Ok(Scheduled {
        on,
        debit_on,
        cents,
        notice_by: to_send.then(|| notice_by(debit_on)),
    })
}

fn within_limits(cents: Cents, (least, most): (Cents, Cents)) -> Result<(), NoDraft> {
    if cents < least {
        return Err(NoDraft::TooLittle);
    }
    if cents > most {
        return Err(NoDraft::OverCap { most, due: cents });
    }
    Ok(())
}

/// The cap that the amount is over, if the member lets such a draft go out after a notice.
fn over_cap(mandate: &Mandate, cents: Cents) -> Result<Option<Cap>, NoDraft> {
    match mandate.cap.filter(|cap| cents > cap.most) {
        Some(cap) if cap.over == OverCap::Never => Err(NoDraft::OverCap {
            most: cap.most,
            due: cents,
        }),
        over => Ok(over),
    }
}

fn in_force(mandate: &Mandate) -> Result<(), NoDraft> {
    match mandate.state {
        MandateState::Active => Ok(()),
        MandateState::Stopped { on } => Err(NoDraft::Stopped { on }),
        MandateState::EndedByReturn { code } => Err(NoDraft::EndedByReturn { code }),
        MandateState::EndedByCard { on } => Err(NoDraft::EndedByCard { on }),
        MandateState::EndedWithCoverage { last_day } => {
            Err(NoDraft::EndedWithCoverage { last_day })
        }
    }
}

/// Whether a draft that failed may be tried again for `cents` on `today`, as the mandate stands
/// now: what the member chose since holds for the second try too.
///
/// # Errors
/// Why not.
pub fn may_try_again(
    mandate: &Mandate,
    month: BillingMonth,
    cents: Cents,
    today: Date,
) -> Result<(), NoDraft> {
    in_force(mandate)?;
    wanted(mandate, month)?;
    if let Some(cap) = mandate.cap
        && cap.over == OverCap::Never
        && cents > cap.most
    {
        return Err(NoDraft::OverCap {
            most: cap.most,
            due: cents,
        });
    }
    method_lasts(mandate.method, today)
}

/// Whether the member wants the month to be drafted.
fn wanted(mandate: &Mandate, month: BillingMonth) -> Result<(), NoDraft> {
    if month < mandate.start {
        return Err(NoDraft::BeforeStart {
            start: mandate.start,
        });
    }
    if mandate.skipped.contains(&month) {
        return Err(NoDraft::Skipped);
    }
    Ok(())
}

fn method_lasts(method: Method, debit_on: Date) -> Result<(), NoDraft> {
    match method {
        Method::BankAccount { validated: false } => Err(NoDraft::AccountNotValidated),
        Method::Disabled => Err(NoDraft::MethodDisabled),
        Method::Card { good_through } if good_through < BillingMonth::of(debit_on) => {
            Err(NoDraft::CardExpired { good_through })
        }
        Method::BankAccount { validated: true } | Method::Card { .. } => Ok(()),
    }
}

/// The day a member chose, for an invoice due on `due_on`: never after it.
#[must_use]
pub fn chosen_day(day: DraftDay, due_on: Date) -> Date {
    match day {
        DraftDay::DueDate => due_on,
        DraftDay::OfMonth(day) => {
            let month = BillingMonth::of(due_on);
            let in_month = month.day(day.get());
            if in_month <= due_on {
                in_month
            } else {
                month.previous().day(day.get())
            }
        }
    }
}

fn ten_days_after(day: Date) -> Date {
    use jiff::ToSpan;
    day.checked_add(NOTICE_DAYS.days())
        .expect("drafts lie near today")
}

impl Scheduled {
    /// The last day on which the member can stop this draft: three business days before the money
    /// moves (12 CFR 1005.10(c)(1)).
    #[must_use]
    pub fn stop_by(&self, calendar: &Calendar) -> Date {
        calendar.before(self.debit_on, 3)
    }
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
