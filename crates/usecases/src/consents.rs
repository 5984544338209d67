//! What people agree to: kept word for word with version, time and address, as evidence; and the
//! copy that its giver keeps.
//!
//! A consent is never changed. It ends by its withdrawal, which is recorded beside it.

use ::documents::{Consent as Copy, Pdf};
use jiff::Timestamp;
use kernel::{AccountId, ConsentId, Language, PersonId};
use store::Tx;
use store::consents::ConsentRow;

use crate::audit::{self, Event};
use crate::{Actor, Ctx, UseCaseError};

/// What can be agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConsentKind {
    /// Standing permission to draft: 12 CFR 1005.10(b).
    Autopay,
    /// Documents by electronic delivery instead of paper: 15 U.S.C. 7001(c).
    ElectronicDelivery,
    /// One debit of a bank account.
    BankDebitOnce,
    /// A payment agreed to over the telephone.
    PhonePayment,
}

impl ConsentKind {
    /// All of them.
    pub const ALL: [ConsentKind; 4] = [
        ConsentKind::Autopay,
        ConsentKind::ElectronicDelivery,
        ConsentKind::BankDebitOnce,
        ConsentKind::PhonePayment,
    ];

    /// The code it is stored under.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            ConsentKind::Autopay => "autopay",
            ConsentKind::ElectronicDelivery => "electronic-delivery",
            ConsentKind::BankDebitOnce => "bank-debit-once",
            ConsentKind::PhonePayment => "phone-payment",
        }
    }

    /// From the code it is stored under.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A consent to be kept.
#[derive(Debug, Clone)]
pub struct NewConsent {
    /// Who agreed.
    pub person: PersonId,
    /// The account it is about, if one.
    pub account: Option<AccountId>,
    /// To what.
    pub kind: ConsentKind,
    /// The version of the words.
    pub version: String,
    /// The exact words, as they were shown or read out.
    pub text: String,
    /// The network address it came from; empty over the phone. Sealed.
    pub from: String,
    /// The language of the words.
    pub language: Language,
}

/// A consent that was kept.
#[derive(Debug, Clone)]
pub struct ConsentView {
    /// Id.
    pub consent: ConsentId,
    /// Who agreed.
    pub person: PersonId,
    /// The account it is about, if one.
    pub account: Option<AccountId>,
    /// To what.
    pub kind: ConsentKind,
    /// The version of the words.
    pub version: String,
    /// The exact words.
    pub text: String,
    /// The network address it came from.
    pub from: String,
    /// The language of the words.
    pub language: Language,
    /// When.
    pub given_at: Timestamp,
    /// When it was withdrawn, if it was.
    pub withdrawn_at: Option<Timestamp>,
}

/// Keeps a consent, in the running transaction.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for a guest, and for a member who speaks for somebody else.
pub async fn record(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    new: NewConsent,
) -> Result<ConsentId, UseCaseError> {
    let speaks_for_another = actor.person().is_some_and(|person| person != new.person);
    if speaks_for_another || matches!(actor, Actor::Guest { .. }) {
        return Err(UseCaseError::NotAllowed);
    }
    let id: ConsentId = ctx.id();
    let row = ConsentRow {
        person: new.person,
        id,
        account: new.account,
        kind: new.kind.code().to_owned(),
        version: new.version,
        language: new.language,
        words: ctx.vault.seal(&words_of(id), new.text.as_bytes()),
        evidence: ctx.vault.seal(&evidence_of(id), new.from.as_bytes()),
        given_at: ctx.now(),
        actor_kind: actor.kind().to_owned(),
        actor: actor.name(),
        withdrawn_at: None,
    };
    store::consents::insert(tx, &row).await?;
    let detail = format!("kind={} version={}", row.kind, row.version);
    let event = Event {
        action: "consent-given",
        account: row.account,
        subject: &id.to_string(),
        detail: &detail,
    };
    audit::record(tx, ctx, actor, event).await?;
    Ok(id)
}

/// Ends a consent, in the running transaction. Ending it again changes nothing.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is none, or none of this member.
pub async fn withdraw(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    consent: ConsentId,
) -> Result<(), UseCaseError> {
    let row = store::consents::by_id(tx, consent).await?;
    let row = row
        .filter(|row| may_see(actor, row))
        .ok_or(UseCaseError::NotFound)?;
    let by = (actor.kind(), actor.name());
    let by = (by.0, by.1.as_str());
    if store::consents::insert_withdrawal(tx, row.person, consent, ctx.now(), by).await? {
        let detail = format!("kind={}", row.kind);
        let event = Event {
            action: "consent-withdrawn",
            account: row.account,
            subject: &consent.to_string(),
            detail: &detail,
        };
        audit::record(tx, ctx, actor, event).await?;
    }
    Ok(())
}

/// A consent with its exact words.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is none, or none that this actor may see.
pub async fn view(
    ctx: &Ctx,
    actor: &Actor,
    consent: ConsentId,
) -> Result<ConsentView, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let row = store::consents::by_id(&mut tx, consent).await?;
    let row = row.filter(|row| may_see(actor, row));
    view_of(ctx, row.ok_or(UseCaseError::NotFound)?)
}

/// The copy of a consent that was filed for whoever gave it, as PDF.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is none, or none that this actor may see.
pub async fn copy(ctx: &Ctx, actor: &Actor, consent: ConsentId) -> Result<Vec<u8>, UseCaseError> {
    let given = view(ctx, actor, consent).await?;
    let mut tx = ctx.store.read().await?;
    let copy = store::documents::of_consent(&mut tx, given.person, consent).await?;
    drop(tx);
    let copy = copy.ok_or(UseCaseError::NotFound)?;
    crate::documents::pdf(ctx, actor, copy.id).await
}

