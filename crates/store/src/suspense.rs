//! Money in suspense: the queue, its decisions, and what goes back to payers.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, JournalId};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// Which check waits: the file it came in, and its number in that file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey {
    /// The remittance file.
    pub file: AccountId,
    /// The number of the check in the file, from 1.
    pub item: i64,
}

impl std::fmt::Display for ItemKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.file, self.item)
    }
}

/// A check in suspense, with what the bank told of it.
#[derive(Debug, Clone)]
pub struct SuspenseRow {
    /// Which one.
    pub key: ItemKey,
    /// What it came to.
    pub cents: Cents,
    /// What of it still waits.
    pub open: Cents,
    /// The day of deposit.
    pub effective_on: Date,
    /// Codes of what was unusual, with spaces between them.
    pub exceptions: String,
    /// `open`, `return-asked`, `cleared`, `returned`, `reversed` or `closed`.
    pub state: String,
    /// A queue, or the member of staff who took it.
    pub owner: String,
    /// When it came into suspense.
    pub opened_at: Timestamp,
    /// When the last cent of it left.
    pub closed_at: Option<Timestamp>,
    /// Until when somebody wants to wait.
    pub held_until: Option<Date>,
    /// Why.
    pub held_because: String,
    /// Moved by every change.
    pub version: i64,
    /// The bank's places: lockbox, batch, envelope.
    pub place: [String; 3],
    /// Which check of the envelope.
    pub ordinal: i64,
    /// Routing, account and check number, sealed.
    pub sealed: String,
    /// The last four digits of the bank account.
    pub last_four: String,
    /// Whose check it is, as the bank read it.
    pub payer_name: String,
    /// The date on it.
    pub dated_on: Option<Date>,
    /// The bank's name for its image.
    pub image: String,
    /// The file it came in.
    pub file_name: String,
}

/// What lay in the envelope with a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponRow {
    /// The scan line as read; empty if there was none.
    pub scan_line: String,
    /// What the bank keyed.
    pub reference: String,
    /// Free words.
    pub words: String,
}

/// Which part of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All that waits.
    All,
    /// What waits for anybody now.
    Open,
    /// What somebody wants to wait with.
    Held,
    /// What one member of staff took.
    Mine,
    /// What is to go back to its payer and needs a second person.
    ReturnAsked,
}

impl Part {
    const fn code(self) -> &'static str {
        match self {
            Part::All => "all",
            Part::Open => "open",
            Part::Held => "held",
            Part::Mine => "mine",
            Part::ReturnAsked => "return-asked",
        }
    }
}

/// A question about the queue.
#[derive(Debug, Clone)]
pub struct QueueQuery<'a> {
    /// Which part.
    pub part: Part,
    /// Whose, for [`Part::Mine`].
    pub owner: &'a str,
    /// Only with this exception; empty for all.
    pub exception: &'a str,
    /// Only of this file.
    pub file: Option<AccountId>,
    /// Only deposited from the first of these days on, and up to the second.
    pub deposited: (Option<Date>, Option<Date>),
    /// Today: what is held longer is not open.
    pub today: Date,
    /// Only what comes after this one.
    pub after: Option<(Date, ItemKey)>,
    /// How many at most.
    pub limit: i64,
}

/// Before everything.
fn beginning() -> (Date, ItemKey) {
    let file = AccountId::from_parts(0, [0; 10]);
    (jiff::civil::date(1900, 1, 1), ItemKey { file, item: 0 })
}

fn suspense(mut row: Row) -> Result<SuspenseRow, StoreError> {
    Ok(SuspenseRow {
        key: ItemKey {
            file: row.read()?,
            item: row.read()?,
        },
        cents: row.read()?,
        open: row.read()?,
        effective_on: row.read()?,
        exceptions: row.read()?,
        state: row.read()?,
        owner: row.read()?,
        opened_at: row.read()?,
        closed_at: row.read_optional()?,
        held_until: row.read_optional()?,
        held_because: row.read()?,
        version: row.read()?,
        place: [row.read()?, row.read()?, row.read()?],
        ordinal: row.read()?,
        sealed: row.read()?,
        last_four: row.read()?,
        payer_name: row.read()?,
        dated_on: row.read_optional()?,
        image: row.read()?,
        file_name: row.read()?,
    })
}

