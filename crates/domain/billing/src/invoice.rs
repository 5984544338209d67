//! The invoice of an account for a month.

use coverage::{Coverage, MonthPremium, ProrationRule, premium_for_month};
use jiff::civil::Date;
use kernel::{BillingMonth, Cents, CoverageId, DateSpan};

use crate::DueRule;

/// How the accounts of a plan line are billed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BillingRule {
    /// When invoices are due.
    pub due: DueRule,
    /// How part months are charged.
    pub proration: ProrationRule,
    /// True if the first premium of a policy is a binder payment (45 CFR 155.400(e)).
    pub binder: bool,
}

/// What has been invoiced for a month so far, over all invoices, adjustments included. Every month
/// for which there is an invoice has one, even if it comes to nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct InvoicedMonth {
    /// The month.
    pub month: BillingMonth,
    /// Premium before the tax credit.
    pub premium: Cents,
    /// The tax credit, positive.
    pub aptc: Cents,
    /// The late-enrolment penalty.
    pub penalty: Cents,
}

/// All that the invoice of an account depends on.
#[derive(Clone, Copy, Debug)]
pub struct AccountFacts<'a> {
    /// The coverage segments of the account as they stand now.
    pub coverages: &'a [Coverage],
    /// What was invoiced before, one element per month.
    pub already_invoiced: &'a [InvoicedMonth],
    /// The policies for which there has been an invoice, by their numbers.
    pub invoiced_policies: &'a [String],
    /// The earliest month that may need an adjustment: the first month billed here, or a later one
    /// if no earlier coverage changed since the last run.
    pub billed_from: BillingMonth,
    /// What is open on all invoices together: the balance of the member receivable. Negative if
    /// credits exceed it.
    pub receivable: Cents,
    /// Money received and not applied to any invoice; never negative.
    pub unapplied: Cents,
    /// Money received since the last invoice, less what was returned.
    pub payments_since: Cents,
    /// The month to invoice.
    pub month: BillingMonth,
    /// The day of the invoice.
    pub issued_on: Date,
    /// How the plan line bills.
    pub rule: BillingRule,
}

/// What an invoice line is about. The words are in the string catalogues, under its code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LineKind {
    /// The premium of the billing month.
    Premium,
    /// The tax credit of the billing month; takes off.
    Aptc,
    /// The late-enrolment penalty of the billing month.
    LateEnrolmentPenalty,
    /// The premium of an earlier month came out different.
    RetroPremium,
    /// The tax credit of an earlier month came out different.
    RetroAptc,
    /// The penalty of an earlier month came out different.
    RetroPenalty,
}

impl LineKind {
    /// All kinds, in the order in which an invoice shows them.
    pub const ALL: [LineKind; 6] = [
        LineKind::Premium,
        LineKind::Aptc,
        LineKind::LateEnrolmentPenalty,
        LineKind::RetroPremium,
        LineKind::RetroAptc,
        LineKind::RetroPenalty,
    ];

    /// The name used in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            LineKind::Premium => "premium",
            LineKind::Aptc => "aptc",
            LineKind::LateEnrolmentPenalty => "late-enrolment-penalty",
            LineKind::RetroPremium => "retro-premium",
            LineKind::RetroAptc => "retro-aptc",
            LineKind::RetroPenalty => "retro-penalty",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }

    /// True for an adjustment of an earlier month.
    #[must_use]
    pub const fn is_retroactive(self) -> bool {
        matches!(
            self,
            LineKind::RetroPremium | LineKind::RetroAptc | LineKind::RetroPenalty
        )
    }
}

/// One line of an invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoiceLine {
    /// What it is about.
    pub kind: LineKind,
    /// The month it is about.
    pub month: BillingMonth,
    /// The coverage segment, on lines of the billing month.
    pub coverage: Option<CoverageId>,
    /// The days charged, on lines of the billing month.
    pub span: Option<DateSpan>,
    /// How many days of the month are charged by today's coverage.
    pub days: u32,
    /// How many days the month has.
    pub of: u32,
    /// On an adjustment, what was invoiced for the month before, signed as the line would be.
    pub was: Cents,
    /// What the line comes to by today's coverage, signed as the line would be.
    pub now: Cents,
    /// What it adds to the invoice: `now` less `was`. Tax credits take off.
    pub cents: Cents,
}

/// An invoice to be issued.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoiceDraft {
    /// The month it is for.
    pub month: BillingMonth,
    /// The policy it is for; the first by number if the account has several.
    pub policy: String,
    /// True if it asks for the binder payment of its policy.
    pub binder: bool,
    /// Its lines, in the order to show them.
    pub lines: Vec<InvoiceLine>,
    /// Premium before tax credits, adjustments included.
    pub premium: Cents,
    /// Tax credits, positive, adjustments included.
    pub aptc: Cents,
    /// Penalties, adjustments included.
    pub penalty: Cents,
    /// What is new on this invoice: premium less tax credits plus penalties. Negative if credits
    /// for earlier months exceed the month.
    pub charges: Cents,
    /// What the account owed when the last invoice was issued; negative for a credit.
    pub previous_balance: Cents,
    /// Payments since then, less returns.
    pub payments_since: Cents,
    /// How much of the unapplied cash the open invoices, this one included, draw on.
    pub unapplied_used: Cents,
    /// What to pay in all: previous balance less payments plus charges. Negative is a credit, and
    /// nothing is to be paid.
    pub total_due: Cents,
    /// When it is due.
    pub due_on: Date,
}

