//! Browser sessions of staff. As those of members: 256 random bits in a cookie of its own, their
//! SHA-256 in a table of its own. They idle out sooner and end after eight hours.

use gateways::chance::Draw as _;
use identity::Role;
use identity::session::{STAFF, SessionRules};
use jiff::{SignedDuration, Timestamp};
use kernel::{Language, StaffId};
use sha2::{Digest as _, Sha256};
use store::staff_sessions::StaffSessionRow;
use store::{StoreError, Tx};

use super::StaffMember;
use crate::sessions::Session;
use crate::{Ctx, UseCaseError, errands};

const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);
const TOKEN_BYTES: usize = 32;
const MOST_DEVICE_CHARACTERS: usize = 200;

/// A session of staff that is good now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSession {
    /// What it has in common with every session. No member is signed in to it, ever.
    pub session: Session,
    /// Who signed in, with the role they have at this moment.
    pub staff: Option<StaffMember>,
    /// Who gave the right password and still owes the second factor.
    pub half_signed_in: Option<StaffId>,
}

/// The session of a cookie; `None` if it is unknown, was ended, ran out, or its owner was disabled.
/// A request counts as use.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn find(ctx: &Ctx, token: &str) -> Result<Option<StaffSession>, UseCaseError> {
    let now = ctx.now();
    let row = store::staff_sessions::find(&mut ctx.store.read().await?, &hash(token)).await?;
    let Some(mut row) = row else { return Ok(None) };
    let rules = rules(ctx, row.staff.is_some());
    if rules.ended(row.created_at, row.seen_at, now).is_some() {
        return Ok(None);
    }
    if now - row.seen_at >= NOTED_EVERY {
        let hash = row.token_hash;
        ctx.store
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move { store::staff_sessions::touch(tx, &hash, now).await })
            })
            .await?;
        row.seen_at = now;
    }
    of_row(ctx, row).map(Some)
}

/// Begins the session of somebody at the door: the cookie's value and the session.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn start(
    ctx: &Ctx,
    language: Language,
    device: &str,
) -> Result<(String, StaffSession), UseCaseError> {
    let (token, row) = fresh(ctx, language, device);
    let session = of_row(ctx, row.clone())?;
    ctx.store
        .write::<(), StoreError, _>(move |tx| {
            let row = row.clone();
            Box::pin(async move { store::staff_sessions::insert(tx, &row).await })
        })
        .await?;
    Ok((token, session))
}

/// A fresh session, not stored yet, and its cookie's value.
pub(super) fn fresh(ctx: &Ctx, language: Language, device: &str) -> (String, StaffSessionRow) {
    let now = ctx.now();
    let token = ctx.chance.token(TOKEN_BYTES);
    let row = StaffSessionRow {
        token_hash: hash(&token),
        staff: None,
        half_signed_in: None,
        csrf_token: ctx.chance.token(TOKEN_BYTES),
        language,
        created_at: now,
        seen_at: now,
        expires_at: now + STAFF.absolute,
        device: device
            .chars()
            .filter(|c| !c.is_control())
            .take(MOST_DEVICE_CHARACTERS)
            .collect(),
        name: String::new(),
        role: String::new(),
    };
    (token, row)
}

/// In the running transaction: ends `old` and begins `new`, with the forms under way.
pub(super) async fn replace(
    tx: &mut Tx,
    ctx: &Ctx,
    old: &[u8; 32],
    new: &StaffSessionRow,
) -> Result<(), UseCaseError> {
    if !store::staff_sessions::end(tx, old, ctx.now()).await? {
        return Err(UseCaseError::NotFound);
    }
    store::staff_sessions::insert(tx, new).await?;
    errands::move_all(tx, ctx, old, &new.token_hash).await
}

pub(super) fn of_row(ctx: &Ctx, row: StaffSessionRow) -> Result<StaffSession, UseCaseError> {
    let rules = rules(ctx, row.staff.is_some());
    let staff = match row.staff {
        None => None,
        Some(staff) => Some(StaffMember {
            staff,
            name: row.name,
            role: Role::from_code(&row.role)
                .ok_or_else(|| UseCaseError::broken("staff with an unknown role"))?,
        }),
    };
    Ok(StaffSession {
        session: Session {
            token_hash: row.token_hash,
            login: None,
            person: None,
            csrf_token: row.csrf_token,
            language: row.language,
            expires_at: row.expires_at,
            idle_until: rules.ends_at(row.created_at, row.seen_at),
            device: row.device,
            signed_in_at: None,
            proved_at: None,
        },
        staff,
        half_signed_in: row.half_signed_in,
    })
}

/// Somebody at the door has the same half an hour to come in, whatever the plan says of idle time.
fn rules(ctx: &Ctx, signed_in: bool) -> SessionRules {
    let minutes = if signed_in {
        i64::from(ctx.plan.security.staff_idle_minutes)
    } else {
        errands::KEPT_MINUTES
    };
    SessionRules {
        idle: SignedDuration::from_mins(minutes),
        absolute: STAFF.absolute,
    }
}

/// Removes sessions and sign-ins at the provider that ran out before an instant: how many sessions.
pub(crate) async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    store::staff::prune_sign_ins(tx, before).await?;
    store::staff_sessions::prune(tx, before).await
}

pub(super) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
