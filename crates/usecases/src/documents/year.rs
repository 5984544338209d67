//! The payments of a calendar year, from the books.

use std::collections::BTreeMap;

use ::documents::{YearAccount, YearRow, YearSummary};
use billing::LineKind;
use jiff::civil::date;
use kernel::{BillingMonth, Cents, Language, Tender};
use payments::{Movement, year_totals};
use postings::chart;
use store::Tx;
use store::accounts::AccountRow;
use store::years::{MovementRow, PaidWithRow};

use crate::payments::grouped;
use crate::{Actor, Ctx, UseCaseError, account_number};

/// The postings that bring a member's money in or take it back.
const POSTINGS: [&str; 7] = [
    "payment_received",
    "payment_refunded",
    "refund_owed_by_check",
    "refund_undone",
    "suspense_cleared",
    "payment_returned",
    "dispute_lost",
];

/// The years a member can have a summary of: from the first posting on any of their accounts to
/// this year, newest first.
pub(super) async fn years(
    ctx: &Ctx,
    tx: &mut Tx,
    accounts: &[AccountRow],
) -> Result<Vec<i16>, UseCaseError> {
    let mut first = None;
    for account in accounts {
        if let Some((day, _)) = store::years::days(tx, account.id).await? {
            first = Some(first.map_or(day.year(), |first: i16| first.min(day.year())));
        }
    }
    Ok(match first {
        Some(first) => (first..=ctx.today().year()).rev().collect(),
        None => Vec::new(),
    })
}

/// The summary of a year's payments as a tagged PDF: every payment with its day, tender and amount,
/// what went back, what was paid, and what was charged, by account. Made from the books when it is
/// asked for; reading it is noted in the audit trail. It is about the member's own accounts only.
///
/// # Errors
/// [`UseCaseError::NotFound`] for a year in which the member had no account or that has not begun.
pub async fn year_pdf(
    ctx: &Ctx,
    actor: &Actor,
    year: i16,
    language: Language,
    large_print: bool,
) -> Result<Vec<u8>, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let own = ctx.clone();
    let summary = ctx
        .store
        .snapshot(move |tx| {
            let ctx = own;
            Box::pin(async move {
                let ctx = &ctx;
                let person = store::accounts::person_by_id(tx, person)
                    .await?
                    .ok_or(UseCaseError::NotFound)?;
                let accounts = store::accounts::of_subscriber(tx, &person.member_id).await?;
                if !years(ctx, tx, &accounts).await?.contains(&year) {
                    return Err(UseCaseError::NotFound);
                }
                let mut parts = Vec::new();
                for account in &accounts {
                    if ctx
                        .plan
                        .line(&account.plan_line)
                        .is_some_and(|l| l.pays_premium_here)
                    {
                        parts.push(of_account(ctx, tx, account, year, language).await?);
                    }
                }
                Ok((person, parts))
            })
        })
        .await?;
    let (person, accounts) = summary;
    let phone = &ctx.plan.help.phone;
    let paper = YearSummary {
        language,
        large_print: large_print || person.large_print,
        organisation: ctx.plan.organisation.name.clone(),
        return_address: super::return_address(&ctx.plan),
        name: person.full_name(),
        year,
        made_on: ctx.today(),
        accounts,
        phone: phone.number(),
        tty: phone.tty_number(),
        hours: phone.hours.described(language),
    };
    let renderer = ctx.renderer.clone();
    let made = super::laid_out(move || renderer.year(&paper)).await?;
    super::read_by(ctx, actor, None, &year.to_string(), "year".to_owned()).await?;
    Ok(made.bytes)
}

