//! Setting autopay up and changing it.
//!
//! Everything here asks for the right to manage the account, which no guest, no member of staff and
//! no other system ever has; and the mandate is given by a person who signed in.

use ::autopay::{MandateError, MandateState};
use kernel::{AccountId, Cents, Language, MandateId, MethodId, PersonId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::Tx;
use store::accounts::AccountRow;
use store::mandates::MandateRow;

use super::{Choice, MethodShown, decide, plan, tell, words};
use crate::audit::{self, Event};
use crate::consents::{self, ConsentKind, ConsentPaper, NewConsent};
use crate::documents::{self, DocumentKind, NewDocument};
use crate::notices::{self, NoticeKind};
use crate::payments::Authorisation;
use crate::{Actor, Ctx, Refusal, UseCaseError, access};

/// How many months ahead a mandate may begin.
const LATEST_START: i32 = 12;

/// Where and with what a member agreed. Sealed in the database.
#[derive(Serialize, Deserialize)]
pub(super) struct GivenFrom {
    pub address: String,
    pub user_agent: String,
}

pub(super) fn evidence_context(mandate: MandateId) -> String {
    format!("mandate-evidence:{mandate}")
}

/// Who chooses, for which account.
pub(super) struct Chooser {
    pub account: AccountRow,
    pub person: PersonId,
}

/// The account, if the actor may manage it and autopay is offered there.
pub(super) async fn chooser(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<Chooser, UseCaseError> {
    let account = access::account(tx, ctx, actor, account, access::Right::Manage).await?;
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    Ok(Chooser { account, person })
}

pub(super) fn is_offered(ctx: &Ctx, line: &str) -> bool {
    let line = ctx.plan.line(line);
    line.is_some_and(|line| line.pays_premium_here && line.offers_autopay())
}

/// A choice that may be agreed to, with the words to agree to.
struct Proposal {
    chooser: Chooser,
    method: MethodShown,
    /// What is due now and named in the words.
    due: Option<Cents>,
    authorisation: Authorisation,
}

/// The exact words a member agrees to with this choice. The version names the words as well: handed
/// to [`set_up`] or [`change`] it says that these words and no others were shown.
///
/// # Errors
/// Refusals about the fields `method`, `cap`, `agreed`, `start`; [`UseCaseError::NotAllowed`] for
/// anybody who may not manage the account.
pub async fn proposal(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    choice: &Choice,
    language: Language,
) -> Result<Authorisation, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let proposal = propose(&mut tx, ctx, actor, account, choice, language).await?;
    Ok(proposal.authorisation)
}

async fn propose(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    choice: &Choice,
    language: Language,
) -> Result<Proposal, UseCaseError> {
    let chooser = chooser(tx, ctx, actor, account).await?;
    let line = &chooser.account.plan_line;
    if !is_offered(ctx, line) {
        return Err(Refusal::new("autopay-not-offered").into());
    }
    let found = store::autopay_facts::method_of(tx, chooser.person, choice.method).await?;
    let found = found.ok_or_else(|| Refusal::of("method", "method-unknown"))?;
    sound(choice, decide::method(Some(&found)))?;
    let current = decide::month_of(&ctx.plan, line, ctx.today()).ok_or(UseCaseError::NotFound)?;
    if choice.start < current || choice.start > current.plus(LATEST_START) {
        return Err(Refusal::of("start", "start-out-of-range")
            .with("first", current)
            .into());
    }
    let method = MethodShown {
        tender: found.tender,
        last_four: found.last_four,
        bank_name: found.bank_name,
        expires: found.expires,
    };
    let due = Some(chooser.account.due()).filter(|due| due.is_positive());
    let due = due.filter(|_| choice.start == current);
    let mut authorisation = words::authorisation(ctx, language, line, &method, choice, due);
    authorisation.version = named(&authorisation);
    Ok(Proposal {
        chooser,
        method,
        due,
        authorisation,
    })
}

/// The version together with the first digits of the SHA-256 of the words.
fn named(authorisation: &Authorisation) -> String {
    let digest = hex::encode(Sha256::digest(authorisation.text.as_bytes()));
    format!("{}.{}", authorisation.version, &digest[..12])
}

/// The choice, if the rules take it.
fn sound(choice: &Choice, method: ::autopay::Method) -> Result<(), UseCaseError> {
    let mandate = ::autopay::Mandate {
        method,
        day: choice.day,
        cap: choice.cap,
        agreed: choice.agreed,
        start: choice.start,
        skipped: std::collections::BTreeSet::new(),
        state: MandateState::Active,
        consent: ::autopay::Consent {
            version: "shown".to_owned(),
            text: "shown".to_owned(),
            given_at: jiff::Timestamp::UNIX_EPOCH,
            given_from: String::new(),
        },
    };
    match mandate.set_up() {
        Ok(_) => Ok(()),
        Err(MandateError::CapNotPositive) => Err(Refusal::of("cap", "cap-not-positive").into()),
        Err(MandateError::RangeReversed) => Err(Refusal::of("agreed", "range-reversed").into()),
        Err(MandateError::CardExpiresFirst) => {
            Err(Refusal::of("method", "card-expires-first").into())
        }
        Err(MandateError::MethodDisabled) => Err(Refusal::of("method", "method-disabled").into()),
        Err(error @ MandateError::NoConsentText) => Err(UseCaseError::Broken(Box::new(error))),
    }
}

/// The words a member agreed to, and where.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The language of the words.
    pub language: Language,
    /// The version that [`proposal`] gave them for this choice.
    pub version: &'a str,
    /// What the browser says it is; the first 200 characters are kept with the evidence.
    pub user_agent: &'a str,
}

