//! What an invoice says on paper: the stored invoice, in the member's language, with the plan's
//! facts.

use billing::LineKind;
use documents::{Invoice, InvoiceLine, WayToPay};
use formats::scan_line::{self, CheckRule, Field, FieldKind, Layout};
use kernel::{Cents, Channel, Language, month_in_words};
use plan::{Line, Plan, ScanFieldKind, WayToPay as Way};
use store::invoices::{LineRow, PrintRow};

use crate::{Ctx, UseCaseError, account_number};

/// What the invoice says.
///
/// # Errors
/// [`UseCaseError::Broken`] if the plan file no longer has the plan line, or its scan line has no
/// room for the numbers.
pub fn paper(ctx: &Ctx, row: &PrintRow, large_print: bool) -> Result<Invoice, UseCaseError> {
    let plan = &*ctx.plan;
    let language = if plan.speaks(row.language) {
        row.language
    } else {
        plan.default_language()
    };
    let line = plan.line(&row.plan_line).ok_or_else(|| {
        UseCaseError::broken(format!(
            "the plan file has no plan line \"{}\"",
            row.plan_line
        ))
    })?;
    let (payable_to, remit_to) = remit_to(plan, line);
    let invoice = &row.invoice;
    let scan_line = scan_line::compose(
        &layout(plan),
        &row.member_id,
        &invoice.number,
        invoice.total_due.at_least_zero(),
    )
    .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let phone = &line.representatives;
    Ok(Invoice {
        language,
        large_print,
        organisation: plan.organisation.name.clone(),
        return_address: remit_to.iter().skip(1).cloned().collect(),
        member_name: format!("{} {}", row.first_name, row.last_name),
        mailing_address: mailing_address(row),
        member_id: row.member_id.clone(),
        account_number: Some(account_number::shown(row.account_number)),
        invoice_number: invoice.number.clone(),
        issued: invoice.issued_on,
        due: invoice.due_on,
        month: invoice.month,
        plan_line: line.name.in_language(language).to_owned(),
        lines: row
            .lines
            .iter()
            .map(|line| printed(line, language))
            .collect(),
        previous_balance: invoice.previous_balance,
        payments: invoice.payments,
        total_due: invoice.total_due.at_least_zero(),
        explanations: row
            .lines
            .iter()
            .filter_map(|line| explained(line, language))
            .collect(),
        ways_to_pay: ways_to_pay(line, language),
        phone: phone.number(),
        tty: phone.tty_number(),
        hours: phone.hours.described(language),
        payable_to,
        remit_to,
        scan_line,
        pay_url: format!("{}/guest", ctx.settings.public_url),
        language_assistance: vec![words(language).language_help.to_owned()],
    })
}

/// The plan's scan line, as the reader and writer of scan lines know it.
#[must_use]
pub fn layout(plan: &Plan) -> Layout {
    let field = |kind| match kind {
        ScanFieldKind::MemberId => Some(FieldKind::MemberId),
        ScanFieldKind::Invoice => Some(FieldKind::Invoice),
        ScanFieldKind::Amount => Some(FieldKind::AmountDue),
        ScanFieldKind::CheckDigit => None,
    };
    let check = &plan.scan_line.check_digit;
    Layout {
        fields: plan
            .scan_line
            .fields
            .iter()
            .filter_map(|f| {
                Some(Field {
                    kind: field(f.kind)?,
                    width: f.width,
                })
            })
            .collect(),
        check: CheckRule {
            weights: check
                .weights
                .iter()
                .filter_map(|w| u8::try_from(*w).ok())
                .collect(),
            from: match check.direction {
                plan::Direction::FromLeft => scan_line::From::Left,
                plan::Direction::FromRight => scan_line::From::Right,
            },
            sum: match check.sum {
                plan::CheckSum::Product => scan_line::Sum::Product,
                plan::CheckSum::DigitSum => scan_line::Sum::DigitSum,
            },
            result: match check.result {
                plan::CheckResult::Complement => scan_line::CheckResult::Complement,
                plan::CheckResult::Remainder => scan_line::CheckResult::Remainder,
            },
        },
    }
}

fn remit_to(plan: &Plan, line: &Line) -> (String, Vec<String>) {
    match line.channel(Channel::Mail) {
        Way::Mail(mail) => (mail.payable_to.clone(), mail.address.lines.clone()),
        _ => (plan.organisation.name.clone(), Vec::new()),
    }
}

fn mailing_address(row: &PrintRow) -> Vec<String> {
    let parts = [&*row.address_1, &row.address_2, &row.city, &row.state];
    crate::documents::postal_lines(parts, &row.zip)
}

