//! Files of lockbox banks, their checks, and money in suspense.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, Language, MemberId, PaymentId};

use crate::journal::Head;
use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// A remittance file as it is stored.
#[derive(Debug, Clone)]
pub struct FileRow {
    /// The end of its chain in the journal; its balances are not kept.
    pub head: Head,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub digest: String,
    /// A keyed hash of its checks in any order, in hexadecimal digits.
    pub contents_digest: String,
    /// Its name without folders.
    pub name: String,
    /// Its format.
    pub format: String,
    /// The bank that sent it, as the file says.
    pub origin: String,
    /// The bank's reference; empty if it has none.
    pub reference: String,
    /// How many checks it has.
    pub checks: i64,
    /// What they come to.
    pub cents: Cents,
    /// How many of them are posted so far.
    pub posted: i64,
    /// What those come to.
    pub posted_cents: Cents,
    /// How many went to suspense so far.
    pub suspended: i64,
    /// What those come to.
    pub suspended_cents: Cents,
    /// How many envelopes are done: the checkpoint.
    pub done_envelopes: i64,
    /// The day it first came in.
    pub begun_on: Date,
    /// When its taking in began.
    pub begun_at: Timestamp,
    /// When all of it was taken in.
    pub finished_at: Option<Timestamp>,
}

/// The place of a check in the bank's books.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BankReference {
    /// The lockbox.
    pub lockbox: String,
    /// The day of the deposit.
    pub deposited_on: Date,
    /// The batch.
    pub batch: String,
    /// The envelope.
    pub envelope: String,
    /// Which check of the envelope, from 1.
    pub ordinal: i64,
}

/// A check of a file.
#[derive(Debug, Clone)]
pub struct ItemRow {
    /// Its number in the file, from 1.
    pub number: i64,
    /// Its place in the bank's books.
    pub reference: BankReference,
    /// Keyed hash of bank account, number and amount; empty if not all of them were read.
    pub fingerprint: String,
    /// Routing, account and check number, sealed.
    pub sealed: String,
    /// The last four digits of the account.
    pub last_four: String,
    /// The amount.
    pub cents: Cents,
    /// Whose check it is.
    pub payer_name: String,
    /// The date on it.
    pub dated_on: Option<Date>,
    /// The bank's name for its image.
    pub image: String,
    /// `posted` or `suspense`.
    pub outcome: &'static str,
    /// Codes of what was unusual, with spaces between them.
    pub exceptions: String,
}

/// An account that a coupon may mean.
#[derive(Debug, Clone)]
pub struct Meant {
    /// The account.
    pub account: AccountId,
    /// Its number.
    pub number: i64,
    /// The subscriber's member ID.
    pub member_id: MemberId,
    /// The day that was asked about.
    pub on: Date,
    /// True if coverage lasts that day or longer.
    pub in_force: bool,
    /// The subscriber's e-mail address, or empty.
    pub email: String,
    /// The subscriber's language.
    pub language: Language,
}

/// Money in suspense with one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspenseSum {
    /// Codes of what was unusual, with spaces between them.
    pub exceptions: String,
    /// How many checks.
    pub checks: i64,
    /// What they came to when they went there.
    pub cents: Cents,
}

fn file(mut row: Row) -> Result<FileRow, StoreError> {
    Ok(FileRow {
        head: Head {
            account: row.read()?,
            seq: row.read()?,
            hash: row.read()?,
            receivable: Cents::ZERO,
            unapplied: Cents::ZERO,
        },
        digest: row.read()?,
        contents_digest: row.read()?,
        name: row.read()?,
        format: row.read()?,
        origin: row.read()?,
        reference: row.read()?,
        checks: row.read()?,
        cents: row.read()?,
        posted: row.read()?,
        posted_cents: row.read()?,
        suspended: row.read()?,
        suspended_cents: row.read()?,
        done_envelopes: row.read()?,
        begun_on: row.read()?,
        begun_at: row.read()?,
        finished_at: row.read_optional()?,
    })
}