/// Sets autopay up: records the consent with its exact words, files the copy, and tells the member
/// with the copy attached.
///
/// # Errors
/// As [`proposal`]; `autopay-on-already` if there is a mandate in force; `authorisation-changed` if
/// the words are no longer those that were shown: show them again.
pub async fn set_up(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    choice: Choice,
    shown: Shown<'_>,
) -> Result<MandateId, UseCaseError> {
    let agreed = Agreement::new(choice, shown, false);
    agree(ctx, actor, account, agreed).await
}

/// Changes a mandate in force. A change is a new consent.
///
/// # Errors
/// As [`set_up`]; `autopay-off` if there is no mandate in force.
pub async fn change(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    choice: Choice,
    shown: Shown<'_>,
) -> Result<MandateId, UseCaseError> {
    let agreed = Agreement::new(choice, shown, true);
    agree(ctx, actor, account, agreed).await
}

/// What was agreed to, and how.
#[derive(Clone)]
struct Agreement {
    choice: Choice,
    language: Language,
    version: String,
    user_agent: String,
    /// True if it changes a mandate in force.
    replaces: bool,
}

impl Agreement {
    fn new(choice: Choice, shown: Shown<'_>, replaces: bool) -> Agreement {
        Agreement {
            choice,
            language: shown.language,
            version: shown.version.to_owned(),
            user_agent: shown.user_agent.chars().take(200).collect(),
            replaces,
        }
    }
}

/// The words and their copy on paper, made before the transaction.
#[derive(Clone)]
struct AgreedWords {
    text: String,
    pdf: ::documents::Pdf,
}

async fn agree(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    agreed: Agreement,
) -> Result<MandateId, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let choice = &agreed.choice;
    let proposal = propose(&mut tx, ctx, actor, account, choice, agreed.language).await?;
    let person = store::accounts::person_by_id(&mut tx, proposal.chooser.person).await?;
    drop(tx);
    if proposal.authorisation.version != agreed.version {
        return Err(Refusal::of("authorisation", "authorisation-changed").into());
    }
    let person = person.ok_or(UseCaseError::NotFound)?;
    // Rendering takes a while: before the transaction, not inside it.
    let paper = ConsentPaper {
        language: agreed.language,
        large_print: person.large_print,
        title: title(agreed.language).to_owned(),
        text: proposal.authorisation.text.clone(),
        version: plain_version(&agreed.version).to_owned(),
        given_at: ctx.now(),
        name: person.full_name(),
        plan_line: Some(proposal.chooser.account.plan_line.clone()),
        account_number: Some(format!("{:09}", proposal.chooser.account.number)),
        method: Some(words::method_in_words(&proposal.method)),
        facts: Vec::new(),
        how_to_stop: how_to_stop(agreed.language),
    };
    let pdf = consents::paper(ctx, &paper).await?;
    let copy = AgreedWords {
        text: proposal.authorisation.text,
        pdf,
    };
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, agreed) = (owned.clone(), actor.clone(), agreed.clone());
            let copy = copy.clone();
            Box::pin(async move { agree_in(tx, &ctx, &actor, account, &agreed, copy).await })
        })
        .await
}

fn plain_version(named: &str) -> &str {
    named.rsplit_once('.').map_or(named, |(version, _)| version)
}

fn title(language: Language) -> &'static str {
    match language {
        Language::English => "Autopay: what you agreed to",
        Language::Spanish => "Pago automático: lo que usted autorizó",
    }
}

fn how_to_stop(language: Language) -> Vec<String> {
    let words = match language {
        Language::English => {
            "Sign in and open Autopay, or call the number on this page. A draft stops if you ask \
             at least three business days before it; a later one still goes out, and nothing after \
             it. You can also tell your bank to stop a payment."
        }
        Language::Spanish => {
            "Inicie sesión y abra Pago automático, o llame al número que aparece en esta página. Un \
             cobro se detiene si lo pide al menos tres días hábiles antes; uno más próximo todavía \
             se hace, y ninguno después. También puede pedirle a su banco que detenga un pago."
        }
    };
    vec![words.to_owned()]
}

