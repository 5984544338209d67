//! Who is on the staff: added, given another role, disabled and let in again, by an administrator
//! or the operator. Nobody changes their own role, and nobody shuts themselves out.

use gateways::chance::Draw as _;
use identity::{Role, UserId};
use jiff::{SignedDuration, Timestamp};
use kernel::{Email, Language, StaffId};
use store::staff::StaffRow;
use store::{StoreError, Tx};

use super::sessions::hash;
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// For how long the link is good that a local account is set up with.
const SET_UP_HOURS: i64 = 24;
const TOKEN_BYTES: usize = 32;
/// No session: all of somebody's are ended.
const NONE: [u8; 32] = [0; 32];

/// Somebody on the staff, as an administrator sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffView {
    /// Id.
    pub staff: StaffId,
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Role.
    pub role: Role,
    /// The user ID of a local account; empty for staff of the provider.
    pub user_id: String,
    /// True for staff of the sign-in provider, whose role the provider says.
    pub of_provider: bool,
    /// True for a local account that was not set up yet.
    pub to_set_up: bool,
    /// When they signed in last.
    pub signed_in_at: Option<Timestamp>,
    /// When they were disabled.
    pub disabled_at: Option<Timestamp>,
}

/// A local account to be.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: Email,
    /// The user ID.
    pub user_id: String,
    /// The role.
    pub role: Role,
    /// The language of pages.
    pub language: Language,
}

/// The link that a local account is set up with: good once, for a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUpLink {
    /// Whose.
    pub staff: StaffId,
    /// The address. Shown once, to whoever added the account, who hands it over.
    pub address: String,
}

fn need_keeper(actor: &Actor) -> Result<(), UseCaseError> {
    match actor {
        Actor::Operator => Ok(()),
        Actor::Staff { role, .. } if role.keeps_staff() => Ok(()),
        _ => Err(UseCaseError::NotAllowed),
    }
}

/// Everybody, by name.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but administrators and the operator.
pub async fn all(ctx: &Ctx, actor: &Actor) -> Result<Vec<StaffView>, UseCaseError> {
    need_keeper(actor)?;
    let rows = store::staff::all(&mut ctx.store.read().await?).await?;
    rows.into_iter().map(view_of).collect()
}

fn view_of(row: StaffRow) -> Result<StaffView, UseCaseError> {
    Ok(StaffView {
        staff: row.id,
        role: Role::from_code(&row.role)
            .ok_or_else(|| UseCaseError::broken("staff with an unknown role"))?,
        of_provider: row.issuer.is_some(),
        to_set_up: row.issuer.is_none() && row.password_hash.is_empty(),
        name: row.name,
        email: row.email,
        user_id: row.user_id,
        signed_in_at: row.signed_in_at,
        disabled_at: row.disabled_at,
    })
}

/// Adds a local account. It has no password until its link was used.
///
/// # Errors
/// As [`all`]; refusals about the field `user_id`: `user-id-shape`, `user-id-taken`.
pub async fn add(ctx: &Ctx, actor: &Actor, new: &NewStaff) -> Result<SetUpLink, UseCaseError> {
    need_keeper(actor)?;
    let user_id =
        UserId::parse(&new.user_id).map_err(|_| Refusal::of("user_id", "user-id-shape"))?;
    let token = ctx.chance.token(TOKEN_BYTES);
    let row = StaffRow {
        id: ctx.id(),
        name: new.name.clone(),
        email: new.email.as_str().to_owned(),
        role: new.role.code().to_owned(),
        language: new.language,
        user_id: user_id.as_str().to_owned(),
        folded_user_id: Some(user_id.folded()),
        password_hash: String::new(),
        password_changed_at: None,
        set_up_hash: Some(hash(&token)),
        set_up_until: Some(ctx.now() + SignedDuration::from_hours(SET_UP_HOURS)),
        issuer: None,
        subject: None,
        created_at: ctx.now(),
        created_by: format!("{} {}", actor.kind(), actor.name())
            .trim()
            .to_owned(),
        signed_in_at: None,
        disabled_at: None,
    };
    let (owned, actor, staff) = (ctx.clone(), actor.clone(), row.id);
    ctx.store
        .write(move |tx| {
            let (ctx, actor, row) = (owned.clone(), actor.clone(), row.clone());
            Box::pin(async move {
                store::staff::insert(tx, &row)
                    .await
                    .map_err(|error| match error {
                        StoreError::Conflict { .. } => {
                            Refusal::of("user_id", "user-id-taken").into()
                        }
                        other => UseCaseError::from(other),
                    })?;
                let detail = format!("role={}", row.role);
                note(tx, &ctx, &actor, "staff-added", row.id, &detail).await
            })
        })
        .await?;
    Ok(link(ctx, staff, &token))
}

