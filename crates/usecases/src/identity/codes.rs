//! Codes that were mailed: good once, for a few minutes and a few tries.

use identity::OneTimeCode;

use super::{code_hash, event};
use crate::{Actor, Ctx, Refusal, UseCaseError, audit};

/// Checks a code kept under `purpose` for `subject`, and uses it up. `whom` is what the audit trail
/// says it was about.
///
/// # Errors
/// Refusals about the field `code`: `code-wrong` with the tries `left`, `code-expired` when it is
/// not good any more for whatever reason.
pub(super) async fn check(
    ctx: &Ctx,
    actor: &Actor,
    purpose: &'static str,
    subject: &str,
    whom: &str,
    typed: &str,
) -> Result<(), UseCaseError> {
    let (most, now) = (u32::from(ctx.plan.security.code_tries), ctx.now());
    let (subject, code) = (subject.to_owned(), OneTimeCode::parse(typed));
    let (owned, actor, whom) = (ctx.clone(), actor.clone(), whom.to_owned());
    let refusal = ctx
        .store
        .write(move |tx| {
            let (ctx, actor, whom) = (owned.clone(), actor.clone(), whom.clone());
            let (subject, code) = (subject.clone(), code.clone());
            // A wrong code is an answer, not an error: the counted try must be committed.
            Box::pin(async move {
                let tried = store::codes::count_try(tx, purpose, &subject, most, now).await?;
                let Some((id, hash, tries)) = tried else {
                    return Ok(Some(Refusal::of("code", "code-expired")));
                };
                let right = code.is_some_and(|code| code_hash(id, &subject, &code) == hash);
                let action = if right { "code-right" } else { "code-wrong" };
                audit::record(tx, &ctx, &actor, event(action, &whom)).await?;
                if right && store::codes::mark_used(tx, id, now).await? {
                    return Ok(None);
                }
                Ok::<_, UseCaseError>(Some(match most - tries {
                    0 => Refusal::of("code", "code-expired"),
                    left => Refusal::of("code", "code-wrong").with("left", left),
                }))
            })
        })
        .await?;
    refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
}
