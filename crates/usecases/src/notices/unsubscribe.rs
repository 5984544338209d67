//! One click stops reminders that no law asks for (RFC 8058). Receipts, notices that Regulation E
//! asks for and notices that protect a sign-in have no such link.

use kernel::{Language, PersonId};
use notices::{NoticeKind, Weight};
use serde_json::Value;
use store::outbox::OutboxRow;

use crate::audit::{self, Event};
use crate::{Actor, Ctx, UseCaseError};

/// What the token of a link is sealed for.
const CONTEXT: &str = "unsubscribe";

/// Reminders that somebody may stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminders {
    /// Whose.
    pub person: PersonId,
    /// Of which kind.
    pub kind: NoticeKind,
    /// True if they are stopped.
    pub stopped: bool,
    /// The language of the person.
    pub language: Language,
}

/// The link that stops reminders of this kind, for a message that may have one.
pub(crate) async fn link(
    ctx: &Ctx,
    kind: NoticeKind,
    facts: &Value,
    row: &OutboxRow,
) -> Result<Option<String>, UseCaseError> {
    let differs = facts.get("differs") == Some(&Value::Bool(true));
    if !matches!(kind.weight_with(differs), Weight::Courtesy(_)) {
        return Ok(None);
    }
    let Some(notice) = row.notice else {
        return Ok(None);
    };
    let mut tx = ctx.store.read().await?;
    let notice = store::notices::by_id(&mut tx, notice).await?;
    let person = notice.and_then(|notice| notice.person);
    Ok(person.map(|person| {
        let plain = format!("{person} {}", kind.code());
        let token = ctx.vault.seal(CONTEXT, plain.as_bytes());
        format!("{}/unsubscribe/{token}", ctx.settings.public_url)
    }))
}

fn read(ctx: &Ctx, token: &str) -> Result<(PersonId, NoticeKind), UseCaseError> {
    let opened = ctx.vault.open(CONTEXT, token);
    let opened = opened.map_err(|_| UseCaseError::NotFound)?;
    let text = str::from_utf8(&opened).map_err(|_| UseCaseError::NotFound)?;
    let parts = text
        .split_once(' ')
        .and_then(|(person, kind)| Some((PersonId::parse(person)?, NoticeKind::from_code(kind)?)));
    parts.ok_or(UseCaseError::NotFound)
}

/// What a link is about. Reading it changes nothing: mail programs open links by themselves.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the token is none of ours.
pub async fn about(ctx: &Ctx, token: &str) -> Result<Reminders, UseCaseError> {
    let (person, kind) = read(ctx, token)?;
    let mut tx = ctx.store.read().await?;
    let row = store::accounts::person_by_id(&mut tx, person).await?;
    let row = row.ok_or(UseCaseError::NotFound)?;
    let preferences = store::notices::preferences(&mut tx, person).await?;
    Ok(Reminders {
        person,
        kind,
        stopped: is_off(&preferences.reminders_off, kind),
        language: row.language,
    })
}

/// Stops reminders, by the link in one of them; whoever has the link may, signed in or not. Doing
/// it again changes nothing.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the token is none of ours.
pub async fn stop(ctx: &Ctx, actor: &Actor, token: &str) -> Result<Reminders, UseCaseError> {
    let (person, kind) = read(ctx, token)?;
    turn(ctx, actor, person, kind, true).await?;
    about(ctx, token).await
}

/// Turns reminders of a kind on or off for the member who signed in.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for who is not signed in as a member, and for kinds that cannot be
/// turned off.
pub async fn set(
    ctx: &Ctx,
    actor: &Actor,
    kind: NoticeKind,
    wanted: bool,
) -> Result<(), UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    if !matches!(kind.weight_with(false), Weight::Courtesy(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    turn(ctx, actor, person, kind, !wanted).await
}

async fn turn(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    kind: NoticeKind,
    off: bool,
) -> Result<(), UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let mut row = store::notices::lock_preferences(tx, person).await?;
                if is_off(&row.reminders_off, kind) == off {
                    return Ok(());
                }
                let mut codes: Vec<&str> = row.reminders_off.split_whitespace().collect();
                codes.retain(|code| *code != kind.code());
                if off {
                    codes.push(kind.code());
                }
                row.reminders_off = codes.join(" ");
                store::notices::save_preferences(tx, person, &row, ctx.now()).await?;
                let detail = format!("kind={} off={off}", kind.code());
                let event = Event {
                    action: "reminders-changed",
                    account: None,
                    subject: &person.to_string(),
                    detail: &detail,
                };
                audit::record(tx, &ctx, &actor, event).await?;
                Ok(())
            })
        })
        .await
}

/// True if reminders of this kind are turned off.
pub(crate) fn is_off(codes: &str, kind: NoticeKind) -> bool {
    codes.split_whitespace().any(|code| code == kind.code())
}
