//! The page a member lands on: what is due, when, what it is made of, and what to do next.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use identity::{DelegationKind, Right};
use jiff::Timestamp;
use kernel::{BillingMonth, Cents, Channel};
use plan::{Audience, Line, WayToPay};
use serde::Serialize;
use usecases::autopay::{self, AutopayView, MandateView};
use usecases::delegates::{self, Helped};
use usecases::notices::paperless;
use usecases::pages::{self, AccountSummary, InvoiceLineView, PaymentSummary};

use crate::autopay::next::NextView;
use crate::error::Problem;
use crate::page::{Page, PhoneView, show};
use crate::pay::card::ending_in;
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The dashboard.
#[derive(Serialize)]
pub struct HomePage {
    name: String,
    welcome: bool,
    /// The member's address while mail to it comes back; empty otherwise.
    bouncing: String,
    accounts: Vec<AccountCard>,
    helped: Vec<HelpedCard>,
}

/// An account of somebody else that one helps with.
#[derive(Serialize)]
pub struct HelpedCard {
    name: String,
    may: String,
    may_pay: bool,
    is_delegate: bool,
    card: AccountCard,
}

impl HelpedCard {
    fn new(words: &Words<'_>, helped: &Helped, now: Timestamp) -> Self {
        HelpedCard {
            name: helped.name.clone(),
            may: words.say(&format!("right-{}", helped.right.code()), &[]),
            may_pay: helped.right >= Right::Pay,
            is_delegate: helped.kind == DelegationKind::Delegate,
            card: AccountCard::new(words, &helped.summary, None, now),
        }
    }
}

/// One account on the dashboard.
#[derive(Serialize)]
pub struct AccountCard {
    account: String,
    number: String,
    line: String,
    amount_due: String,
    nothing_due: bool,
    past_due: String,
    credit: String,
    under_way: String,
    due_on: String,
    includes: Vec<IncludedLine>,
    invoice: String,
    invoice_month: String,
    recent: Vec<PaymentLine>,
    autopay: Option<AutopayCard>,
    phone: Option<PhoneView>,
    alerts: Vec<String>,
    /// Who pays instead, in the words of the plan; empty where the premium is paid here.
    paid_elsewhere: String,
}

/// Autopay on the dashboard.
#[derive(Serialize)]
struct AutopayCard {
    on: bool,
    offered: bool,
    next: NextView,
}

impl AutopayCard {
    fn new(words: &Words<'_>, view: &AutopayView, now: Timestamp) -> Self {
        let today = words.plan.time_zone.to_datetime(now).date();
        AutopayCard {
            on: view.mandate.as_ref().is_some_and(MandateView::is_active),
            offered: view.offered,
            next: NextView::new(words, view, today),
        }
    }
}

/// A line of an invoice, in words.
#[derive(Serialize)]
pub struct IncludedLine {
    /// What it is.
    pub what: String,
    /// Why it is not a whole month, or what it was before; empty for most.
    pub note: String,
    /// How much.
    pub amount: String,
}

/// A payment in a list, in words.
#[derive(Serialize)]
pub struct PaymentLine {
    /// Where it leads.
    pub href: String,
    /// The day.
    pub day: String,
    /// How much.
    pub amount: String,
    /// Where it stands.
    pub status: String,
    /// The same, for the style sheet.
    pub status_code: &'static str,
    /// With what.
    pub method: String,
    /// How it came in.
    pub channel: String,
    /// The confirmation number.
    pub confirmation: String,
}

impl IncludedLine {
    /// A line of an invoice in words.
    #[must_use]
    pub fn new(words: &Words<'_>, line: &InvoiceLineView) -> Self {
        let month = words.month(line.month);
        let what = words.say(&format!("line-{}", line.kind), &[("month", &month)]);
        let note = if !line.was.is_zero() {
            let (was, now) = (line.was.to_string(), (line.was + line.cents).to_string());
            words.say("line-was", &[("was", &was), ("now", &now)])
        } else if line.days < line.of_days {
            let (days, of) = (line.days.to_string(), line.of_days.to_string());
            words.say("line-days", &[("days", &days), ("of", &of)])
        } else {
            String::new()
        };
        IncludedLine {
            what,
            note,
            amount: line.cents.to_string(),
        }
    }
}

