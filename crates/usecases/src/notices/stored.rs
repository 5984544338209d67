//! What was sent, and proof that it was handed over.

use jiff::Timestamp;
use kernel::{AccountId, DocumentId, Language, NoticeId, OutboxId, PersonId};
use notices::NoticeKind;
use store::notices::DeliveredRow;

use crate::audit::{self, Event};
use crate::mail::Letter;
use crate::{Actor, Ctx, UseCaseError, access, outbox};

/// The most notices of one list.
const MOST: i64 = 500;

/// A notice with how it was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its id.
    pub notice: NoticeId,
    /// What it told.
    pub kind: NoticeKind,
    /// The account it is about, if one.
    pub account: Option<AccountId>,
    /// Its language.
    pub language: Language,
    /// A document it told of.
    pub attached: Option<DocumentId>,
    /// When it was told.
    pub at: Timestamp,
    /// The e-mail, if it went that way.
    pub mail: Option<Mailed>,
    /// The letter, if it went that way.
    pub paper: Option<Printed>,
}

/// Proof of an e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailed {
    /// Its Message-ID, before the `@`.
    pub message_id: OutboxId,
    /// When the mail server took it; `None` while it waits or if it never did.
    pub handed_over_at: Option<Timestamp>,
    /// What the mail server answered.
    pub answer: String,
    /// When it came back, if it did.
    pub bounced_at: Option<Timestamp>,
}

/// Proof of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// When it was printed; `None` while it waits.
    pub printed_at: Option<Timestamp>,
    /// The print batch.
    pub batch: String,
    /// The line of the batch's manifest.
    pub line: Option<i64>,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The words of the e-mail, as text and HTML. A code is left out.
    pub mail: Option<Letter>,
    /// The letter as PDF.
    pub pdf: Option<Vec<u8>>,
}

fn sent(row: DeliveredRow) -> Option<Sent> {
    let notice = row.notice;
    Some(Sent {
        notice: notice.id,
        kind: NoticeKind::from_code(&notice.kind)?,
        account: notice.account,
        language: notice.language,
        attached: notice.attached,
        at: notice.created_at,
        mail: row.mail.map(|message_id| Mailed {
            message_id,
            handed_over_at: row.mailed_at,
            answer: row.answer,
            bounced_at: row.bounced_at,
        }),
        paper: row.on_paper_at.map(|_| Printed {
            printed_at: row.printed_at,
            batch: row.batch,
            line: row.batch_line,
        }),
    })
}

/// The newest notices to a person. A member sees their own; staff everybody's.
///
/// # Errors
/// [`UseCaseError::NotFound`] for anybody else.
pub async fn of_person(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
) -> Result<Vec<Sent>, UseCaseError> {
    if !may_see(actor, Some(person)) {
        return Err(UseCaseError::NotFound);
    }
    let mut tx = ctx.store.read().await?;
    let rows = store::notices::of_person(&mut tx, person, MOST).await?;
    Ok(rows.into_iter().filter_map(sent).collect())
}

/// The newest notices about an account, to whomever they went: for staff.
///
/// # Errors
/// [`UseCaseError::NotFound`] for anybody else, and for an account that does not exist.
pub async fn of_account(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<Vec<Sent>, UseCaseError> {
    if !may_see(actor, None) {
        return Err(UseCaseError::NotFound);
    }
    let mut tx = ctx.store.read().await?;
    access::account(&mut tx, ctx, actor, account, access::Right::View).await?;
    let rows = store::notices::of_account(&mut tx, account, MOST).await?;
    Ok(rows.into_iter().filter_map(sent).collect())
}

/// A notice as it was sent. That staff looked at it is noted in the audit trail.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is none, or none that this actor may see.
pub async fn copy(ctx: &Ctx, actor: &Actor, notice: NoticeId) -> Result<Copy, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let row = store::notices::by_id(&mut tx, notice).await?;
    let row = row
        .filter(|row| may_see(actor, row.person))
        .ok_or(UseCaseError::NotFound)?;
    let (mail, paper) = store::notices::copies(&mut tx, notice).await?;
    drop(tx);
    let broken = |error: gateways::seal::SealError| UseCaseError::Broken(Box::new(error));
    let mail = match mail {
        None => None,
        Some((id, sealed)) => {
            let plain = ctx.vault.open(&outbox::copy_context(id), &sealed);
            let letter = serde_json::from_slice(&plain.map_err(broken)?);
            Some(letter.map_err(|error| UseCaseError::Broken(Box::new(error)))?)
        }
    };
    let pdf = match paper {
        None => None,
        Some(sealed) => {
            let plain = ctx.vault.open(&super::print::copy_context(notice), &sealed);
            Some(plain.map_err(broken)?.to_vec())
        }
    };
    if actor.person().is_none() {
        let (owned, actor) = (ctx.clone(), actor.clone());
        ctx.store
            .write::<(), UseCaseError, _>(move |tx| {
                let (ctx, actor) = (owned.clone(), actor.clone());
                let account = row.account;
                Box::pin(async move {
                    let event = Event {
                        action: "notice-read",
                        account,
                        subject: &notice.to_string(),
                        detail: "",
                    };
                    audit::record(tx, &ctx, &actor, event).await?;
                    Ok(())
                })
            })
            .await?;
    }
    Ok(Copy { mail, pdf })
}

fn may_see(actor: &Actor, person: Option<PersonId>) -> bool {
    match actor {
        Actor::Member { person: own, .. } => Some(*own) == person,
        Actor::Staff { .. } | Actor::Operator | Actor::Job(_) => true,
        Actor::Guest { .. } | Actor::Partner { .. } => false,
    }
}
