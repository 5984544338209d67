//! How a person wants documents: paper, electronic or both for each type, and the consent that
//! going without paper needs (E-SIGN Act, 15 USC 7001(c)): the disclosure shown in full, the
//! ability to read such documents shown by a code in a sample, and a withdrawal as easy as the
//! consent.

use gateways::chance::Draw as _;
use jiff::Timestamp;
use kernel::{ConsentId, Email, Language, PersonId};
use notices::{Choice, DocumentType, NoticeKind, effective};
use store::Tx;
use store::accounts::PersonRow;
use store::logins::LoginRow;
use store::notices::PreferencesRow;

use super::{Notice, To, chosen, facts, place, unsubscribe};
use crate::audit::{self, Event};
use crate::consents::{self, ConsentKind, ConsentPaper, NewConsent};
use crate::documents::{DocumentKind, NewDocument};
use crate::{Actor, Ctx, Refusal, UseCaseError, identity, mail};

/// How a person's documents come, for the page on which that is changed.
#[derive(Debug, Clone)]
pub struct View {
    /// The address that e-mail goes to.
    pub email: String,
    /// True while mail to it comes back.
    pub bouncing: bool,
    /// The consent to go without paper, while it stands.
    pub consent: Option<Agreed>,
    /// Each type of document.
    pub types: Vec<TypeView>,
    /// Reminders that can be turned off, and whether they are sent.
    pub reminders: Vec<(NoticeKind, bool)>,
}

/// A consent that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Which.
    pub consent: ConsentId,
    /// The version that was agreed to.
    pub version: String,
    /// When.
    pub at: Timestamp,
    /// True if the words have changed since, so that they are to be shown again.
    pub outdated: bool,
}

/// A type of document and how it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeView {
    /// Which.
    pub document: DocumentType,
    /// What was chosen, or what the plan does.
    pub chosen: Choice,
    /// How it comes now: on paper while mail comes back.
    pub now: Choice,
}

/// What is shown before a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The version of the words.
    pub version: String,
    /// The words, a paragraph for each line.
    pub text: String,
}

/// How the documents of the member who signed in come.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for anybody else.
pub async fn view(ctx: &Ctx, actor: &Actor) -> Result<View, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let mut tx = ctx.store.read().await?;
    let row = store::notices::preferences(&mut tx, person).await?;
    let (_, login) = who(&mut tx, person).await?;
    let bouncing = is_bouncing(&row, &login.email);
    let current = [Language::English, Language::Spanish]
        .map(|language| version(ctx, language))
        .contains(&row.consent_version);
    Ok(View {
        bouncing,
        consent: row
            .consent
            .zip(row.consented_at)
            .map(|(consent, at)| Agreed {
                consent,
                version: row.consent_version.clone(),
                at,
                outdated: !current,
            }),
        types: DocumentType::ALL
            .into_iter()
            .map(|document| {
                let chosen = chosen(ctx, document, &row.choices);
                TypeView {
                    document,
                    chosen,
                    now: effective(chosen, row.consent.is_some(), !bouncing),
                }
            })
            .collect(),
        reminders: [NoticeKind::DueSoon, NoticeKind::DraftComing]
            .into_iter()
            .map(|kind| (kind, !unsubscribe::is_off(&row.reminders_off, kind)))
            .collect(),
        email: login.email,
    })
}

/// The address of the member who signed in, while mail to it comes back.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for anybody else.
pub async fn bouncing(ctx: &Ctx, actor: &Actor) -> Result<Option<String>, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let mut tx = ctx.store.read().await?;
    let row = store::notices::preferences(&mut tx, person).await?;
    if row.bouncing_email.is_empty() {
        return Ok(None);
    }
    let (_, login) = who(&mut tx, person).await?;
    Ok(is_bouncing(&row, &login.email).then_some(login.email))
}

async fn who(tx: &mut Tx, person: PersonId) -> Result<(PersonRow, LoginRow), UseCaseError> {
    let member = store::accounts::person_by_id(tx, person).await?;
    let login = store::logins::of_person(tx, person).await?;
    member.zip(login).ok_or(UseCaseError::NotFound)
}

fn is_bouncing(row: &PreferencesRow, email: &str) -> bool {
    Email::parse(email).is_ok_and(|email| email.folded() == row.bouncing_email)
}

fn version(ctx: &Ctx, language: Language) -> String {
    let version = &ctx.plan.texts.paperless.version;
    version.in_language(language).to_owned()
}

/// What is to be read before a consent, in full.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for who has not signed in as a member.
pub async fn disclosure(
    ctx: &Ctx,
    actor: &Actor,
    language: Language,
) -> Result<Disclosure, UseCaseError> {
    let email = view(ctx, actor).await?.email;
    Ok(disclosed(ctx, &email, language))
}

