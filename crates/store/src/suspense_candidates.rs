//! Whose money in suspense may be.

use jiff::civil::Date;
use kernel::{AccountId, Cents, MemberId, Zip};

use crate::sql::{Kind, Rows};
use crate::suspense::ItemKey;
use crate::{StoreError, Tx, args};

/// An account that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateRow {
    /// The check.
    pub item: i64,
    /// The account.
    pub account: AccountId,
    /// The sum of the weights of the reasons.
    pub score: i64,
    /// Codes of the reasons, with spaces between them.
    pub reasons: String,
}

/// Writes whose the checks of a file may be. What is written already stays as it is.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(
    tx: &mut Tx,
    file: AccountId,
    candidates: &[CandidateRow],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Int, Kind::Id, Kind::Int, Kind::Text]);
    for row in candidates {
        rows.push([
            file.into(),
            row.item.into(),
            row.account.into(),
            row.score.into(),
            (&row.reasons).into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO suspense_candidates (file_id, item_no, account_id, score, reasons) \
         SELECT c1, c2, c3, c4, c5 FROM {rows} WHERE true \
         ON CONFLICT (file_id, item_no, account_id) DO NOTHING",
        &rows,
    )
    .await
    .map(drop)
}

/// The accounts that staff added to a check, or that came with it.
///
/// # Errors
/// [`StoreError`].
pub async fn of_item(tx: &mut Tx, key: ItemKey) -> Result<Vec<CandidateRow>, StoreError> {
    tx.all(
        "SELECT item_no, account_id, score, reasons FROM suspense_candidates \
         WHERE file_id = $1 AND item_no = $2 ORDER BY score DESC, account_id",
        args![key.file, key.item],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(CandidateRow {
            item: row.read()?,
            account: row.read()?,
            score: row.read()?,
            reasons: row.read()?,
        })
    })
    .collect()
}

/// What waits in suspense and is likely this account's: checks scored `least` or more.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting_for(
    tx: &mut Tx,
    account: AccountId,
    least: i64,
) -> Result<Vec<(ItemKey, Cents)>, StoreError> {
    tx.all(
        "SELECT s.file_id, s.item_no, s.open_cents FROM suspense_candidates c \
         JOIN suspense s ON s.file_id = c.file_id AND s.item_no = c.item_no \
         WHERE c.account_id = $1 AND (c.score >= $2 OR c.reasons = 'staff') \
         AND s.state IN ('open', 'return-asked') ORDER BY s.effective_on, s.file_id, s.item_no",
        args![account, least],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        let key = ItemKey {
            file: row.read()?,
            item: row.read()?,
        };
        Ok((key, row.read()?))
    })
    .collect()
}

/// The accounts that were paid from these bank accounts, as keyed hashes.
///
/// # Errors
/// [`StoreError`].
pub async fn by_payers(
    tx: &mut Tx,
    fingerprints: &[String],
) -> Result<Vec<(AccountId, String)>, StoreError> {
    let mut rows = Rows::new(&[Kind::Text]);
    for fingerprint in fingerprints {
        rows.push([fingerprint.into()]);
    }
    tx.all_rows(
        "SELECT p.account_id, p.fingerprint FROM {rows} \
         JOIN payer_accounts p ON p.fingerprint = v.c1",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}

/// The accounts of people with these last names, as [`kernel::plain_name`] writes them, whose first
/// name begins with the letter, or with one that bears an accent. At most 2,000: who shares a name
/// with more is found by other evidence.
///
/// # Errors
/// [`StoreError`].
pub async fn by_names(
    tx: &mut Tx,
    names: &[(String, String)],
) -> Result<Vec<AccountId>, StoreError> {
    let mut rows = Rows::new(&[Kind::Text, Kind::Text]);
    for (last, letter) in names {
        rows.push([last.into(), letter.into()]);
    }
    tx.all_rows(
        "SELECT DISTINCT a.id FROM {rows} JOIN persons p ON p.plain_last_name = v.c1 \
         AND (LOWER(SUBSTR(p.first_name, 1, 1)) = v.c2 \
         OR SUBSTR(p.first_name, 1, 1) IN ('Á', 'É', 'Í', 'Ó', 'Ú', 'Ñ', 'Ö', 'Ü', 'Ç')) \
         JOIN persons s ON s.member_id = p.subscriber_member_id \
         JOIN accounts a ON a.subscriber_id = s.id LIMIT 2000",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| row.read())
    .collect()
}

/// The accounts of subscribers with these member IDs.
///
/// # Errors
/// [`StoreError`].
pub async fn by_member_ids(
    tx: &mut Tx,
    member_ids: &[MemberId],
) -> Result<Vec<AccountId>, StoreError> {
    let mut rows = Rows::new(&[Kind::Text]);
    for member_id in member_ids {
        rows.push([member_id.as_str().into()]);
    }
    tx.all_rows(
        "SELECT a.id FROM {rows} JOIN persons p ON p.member_id = v.c1 \
         JOIN persons s ON s.member_id = p.subscriber_member_id \
         JOIN accounts a ON a.subscriber_id = s.id",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| row.read())
    .collect()
}

/// What is known of an account.
#[derive(Debug, Clone)]
pub struct KnownRow {
    /// The account.
    pub account: AccountId,
    /// Its number.
    pub number: i64,
    /// Its plan line.
    pub plan_line: String,
    /// What it owes less what it has unapplied; negative for a credit.
    pub due: Cents,
    /// The subscriber's member ID.
    pub member_id: MemberId,
    /// The subscriber's name.
    pub name: String,
    /// Where the subscriber lives.
    pub zip: Option<Zip>,
    /// True if coverage lasts on the day or begins later.
    pub in_force: bool,
}

/// What is known of these accounts on a day.
///
/// # Errors
/// [`StoreError`].
pub async fn known(
    tx: &mut Tx,
    accounts: &[AccountId],
    on: Date,
) -> Result<Vec<KnownRow>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Day]);
    for account in accounts {
        rows.push([(*account).into(), on.into()]);
    }
    tx.all_rows(
        "SELECT a.id, a.account_number, a.plan_line, a.receivable_cents - a.unapplied_cents, \
         p.member_id, p.first_name, p.last_name, p.zip, EXISTS (SELECT 1 FROM coverages c \
         WHERE c.account_id = a.id AND (c.last_day IS NULL \
         OR (c.last_day >= v.c2 AND c.last_day >= c.first_day))) \
         FROM {rows} JOIN accounts a ON a.id = v.c1 JOIN persons p ON p.id = a.subscriber_id",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| {
        let (account, number) = (row.read()?, row.read()?);
        let (plan_line, due, member_id) = (row.read()?, row.read()?, row.read()?);
        let (first, last): (String, String) = (row.read()?, row.read()?);
        let zip: String = row.read()?;
        Ok(KnownRow {
            account,
            number,
            plan_line,
            due,
            member_id,
            name: format!("{first} {last}"),
            zip: Zip::parse(&zip).ok(),
            in_force: row.read()?,
        })
    })
    .collect()
}

/// The names of everybody covered on these accounts.
///
/// # Errors
/// [`StoreError`].
pub async fn names(
    tx: &mut Tx,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, String)>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    for account in accounts {
        rows.push([(*account).into()]);
    }
    tx.all_rows(
        "SELECT m.account_id, p.first_name, p.last_name FROM {rows} \
         JOIN covered_members m ON m.account_id = v.c1 JOIN persons p ON p.id = m.person_id",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| {
        let account = row.read()?;
        let (first, last): (String, String) = (row.read()?, row.read()?);
        Ok((account, format!("{first} {last}")))
    })
    .collect()
}