async fn agree_in(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    agreed: &Agreement,
    copy: AgreedWords,
) -> Result<MandateId, UseCaseError> {
    store::accounts::lock(tx, account).await?;
    // Held too, so that nobody takes the method off their list while it is put into a mandate:
    // `methods::remove` holds it while it looks for mandates.
    if let Some(person) = actor.person() {
        store::methods::lock(tx, person, agreed.choice.method).await?;
    }
    // Asked again under the locks: the words must be true now, and the right must still be there.
    let proposal = propose(tx, ctx, actor, account, &agreed.choice, agreed.language).await?;
    if proposal.authorisation.version != agreed.version {
        return Err(Refusal::of("authorisation", "authorisation-changed").into());
    }
    let before = store::mandates::active(tx, account).await?;
    match (&before, agreed.replaces) {
        (Some(_), false) => return Err(Refusal::new("autopay-on-already").into()),
        (None, true) => return Err(Refusal::new("autopay-off").into()),
        _ => {}
    }
    let person = proposal.chooser.person;
    let new = NewConsent {
        person,
        account: Some(account),
        kind: ConsentKind::Autopay,
        version: plain_version(&agreed.version).to_owned(),
        text: copy.text,
        from: actor.address().to_owned(),
        language: agreed.language,
    };
    let consent = consents::record(tx, ctx, actor, new).await?;
    if let Some(before) = before.as_ref().filter(|before| before.person == person) {
        consents::withdraw(tx, ctx, actor, before.consent).await?;
    }
    let row = mandate_row(ctx, actor, agreed, &proposal, before.as_ref(), consent)?;
    if before.is_some() {
        store::mandates::save_terms(tx, &row).await?;
    } else {
        store::mandates::insert(tx, &row).await?;
    }
    let filed = NewDocument {
        person,
        account: Some(account),
        consent: Some(consent),
        kind: DocumentKind::Consent,
        title: title(agreed.language).to_owned(),
        language: agreed.language,
        made_on: ctx.today(),
        pdf: copy.pdf,
    };
    let document = documents::file(tx, ctx, filed).await?;
    let kind = if agreed.replaces {
        NoticeKind::MandateChanged
    } else {
        NoticeKind::MandateSetUp
    };
    let mut notice = tell::mandate(kind, &row, &proposal.method);
    notice.attach = Some(document);
    notices::tell(tx, ctx, notice).await?;
    let action = if agreed.replaces {
        "autopay-changed"
    } else {
        "autopay-set-up"
    };
    note(tx, ctx, actor, action, &row, "").await?;
    plan::plan_account(tx, ctx, &proposal.chooser.account, ctx.today()).await?;
    Ok(row.id)
}

fn mandate_row(
    ctx: &Ctx,
    actor: &Actor,
    agreed: &Agreement,
    proposal: &Proposal,
    before: Option<&MandateRow>,
    consent: kernel::ConsentId,
) -> Result<MandateRow, UseCaseError> {
    let id = before.map_or_else(|| ctx.id(), |before| before.id);
    let from = GivenFrom {
        address: actor.address().to_owned(),
        user_agent: agreed.user_agent.clone(),
    };
    let from = serde_json::to_vec(&from).map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let choice = &agreed.choice;
    let now = ctx.now();
    Ok(MandateRow {
        account: proposal.chooser.account.id,
        id,
        person: proposal.chooser.person,
        method: choice.method,
        day: choice.day,
        cap: choice.cap,
        agreed: choice.agreed,
        start: choice.start,
        // The amount in the authorisation or, if it names none, what was drafted last.
        previous: proposal.due.or(before.and_then(|before| before.previous)),
        state: MandateState::Active,
        consent,
        consent_version: plain_version(&agreed.version).to_owned(),
        language: agreed.language,
        evidence: ctx.vault.seal(&evidence_context(id), &from),
        given_at: now,
        updated_at: now,
    })
}

/// Writes the audit event of something done to a mandate.
pub(super) async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    mandate: &MandateRow,
    detail: &str,
) -> Result<(), UseCaseError> {
    let event = Event {
        action,
        account: Some(mandate.account),
        subject: &mandate.id.to_string(),
        detail,
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

/// The accounts whose autopay drafts from this method: it cannot be removed before they use another
/// one.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn mandates_on_method(
    tx: &mut Tx,
    person: PersonId,
    method: MethodId,
) -> Result<Vec<AccountId>, UseCaseError> {
    let found = store::mandates::using_method(tx, person, method).await?;
    Ok(found.into_iter().map(|mandate| mandate.account).collect())
}