/// The invoice of an account for a month, or `None` if the month was invoiced already or there is
/// nothing to put on it: no coverage and no change, or a plan without a premium. A month that the
/// tax credit pays whole has an invoice, because the credit has to be posted.
///
/// Told of what it invoiced, it gives `None`: a run that is repeated or resumed makes no second
/// invoice. Coverage that changes after the invoice of a month is adjusted on the next one.
#[must_use]
pub fn invoice_for(facts: &AccountFacts<'_>) -> Option<InvoiceDraft> {
    let invoiced = |month| facts.already_invoiced.iter().find(|m| m.month == month);
    if invoiced(facts.month).is_some() {
        return None;
    }
    let this_month = premium_for_month(facts.coverages, facts.month, facts.rule.proration);
    let mut lines = lines_of_the_month(&this_month, facts.month);
    let mut sums = Sums::of(&this_month);
    let mut month = facts.billed_from;
    while month < facts.month {
        let now = premium_for_month(facts.coverages, month, facts.rule.proration);
        sums.add(adjust(&mut lines, month, &now, invoiced(month)));
        month = month.next();
    }
    if sums.premium.is_zero() && sums.aptc.is_zero() && sums.penalty.is_zero() {
        return None;
    }
    let charges = sums.premium - sums.aptc + sums.penalty;
    let open = facts.receivable + charges;
    let policy = policy_of(facts, &this_month);
    Some(InvoiceDraft {
        month: facts.month,
        binder: facts.rule.binder
            && !this_month.parts.is_empty()
            && !facts.invoiced_policies.contains(&policy),
        policy,
        lines,
        premium: sums.premium,
        aptc: sums.aptc,
        penalty: sums.penalty,
        charges,
        previous_balance: facts.receivable - facts.unapplied + facts.payments_since,
        payments_since: facts.payments_since,
        unapplied_used: facts.unapplied.min(open.at_least_zero()),
        total_due: open - facts.unapplied,
        due_on: facts.rule.due.due_on(facts.month, facts.issued_on),
    })
}

fn policy_of(facts: &AccountFacts<'_>, month: &MonthPremium) -> String {
    let of_the_month = month.parts.first().and_then(|part| {
        facts
            .coverages
            .iter()
            .find(|coverage| coverage.id == part.coverage)
    });
    of_the_month
        .or_else(|| facts.coverages.iter().max_by_key(|c| c.span.start))
        .map(|coverage| coverage.policy.clone())
        .unwrap_or_default()
}

#[derive(Clone, Copy)]
struct Sums {
    premium: Cents,
    aptc: Cents,
    penalty: Cents,
}

impl Sums {
    fn of(month: &MonthPremium) -> Self {
        Sums {
            premium: month.premium,
            aptc: month.aptc,
            penalty: month.penalty,
        }
    }

    fn add(&mut self, other: Sums) {
        self.premium += other.premium;
        self.aptc += other.aptc;
        self.penalty += other.penalty;
    }
}

/// Premium lines first, then tax credits, then penalties. A covered month has a premium line even
/// if that part costs nothing, so that the invoice says so.
fn lines_of_the_month(month_premium: &MonthPremium, month: BillingMonth) -> Vec<InvoiceLine> {
    let mut lines = Vec::with_capacity(month_premium.parts.len() * 2);
    for kind in [
        LineKind::Premium,
        LineKind::Aptc,
        LineKind::LateEnrolmentPenalty,
    ] {
        for part in &month_premium.parts {
            let cents = match kind {
                LineKind::Aptc => -part.aptc,
                LineKind::LateEnrolmentPenalty => part.penalty,
                _ => part.premium,
            };
            if cents.is_zero() && kind != LineKind::Premium {
                continue;
            }
            lines.push(InvoiceLine {
                kind,
                month,
                coverage: Some(part.coverage),
                span: Some(part.span),
                days: part.days,
                of: part.of,
                was: Cents::ZERO,
                now: cents,
                cents,
            });
        }
    }
    lines
}

/// Adds a line for each amount of an earlier month that came out different, and gives the sums of
/// the differences.
fn adjust(
    lines: &mut Vec<InvoiceLine>,
    month: BillingMonth,
    now: &MonthPremium,
    was: Option<&InvoicedMonth>,
) -> Sums {
    let was = was.copied().unwrap_or(InvoicedMonth {
        month,
        premium: Cents::ZERO,
        aptc: Cents::ZERO,
        penalty: Cents::ZERO,
    });
    let days: u32 = now.parts.iter().map(|part| part.days).sum();
    for (kind, was, now) in [
        (LineKind::RetroPremium, was.premium, now.premium),
        (LineKind::RetroAptc, -was.aptc, -now.aptc),
        (LineKind::RetroPenalty, was.penalty, now.penalty),
    ] {
        if was != now {
            lines.push(InvoiceLine {
                kind,
                month,
                coverage: None,
                span: None,
                days: days.min(month.days()),
                of: month.days(),
                was,
                now,
                cents: now - was,
            });
        }
    }
    Sums {
        premium: now.premium - was.premium,
        aptc: now.aptc - was.aptc,
        penalty: now.penalty - was.penalty,
    }
}

#[cfg(test)]
mod tests;
