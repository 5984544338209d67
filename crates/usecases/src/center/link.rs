//! Help with paying online: a link that is good once, for a short while, on a device of the payer's
//! own. Staff never see or type a card number.

use gateways::chance::Draw as _;
use jiff::{SignedDuration, Timestamp};
use kernel::{AccountId, Channel};
use plan::{Line, WayToPay};
use sha2::{Digest as _, Sha256};
use store::Tx;

use super::{SERVE, serve, staff_of};
use crate::audit::{self, Event};
use crate::payments::{self as paying, Payable};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// How long a link is good.
pub const GOOD_MINUTES: i64 = 15;
/// As many as a session has.
const TOKEN_BYTES: usize = 32;

/// A link to hand over.
#[derive(Debug, Clone)]
pub struct HelpLink {
    /// Where it leads. Shown once.
    pub address: String,
    /// The same as a QR code, an SVG picture.
    pub picture: String,
    /// Until when it is good.
    pub good_until: Timestamp,
}

/// True if associates help with paying a plan line online, which is done as a guest.
#[must_use]
pub fn offers_link(line: &Line) -> bool {
    let helps = match line.channel(Channel::Center) {
        WayToPay::Center(center) => center.helps_with.contains(&Channel::Online),
        _ => false,
    };
    helps && line.offers(Channel::Guest)
}

/// Makes a link to the payment pages of an account.
///
/// # Errors
/// As [`serve`]. Refusal: `channel-not-offered`.
pub async fn make_link(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<HelpLink, UseCaseError> {
    let (staff, _) = staff_of(actor, &SERVE)?;
    let served = serve(ctx, actor, account).await?;
    let line = ctx.plan.line(&served.payable.plan_line);
    if !line.is_some_and(offers_link) {
        return Err(Refusal::new("channel-not-offered").into());
    }
    let token = ctx.chance.token(TOKEN_BYTES);
    let (now, token_hash) = (ctx.now(), hash(&token));
    let good_until = now + SignedDuration::from_mins(GOOD_MINUTES);
    let address = format!("{}/help-to-pay/{token}", ctx.settings.public_url);
    let picture = documents::qr_picture(&address);
    let picture = picture.map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write::<(), UseCaseError, _>(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let whose = (account, staff);
                store::help_links::insert(tx, token_hash, whose, now, good_until).await?;
                note(tx, &ctx, &actor, "help-link-made", account).await
            })
        })
        .await?;
    Ok(HelpLink {
        address,
        picture,
        good_until,
    })
}

/// What can be paid with a link. Opening it uses nothing up.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it was used, or is too old.
pub async fn opened(ctx: &Ctx, actor: &Actor, token: &str) -> Result<Payable, UseCaseError> {
    let found =
        store::help_links::find(&mut ctx.store.read().await?, hash(token), ctx.now()).await?;
    paying::payable(ctx, actor, found.ok_or(UseCaseError::NotFound)?).await
}

/// Uses a link up: the account that whoever holds it may pay, in this session.
///
/// # Errors
/// As [`opened`].
pub async fn begin(ctx: &Ctx, actor: &Actor, token: &str) -> Result<Payable, UseCaseError> {
    let payable = opened(ctx, actor, token).await?;
    let (account, token_hash) = (payable.account, hash(token));
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write::<(), UseCaseError, _>(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                if !store::help_links::use_up(tx, token_hash, ctx.now()).await? {
                    return Err(UseCaseError::NotFound);
                }
                note(tx, &ctx, &actor, "help-link-used", account).await
            })
        })
        .await?;
    Ok(payable)
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    account: AccountId,
) -> Result<(), UseCaseError> {
    let event = Event {
        action,
        account: Some(account),
        subject: "",
        detail: "",
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}
