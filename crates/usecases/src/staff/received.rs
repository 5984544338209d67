//! What came in on a day: one list of every payment of every channel, for staff.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{Cents, Channel, Tender};
use payments::PaymentStatus;
use store::received::ReceivedQuery;
pub use store::received::{ReceivedRow, ReceivedTotal};

use super::need_sight_of_members;
use crate::{Actor, Ctx, UseCaseError};

/// How many payments a page shows.
pub const RECEIVED_PAGE: u32 = 50;
/// How many payments one file has at most: a day of a large plan.
pub const RECEIVED_MOST: u32 = 200_000;

/// Which payments to list.
#[derive(Debug, Clone)]
pub struct ReceivedFilter {
    /// The day they came in, where the plan is.
    pub day: Date,
    /// Only of this channel.
    pub channel: Option<Channel>,
    /// Only with this tender.
    pub tender: Option<Tender>,
    /// Only where they stand so.
    pub status: Option<PaymentStatus>,
    /// Which page, from 1; 0 for all pages in one, up to [`RECEIVED_MOST`].
    pub page: u32,
}

/// A page of what came in. It names no member, so no look is written down.
#[derive(Debug, Clone)]
pub struct Received {
    /// The payments, newest first; their confirmation numbers are grouped.
    pub rows: Vec<ReceivedRow>,
    /// The totals of the day by channel and tender, of the status asked for.
    pub totals: Vec<ReceivedTotal>,
    /// How many payments the filter finds on all pages.
    pub count: i64,
    /// The sum of the payments that the filter finds on all pages.
    pub cents: Cents,
}

/// What came in on a day.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but staff whose role sees members.
pub async fn received(
    ctx: &Ctx,
    actor: &Actor,
    filter: &ReceivedFilter,
) -> Result<Received, UseCaseError> {
    need_sight_of_members(actor)?;
    let query = query_of(ctx, filter)?;
    let mut tx = ctx.store.read().await?;
    let mut rows = store::received::page(&mut tx, &query).await?;
    for row in &mut rows {
        row.confirmation = crate::payments::grouped(&row.confirmation);
    }
    let totals = store::received::totals(&mut tx, &query).await?;
    let found = |total: &&ReceivedTotal| {
        filter
            .channel
            .is_none_or(|channel| channel == total.channel)
            && filter.tender.is_none_or(|tender| tender == total.tender)
    };
    let count = totals.iter().filter(found).map(|total| total.count).sum();
    let cents = totals
        .iter()
        .filter(found)
        .map(|total| total.cents)
        .sum::<Cents>();
    Ok(Received {
        rows,
        totals,
        count,
        cents,
    })
}

pub(super) fn query_of(ctx: &Ctx, filter: &ReceivedFilter) -> Result<ReceivedQuery, UseCaseError> {
    let midnight = |day: Date| {
        let began = ctx.plan.time_zone.to_timestamp(day.at(0, 0, 0, 0));
        began.map_err(|_| UseCaseError::NotFound)
    };
    let next = filter.day.checked_add(1.day());
    Ok(ReceivedQuery {
        from: midnight(filter.day)?,
        before: midnight(next.map_err(|_| UseCaseError::NotFound)?)?,
        channel: filter.channel,
        tender: filter.tender,
        status: filter.status,
        offset: i64::from(filter.page.saturating_sub(1)) * i64::from(RECEIVED_PAGE),
        limit: i64::from(match filter.page {
            0 => RECEIVED_MOST,
            _ => RECEIVED_PAGE,
        }),
    })
}
