//! The settings of the plan as staff see them: which notices there are and how each goes out, with
//! each notice and each line's invoice as it would read. Whatever is shown is made up of samples,
//! and made by the same templates as what members get.

pub mod change;
mod samples;

use ::notices::{NoticeKind, Rule, Weight, rule};
use identity::Role;
use kernel::Language;

use crate::mail::{self, Letter};
use crate::staff::need_role;
use crate::{Actor, Ctx, UseCaseError, documents, invoices, notices};

pub use ::notices::{Holds, Way, Whom};

/// Who sees the settings.
pub const SEE: [Role; 3] = [Role::Supervisor, Role::Administrator, Role::Auditor];

/// A kind of notice and how it is delivered.
#[derive(Debug, Clone, Copy)]
pub struct NoticeSetting {
    /// The code of the kind.
    pub code: &'static str,
    /// To whom, how, and what changes that.
    pub rule: Rule,
}

/// A notice as it would read.
#[derive(Debug, Clone)]
pub struct NoticePreview {
    /// How it is delivered.
    pub setting: NoticeSetting,
    /// The e-mail in each language of the plan; empty for a kind that never comes by e-mail.
    pub mail: Vec<(Language, Letter)>,
}

fn setting(kind: NoticeKind) -> NoticeSetting {
    NoticeSetting {
        code: kind.code(),
        rule: rule(kind),
    }
}

fn kind_of(code: &str) -> Result<NoticeKind, UseCaseError> {
    NoticeKind::from_code(code).ok_or(UseCaseError::NotFound)
}

/// Every notice there is.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but staff whose role sees the settings.
pub fn notices_sent(actor: &Actor) -> Result<Vec<NoticeSetting>, UseCaseError> {
    need_role(actor, &SEE)?;
    Ok(NoticeKind::ALL.iter().copied().map(setting).collect())
}

/// A notice as it would read in an e-mail.
///
/// # Errors
/// As [`notices_sent`]; [`UseCaseError::NotFound`] if no notice has this code.
pub fn notice(ctx: &Ctx, actor: &Actor, code: &str) -> Result<NoticePreview, UseCaseError> {
    need_role(actor, &SEE)?;
    let kind = kind_of(code)?;
    let setting = setting(kind);
    let languages = ctx.plan.languages.iter().copied();
    let mail = languages
        .filter(|_| setting.rule.by_email())
        .map(|language| Ok((language, written(ctx, kind, language)?)))
        .collect::<Result<_, UseCaseError>>()?;
    Ok(NoticePreview { setting, mail })
}

fn written(ctx: &Ctx, kind: NoticeKind, language: Language) -> Result<Letter, UseCaseError> {
    let stop = format!("{}/unsubscribe/SAMPLE", ctx.settings.public_url);
    let facts = samples::facts(ctx, kind);
    let differs = facts.get("differs") == Some(&serde_json::Value::Bool(true));
    let stopped = matches!(kind.weight_with(differs), Weight::Courtesy(_));
    mail::render(
        ctx,
        kind,
        language,
        false,
        stopped.then_some(stop.as_str()),
        &facts,
    )
    .map_err(|error| UseCaseError::Broken(Box::new(error)))
}

/// A notice as it would read on paper, as a tagged PDF. On paper a new invoice is the invoice.
///
/// # Errors
/// As [`notice`]; [`UseCaseError::NotFound`] for a kind that never comes on paper, and for a
/// language that the plan does not speak.
pub async fn letter_pdf(
    ctx: &Ctx,
    actor: &Actor,
    code: &str,
    language: Language,
) -> Result<Vec<u8>, UseCaseError> {
    need_role(actor, &SEE)?;
    let kind = kind_of(code)?;
    if !rule(kind).on_paper() || !ctx.plan.speaks(language) {
        return Err(UseCaseError::NotFound);
    }
    let line = ctx.plan.lines.iter().find(|line| line.invoicing.is_some());
    if let (NoticeKind::InvoiceReady, Some(line)) = (kind, line) {
        return invoice_pdf(ctx, actor, &line.id, language).await;
    }
    let words = mail::on_paper(ctx, kind, language, &samples::facts(ctx, kind))
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let person = samples::person(language)?;
    let paper = notices::print::paper(&words, language, false, &person, None, ctx.today());
    Ok(documents::letter(ctx, &paper).await?.bytes)
}

/// The invoice of a plan line as it would read for the next month, as a tagged PDF.
///
/// # Errors
/// As [`notices_sent`]; [`UseCaseError::NotFound`] if there is no such plan line, it sends no
/// invoices, or the plan does not speak the language.
pub async fn invoice_pdf(
    ctx: &Ctx,
    actor: &Actor,
    line: &str,
    language: Language,
) -> Result<Vec<u8>, UseCaseError> {
    need_role(actor, &SEE)?;
    let line = ctx.plan.line(line).ok_or(UseCaseError::NotFound)?;
    let rule = line.invoicing.ok_or(UseCaseError::NotFound)?;
    if !ctx.plan.speaks(language) {
        return Err(UseCaseError::NotFound);
    }
    let row = samples::invoice(ctx, line, rule, language)?;
    let paper = invoices::paper(ctx, &row, false)?;
    let renderer = ctx.renderer.clone();
    let pdf = documents::laid_out(move || renderer.invoice(&paper)).await?;
    Ok(pdf.bytes)
}
