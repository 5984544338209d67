//! Agreeing to autopay: setting it up and changing it.
//!
//! Everything is asked again under locks before it is written, with the evidence of the consent.

use ::autopay::MandateState;
use kernel::{AccountId, Language, MandateId};
use store::Tx;
use store::mandates::MandateRow;

use super::choose::{GivenFrom, Proposal, evidence_context, note, propose};
use super::{Choice, plan, tell, words};
use crate::consents::{self, ConsentKind, ConsentPaper, NewConsent};
use crate::documents::{self, DocumentKind, NewDocument};
use crate::notices::{self, NoticeKind};
use crate::{Actor, Ctx, Refusal, UseCaseError, account_number};

/// The words a member agreed to, and where.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The language of the words.
    pub language: Language,
    /// The version that [`super::proposal`] gave them for this choice.
    pub version: &'a str,
    /// What the browser says it is; the first 200 characters are kept with the evidence.
    pub user_agent: &'a str,
}

/// Sets autopay up: records the consent with its exact words, files the copy, and tells the member
/// with the copy attached.
///
/// # Errors
/// As [`super::proposal`]; `autopay-on-already` if there is a mandate in force;
/// `authorisation-changed` if the words are no longer those that were shown: show them again.
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
        account_number: Some(account_number::shown(proposal.chooser.account.number)),
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
    let (kind, action) = if agreed.replaces {
        (NoticeKind::MandateChanged, "autopay-changed")
    } else {
        (NoticeKind::MandateSetUp, "autopay-set-up")
    };
    let mut notice = tell::mandate(kind, &row, &proposal.method);
    notice.attach = Some(document);
    notices::tell(tx, ctx, notice).await?;
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