/// The newest consent of this kind that the person has not withdrawn.
///
/// # Errors
/// [`UseCaseError::Broken`] if a stored one does not open.
pub async fn standing(
    tx: &mut Tx,
    ctx: &Ctx,
    person: PersonId,
    kind: ConsentKind,
) -> Result<Option<ConsentView>, UseCaseError> {
    let row = store::consents::standing(tx, person, kind.code()).await?;
    row.map(|row| view_of(ctx, row)).transpose()
}

fn may_see(actor: &Actor, row: &ConsentRow) -> bool {
    match actor {
        Actor::Member { person, .. } => *person == row.person,
        Actor::Guest { .. } | Actor::Partner { .. } => false,
        Actor::Staff { .. } | Actor::Operator | Actor::Job(_) => true,
    }
}

fn view_of(ctx: &Ctx, row: ConsentRow) -> Result<ConsentView, UseCaseError> {
    let kind = ConsentKind::from_code(&row.kind)
        .ok_or_else(|| UseCaseError::broken(format!("no consent is called \"{}\"", row.kind)))?;
    Ok(ConsentView {
        consent: row.id,
        person: row.person,
        account: row.account,
        kind,
        text: crate::documents::opened_text(ctx, &words_of(row.id), &row.words)?,
        from: crate::documents::opened_text(ctx, &evidence_of(row.id), &row.evidence)?,
        version: row.version,
        language: row.language,
        given_at: row.given_at,
        withdrawn_at: row.withdrawn_at,
    })
}

fn words_of(id: ConsentId) -> String {
    format!("consent_words:{id}")
}

fn evidence_of(id: ConsentId) -> String {
    format!("consent_evidence:{id}")
}

/// What the copy of a consent says.
#[derive(Debug, Clone)]
pub struct ConsentPaper {
    /// The language of every word.
    pub language: Language,
    /// In 18-point type.
    pub large_print: bool,
    /// What was agreed to, as a title.
    pub title: String,
    /// The exact words; line feeds begin a new paragraph.
    pub text: String,
    /// The version of the words.
    pub version: String,
    /// When it was given.
    pub given_at: Timestamp,
    /// Who gave it.
    pub name: String,
    /// The plan line, by its id in the plan file: for its name and its phone. `None` gives the
    /// plan's help phone.
    pub plan_line: Option<String>,
    /// The account number, of which the last four digits are shown.
    pub account_number: Option<String>,
    /// The payment method as its holder knows it, masked: `Visa ending in 4242`.
    pub method: Option<String>,
    /// More facts, a label and what it says.
    pub facts: Vec<(String, String)>,
    /// How to take it back, a paragraph each.
    pub how_to_stop: Vec<String>,
}

/// The copy of a consent that its giver keeps, as a tagged PDF. Costs some tens of milliseconds:
/// make it before a transaction begins, and give it to [`crate::documents::file`] inside it.
///
/// # Errors
/// [`UseCaseError::Broken`] if the template fails.
pub async fn paper(ctx: &Ctx, paper: &ConsentPaper) -> Result<Pdf, UseCaseError> {
    let copy = copy_of(ctx, paper);
    let renderer = ctx.renderer.clone();
    crate::documents::laid_out(move || renderer.consent(&copy)).await
}

fn copy_of(ctx: &Ctx, paper: &ConsentPaper) -> Copy {
    let plan = &*ctx.plan;
    let language = paper.language;
    let line = paper.plan_line.as_ref().and_then(|id| plan.line(id));
    let phone = line.map_or(&plan.help.phone, |line| &line.representatives);
    let given = plan.time_zone.to_datetime(paper.given_at);
    let labels = labels(language);
    let mut facts = Vec::new();
    if let Some(line) = line {
        let name = line.name.in_language(language).to_owned();
        facts.push((labels.plan.to_owned(), name));
    }
    if let Some(number) = &paper.account_number {
        let end = number.len().saturating_sub(4);
        let digits = format!("{} {}", labels.ending_in, &number[end..]);
        facts.push((labels.account.to_owned(), digits));
    }
    if let Some(method) = &paper.method {
        facts.push((labels.method.to_owned(), method.clone()));
    }
    facts.extend(paper.facts.iter().cloned());
    Copy {
        language,
        large_print: paper.large_print,
        organisation: plan.organisation.name.clone(),
        return_address: crate::documents::return_address(plan),
        title: paper.title.clone(),
        words: crate::documents::paragraphs(&paper.text),
        version: paper.version.clone(),
        name: paper.name.clone(),
        given_on: given.date(),
        given_at: given.time(),
        time_zone: plan.time_zone_name.in_language(language).to_owned(),
        facts,
        how_to_stop: paper.how_to_stop.clone(),
        phone: phone.number(),
        tty: phone.tty_number(),
        hours: phone.hours.described(language),
    }
}

struct Labels {
    plan: &'static str,
    account: &'static str,
    ending_in: &'static str,
    method: &'static str,
}

fn labels(language: Language) -> Labels {
    match language {
        Language::English => Labels {
            plan: "Plan",
            account: "Account",
            ending_in: "ending in",
            method: "Paid with",
        },
        Language::Spanish => Labels {
            plan: "Plan",
            account: "Cuenta",
            ending_in: "terminada en",
            method: "Se paga con",
        },
    }
}
