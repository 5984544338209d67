//! Facts that nobody takes for a member's.

use ::notices::NoticeKind;
use billing::LineKind;
use jiff::ToSpan as _;
use kernel::{AccountId, BillingMonth, Cents, InvoiceId, Language, MemberId, PersonId, Tender};
use plan::{Invoicing, Line, Market};
use serde_json::Value;
use store::accounts::PersonRow;
use store::invoices::{InvoiceRow, LineRow, PrintRow};

use crate::mail::PaymentFacts;
use crate::notices::facts;
use crate::{Ctx, UseCaseError};

const CARD: &str = "0000";
const AMOUNT: Cents = Cents::new(12_345);

/// Facts of a kind, with a value for each that its words may leave out.
pub(super) fn facts(ctx: &Ctx, kind: NoticeKind) -> Value {
    use NoticeKind as K;
    let today = ctx.today();
    let (tender, last_four) = (Tender::Visa, CARD.to_owned());
    let soon = today.saturating_add(10.days());
    let month = BillingMonth::of(today).next();
    match kind {
        K::PaymentReceived | K::PaymentPending | K::PaymentNotTaken | K::PaymentReturned => {
            payment(ctx, kind).value()
        }
        K::InvoiceReady => facts::InvoiceReady {
            month,
            due_on: soon,
        }
        .value(),
        K::DueSoon => facts::DueSoon { due_on: soon }.value(),
        K::DraftComing => facts::DraftComing {
            cents: AMOUNT,
            debit_on: soon,
            tender,
            last_four,
            stop_by: today.saturating_add(7.days()),
            differs: true,
        }
        .value(),
        K::DraftFailed => facts::DraftFailed {
            cents: AMOUNT,
            tender,
            last_four,
            reason: "insufficient-funds".to_owned(),
            next_try_on: Some(today.saturating_add(2.days())),
            pay_by: soon,
        }
        .value(),
        K::AutopayNotDrafting => facts::AutopayNotDrafting {
            month,
            reason: "card-expired".to_owned(),
            due_on: Some(soon),
            pay_by: Some(soon),
        }
        .value(),
        K::AutopayEnded => facts::AutopayEnded {
            reason: "ended-by-return".to_owned(),
            last_day: Some(month.first_day().saturating_sub(1.day())),
            set_up_at: None,
        }
        .value(),
        K::MandateSetUp | K::MandateChanged => facts::Mandate {
            tender,
            last_four,
            draft_day: 5,
            first_month: month,
        }
        .value(),
        K::MandateSkipped => facts::MandateSkipped { month }.value(),
        K::MandateStopped => facts::MandateStopped {
            last_draft: Some(soon),
        }
        .value(),
        other => of_methods(ctx, other),
    }
}

/// Facts of the kinds about saved payment methods.
fn of_methods(ctx: &Ctx, kind: NoticeKind) -> Value {
    use NoticeKind as K;
    let (tender, last_four) = (Tender::Visa, CARD.to_owned());
    let month = BillingMonth::of(ctx.today()).next();
    match kind {
        K::MethodExpiring => facts::MethodExpiring {
            tender,
            last_four,
            expires: month,
        }
        .value(),
        K::MethodAdded | K::MethodRemoved => facts::Method { tender, last_four }.value(),
        K::MethodDisabled => facts::MethodDisabled {
            tender,
            last_four,
            reason: "account-closed".to_owned(),
        }
        .value(),
        other => of_sign_in(ctx, other),
    }
}

/// Facts of the kinds about signing in, delegates, delivery and ID cards.
fn of_sign_in(ctx: &Ctx, kind: NoticeKind) -> Value {
    use NoticeKind as K;
    let at = ctx.now();
    match kind {
        K::OneTimeCode | K::SignInCode | K::PasswordResetCode => facts::Code {
            code: "000000".to_owned(),
            minutes: ctx.plan.security.code_minutes,
        }
        .value(),
        K::UserIdReminder => facts::UserIdReminder {
            user_id: "sample.user.id".to_owned(),
        }
        .value(),
        K::NewSignIn => facts::NewSignIn {
            at,
            browser: "Firefox on Windows".to_owned(),
        }
        .value(),
        K::SignInLocked | K::PasswordChanged | K::EmailChanged => facts::At { at }.value(),
        K::FactorAdded | K::FactorRemoved => facts::Factor {
            factor: "authenticator".to_owned(),
            at,
        }
        .value(),
        K::RecoveryCodeUsed => facts::RecoveryCodeUsed { left: 7 }.value(),
        K::DelegateInvited => facts::DelegateInvited {
            inviter_first_name: "Sample".to_owned(),
            link: format!("{}/delegate/SAMPLE", ctx.settings.public_url),
            days: 7,
        }
        .value(),
        K::DelegateAdded => facts::DelegateAdded {
            rights: vec!["view".to_owned(), "pay".to_owned()],
        }
        .value(),
        K::DeliveryChanged => facts::DeliveryChanged {
            document_type: "invoices".to_owned(),
            choice: "electronic".to_owned(),
        }
        .value(),
        _ => facts::none(),
    }
}

