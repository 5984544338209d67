//! The other side: accounts that somebody helps with.

use identity::{DelegationKind, DelegationState, Right};
use jiff::SignedDuration;
use kernel::{AccountId, LoginId};
use store::StoreError;

use super::{end, short_name, subscriber};
use crate::pages::{self, AccountSummary};
use crate::{Actor, Ctx, UseCaseError, access};

/// Uses that follow each other within this time are noted once.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// An account that somebody helps with.
#[derive(Debug, Clone)]
pub struct Helped {
    /// The member: first name and initial.
    pub name: String,
    /// What they may do.
    pub right: Right,
    /// How they came to.
    pub kind: DelegationKind,
    /// What is due, and so on.
    pub summary: AccountSummary,
}

/// In whose account somebody is, and what they may do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helping {
    /// The member: first name and initial.
    pub name: String,
    /// What they may do.
    pub right: Right,
    /// How they came to.
    pub kind: DelegationKind,
}

fn login_of(actor: &Actor) -> Option<LoginId> {
    match actor {
        Actor::Member { login, .. } => Some(*login),
        _ => None,
    }
}

/// The accounts that the actor helps with today.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn helped(ctx: &Ctx, actor: &Actor) -> Result<Vec<Helped>, UseCaseError> {
    let login = login_of(actor).ok_or(UseCaseError::NotAllowed)?;
    let mut tx = ctx.store.read().await?;
    let mut all = Vec::new();
    for row in store::delegations::of_login(&mut tx, login).await? {
        let Some(right) = access::delegation_of(&row)?.right_on(ctx.today()) else {
            continue;
        };
        let owner = access::account(&mut tx, ctx, actor, row.account, Right::View).await?;
        let person = subscriber(&mut tx, &owner).await?;
        all.push(Helped {
            name: short_name(&person),
            right,
            kind: access::kind_of(&row)?,
            summary: pages::summary(ctx, &mut tx, &owner).await?,
        });
    }
    Ok(all)
}

/// Whether the actor is in an account that is somebody else's, and noting that they are. `None` in
/// one's own, and where one has no rights.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn helping(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<Option<Helping>, UseCaseError> {
    let Some(login) = login_of(actor) else {
        return Ok(None);
    };
    let mut tx = ctx.store.read().await?;
    let Some(row) = store::delegations::held(&mut tx, login, account).await? else {
        return Ok(None);
    };
    let Some(right) = access::delegation_of(&row)?.right_on(ctx.today()) else {
        return Ok(None);
    };
    let owner = access::account(&mut tx, ctx, actor, account, Right::View).await?;
    let person = subscriber(&mut tx, &owner).await?;
    drop(tx);
    let now = ctx.now();
    if row.used_at.is_none_or(|at| now - at >= NOTED_EVERY) {
        let id = row.id;
        ctx.store
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move { store::delegations::touch(tx, account, id, now).await })
            })
            .await?;
    }
    Ok(Some(Helping {
        name: short_name(&person),
        right,
        kind: access::kind_of(&row)?,
    }))
}

/// Gives rights back that one was given.
///
/// # Errors
/// [`UseCaseError::NotFound`] if one has none on the account.
pub async fn give_back(ctx: &Ctx, actor: &Actor, account: AccountId) -> Result<(), UseCaseError> {
    let login = login_of(actor).ok_or(UseCaseError::NotAllowed)?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let row = store::delegations::held(tx, login, account).await?;
                let row = row.ok_or(UseCaseError::NotFound)?;
                if access::delegation_of(&row)?.state(ctx.today()) == DelegationState::Over {
                    return Err(UseCaseError::NotFound);
                }
                end(tx, &ctx, &actor, &row).await
            })
        })
        .await
}
