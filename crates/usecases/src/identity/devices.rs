//! Devices: which are known, so that a sign-in from another is told, and which are remembered, so
//! that they give no second factor for 30 days.
//!
//! A cookie of its own holds 256 random bits, drawn anew at each sign-in; the database holds their
//! SHA-256. Several people may sign in on one device; what is remembered is each one's own.

use gateways::chance::Draw as _;
use identity::device::{self, Device};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::Tx;
use store::devices::DeviceRow;
use uuid::Uuid;

use super::{Holder, event};
use crate::{Actor, Ctx, UseCaseError, audit};

const TOKEN_BYTES: usize = 32;

/// A device that somebody signed in on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceView {
    /// Its id.
    pub id: Uuid,
    /// What the browser calls itself.
    pub device: String,
    /// The first sign-in on it.
    pub first_seen_at: Timestamp,
    /// The newest sign-in on it.
    pub seen_at: Timestamp,
    /// Until when it gives no second factor.
    pub remembered_until: Timestamp,
    /// True for the one that asks.
    pub this_one: bool,
}

/// The devices of a holder that are remembered. `cookie` is that of the device that asks, or
/// empty.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn remembered(
    ctx: &Ctx,
    holder: Holder,
    cookie: &str,
) -> Result<Vec<DeviceView>, UseCaseError> {
    let rows = store::devices::of_holder(&mut ctx.store.read().await?, holder.key()).await?;
    let (now, this) = (ctx.now(), hash(cookie));
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let until = row.remembered_until.filter(|until| now < *until)?;
            Some(DeviceView {
                id: row.id,
                this_one: row.token_hash == this,
                device: row.device,
                first_seen_at: row.first_seen_at,
                seen_at: row.seen_at,
                remembered_until: until,
            })
        })
        .collect())
}

/// True if the device with this cookie gives no second factor for the holder.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn is_remembered(ctx: &Ctx, holder: Holder, cookie: &str) -> Result<bool, UseCaseError> {
    let rows = store::devices::of_holder(&mut ctx.store.read().await?, holder.key()).await?;
    let (now, this) = (ctx.now(), hash(cookie));
    Ok(rows
        .iter()
        .any(|row| row.token_hash == this && rule(row).is_remembered(now)))
}

fn rule(row: &DeviceRow) -> Device {
    Device {
        seen_at: row.seen_at,
        remembered_until: row.remembered_until,
    }
}

/// Asks one device of a holder for a second factor again.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the holder has no such device.
pub async fn forget(
    ctx: &Ctx,
    actor: &Actor,
    holder: Holder,
    id: Uuid,
) -> Result<(), UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                if !store::devices::forget(tx, holder.key(), id).await? {
                    return Err(UseCaseError::NotFound);
                }
                let subject = holder.uuid().to_string();
                audit::record(tx, &ctx, &actor, event("device-forgotten", &subject)).await?;
                Ok(())
            })
        })
        .await
}

/// What a sign-in found out about its device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What the cookie is from now on.
    pub cookie: String,
    /// True if the holder signed in before, but never on this device: worth telling.
    pub is_new: bool,
}

/// Draws the cookie a device gets with the next sign-in.
#[must_use]
pub fn draw_cookie(ctx: &Ctx) -> String {
    ctx.chance.token(TOKEN_BYTES)
}

/// In the running transaction: notes a sign-in of `holder` on the device with cookie `old`, which
/// has `new` from now on. `remember` is the wish to give no second factor for 30 days. True if the
/// holder signed in before, but never on this device.
///
/// # Errors
/// If the database does not answer.
pub async fn sign_in_on(
    tx: &mut Tx,
    ctx: &Ctx,
    holder: Holder,
    (old, new): (&str, &str),
    device: &str,
    remember: bool,
) -> Result<bool, UseCaseError> {
    let (key, now) = (holder.key(), ctx.now());
    let all = store::devices::of_holder(tx, key).await?;
    let before = hash(old);
    let this = all.iter().find(|row| row.token_hash == before);
    let is_new = !this.is_some_and(|row| rule(row).is_known(now));
    let until = remember.then(|| now + device::REMEMBERED);
    if !old.is_empty() {
        store::devices::renew(tx, &before, &hash(new)).await?;
    }
    let row = DeviceRow {
        id: this.map_or_else(|| ctx.id::<kernel::AuditId>().uuid(), |row| row.id),
        token_hash: hash(new),
        device: device.to_owned(),
        first_seen_at: this.map_or(now, |row| row.first_seen_at),
        seen_at: now,
        remembered_until: until.or_else(|| this.and_then(|row| row.remembered_until)),
    };
    match this {
        Some(_) => store::devices::seen(tx, &row).await?,
        None => store::devices::insert(tx, key, &row).await?,
    }
    Ok(is_new && !all.is_empty())
}

fn hash(cookie: &str) -> [u8; 32] {
    Sha256::digest(cookie.as_bytes()).into()
}