fn link(ctx: &Ctx, staff: StaffId, token: &str) -> SetUpLink {
    SetUpLink {
        staff,
        address: format!("{}/staff/set-up/{token}", ctx.settings.public_url),
    }
}

/// A change to somebody on the staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Another role.
    Role(Role),
    /// Nobody signs in as them any more; what is open is ended.
    Disable,
    /// They may sign in again.
    Enable,
}

/// Changes somebody. A change of role and being disabled end what they have open.
///
/// # Errors
/// As [`all`]; [`UseCaseError::NotFound`]. Refusals: `staff-oneself`; `staff-of-provider` for the
/// role of somebody whose role the provider says.
pub async fn change(
    ctx: &Ctx,
    actor: &Actor,
    staff: StaffId,
    change: Change,
) -> Result<(), UseCaseError> {
    need_keeper(actor)?;
    if matches!(actor, Actor::Staff { staff: own, .. } if *own == staff) {
        return Err(Refusal::new("staff-oneself").into());
    }
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let row = store::staff::by_id(tx, staff).await?;
                let row = row.ok_or(UseCaseError::NotFound)?;
                let (action, detail) = match change {
                    Change::Role(_) if row.issuer.is_some() => {
                        return Err(Refusal::new("staff-of-provider").into());
                    }
                    Change::Role(role) => {
                        store::staff::set_role(tx, staff, role.code()).await?;
                        let detail = format!("from={} to={}", row.role, role.code());
                        ("staff-role-changed", detail)
                    }
                    Change::Disable => {
                        store::staff::set_disabled(tx, staff, Some(ctx.now())).await?;
                        ("staff-disabled", String::new())
                    }
                    Change::Enable => {
                        store::staff::set_disabled(tx, staff, None).await?;
                        ("staff-enabled", String::new())
                    }
                };
                store::staff_sessions::end_others(tx, staff, &NONE, ctx.now()).await?;
                note(tx, &ctx, &actor, action, staff, &detail).await
            })
        })
        .await
}

/// Gives a local account a new link in the place of its password and its second factors: for who
/// lost them.
///
/// # Errors
/// As [`change`].
pub async fn set_up_again(
    ctx: &Ctx,
    actor: &Actor,
    staff: StaffId,
) -> Result<SetUpLink, UseCaseError> {
    need_keeper(actor)?;
    if matches!(actor, Actor::Staff { staff: own, .. } if *own == staff) {
        return Err(Refusal::new("staff-oneself").into());
    }
    let token = ctx.chance.token(TOKEN_BYTES);
    let (owned, actor, hashed) = (ctx.clone(), actor.clone(), hash(&token));
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let row = store::staff::by_id(tx, staff).await?;
                let row = row.ok_or(UseCaseError::NotFound)?;
                if row.issuer.is_some() {
                    return Err(Refusal::new("staff-of-provider").into());
                }
                let until = ctx.now() + SignedDuration::from_hours(SET_UP_HOURS);
                store::staff::set_up_again(tx, staff, &hashed, until).await?;
                store::staff_sessions::end_others(tx, staff, &NONE, ctx.now()).await?;
                note(tx, &ctx, &actor, "staff-set-up-again", staff, "").await
            })
        })
        .await?;
    Ok(link(ctx, staff, &token))
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    staff: StaffId,
    detail: &str,
) -> Result<(), UseCaseError> {
    let subject = staff.to_string();
    let event = crate::audit::Event {
        action,
        account: None,
        subject: &subject,
        detail,
    };
    Ok(crate::audit::record(tx, ctx, actor, event).await?)
}