/// The queue, oldest deposit first.
///
/// # Errors
/// [`StoreError`].
pub async fn queue(tx: &mut Tx, query: &QueueQuery<'_>) -> Result<Vec<SuspenseRow>, StoreError> {
    let (day, key) = query.after.unwrap_or_else(beginning);
    tx.all(
        "SELECT s.file_id, s.item_no, s.cents, s.open_cents, s.effective_on, s.exceptions, s.state, \
         s.owner, s.opened_at, s.closed_at, s.held_until, s.held_because, s.version, i.lockbox, \
         i.batch, i.envelope, i.ordinal, i.sealed, i.last_four, i.payer_name, i.dated_on, i.image, \
         f.file_name FROM suspense s JOIN remittance_items i ON i.file_id = s.file_id \
         AND i.item_no = s.item_no JOIN remittance_files f ON f.id = s.file_id \
         WHERE s.state IN ('open', 'return-asked') AND (\
         ($1 = 'open' AND s.state = 'open' AND (s.held_until IS NULL OR s.held_until <= $2)) \
         OR ($1 = 'held' AND s.state = 'open' AND s.held_until > $2) \
         OR ($1 = 'mine' AND s.owner = $3) \
         OR ($1 = 'return-asked' AND s.state = 'return-asked') OR $1 = 'all') \
         AND ($4 = '' OR ' ' || s.exceptions || ' ' LIKE '% ' || $4 || ' %') \
         AND (s.effective_on > $5 OR (s.effective_on = $5 AND (s.file_id > $6 \
         OR (s.file_id = $6 AND s.item_no > $7)))) \
         AND s.effective_on >= COALESCE($9, s.effective_on) \
         AND s.effective_on <= COALESCE($10, s.effective_on) \
         AND s.file_id = COALESCE($11, s.file_id) \
         ORDER BY s.effective_on, s.file_id, s.item_no LIMIT $8",
        args![
            query.part.code(),
            query.today,
            query.owner,
            query.exception,
            day,
            key.file,
            key.item,
            query.limit,
            query.deposited.0,
            query.deposited.1,
            query.file,
        ],
    )
    .await?
    .into_iter()
    .map(suspense)
    .collect()
}

/// One check in suspense, or that was.
///
/// # Errors
/// [`StoreError`].
pub async fn by_key(tx: &mut Tx, key: ItemKey) -> Result<Option<SuspenseRow>, StoreError> {
    tx.first(
        "SELECT s.file_id, s.item_no, s.cents, s.open_cents, s.effective_on, s.exceptions, s.state, \
         s.owner, s.opened_at, s.closed_at, s.held_until, s.held_because, s.version, i.lockbox, \
         i.batch, i.envelope, i.ordinal, i.sealed, i.last_four, i.payer_name, i.dated_on, i.image, \
         f.file_name FROM suspense s JOIN remittance_items i ON i.file_id = s.file_id \
         AND i.item_no = s.item_no JOIN remittance_files f ON f.id = s.file_id \
         WHERE s.file_id = $1 AND s.item_no = $2",
        args![key.file, key.item],
    )
    .await?
    .map(suspense)
    .transpose()
}

/// Locks a check in suspense until the transaction ends. True if there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn lock(tx: &mut Tx, key: ItemKey) -> Result<bool, StoreError> {
    Ok(tx
        .first(
            "SELECT version FROM suspense WHERE file_id = $1 AND item_no = $2 {for update}",
            args![key.file, key.item],
        )
        .await?
        .is_some())
}

/// Writes what was decided about a locked check, and moves its version.
///
/// # Errors
/// [`StoreError`].
pub async fn save(tx: &mut Tx, row: &SuspenseRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE suspense SET open_cents = $3, state = $4, owner = $5, closed_at = $6, \
         held_until = $7, held_because = $8, version = version + 1 \
         WHERE file_id = $1 AND item_no = $2",
        args![
            row.key.file,
            row.key.item,
            row.open,
            &row.state,
            &row.owner,
            row.closed_at,
            row.held_until,
            &row.held_because,
        ],
    )
    .await
    .map(drop)
}

/// What waits by day of deposit: how many checks, and what of them is open.
///
/// # Errors
/// [`StoreError`].
pub async fn by_day(tx: &mut Tx) -> Result<Vec<(Date, i64, Cents)>, StoreError> {
    tx.all(
        "SELECT effective_on, COUNT(*), CAST(SUM(open_cents) AS BIGINT) FROM suspense \
         WHERE state IN ('open', 'return-asked') GROUP BY effective_on ORDER BY effective_on",
        args![],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?, row.read()?)))
    .collect()
}