async fn of_account(
    ctx: &Ctx,
    tx: &mut Tx,
    account: &AccountRow,
    year: i16,
    language: Language,
) -> Result<YearAccount, UseCaseError> {
    let (from, before) = (date(year, 1, 1), date(year + 1, 1, 1));
    let cash = chart::UNAPPLIED_CASH.to_string();
    let sought = (&POSTINGS, cash.as_str());
    let moved = store::years::movements(tx, account.id, from, before, sought).await?;
    let paid_with: BTreeMap<String, PaidWithRow> = store::years::paid_with(tx, account.id)
        .await?
        .into_iter()
        .map(|row| (format!("payment:{}", row.payment), row))
        .collect();
    let mut rows = Vec::with_capacity(moved.len());
    let mut movements = Vec::with_capacity(moved.len());
    for row in &moved {
        let movement = movement(row)?;
        let with = paid_with.get(&row.source);
        rows.push(YearRow {
            day: row.day,
            what: words(movement, with, language),
            confirmation: with
                .map(|with| grouped(&with.confirmation))
                .unwrap_or_default(),
            amount: movement.signed(),
        });
        movements.push(movement);
    }
    let totals = year_totals(movements);
    let months = (BillingMonth::of(from), BillingMonth::of(before));
    let mut charged = Charged::default();
    for (kind, cents) in store::years::charged(tx, account.id, months.0, months.1).await? {
        charged.add(&kind, cents)?;
    }
    let line = ctx.plan.line(&account.plan_line);
    Ok(YearAccount {
        plan_line: line.map_or_else(String::new, |l| l.name.in_language(language).to_owned()),
        account_digits: account_number::last_four(account.number),
        rows,
        received: totals.received,
        gone_back: totals.gone_back,
        paid: totals.paid,
        premium: charged.premium,
        aptc: -charged.aptc,
        penalty: charged.penalty,
    })
}

#[derive(Default)]
struct Charged {
    premium: Cents,
    aptc: Cents,
    penalty: Cents,
}

impl Charged {
    fn add(&mut self, kind: &str, cents: Cents) -> Result<(), UseCaseError> {
        let kind = LineKind::from_code(kind)
            .ok_or_else(|| UseCaseError::broken("an invoice line of an unknown kind"))?;
        match kind {
            LineKind::Premium | LineKind::RetroPremium => self.premium += cents,
            LineKind::Aptc | LineKind::RetroAptc => self.aptc += cents,
            LineKind::LateEnrolmentPenalty | LineKind::RetroPenalty => self.penalty += cents,
        }
        Ok(())
    }
}

fn movement(row: &MovementRow) -> Result<Movement, UseCaseError> {
    match row.posting.as_str() {
        "payment_received" | "suspense_cleared" => Ok(Movement::Received(row.cents)),
        // A refund that was not carried out is a refund less.
        "payment_refunded" | "refund_owed_by_check" | "refund_undone" => {
            Ok(Movement::Refunded(-row.cents))
        }
        "payment_returned" | "dispute_lost" => Ok(Movement::Returned(-row.cents)),
        other => Err(UseCaseError::broken(format!(
            "{other} moves no money of a member"
        ))),
    }
}

/// `Payment, Visa ending in 4242`.
fn words(movement: Movement, with: Option<&PaidWithRow>, language: Language) -> String {
    let english = language == Language::English;
    let what = match (movement, english) {
        (Movement::Received(_), true) => "Payment",
        (Movement::Received(_), false) => "Pago",
        (Movement::Refunded(_), true) => "Refund",
        (Movement::Refunded(_), false) => "Reembolso",
        (Movement::Returned(_), true) => "Payment returned",
        (Movement::Returned(_), false) => "Pago devuelto",
    };
    let Some(with) = with else {
        return what.to_owned();
    };
    let tender = match (with.tender, english) {
        (Tender::Visa, _) => "Visa",
        (Tender::Mastercard, _) => "Mastercard",
        (Tender::Discover, _) => "Discover",
        (Tender::Check, true) => "check",
        (Tender::Check, false) => "cheque",
        (Tender::BankAccount, true) => "bank account",
        (Tender::BankAccount, false) => "cuenta bancaria",
        (Tender::BenefitDeduction, true) => "deduction from benefits",
        (Tender::BenefitDeduction, false) => "descuento de beneficios",
    };
    let ending = if english { "ending in" } else { "terminada en" };
    match (with.tender, with.last_four.as_str()) {
        (_, "") | (Tender::BenefitDeduction, _) => format!("{what}, {tender}"),
        (Tender::Check, number) => format!("{what}, {tender} {number}"),
        (_, digits) => format!("{what}, {tender} {ending} {digits}"),
    }
}
