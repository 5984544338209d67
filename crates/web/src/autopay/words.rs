//! What members choose for autopay, in words.

use kernel::{BillingMonth, Cents};
use usecases::autopay::{Agreed, Cap, DraftDay, DraftState, MethodShown, OverCap};

use crate::pay::card::ending_in;
use crate::words::Words;

/// `Visa ending in 4242, good through December 2027`.
#[must_use]
pub fn method(words: &Words<'_>, method: &MethodShown) -> String {
    let name = ending_in(words, method.tender, &method.bank_name, &method.last_four);
    match method.expires {
        Some(month) => {
            let month = words.month(month);
            let values = [("method", name.as_str()), ("month", &month)];
            words.say("autopay-method-card", &values)
        }
        None => name,
    }
}

/// On which day.
#[must_use]
pub fn day(words: &Words<'_>, day: DraftDay) -> String {
    match day {
        DraftDay::DueDate => words.say("autopay-day-due", &[]),
        DraftDay::OfMonth(day) => {
            words.say("autopay-day-of-month", &[("day", &day.get().to_string())])
        }
    }
}

/// What is paid: the invoice in full, up to a limit if there is one.
#[must_use]
pub fn cap(words: &Words<'_>, cap: Option<Cap>) -> String {
    let Some(cap) = cap else {
        return words.say("autopay-cap-none", &[]);
    };
    let most = [("most", cap.most.to_string())];
    let most: Vec<(&str, &str)> = most
        .iter()
        .map(|(name, most)| (*name, most.as_str()))
        .collect();
    match cap.over {
        OverCap::Never => words.say("autopay-cap-never", &most),
        OverCap::AfterNotice => words.say("autopay-cap-after-notice", &most),
    }
}

/// When the member is told beforehand.
#[must_use]
pub fn told(words: &Words<'_>, agreed: Option<Agreed>) -> String {
    let amount = |cents: Cents| cents.to_string();
    match agreed {
        None => words.say("autopay-told-always", &[]),
        Some(Agreed::Range { least, most }) => {
            let (least, most) = (amount(least), amount(most));
            let values = [("least", least.as_str()), ("most", &most)];
            words.say("autopay-told-outside", &values)
        }
        Some(Agreed::Difference { most }) => {
            words.say("autopay-told-further", &[("most", &amount(most))])
        }
    }
}

/// Where a draft stands.
#[must_use]
pub fn status(words: &Words<'_>, state: DraftState) -> String {
    match state {
        DraftState::Scheduled => words.say("autopay-status-scheduled", &[]),
        DraftState::None => words.say("autopay-status-none", &[]),
        DraftState::Sent => words.say("autopay-status-sent", &[]),
        DraftState::Paid => words.say("autopay-status-paid", &[]),
        DraftState::Retry => words.say("autopay-status-retry", &[]),
        DraftState::Failed => words.say("autopay-status-failed", &[]),
        DraftState::Cancelled => words.say("autopay-status-cancelled", &[]),
    }
}

/// What a member can do about a month without a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing needs to be done.
    Nothing,
    /// Pay the invoice another way.
    Pay,
    /// Choose another method, limit or day.
    Change,
    /// See to the method.
    Methods,
    /// Set autopay up again.
    SetUp,
}

/// Why there is no draft for `month`, in a sentence with what to do. `reason` is a code of the
/// domain's `NoDraft`, or why a draft failed.
#[must_use]
pub fn why(words: &Words<'_>, reason: &str, month: BillingMonth) -> (String, Remedy) {
    let month = words.month(month);
    let month: &[(&str, &str)] = &[("month", &month)];
    match reason {
        "before-start" => (words.say("autopay-why-before-start", month), Remedy::Pay),
        "skipped" => (words.say("autopay-why-skipped", month), Remedy::Pay),
        "stopped" => (words.say("autopay-why-stopped", month), Remedy::SetUp),
        "stopped-late" => (words.say("autopay-why-stopped-late", &[]), Remedy::Nothing),
        "ended-by-return" => (words.say("autopay-why-ended-by-return", &[]), Remedy::SetUp),
        "ended-by-card" => (words.say("autopay-why-ended-by-card", &[]), Remedy::SetUp),
        "ended-with-coverage" => (
            words.say("autopay-why-ended-with-coverage", &[]),
            Remedy::Nothing,
        ),
        "not-covered" => (words.say("autopay-why-not-covered", month), Remedy::Nothing),
        "no-invoice" => (words.say("autopay-why-no-invoice", month), Remedy::Nothing),
        "nothing-due" => (words.say("autopay-why-nothing-due", month), Remedy::Nothing),
        "already-drafted" => (
            words.say("autopay-why-already-drafted", month),
            Remedy::Nothing,
        ),
        "account-not-validated" => (
            words.say("autopay-why-account-not-validated", month),
            Remedy::Methods,
        ),
        "method-disabled" => (
            words.say("autopay-why-method-disabled", month),
            Remedy::Change,
        ),
        "card-expired" => (words.say("autopay-why-card-expired", month), Remedy::Change),
        "over-cap" => (words.say("autopay-why-over-cap", month), Remedy::Change),
        "held-for-notice" => (words.say("autopay-why-held-for-notice", month), Remedy::Pay),
        failed => (failure(words, failed), Remedy::Pay),
    }
}

/// Why a draft failed: the sentence of the decline, where there is one.
fn failure(words: &Words<'_>, reason: &str) -> String {
    let key = format!("decline-{reason}");
    if crate::catalogue::Catalogue::of(words.language).has(&key) {
        words.say(&key, &[])
    } else {
        words.say("autopay-why-failed", &[])
    }
}