/// The file with these bytes, these checks or this bank reference, in this order.
///
/// # Errors
/// [`StoreError`].
pub async fn known_file(
    tx: &mut Tx,
    digest: &str,
    contents_digest: &str,
    origin: &str,
    reference: &str,
) -> Result<Option<FileRow>, StoreError> {
    tx.first(
        "SELECT id, journal_seq, journal_hash, digest, contents_digest, file_name, format, origin, \
         reference, checks, cents, posted, posted_cents, suspended, suspended_cents, done_envelopes, \
         begun_on, begun_at, finished_at FROM remittance_files WHERE digest = $1 \
         OR contents_digest = $2 OR (reference <> '' AND origin = $3 AND reference = $4) \
         ORDER BY CASE WHEN digest = $1 THEN 0 WHEN contents_digest = $2 THEN 1 ELSE 2 END LIMIT 1",
        args![digest, contents_digest, origin, reference],
    )
    .await?
    .map(file)
    .transpose()
}

/// The files that came in last, latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn latest_files(tx: &mut Tx, most: i64) -> Result<Vec<FileRow>, StoreError> {
    tx.all(
        "SELECT id, journal_seq, journal_hash, digest, contents_digest, file_name, format, origin, \
         reference, checks, cents, posted, posted_cents, suspended, suspended_cents, done_envelopes, \
         begun_on, begun_at, finished_at FROM remittance_files ORDER BY begun_at DESC, id LIMIT $1",
        args![most],
    )
    .await?
    .into_iter()
    .map(file)
    .collect()
}

/// The file with this id.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id(tx: &mut Tx, id: AccountId) -> Result<Option<FileRow>, StoreError> {
    tx.first(
        "SELECT id, journal_seq, journal_hash, digest, contents_digest, file_name, format, origin, \
         reference, checks, cents, posted, posted_cents, suspended, suspended_cents, done_envelopes, \
         begun_on, begun_at, finished_at FROM remittance_files WHERE id = $1",
        args![id],
    )
    .await?
    .map(file)
    .transpose()
}

/// Where the taking in of a file stands, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::Missing`] if there is no such file.
pub async fn hold(tx: &mut Tx, id: AccountId) -> Result<FileRow, StoreError> {
    tx.one(
        "the remittance file",
        "SELECT id, journal_seq, journal_hash, digest, contents_digest, file_name, format, origin, \
         reference, checks, cents, posted, posted_cents, suspended, suspended_cents, done_envelopes, \
         begun_on, begun_at, finished_at FROM remittance_files WHERE id = $1 {for update}",
        args![id],
    )
    .await
    .and_then(file)
}

/// Writes a new file.
///
/// # Errors
/// [`StoreError::Conflict`] if it is known.
pub async fn begin(tx: &mut Tx, row: &FileRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO remittance_files (id, journal_seq, journal_hash, digest, contents_digest, \
         file_name, format, origin, reference, checks, cents, posted, posted_cents, suspended, \
         suspended_cents, done_envelopes, begun_on, begun_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, 0, $12, $13)",
        args![
            row.head.account,
            row.head.seq,
            row.head.hash,
            &row.digest,
            &row.contents_digest,
            &row.name,
            &row.format,
            &row.origin,
            &row.reference,
            row.checks,
            row.cents,
            row.begun_on,
            row.begun_at,
        ],
    )
    .await
    .map(drop)
}

/// Moves the checkpoint of a held file, its sums and the end of its chain.
///
/// # Errors
/// [`StoreError`].
pub async fn advance(tx: &mut Tx, row: &FileRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE remittance_files SET journal_seq = $2, journal_hash = $3, posted = $4, \
         posted_cents = $5, suspended = $6, suspended_cents = $7, done_envelopes = $8, \
         finished_at = $9 WHERE id = $1",
        args![
            row.head.account,
            row.head.seq,
            row.head.hash,
            row.posted,
            row.posted_cents,
            row.suspended,
            row.suspended_cents,
            row.done_envelopes,
            row.finished_at,
        ],
    )
    .await
    .map(drop)
}

