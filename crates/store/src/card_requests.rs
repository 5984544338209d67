//! Requests for ID cards, and the files that went to the card printer.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, CardRequestId, MemberId, PersonId};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// A request for a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRequestRow {
    /// The account.
    pub account: AccountId,
    /// Id.
    pub id: CardRequestId,
    /// Whose card.
    pub person: PersonId,
    /// What the printer quotes.
    pub number: i64,
    /// Why, as a code.
    pub reason: String,
    /// How far it is, as a code.
    pub state: String,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// The file it went to the printer in.
    pub batch: Option<i64>,
    /// When that was.
    pub printed_at: Option<Timestamp>,
    /// When the printer mailed it.
    pub mailed_on: Option<Date>,
}

/// A card as the printer needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardToPrint {
    /// The account.
    pub account: AccountId,
    /// What the printer quotes.
    pub number: i64,
    /// Why, as a code.
    pub reason: String,
    /// The plan line, by its id in the plan file.
    pub plan_line: String,
    /// Whose card: first and last name, and member ID.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Member ID.
    pub member_id: MemberId,
    /// The subscriber's first name.
    pub subscriber_first_name: String,
    /// The subscriber's last name.
    pub subscriber_last_name: String,
    /// Where it is mailed: first line, second line, city, state.
    pub address: [String; 4],
    /// ZIP code.
    pub zip: String,
}

/// Adds a request.
///
/// # Errors
/// [`StoreError::Conflict`] if the person has an open one.
pub async fn insert(tx: &mut Tx, row: &CardRequestRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO card_requests (account_id, id, person_id, request_number, reason, state, \
         requested_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            row.account,
            row.id,
            row.person,
            row.number,
            &row.reason,
            &row.state,
            row.requested_at,
        ],
    )
    .await
    .map(drop)
}

/// The requests of an account, newest first.
pub async fn of_account(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<CardRequestRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, person_id, request_number, reason, state, requested_at, \
         batch_number, printed_at, mailed_on FROM card_requests WHERE account_id = $1 \
         ORDER BY requested_at DESC, request_number DESC LIMIT 200",
        args![account],
    )
    .await?
    .into_iter()
    .map(read)
    .collect()
}

/// The request with this number, locked until the transaction ends.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<CardRequestRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, person_id, request_number, reason, state, requested_at, \
         batch_number, printed_at, mailed_on FROM card_requests WHERE request_number = $1 \
         {for update}",
        args![number],
    )
    .await?
    .map(read)
    .transpose()
}

/// The number of the file that was begun and not finished, if there is one.
pub async fn unfinished_batch(tx: &mut Tx) -> Result<Option<i64>, StoreError> {
    tx.first(
        "SELECT number FROM card_batches WHERE finished_at IS NULL ORDER BY number LIMIT 1",
        args![],
    )
    .await?
    .map(|mut row| row.read())
    .transpose()
}

/// Begins the next file and puts every request that waits into it. `None` if none waits.
pub async fn begin_batch(tx: &mut Tx, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let mut next = tx
        .one(
            "the number of the next file",
            "SELECT CAST(COALESCE(MAX(number), 0) + 1 AS BIGINT) FROM card_batches",
            args![],
        )
        .await?;
    let number: i64 = next.read()?;
    tx.execute(
        "INSERT INTO card_batches (number, cards, begun_at) VALUES ($1, 0, $2)",
        args![number, now],
    )
    .await?;
    let cards = tx
        .execute(
            "UPDATE card_requests SET state = 'printed', batch_number = $1, printed_at = $2 \
             WHERE state = 'requested'",
            args![number, now],
        )
        .await?;
    if cards == 0 {
        tx.execute("DELETE FROM card_batches WHERE number = $1", args![number])
            .await?;
        return Ok(None);
    }
    let cards = i64::try_from(cards).unwrap_or(i64::MAX);
    tx.execute(
        "UPDATE card_batches SET cards = $2 WHERE number = $1",
        args![number, cards],
    )
    .await?;
    Ok(Some(number))
}

/// Notes that a file is whole.
pub async fn finish_batch(tx: &mut Tx, number: i64, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE card_batches SET finished_at = $2 WHERE number = $1 AND finished_at IS NULL",
        args![number, now],
    )
    .await
    .map(drop)
}

/// The cards of a file, by the number of their request.
pub async fn of_batch(tx: &mut Tx, number: i64) -> Result<Vec<CardToPrint>, StoreError> {
    tx.all(
        "SELECT r.account_id, r.request_number, r.reason, a.plan_line, p.first_name, p.last_name, \
         p.member_id, s.first_name, s.last_name, s.address_1, s.address_2, s.city, s.state, s.zip \
         FROM card_requests r JOIN accounts a ON a.id = r.account_id \
         JOIN persons p ON p.id = r.person_id JOIN persons s ON s.id = a.subscriber_id \
         WHERE r.batch_number = $1 ORDER BY r.request_number",
        args![number],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(CardToPrint {
            account: row.read()?,
            number: row.read()?,
            reason: row.read()?,
            plan_line: row.read()?,
            first_name: row.read()?,
            last_name: row.read()?,
            member_id: row.read()?,
            subscriber_first_name: row.read()?,
            subscriber_last_name: row.read()?,
            address: [row.read()?, row.read()?, row.read()?, row.read()?],
            zip: row.read()?,
        })
    })
    .collect()
}

/// Notes that cards were mailed.
pub async fn mailed(
    tx: &mut Tx,
    requests: &[(AccountId, CardRequestId, Date)],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Id, Kind::Day]);
    for (account, id, day) in requests {
        rows.push([(*account).into(), (*id).into(), (*day).into()]);
    }
    tx.execute_rows(
        "UPDATE card_requests SET state = 'mailed', mailed_on = v.c3 FROM {rows} \
         WHERE card_requests.account_id = v.c1 AND card_requests.id = v.c2",
        &rows,
    )
    .await
    .map(drop)
}

fn read(mut row: Row) -> Result<CardRequestRow, StoreError> {
    Ok(CardRequestRow {
        account: row.read()?,
        id: row.read()?,
        person: row.read()?,
        number: row.read()?,
        reason: row.read()?,
        state: row.read()?,
        requested_at: row.read()?,
        batch: row.read_optional()?,
        printed_at: row.read_optional()?,
        mailed_on: row.read_optional()?,
    })
}
