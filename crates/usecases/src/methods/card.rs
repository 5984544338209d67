//! Saving a card: its number goes to the processor's own fields and never comes here.

use ::payments::saved_method::{MethodEvent, MethodState, next_state};
use gateways::card::{Instrument, PayerRef};
use kernel::{BillingMonth, Language, MethodId};
use store::Tx;
use store::methods::MethodRow;

use super::{can_be_saved, new_row, owner, payer_of, tell};
use crate::audit::{self, Event};
use crate::notices::NoticeKind;
use crate::payments::{CardFields, entered, open_fields, tender_of};
use crate::{Actor, Ctx, UseCaseError};

/// A card that was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardAdded {
    /// Its id.
    pub method: MethodId,
    /// True if it was on the list before; then what may have changed, such as its expiry, is
    /// changed.
    pub before: bool,
}

/// Opens the processor's card fields for a card that is to be kept. `return_url` is where its full
/// page comes back to.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the processor does not answer.
pub async fn add_card_start(
    ctx: &Ctx,
    actor: &Actor,
    language: Language,
    return_url: &str,
) -> Result<CardFields, UseCaseError> {
    let payer = payer_of(ctx, owner(actor)?).await?;
    open_fields(ctx, &can_be_saved(ctx), language, return_url, Some(payer)).await
}

/// Saves the card that was entered in a session of [`add_card_start`]; `None` while there is none.
/// Calling it twice saves it once.
///
/// # Errors
/// A refusal about the field `card` if the plan does not take this brand.
pub async fn add_card_finish(
    ctx: &Ctx,
    actor: &Actor,
    session: &str,
) -> Result<Option<CardAdded>, UseCaseError> {
    let person = owner(actor)?;
    let Some(card) = entered(ctx, session).await? else {
        return Ok(None);
    };
    let payer = payer_of(ctx, person).await?;
    let fresh = MethodRow {
        state: MethodState::Good,
        validated_at: Some(ctx.now()),
        validated_by: "processor".to_owned(),
        ..new_row(ctx, person, tender_of(&can_be_saved(ctx), &card)?)
    };
    let fresh = filled(fresh, &card, &payer);
    let (ctx2, actor2) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, fresh) = (ctx2.clone(), actor2.clone(), fresh.clone());
            Box::pin(async move { keep(tx, &ctx, &actor, fresh).await.map(Some) })
        })
        .await
}

fn filled(row: MethodRow, card: &Instrument, payer: &PayerRef) -> MethodRow {
    MethodRow {
        reference: card.reference.as_str().to_owned(),
        payer_reference: payer.as_str().to_owned(),
        fingerprint: card.fingerprint.clone().unwrap_or_default(),
        last_four: card.last_four.clone(),
        expires: card
            .expiry
            .and_then(|expiry| BillingMonth::new(expiry.year, expiry.month)),
        network_reference: card.network_reference.clone().unwrap_or_default(),
        ..row
    }
}

async fn keep(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    fresh: MethodRow,
) -> Result<CardAdded, UseCaseError> {
    let same = store::methods::by_fingerprint(tx, fresh.person, &fresh.gateway, &fresh.fingerprint)
        .await?;
    let (row, before, action) = match same {
        Some(old) => {
            let row = renewed(old, &fresh);
            store::methods::save(tx, &row).await?;
            (row, true, "method-renewed")
        }
        None => {
            let others = store::methods::of_person(tx, fresh.person).await?;
            // A session that was finished before, where the processor gives no fingerprints.
            if let Some(old) = others.iter().find(|old| old.reference == fresh.reference) {
                return Ok(CardAdded {
                    method: old.id,
                    before: true,
                });
            }
            let row = MethodRow {
                is_default: !others.iter().any(|other| other.is_default),
                ..fresh
            };
            store::methods::insert(tx, &row).await?;
            tell(tx, ctx, &row, NoticeKind::MethodAdded).await?;
            (row, false, "method-added")
        }
    };
    let subject = row.id.to_string();
    let event = Event {
        action,
        account: None,
        subject: &subject,
        detail: &format!("tender={}", row.tender),
    };
    audit::record(tx, ctx, actor, event).await?;
    Ok(CardAdded {
        method: row.id,
        before,
    })
}

/// The same card once more: autopay and the default stay with it.
fn renewed(old: MethodRow, fresh: &MethodRow) -> MethodRow {
    let state = next_state(old.state, MethodEvent::AddAgain)
        .and_then(|state| next_state(state, MethodEvent::Validate))
        .unwrap_or(old.state);
    MethodRow {
        reference: fresh.reference.clone(),
        payer_reference: fresh.payer_reference.clone(),
        last_four: fresh.last_four.clone(),
        expires: fresh.expires,
        network_reference: fresh.network_reference.clone(),
        state,
        validated_at: fresh.validated_at,
        disabled_reason: String::new(),
        ..old
    }
}