/// A payment: from a bank account where only those can be pending or come back.
fn payment(ctx: &Ctx, kind: NoticeKind) -> PaymentFacts {
    let bank = matches!(
        kind,
        NoticeKind::PaymentPending | NoticeKind::PaymentReturned
    );
    let tender = if bank {
        Tender::BankAccount
    } else {
        Tender::Visa
    };
    PaymentFacts {
        cents: AMOUNT.get(),
        on: ctx.today().to_string(),
        confirmation: "000 000 0000".to_owned(),
        tender: tender.code().to_owned(),
        last_four: CARD.to_owned(),
        bank_name: if bank { "Sample Bank" } else { "" }.to_owned(),
        member_last_four: "0000".to_owned(),
        reason: String::new(),
    }
}

fn member_id() -> Result<MemberId, UseCaseError> {
    MemberId::parse("00000000000").map_err(|error| UseCaseError::Broken(Box::new(error)))
}

/// A reader of letters.
pub(super) fn person(language: Language) -> Result<PersonRow, UseCaseError> {
    let member_id = member_id()?;
    Ok(PersonRow {
        id: PersonId::from_parts(0, [0; 10]),
        subscriber_member_id: member_id.clone(),
        member_id,
        first_name: "Sample".to_owned(),
        last_name: "Person".to_owned(),
        birth_date: jiff::civil::date(1950, 1, 1),
        address: ["1 Sample Street", "", "Sampletown", "CT"].map(str::to_owned),
        zip: "00000".to_owned(),
        email: String::new(),
        language,
        large_print: false,
    })
}

/// The invoice of the next month, with a line of each kind that the plan line's law knows, a change
/// of the month before, and a payment of the last invoice.
pub(super) fn invoice(
    ctx: &Ctx,
    line: &Line,
    rule: Invoicing,
    language: Language,
) -> Result<PrintRow, UseCaseError> {
    let person = person(language)?;
    let month = BillingMonth::of(ctx.today()).next();
    let (account, id) = (
        AccountId::from_parts(0, [0; 10]),
        InvoiceId::from_parts(0, [0; 10]),
    );
    let lines = invoice_lines(line.market, id, month);
    let charges: Cents = lines.iter().map(|line| line.cents).sum();
    let last = Cents::new(17_000);
    let sum = |kinds: &[LineKind]| {
        let of = lines.iter().filter(|line| kinds.contains(&line.kind));
        of.map(|line| line.cents).sum::<Cents>()
    };
    let invoice = InvoiceRow {
        account,
        id,
        month,
        number: "0000000000000".to_owned(),
        issued_on: plan::issue_date(rule, month),
        due_on: plan::due_date(rule, month),
        premium: sum(&[LineKind::Premium, LineKind::RetroPremium]),
        aptc: -sum(&[LineKind::Aptc]),
        penalty: sum(&[LineKind::LateEnrolmentPenalty]),
        charges,
        previous_balance: last,
        payments: last,
        total_due: charges,
        applied: Cents::ZERO,
        policy: "SAMPLE".to_owned(),
        binder: false,
        journal_seq: 0,
    };
    let [address_1, address_2, city, state] = person.address;
    Ok(PrintRow {
        invoice,
        lines,
        account_number: 0,
        plan_line: line.id.clone(),
        member_id: person.member_id,
        first_name: person.first_name,
        last_name: person.last_name,
        address_1,
        address_2,
        city,
        state,
        zip: person.zip,
        language,
        large_print: false,
    })
}

fn invoice_lines(market: Market, invoice: InvoiceId, month: BillingMonth) -> Vec<LineRow> {
    let days = i64::from(month.days());
    let charge = |kind, cents: i64| LineRow {
        invoice,
        kind,
        month,
        days,
        of_days: days,
        was: Cents::ZERO,
        cents: Cents::new(cents),
    };
    let mut lines = vec![charge(LineKind::Premium, 42_000)];
    match market {
        Market::AcaIndividual => lines.push(charge(LineKind::Aptc, -25_000)),
        Market::MedicareAdvantage => lines.push(charge(LineKind::LateEnrolmentPenalty, 1_250)),
        _ => {}
    }
    lines.push(LineRow {
        month: month.previous(),
        days: 0,
        was: Cents::new(41_500),
        ..charge(LineKind::RetroPremium, 500)
    });
    lines
}
