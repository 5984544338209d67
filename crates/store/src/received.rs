//! What came in on a day, over every channel.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, Channel, PaymentId, Tender};
use payments::PaymentStatus;

use crate::{StoreError, Tx, args};

/// Which payments to list: those received from an instant on and before another.
#[derive(Debug, Clone)]
pub struct ReceivedQuery {
    /// From this instant on.
    pub from: Timestamp,
    /// Before this instant.
    pub before: Timestamp,
    /// Only of this channel.
    pub channel: Option<Channel>,
    /// Only with this tender.
    pub tender: Option<Tender>,
    /// Only where they stand so.
    pub status: Option<PaymentStatus>,
    /// How many to pass over.
    pub offset: i64,
    /// How many at most.
    pub limit: i64,
}

/// A payment as the list shows it. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedRow {
    /// The account.
    pub account: AccountId,
    /// Id.
    pub payment: PaymentId,
    /// The confirmation number, not grouped.
    pub confirmation: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// How much.
    pub cents: Cents,
    /// How it came in.
    pub channel: Channel,
    /// What with.
    pub tender: Tender,
    /// Where it stands.
    pub status: PaymentStatus,
    /// The day it counts from.
    pub effective_on: Date,
}

/// What came in over one channel with one tender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedTotal {
    /// How it came in.
    pub channel: Channel,
    /// What with.
    pub tender: Tender,
    /// How many payments.
    pub count: i64,
    /// Their sum.
    pub cents: Cents,
}

/// A page of the payments, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn page(tx: &mut Tx, query: &ReceivedQuery) -> Result<Vec<ReceivedRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, confirmation, received_at, cents, channel, tender, status, \
         effective_on FROM payments WHERE received_at >= $1 AND received_at < $2 AND ($3 = '' OR channel = $3) \
         AND ($4 = '' OR tender = $4) AND ($5 = '' OR status = $5) \
         ORDER BY received_at DESC, id DESC LIMIT $6 OFFSET $7",
        args![
            query.from,
            query.before,
            query.channel.map_or("", Channel::code),
            query.tender.map_or("", Tender::code),
            query.status.map_or("", PaymentStatus::code),
            query.limit,
            query.offset,
        ],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(ReceivedRow {
            account: row.read()?,
            payment: row.read()?,
            confirmation: row.read()?,
            received_at: row.read()?,
            cents: row.read()?,
            channel: row.read()?,
            tender: row.read()?,
            status: crate::payments::status(&row.read::<String>()?)?,
            effective_on: row.read()?,
        })
    })
    .collect()
}

/// The totals by channel and tender of every payment of the span with the status asked for,
/// whatever channel, tender or page was asked for.
///
/// # Errors
/// [`StoreError`].
pub async fn totals(tx: &mut Tx, query: &ReceivedQuery) -> Result<Vec<ReceivedTotal>, StoreError> {
    tx.all(
        "SELECT channel, tender, COUNT(*), CAST(SUM(cents) AS BIGINT) FROM payments \
         WHERE received_at >= $1 AND received_at < $2 AND ($3 = '' OR status = $3) \
         GROUP BY channel, tender ORDER BY channel, tender",
        args![
            query.from,
            query.before,
            query.status.map_or("", PaymentStatus::code),
        ],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(ReceivedTotal {
            channel: row.read()?,
            tender: row.read()?,
            count: row.read()?,
            cents: row.read()?,
        })
    })
    .collect()
}