impl PaymentLine {
    /// A payment in words.
    #[must_use]
    pub fn new(words: &Words<'_>, account: &str, payment: &PaymentSummary) -> Self {
        let code = payment.status.code();
        PaymentLine {
            href: format!("/account/{account}/payments/{}", payment.payment),
            day: words.day_of(payment.received_at),
            amount: payment.cents.to_string(),
            status: words.say(&format!("status-{code}"), &[]),
            status_code: code,
            method: ending_in(words, payment.tender, "", &payment.last_four),
            channel: words.channel(payment.channel),
            confirmation: payment.confirmation.clone(),
        }
    }
}

fn amount_or_nothing(cents: Cents) -> String {
    if cents.is_positive() {
        cents.to_string()
    } else {
        String::new()
    }
}

impl AccountCard {
    fn new(
        words: &Words<'_>,
        summary: &AccountSummary,
        autopay: Option<&AutopayView>,
        now: Timestamp,
    ) -> Self {
        let account = summary.account.to_string();
        let line = words.plan.line(&summary.plan_line);
        let due_on = summary
            .due_on
            .map(|day| words.weekday_and_date(day))
            .unwrap_or_default();
        AccountCard {
            number: summary.account_number.clone(),
            line: line
                .map(|line| line.name.in_language(words.language).to_owned())
                .unwrap_or_default(),
            amount_due: summary.amount_due.to_string(),
            nothing_due: !summary.amount_due.is_positive(),
            past_due: amount_or_nothing(summary.past_due),
            credit: amount_or_nothing(summary.credit),
            under_way: amount_or_nothing(summary.under_way),
            due_on,
            includes: included(words, summary),
            invoice: summary
                .latest_invoice
                .as_ref()
                .map(|invoice| format!("/account/{account}/invoices/{}", invoice.invoice))
                .unwrap_or_default(),
            invoice_month: summary
                .latest_invoice
                .as_ref()
                .map(|invoice| words.month(invoice.month))
                .unwrap_or_default(),
            recent: summary
                .recent_payments
                .iter()
                .take(3)
                .map(|payment| PaymentLine::new(words, &account, payment))
                .collect(),
            autopay: autopay.map(|view| AutopayCard::new(words, view, now)),
            phone: line.map(|line| PhoneView::new(&line.representatives, words, now)),
            alerts: alerts(words, summary),
            paid_elsewhere: line
                .map(|line| paid_elsewhere(words, line))
                .unwrap_or_default(),
            account,
        }
    }
}

/// What is due, line by line: the newest invoice, what is open on earlier ones, less what was paid.
fn included(words: &Words<'_>, summary: &AccountSummary) -> Vec<IncludedLine> {
    let mut lines: Vec<IncludedLine> = summary
        .includes
        .iter()
        .map(|line| IncludedLine::new(words, line))
        .collect();
    let rest = [
        (words.say("line-earlier", &[]), summary.earlier),
        (words.say("line-paid", &[]), -summary.paid),
    ];
    for (what, cents) in rest {
        if !cents.is_zero() {
            lines.push(IncludedLine {
                what,
                note: String::new(),
                amount: cents.to_string(),
            });
        }
    }
    lines
}

/// Who pays the premium of a line that is not paid here; empty for others.
pub(super) fn paid_elsewhere(words: &Words<'_>, line: &Line) -> String {
    match line.channel(Channel::Online) {
        WayToPay::NotOffered(said) if !line.pays_premium_here => {
            said.in_language(words.language).to_owned()
        }
        _ => String::new(),
    }
}

/// At most two, the worst first.
fn alerts(words: &Words<'_>, summary: &AccountSummary) -> Vec<String> {
    let mut alerts = Vec::new();
    let returned = summary
        .recent_payments
        .iter()
        .find(|payment| payment.status == ::payments::PaymentStatus::Returned);
    if let Some(payment) = returned.filter(|_| summary.amount_due.is_positive()) {
        let (amount, day) = (payment.cents.to_string(), words.day_of(payment.received_at));
        alerts.push(words.say("home-alert-returned", &[("amount", &amount), ("day", &day)]));
    }
    if summary.past_due.is_positive() {
        let amount = summary.past_due.to_string();
        alerts.push(words.say("home-alert-past-due", &[("amount", &amount)]));
    }
    alerts.truncate(2);
    alerts
}

