//! What a member may choose about autopay, and the words for it.
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

use super::{Choice, MethodShown, decide, words};
use crate::audit::{self, Event};
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
pub(super) struct Proposal {
    pub chooser: Chooser,
    pub method: MethodShown,
    /// What is due now and named in the words.
    pub due: Option<Cents>,
    pub authorisation: Authorisation,
}

/// The exact words a member agrees to with this choice. The version names the words as well: handed
/// to [`super::set_up`] or [`super::change`] it says that these words and no others were shown.
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

pub(super) async fn propose(
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