fn disclosed(ctx: &Ctx, email: &str, language: Language) -> Disclosure {
    let phone = ctx.plan.help.phone.number();
    let marks = [("email", email), ("phone", phone.as_str())];
    let text = ctx.plan.texts.paperless.filled(language, &marks);
    let paragraphs: Vec<&str> = text.split('¶').map(str::trim).collect();
    Disclosure {
        version: version(ctx, language),
        text: paragraphs.join("\n"),
    }
}

/// A code for a sample document: four digits. It shows that the sample was opened and guards
/// nothing; the caller keeps it where the browser cannot read it.
#[must_use]
pub fn sample_code(ctx: &Ctx) -> String {
    format!("{:04}", ctx.chance.below(10_000))
}

/// The sample document with its code, as the documents will be: a tagged PDF.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for who has not signed in as a member.
pub async fn sample_pdf(
    ctx: &Ctx,
    actor: &Actor,
    language: Language,
    code: &str,
) -> Result<Vec<u8>, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let (member, _) = who(&mut ctx.store.read().await?, person).await?;
    let words =
        mail::sample(ctx, language, code).map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let large = member.large_print;
    let mut paper = super::print::paper(&words, language, large, &member, None, ctx.today());
    // It is shown on a screen, not put into an envelope.
    paper.mailing_address = Vec::new();
    Ok(crate::documents::letter(ctx, &paper).await?.bytes)
}

/// Agrees to go without paper for these types of document.
#[derive(Debug, Clone)]
pub struct Consent {
    /// The code in the sample that was shown.
    pub shown_code: String,
    /// The code as it was typed.
    pub typed_code: String,
    /// True if the box "I agree" was ticked.
    pub agrees: bool,
    /// The version of the words that were shown.
    pub version: String,
    /// The language in which they were shown.
    pub language: Language,
    /// Which types come without paper from now on. May be empty: the choice can follow.
    pub types: Vec<DocumentType>,
}

/// Keeps the consent with its exact words, files a copy for the member, and confirms it by e-mail
/// and on paper.
///
/// # Errors
/// Refusals: `paperless-code` about the field `code`; `paperless-agree` about the field `agree`;
/// `paperless-outdated` if the words changed while they were read; `paperless-bouncing` while mail
/// comes back.
pub async fn consent(ctx: &Ctx, actor: &Actor, given: Consent) -> Result<(), UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let typed: String = given
        .typed_code
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    if typed != given.shown_code {
        return Err(Refusal::of("code", "paperless-code").into());
    }
    if !given.agrees {
        return Err(Refusal::of("agree", "paperless-agree").into());
    }
    let now = view(ctx, actor).await?;
    if now.bouncing {
        return Err(Refusal::new("paperless-bouncing").into());
    }
    let disclosure = disclosed(ctx, &now.email, given.language);
    if disclosure.version != given.version {
        return Err(Refusal::new("paperless-outdated").into());
    }
    let (member, _) = who(&mut ctx.store.read().await?, person).await?;
    let paper = copy_of(ctx, &member, &disclosure, given.language);
    let title = paper.title.clone();
    let pdf = consents::paper(ctx, &paper).await?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, given) = (owned.clone(), actor.clone(), given.clone());
            let (disclosure, title, pdf) = (disclosure.clone(), title.clone(), pdf.clone());
            Box::pin(async move {
                let new = NewConsent {
                    person,
                    account: None,
                    kind: ConsentKind::ElectronicDelivery,
                    version: disclosure.version.clone(),
                    text: disclosure.text.clone(),
                    from: actor.address().to_owned(),
                    language: given.language,
                };
                let consent = consents::record(tx, &ctx, &actor, new).await?;
                let document = NewDocument {
                    person,
                    account: None,
                    consent: Some(consent),
                    kind: DocumentKind::Consent,
                    title,
                    language: given.language,
                    made_on: ctx.today(),
                    pdf,
                };
                let document = crate::documents::file(tx, &ctx, document).await?;
                let mut row = store::notices::lock_preferences(tx, person).await?;
                row.consent = Some(consent);
                row.consent_version = disclosure.version;
                row.consented_at = Some(ctx.now());
                for kind in given.types {
                    row.choices[place(kind)] = Choice::Electronic.code().to_owned();
                }
                store::notices::save_preferences(tx, person, &row, ctx.now()).await?;
                let mut notice = changed(person, "all", Choice::Electronic);
                notice.attach = Some(document);
                super::tell(tx, &ctx, notice).await.map(drop)
            })
        })
        .await
}