impl Page for HomePage {
    const TEMPLATE: &'static str = "member/home.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let now = Timestamp::UNIX_EPOCH;
        let on = |next| crate::autopay::overview::sample(words, next, true);
        let all = crate::autopay::next::samples();
        let cards = |due: i64, past: i64| {
            let view = (due > 0).then(|| on(all[usize::from(past > 0) * 7].clone()));
            words.plan.lines.iter().take(1).map(move |line| {
                let summary = sample_account(&line.id, due, past);
                AccountCard::new(words, &summary, view.as_ref(), now)
            })
        };
        let page = |accounts: Vec<AccountCard>, welcome: bool| HomePage {
            name: "\"><img src=x onerror=alert(1)>".to_owned(),
            welcome,
            bouncing: String::new(),
            accounts,
            helped: Vec::new(),
        };
        let helped = |right, kind| {
            let summary = sample_account(&words.plan.lines[0].id, 8640, 0);
            let helped = Helped {
                name: "Maria P.".to_owned(),
                right,
                kind,
                summary,
            };
            HelpedCard::new(words, &helped, now)
        };
        let elsewhere = words.plan.lines.iter().filter(|l| !l.pays_premium_here);
        let elsewhere = elsewhere.map(|line| {
            let none = AccountSummary {
                latest_invoice: None,
                includes: Vec::new(),
                recent_payments: Vec::new(),
                ..sample_account(&line.id, 0, 0)
            };
            AccountCard::new(words, &none, None, now)
        });
        vec![
            page(elsewhere.collect(), false),
            HomePage {
                helped: vec![
                    helped(Right::View, DelegationKind::Delegate),
                    helped(Right::Manage, DelegationKind::Representative),
                ],
                ..page(Vec::new(), false)
            },
            page(cards(8640, 4000).collect(), false),
            HomePage {
                bouncing: "<maria>@example.com".to_owned(),
                ..page(cards(8640, 0).collect(), false)
            },
            page(cards(0, 0).chain(cards(8640, 0)).collect(), true),
            page(Vec::new(), false),
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// An account for samples.
#[must_use]
pub fn sample_account(line: &str, due: i64, past_due: i64) -> AccountSummary {
    AccountSummary {
        account: kernel::AccountId::from_parts(1, [1; 10]),
        account_number: if due == 0 { "1000000025" } else { "1000000017" }.to_owned(),
        plan_line: line.to_owned(),
        amount_due: Cents::new(due),
        credit: Cents::new(if due == 0 { 1500 } else { 0 }),
        past_due: Cents::new(past_due),
        due_on: (due > 0).then(|| jiff::civil::date(2026, 12, 1)),
        latest_invoice: Some(super::invoices::sample_row(billing::InvoiceStatus::Due)),
        includes: sample_lines(),
        earlier: Cents::new(past_due),
        paid: Cents::new(500),
        recent_payments: vec![
            sample_payment(::payments::PaymentStatus::Returned),
            sample_payment(::payments::PaymentStatus::Succeeded),
        ],
        under_way: Cents::new(past_due),
    }
}

/// Invoice lines for samples: one of every kind.
#[must_use]
pub fn sample_lines() -> Vec<InvoiceLineView> {
    let month = BillingMonth::of(jiff::civil::date(2026, 12, 1));
    billing::LineKind::ALL
        .into_iter()
        .map(|kind| InvoiceLineView {
            kind: kind.code().to_owned(),
            month,
            days: 15,
            of_days: 31,
            was: Cents::new(if kind.is_retroactive() { 1000 } else { 0 }),
            cents: Cents::new(2500),
        })
        .collect()
}

/// A payment for samples.
#[must_use]
pub fn sample_payment(status: ::payments::PaymentStatus) -> PaymentSummary {
    PaymentSummary {
        payment: kernel::PaymentId::from_parts(1, [1; 10]),
        confirmation: "123 456 7897".to_owned(),
        received_at: Timestamp::from_second(1_795_600_000).unwrap_or(Timestamp::UNIX_EPOCH),
        effective_on: jiff::civil::date(2026, 11, 23),
        cents: Cents::new(8640),
        status,
        channel: Channel::Mail,
        tender: kernel::Tender::Check,
        last_four: String::new(),
    }
}

/// The page.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let home = pages::account_home(&app.ctx, &visit.actor()).await?;
    let helped = delegates::helped(&app.ctx, &visit.actor()).await?;
    let bouncing = paperless::bouncing(&app.ctx, &visit.actor()).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let now = app.ctx.now();
    let mut accounts = Vec::with_capacity(home.accounts.len());
    for summary in &home.accounts {
        let view = autopay::view(&app.ctx, &visit.actor(), summary.account).await?;
        accounts.push(AccountCard::new(&words, summary, Some(&view), now));
    }
    let page = HomePage {
        name: home.member_name,
        welcome: visit.asked("welcome").is_some(),
        bouncing: bouncing.unwrap_or_default(),
        accounts,
        helped: helped
            .iter()
            .map(|helped| HelpedCard::new(&words, helped, now))
            .collect(),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}
