//! Mail that did not arrive: what was in it goes on paper, and an address that does not exist is
//! not used again until somebody proves it.

use gateways::mail::{Returned, read_returned};
use kernel::{Email, OutboxId, PersonId};
use notices::{Failure, NoticeKind, failure, falls_back_to_paper};
use serde_json::Value;
use store::Tx;
use store::notices::LetterRow;
use store::outbox::OutboxRow;

use super::{Notice, To, facts, letter_context};
use crate::audit::{self, Event};
use crate::{Actor, Ctx, UseCaseError, outbox};

/// How many notifications one round of the job reads.
const ROUND: usize = 100;
/// The longest status that is kept.
const MOST_STATUS_CHARACTERS: usize = 40;

/// Reads the notifications that came into the folder of returned mail, if the operator named one, a
/// round of them: how many were understood. A file is put away only after what it says is on disk.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the folder cannot be read or the database does not answer.
pub async fn read_folder(ctx: &Ctx) -> Result<u64, UseCaseError> {
    let Some(folder) = &ctx.settings.returned_mail else {
        return Ok(0);
    };
    let unavailable = |error: std::io::Error| UseCaseError::Unavailable(Box::new(error));
    let mut understood = 0;
    for mail in read_returned(folder, ROUND).await.map_err(unavailable)? {
        match &mail.says {
            Some(says) => {
                returned(ctx, says).await?;
                understood += 1;
            }
            None => tracing::warn!("a file in the folder of returned mail was not understood"),
        }
        mail.put_away(folder).await.map_err(unavailable)?;
    }
    Ok(understood)
}

/// Takes in that a message came back. The same notification again changes nothing.
///
/// # Errors
/// [`UseCaseError`] if the database does not answer.
pub async fn returned(ctx: &Ctx, says: &Returned) -> Result<(), UseCaseError> {
    let Some(id) = OutboxId::parse(&says.message_id).filter(|_| says.failed) else {
        return Ok(());
    };
    let (owned, status) = (ctx.clone(), says.status.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, status) = (owned.clone(), status.clone());
            Box::pin(async move {
                match store::outbox::not_bounced(tx, id).await? {
                    Some(row) => undelivered(tx, &ctx, &row, &status).await,
                    None => Ok(()),
                }
            })
        })
        .await
}

/// What follows from a message that did not arrive, in the running transaction.
pub(crate) async fn undelivered(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &OutboxRow,
    answer: &str,
) -> Result<(), UseCaseError> {
    let status: String = answer.chars().take(MOST_STATUS_CHARACTERS).collect();
    store::outbox::bounced(tx, row.id, ctx.now(), &status).await?;
    let notice = match row.notice {
        Some(notice) => store::notices::by_id(tx, notice).await?,
        None => None,
    };
    let Some((notice, person)) = notice.and_then(|n| n.person.map(|person| (n, person))) else {
        return Ok(());
    };
    let facts = outbox::opened_facts(ctx, row).unwrap_or_default();
    let differs = facts.get("differs") == Some(&Value::Bool(true));
    let kind = NoticeKind::from_code(&row.kind);
    if kind.is_some_and(|kind| falls_back_to_paper(kind, differs)) && facts.is_object() {
        let plain = serde_json::to_vec(&facts).map_err(|e| UseCaseError::Broken(Box::new(e)))?;
        let letter = LetterRow {
            notice: notice.id,
            facts: ctx.vault.seal(&letter_context(notice.id), &plain),
            created_at: ctx.now(),
        };
        store::notices::insert_letters(tx, &[letter]).await?;
    }
    if failure(answer) == Failure::Address {
        mark(tx, ctx, person, &row.recipient).await?;
    }
    Ok(())
}

/// Stops e-mail to an address that does not exist, if it is still the person's, and tells them on
/// paper.
async fn mark(
    tx: &mut Tx,
    ctx: &Ctx,
    person: PersonId,
    recipient: &str,
) -> Result<(), UseCaseError> {
    let mut row = store::notices::lock_preferences(tx, person).await?;
    let login = store::logins::of_person(tx, person).await?;
    let folded = |text: &str| Email::parse(text).map(|email| email.folded()).ok();
    let bounced = folded(recipient);
    let current = login.and_then(|login| folded(&login.email));
    let Some(address) = bounced.filter(|bounced| Some(bounced) == current.as_ref()) else {
        return Ok(());
    };
    if row.bouncing_email == address {
        return Ok(());
    }
    row.bouncing_email = address;
    row.bouncing_since = Some(ctx.now());
    store::notices::save_preferences(tx, person, &row, ctx.now()).await?;
    let event = Event {
        action: "email-bounced",
        account: None,
        subject: &person.to_string(),
        detail: "",
    };
    audit::record(tx, ctx, &Actor::Job("bounces"), event).await?;
    let to = To::Subscriber(person);
    let notice = Notice::new(NoticeKind::EmailBounced, to, None, facts::none());
    super::tell(tx, ctx, notice).await.map(drop)
}