fn copy_of(
    ctx: &Ctx,
    member: &PersonRow,
    disclosure: &Disclosure,
    language: Language,
) -> ConsentPaper {
    let how_to_stop = mail::sentence("paperless.stop", language);
    ConsentPaper {
        language,
        large_print: member.large_print,
        title: mail::sentence("paperless.title", language).to_owned(),
        text: disclosure.text.clone(),
        version: disclosure.version.clone(),
        given_at: ctx.now(),
        name: member.full_name(),
        plan_line: None,
        account_number: None,
        method: None,
        facts: Vec::new(),
        how_to_stop: vec![how_to_stop.to_owned()],
    }
}

fn changed(person: PersonId, document_type: &str, choice: Choice) -> Notice {
    let facts = facts::DeliveryChanged {
        document_type: document_type.to_owned(),
        choice: choice.code().to_owned(),
    };
    let to = To::Subscriber(person);
    Notice::new(NoticeKind::DeliveryChanged, to, None, facts.value())
}

/// Takes the consent back, at once: every type that came without paper comes on paper again.
/// Doing it again changes nothing.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for who has not signed in as a member.
pub async fn withdraw(ctx: &Ctx, actor: &Actor) -> Result<(), UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let mut row = store::notices::lock_preferences(tx, person).await?;
                let Some(consent) = row.consent.take() else {
                    return Ok(());
                };
                consents::withdraw(tx, &ctx, &actor, consent).await?;
                row.consent_version = String::new();
                row.consented_at = None;
                for choice in &mut row.choices {
                    if choice == Choice::Electronic.code() {
                        Choice::Paper.code().clone_into(choice);
                    }
                }
                store::notices::save_preferences(tx, person, &row, ctx.now()).await?;
                let notice = changed(person, "all", Choice::Paper);
                super::tell(tx, &ctx, notice).await.map(drop)
            })
        })
        .await
}

/// Chooses how a type of document comes. Choosing what is chosen changes nothing.
///
/// # Errors
/// Refusal `paperless-consent-first` for electronic without a consent that stands.
pub async fn choose(
    ctx: &Ctx,
    actor: &Actor,
    document: DocumentType,
    choice: Choice,
) -> Result<(), UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let mut row = store::notices::lock_preferences(tx, person).await?;
                if choice == Choice::Electronic && row.consent.is_none() {
                    return Err(Refusal::of(document.code(), "paperless-consent-first").into());
                }
                if chosen(&ctx, document, &row.choices) == choice {
                    return Ok(());
                }
                row.choices[place(document)] = choice.code().to_owned();
                store::notices::save_preferences(tx, person, &row, ctx.now()).await?;
                let detail = format!("type={} choice={}", document.code(), choice.code());
                let event = Event {
                    action: "delivery-chosen",
                    account: None,
                    subject: &person.to_string(),
                    detail: &detail,
                };
                audit::record(tx, &ctx, &actor, event).await?;
                let notice = changed(person, document.code(), choice);
                super::tell(tx, &ctx, notice).await.map(drop)
            })
        })
        .await
}

/// Mails a code to the member's address, to prove that mail arrives there again.
///
/// # Errors
/// Refusal `too-many-tries`.
pub async fn send_proof(ctx: &Ctx, actor: &Actor, language: Language) -> Result<(), UseCaseError> {
    let (person, email) = address(ctx, actor).await?;
    identity::send_code(ctx, actor, person, &email, language).await
}

/// Takes the code that was mailed: documents come as chosen again.
///
/// # Errors
/// Refusals about the field `code` as of [`identity::check_code`].
pub async fn prove(ctx: &Ctx, actor: &Actor, code: &str) -> Result<(), UseCaseError> {
    let (person, email) = address(ctx, actor).await?;
    identity::check_code(ctx, actor, person, &email, code).await?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let mut row = store::notices::lock_preferences(tx, person).await?;
                if row.bouncing_email.is_empty() {
                    return Ok(());
                }
                row.bouncing_email = String::new();
                row.bouncing_since = None;
                store::notices::save_preferences(tx, person, &row, ctx.now()).await?;
                let event = Event {
                    action: "email-arrives-again",
                    account: None,
                    subject: &person.to_string(),
                    detail: "",
                };
                audit::record(tx, &ctx, &actor, event).await?;
                Ok(())
            })
        })
        .await
}

async fn address(ctx: &Ctx, actor: &Actor) -> Result<(PersonId, Email), UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let (_, login) = who(&mut ctx.store.read().await?, person).await?;
    let email = Email::parse(&login.email).map_err(|e| UseCaseError::Broken(Box::new(e)))?;
    Ok((person, email))
}