/// What waits of each file: how many checks and what is open of them.
///
/// # Errors
/// [`StoreError`].
pub async fn by_file(tx: &mut Tx) -> Result<Vec<(AccountId, i64, Cents)>, StoreError> {
    tx.all(
        "SELECT file_id, COUNT(*), CAST(SUM(open_cents) AS BIGINT) FROM suspense \
         WHERE state IN ('open', 'return-asked') GROUP BY file_id",
        args![],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?, row.read()?)))
    .collect()
}

/// Writes what lay in envelopes, each with the number in the file of the envelope's first check.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_coupons(
    tx: &mut Tx,
    file: AccountId,
    coupons: &[(i64, i64, CouponRow)],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Int,
        Kind::Int,
        Kind::Text,
        Kind::Text,
        Kind::Text,
    ]);
    for (item, number, coupon) in coupons {
        rows.push([
            file.into(),
            (*item).into(),
            (*number).into(),
            (&coupon.scan_line).into(),
            (&coupon.reference).into(),
            (&coupon.words).into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO remittance_coupons (file_id, item_no, coupon_no, scan_line, reference, words) \
         SELECT c1, c2, c3, c4, c5, c6 FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// What lay in the envelope of a check.
///
/// # Errors
/// [`StoreError`].
pub async fn coupons(tx: &mut Tx, key: ItemKey) -> Result<Vec<CouponRow>, StoreError> {
    tx.all(
        "SELECT c.scan_line, c.reference, c.words FROM remittance_items i \
         JOIN remittance_items j ON j.lockbox = i.lockbox AND j.deposited_on = i.deposited_on \
         AND j.batch = i.batch AND j.envelope = i.envelope AND j.file_id = i.file_id \
         JOIN remittance_coupons c ON c.file_id = j.file_id AND c.item_no = j.item_no \
         WHERE i.file_id = $1 AND i.item_no = $2 ORDER BY c.item_no, c.coupon_no",
        args![key.file, key.item],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(CouponRow {
            scan_line: row.read()?,
            reference: row.read()?,
            words: row.read()?,
        })
    })
    .collect()
}

/// Money that is to go back to its payer.
#[derive(Debug, Clone)]
pub struct ReturnRow {
    /// Id.
    pub id: JournalId,
    /// How much.
    pub cents: Cents,
    /// The code of why.
    pub reason: String,
    /// Whom and where the check goes to, sealed.
    pub sealed: String,
    /// Who asked for it.
    pub asked_by: String,
}

/// Asks for money to go back to its payer.
///
/// # Errors
/// [`StoreError`].
pub async fn ask_return(
    tx: &mut Tx,
    key: ItemKey,
    row: &ReturnRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO suspense_returns (file_id, item_no, id, cents, reason, sealed, asked_by, \
         asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            key.file,
            key.item,
            row.id,
            row.cents,
            &row.reason,
            &row.sealed,
            &row.asked_by,
            now,
        ],
    )
    .await
    .map(drop)
}

/// The return of this check that waits for a second person.
///
/// # Errors
/// [`StoreError`].
pub async fn asked_return(tx: &mut Tx, key: ItemKey) -> Result<Option<ReturnRow>, StoreError> {
    tx.first(
        "SELECT id, cents, reason, sealed, asked_by FROM suspense_returns \
         WHERE file_id = $1 AND item_no = $2 AND decided_at IS NULL",
        args![key.file, key.item],
    )
    .await?
    .map(|mut row| {
        Ok(ReturnRow {
            id: row.read()?,
            cents: row.read()?,
            reason: row.read()?,
            sealed: row.read()?,
            asked_by: row.read()?,
        })
    })
    .transpose()
}

/// Writes who decided about a return, and how.
///
/// # Errors
/// [`StoreError`], also if the second person is the first.
pub async fn decide_return(
    tx: &mut Tx,
    (key, id): (ItemKey, JournalId),
    by: &str,
    released: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE suspense_returns SET decided_by = $4, decided_at = $5, released = $6 \
         WHERE file_id = $1 AND item_no = $2 AND id = $3",
        args![key.file, key.item, id, by, now, released],
    )
    .await
    .map(drop)
}