/// Which of these places are taken by checks of other files.
///
/// # Errors
/// [`StoreError`].
pub async fn taken(
    tx: &mut Tx,
    places: &[BankReference],
) -> Result<Vec<BankReference>, StoreError> {
    let mut rows = Rows::new(&[Kind::Text, Kind::Day, Kind::Text, Kind::Text, Kind::Int]);
    for place in places {
        rows.push([
            (&place.lockbox).into(),
            place.deposited_on.into(),
            (&place.batch).into(),
            (&place.envelope).into(),
            place.ordinal.into(),
        ]);
    }
    tx.all_rows(
        "SELECT i.lockbox, i.deposited_on, i.batch, i.envelope, i.ordinal FROM {rows} \
         JOIN remittance_items i ON i.lockbox = v.c1 AND i.deposited_on = v.c2 AND i.batch = v.c3 \
         AND i.envelope = v.c4 AND i.ordinal = v.c5",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(BankReference {
            lockbox: row.read()?,
            deposited_on: row.read()?,
            batch: row.read()?,
            envelope: row.read()?,
            ordinal: row.read()?,
        })
    })
    .collect()
}

/// Which of these fingerprints belong to checks that came in before, by mail or at a center.
///
/// # Errors
/// [`StoreError`].
pub async fn seen(tx: &mut Tx, fingerprints: &[String]) -> Result<HashSet<String>, StoreError> {
    let mut rows = Rows::new(&[Kind::Text]);
    for fingerprint in fingerprints {
        rows.push([fingerprint.into()]);
    }
    tx.all_rows(
        "SELECT v.c1 FROM {rows} WHERE EXISTS (SELECT 1 FROM remittance_items i \
         WHERE i.fingerprint = v.c1 AND i.fingerprint <> '') \
         OR EXISTS (SELECT 1 FROM drawer_checks d WHERE d.fingerprint = v.c1)",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| row.read())
    .collect()
}

/// The accounts of subscribers with these member IDs, and whether each is in force on the day.
///
/// # Errors
/// [`StoreError`].
pub async fn meant(tx: &mut Tx, asked: &[(MemberId, Date)]) -> Result<Vec<Meant>, StoreError> {
    let mut rows = Rows::new(&[Kind::Text, Kind::Day]);
    for (member_id, on) in asked {
        rows.push([member_id.as_str().into(), (*on).into()]);
    }
    tx.all_rows(
        "SELECT a.id, a.account_number, p.member_id, v.c2, EXISTS (SELECT 1 \
         FROM coverages c WHERE c.account_id = a.id AND (c.last_day IS NULL \
         OR (c.last_day >= v.c2 AND c.last_day >= c.first_day))), p.email, \
         p.language FROM {rows} JOIN persons p ON p.member_id = v.c1 \
         JOIN accounts a ON a.subscriber_id = p.id",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(Meant {
            account: row.read()?,
            number: row.read()?,
            member_id: row.read()?,
            on: row.read()?,
            in_force: row.read()?,
            email: row.read()?,
            language: row.read()?,
        })
    })
    .collect()
}