fn printed(line: &LineRow, language: Language) -> InvoiceLine {
    let w = words(language);
    let month = month_in_words(line.month, language);
    let name = match line.kind {
        LineKind::Premium => w.premium,
        LineKind::Aptc => w.aptc,
        LineKind::LateEnrolmentPenalty => w.penalty,
        LineKind::RetroPremium => w.premium_changed,
        LineKind::RetroAptc => w.aptc_changed,
        LineKind::RetroPenalty => w.penalty_changed,
    };
    let part = (line.days < line.of_days && line.days > 0).then(|| {
        w.days
            .replace("{days}", &line.days.to_string())
            .replace("{of}", &line.of_days.to_string())
    });
    InvoiceLine {
        label: name.replace("{month}", &month),
        detail: part,
        amount: line.cents,
    }
}

/// The sentence that explains a retroactive change.
fn explained(line: &LineRow, language: Language) -> Option<String> {
    let w = words(language);
    let sentence = match line.kind {
        LineKind::RetroPremium => w.premium_explained,
        LineKind::RetroAptc => w.aptc_explained,
        LineKind::RetroPenalty => w.penalty_explained,
        _ => return None,
    };
    // A tax credit takes off: people know it as a positive amount.
    let sign = |cents: Cents| {
        if line.kind == LineKind::RetroAptc {
            -cents
        } else {
            cents
        }
    };
    let now = line.was + line.cents;
    Some(
        sentence
            .replace("{month}", &month_in_words(line.month, language))
            .replace("{was}", &sign(line.was).to_string())
            .replace("{now}", &sign(now).to_string()),
    )
}

fn ways_to_pay(line: &Line, language: Language) -> Vec<WayToPay> {
    let w = words(language);
    let said = |title: &str, text: &plan::Text| WayToPay {
        title: title.to_owned(),
        text: text.in_language(language).to_owned(),
    };
    Channel::ALL
        .iter()
        .filter_map(|channel| match line.channel(*channel) {
            Way::Online(way) => Some(said(w.online, &way.text)),
            Way::Guest(way) => Some(said(w.guest, &way.text)),
            Way::Phone(way) => Some(said(w.phone, &way.text)),
            Way::Center(way) => Some(said(w.center, &way.text)),
            Way::Mail(way) => Some(said(w.mail, &way.text)),
            Way::Deduction(_) | Way::NotOffered(_) => None,
        })
        .collect()
}

/// The words of an invoice that are not the plan's own. A struct, so that none can be missing.
struct Words {
    premium: &'static str,
    aptc: &'static str,
    penalty: &'static str,
    premium_changed: &'static str,
    aptc_changed: &'static str,
    penalty_changed: &'static str,
    premium_explained: &'static str,
    aptc_explained: &'static str,
    penalty_explained: &'static str,
    days: &'static str,
    online: &'static str,
    guest: &'static str,
    phone: &'static str,
    center: &'static str,
    mail: &'static str,
    language_help: &'static str,
}

fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
    }
}

static ENGLISH: Words = Words {
    premium: "Premium for {month}",
    aptc: "Advance premium tax credit for {month}",
    penalty: "Late enrolment penalty for {month}",
    premium_changed: "Change of your premium for {month}",
    aptc_changed: "Change of your tax credit for {month}",
    penalty_changed: "Change of your late enrolment penalty for {month}",
    premium_explained: "Your premium for {month} changed from {was} to {now}.",
    aptc_explained: "Your advance premium tax credit for {month} changed from {was} to {now}.",
    penalty_explained: "Your late enrolment penalty for {month} changed from {was} to {now}.",
    days: "{days} of {of} days",
    online: "Online",
    guest: "Without signing in",
    phone: "By phone",
    center: "In person",
    mail: "By mail",
    language_help: "Help in your language is free. Call the number on this invoice.",
};

static SPANISH: Words = Words {
    premium: "Prima de {month}",
    aptc: "Crédito fiscal anticipado para la prima de {month}",
    penalty: "Multa por inscripción tardía de {month}",
    premium_changed: "Cambio de su prima de {month}",
    aptc_changed: "Cambio de su crédito fiscal de {month}",
    penalty_changed: "Cambio de su multa por inscripción tardía de {month}",
    premium_explained: "Su prima de {month} cambió de {was} a {now}.",
    aptc_explained: "Su crédito fiscal anticipado de {month} cambió de {was} a {now}.",
    penalty_explained: "Su multa por inscripción tardía de {month} cambió de {was} a {now}.",
    days: "{days} de {of} días",
    online: "En línea",
    guest: "Sin iniciar sesión",
    phone: "Por teléfono",
    center: "En persona",
    mail: "Por correo postal",
    language_help: "La ayuda en su idioma es gratis. Llame al número de esta factura.",
};
