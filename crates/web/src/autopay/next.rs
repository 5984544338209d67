//! The next draft in words, or why there is none and what to do: on the page about autopay and on
//! the dashboard.

use jiff::civil::{Date, date};
use kernel::{BillingMonth, Cents};
use serde::Serialize;
use usecases::autopay::{AutopayView, MandateState, NextDraft};

use super::words::{self as said, Remedy};
use crate::words::Words;

/// The next draft in words. What does not apply is empty.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NextView {
    /// `on`, `wait`, `none` or `off`: how it looks.
    pub look: &'static str,
    /// What comes next, in one sentence.
    pub headline: String,
    /// How much.
    pub amount: String,
    /// More about it: why there is none, what was told.
    pub text: Vec<String>,
    /// The last day on which it can be stopped, in a sentence.
    pub stop_by: String,
    /// Until when paying another way is safe, in a sentence.
    pub pay_by: String,
    /// Where the remedy leads.
    pub href: String,
    /// What the remedy is called.
    pub remedy: String,
    /// True if it needs the right to manage the account; else the right to pay will do.
    pub manages: bool,
}

impl NextView {
    /// The next draft of an account as it stands on `today`.
    #[must_use]
    pub fn new(words: &Words<'_>, view: &AutopayView, today: Date) -> Self {
        let day = |day: Date| words.weekday_and_date(day);
        match &view.next {
            NextDraft::Scheduled {
                month,
                debit_on,
                cents,
                stop_by,
                told_on,
                ..
            } => {
                let stop = stop_by_words(words, *stop_by, today);
                scheduled(words, *month, *debit_on, *cents, stop, *told_on)
            }
            NextDraft::Again {
                month,
                on,
                cents,
                reason,
                pay_by,
            } => NextView {
                look: "wait",
                headline: words.say("autopay-next-again", &[("day", &day(*on))]),
                amount: cents.to_string(),
                text: vec![said::why(words, reason, *month).0],
                pay_by: safe_until(words, *pay_by),
                ..remedy(words, view, Remedy::Pay)
            },
            NextDraft::Awaiting {
                month,
                invoice_on,
                expected_on,
            } => {
                let (month, made) = (words.month(*month), day(*invoice_on));
                let values = [("month", month.as_str()), ("day", &made)];
                NextView {
                    look: "wait",
                    headline: words.say("autopay-next-expected", &[("day", &day(*expected_on))]),
                    text: vec![words.say("autopay-next-awaiting", &values)],
                    ..NextView::default()
                }
            }
            NextDraft::None {
                month,
                reason,
                pay_by,
                ..
            } => {
                let (why, what) = said::why(words, reason, *month);
                let name = words.month(*month);
                NextView {
                    look: "none",
                    headline: words.say("autopay-next-none", &[("month", &name)]),
                    text: vec![why],
                    pay_by: safe_until(words, *pay_by),
                    ..remedy(words, view, what)
                }
            }
            NextDraft::Off => off(words, view),
        }
    }
}

fn scheduled(
    words: &Words<'_>,
    month: BillingMonth,
    debit_on: Date,
    cents: Cents,
    stop_by: String,
    told_on: Option<Date>,
) -> NextView {
    let (month, day) = (words.month(month), words.weekday_and_date(debit_on));
    let mut text = vec![words.say("autopay-next-for", &[("month", &month)])];
    if let Some(told) = told_on {
        text.push(words.say("autopay-next-told", &[("day", &words.date(told))]));
    }
    NextView {
        look: "on",
        headline: words.say("autopay-next-on", &[("day", &day)]),
        amount: cents.to_string(),
        text,
        stop_by,
        ..NextView::default()
    }
}

/// Until when the draft can still be stopped, or that it cannot any more.
fn stop_by_words(words: &Words<'_>, stop_by: Date, today: Date) -> String {
    let last = words.weekday_and_date(stop_by);
    if today <= stop_by {
        words.say("autopay-stop-by", &[("day", &last)])
    } else {
        words.say("autopay-stop-too-late", &[("day", &last)])
    }
}

fn off(words: &Words<'_>, view: &AutopayView) -> NextView {
    let state = view.mandate.as_ref().map(|mandate| mandate.state);
    let text = match state {
        Some(MandateState::Stopped { on }) => {
            words.say("autopay-off-stopped", &[("day", &words.date(on))])
        }
        Some(MandateState::EndedByReturn { .. }) => words.say("autopay-why-ended-by-return", &[]),
        Some(MandateState::EndedByCard { .. }) => words.say("autopay-why-ended-by-card", &[]),
        Some(MandateState::EndedWithCoverage { .. }) => {
            words.say("autopay-why-ended-with-coverage", &[])
        }
        Some(MandateState::Active) | None => words.say("autopay-off-text", &[]),
    };
    NextView {
        look: "off",
        headline: words.say("autopay-off", &[]),
        text: vec![text],
        ..NextView::default()
    }
}

fn safe_until(words: &Words<'_>, pay_by: Option<Date>) -> String {
    pay_by.map_or(String::new(), |day| {
        words.say("autopay-pay-by", &[("day", &words.weekday_and_date(day))])
    })
}

/// The link that leads out of it.
fn remedy(words: &Words<'_>, view: &AutopayView, remedy: Remedy) -> NextView {
    let account = view.account;
    let (href, name) = match remedy {
        Remedy::Pay if view.due.is_positive() => (
            format!("/account/{account}/pay"),
            words.say("home-pay", &[]),
        ),
        Remedy::Pay | Remedy::Nothing => (String::new(), String::new()),
        Remedy::Change | Remedy::SetUp => (
            format!("/account/{account}/autopay/choose"),
            words.say("autopay-change", &[]),
        ),
        Remedy::Methods => (
            "/account/methods".to_owned(),
            words.say("autopay-methods", &[]),
        ),
    };
    NextView {
        href,
        remedy: name,
        manages: remedy != Remedy::Pay,
        ..NextView::default()
    }
}

/// Every way the next draft can look, for samples.
#[must_use]
pub fn samples() -> Vec<NextDraft> {
    let month = BillingMonth::of(date(2026, 12, 1));
    let (cents, due_on) = (Cents::new(8640), date(2026, 12, 1));
    let reasons = [
        "before-start",
        "skipped",
        "stopped",
        "stopped-late",
        "ended-by-return",
        "ended-by-card",
        "ended-with-coverage",
        "not-covered",
        "no-invoice",
        "nothing-due",
        "already-drafted",
        "account-not-validated",
        "method-disabled",
        "card-expired",
        "over-cap",
        "held-for-notice",
        "insufficient-funds",
        "something else",
    ];
    let none = reasons.into_iter().map(|reason| NextDraft::None {
        month,
        reason: reason.to_owned(),
        due_on: Some(due_on),
        pay_by: Some(due_on),
    });
    let scheduled = |stop_by, told_on| NextDraft::Scheduled {
        month,
        on: due_on,
        debit_on: due_on,
        cents,
        due_on,
        stop_by,
        told_on,
    };
    let mut all = vec![
        scheduled(date(2026, 11, 25), None),
        scheduled(date(2026, 11, 20), Some(date(2026, 11, 12))),
        NextDraft::Again {
            month,
            on: date(2026, 12, 4),
            cents,
            reason: "insufficient-funds".to_owned(),
            pay_by: Some(date(2026, 12, 10)),
        },
        NextDraft::Awaiting {
            month,
            invoice_on: date(2026, 11, 11),
            expected_on: due_on,
        },
        NextDraft::Off,
    ];
    all.extend(none);
    all
}