/// Writes the checks of a file.
///
/// # Errors
/// [`StoreError::Conflict`] if the place of one is taken.
pub async fn insert_items(
    tx: &mut Tx,
    file: AccountId,
    items: &[ItemRow],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Int,
        Kind::Text,
        Kind::Day,
        Kind::Text,
        Kind::Text,
        Kind::Int,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Int,
        Kind::Text,
        Kind::Day,
        Kind::Text,
        Kind::Text,
        Kind::Text,
    ]);
    for item in items {
        rows.push([
            file.into(),
            item.number.into(),
            (&item.reference.lockbox).into(),
            item.reference.deposited_on.into(),
            (&item.reference.batch).into(),
            (&item.reference.envelope).into(),
            item.reference.ordinal.into(),
            (&item.fingerprint).into(),
            (&item.sealed).into(),
            (&item.last_four).into(),
            item.cents.into(),
            (&item.payer_name).into(),
            item.dated_on.into(),
            (&item.image).into(),
            item.outcome.into(),
            (&item.exceptions).into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO remittance_items (file_id, item_no, lockbox, deposited_on, batch, envelope, \
         ordinal, fingerprint, sealed, last_four, cents, payer_name, dated_on, image, outcome, \
         exceptions) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16 \
         FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// Writes which payments checks became: account, payment, number of the check in the file.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_payments(
    tx: &mut Tx,
    file: AccountId,
    payments: &[(AccountId, PaymentId, i64)],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Id, Kind::Id, Kind::Int]);
    for (account, payment, number) in payments {
        rows.push([
            (*account).into(),
            (*payment).into(),
            file.into(),
            (*number).into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO remittance_payments (account_id, payment_id, file_id, item_no) \
         SELECT c1, c2, c3, c4 FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// Puts checks of a file in suspense, with `owner` as the queue they wait in.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_suspense(
    tx: &mut Tx,
    file: AccountId,
    items: &[&ItemRow],
    owner: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Int,
        Kind::Int,
        Kind::Day,
        Kind::Text,
        Kind::Text,
        Kind::Instant,
    ]);
    for item in items {
        rows.push([
            file.into(),
            item.number.into(),
            item.cents.into(),
            item.reference.deposited_on.into(),
            (&item.exceptions).into(),
            owner.into(),
            now.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO suspense (file_id, item_no, cents, open_cents, effective_on, exceptions, state, \
         owner, opened_at) SELECT c1, c2, c3, c3, c4, c5, 'open', c6, c7 FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// Remembers from which bank accounts premium accounts were paid.
///
/// # Errors
/// [`StoreError`].
pub async fn learn_payers(
    tx: &mut Tx,
    payers: &[(AccountId, String, Date)],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Text, Kind::Day]);
    for (account, fingerprint, on) in payers {
        rows.push([(*account).into(), fingerprint.into(), (*on).into()]);
    }
    tx.execute_rows(
        "INSERT INTO payer_accounts (account_id, fingerprint, first_seen_on) \
         SELECT DISTINCT c1, c2, c3 FROM {rows} WHERE true \
         ON CONFLICT (account_id, fingerprint) DO NOTHING",
        &rows,
    )
    .await
    .map(drop)
}

/// The sealed key of fingerprints, if there is one yet.
///
/// # Errors
/// [`StoreError`].
pub async fn known_fingerprint_key(tx: &mut Tx) -> Result<Option<String>, StoreError> {
    tx.first(
        "SELECT sealed FROM fingerprint_keys WHERE name = 'checks'",
        args![],
    )
    .await?
    .map(|mut row| row.read())
    .transpose()
}

/// The sealed key of fingerprints: `sealed` if there was none.
///
/// # Errors
/// [`StoreError`].
pub async fn fingerprint_key(tx: &mut Tx, sealed: &str) -> Result<String, StoreError> {
    tx.execute(
        "INSERT INTO fingerprint_keys (name, sealed) VALUES ('checks', $1) \
         ON CONFLICT (name) DO NOTHING",
        args![sealed],
    )
    .await?;
    tx.one(
        "the key of fingerprints",
        "SELECT sealed FROM fingerprint_keys WHERE name = 'checks'",
        args![],
    )
    .await?
    .read()
}

/// What a file put in suspense, by reasons.
///
/// # Errors
/// [`StoreError`].
pub async fn suspended_by_reason(
    tx: &mut Tx,
    file: AccountId,
) -> Result<Vec<SuspenseSum>, StoreError> {
    tx.all(
        "SELECT exceptions, COUNT(*), CAST(SUM(cents) AS BIGINT) FROM suspense WHERE file_id = $1 \
         GROUP BY exceptions ORDER BY exceptions",
        args![file],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(SuspenseSum {
            exceptions: row.read()?,
            checks: row.read()?,
            cents: row.read()?,
        })
    })
    .collect()
}
