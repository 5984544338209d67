//! Coverage segments, and who is covered.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, DateSpan, PersonId};

use coverage::Coverage;

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// A coverage segment and the account it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRow {
    /// The account.
    pub account: AccountId,
    /// The segment.
    pub coverage: Coverage,
}

/// From when to when a person is covered in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoveredRow {
    /// The account.
    pub account: AccountId,
    /// The person.
    pub person: PersonId,
    /// The first day.
    pub first_day: Date,
    /// The last day; `None` while it goes on.
    pub last_day: Option<Date>,
}

fn coverage_row(mut row: Row) -> Result<CoverageRow, StoreError> {
    Ok(CoverageRow {
        account: row.read()?,
        coverage: Coverage {
            id: row.read()?,
            plan_line: row.read()?,
            policy: row.read()?,
            span: DateSpan::from_first_to_last(row.read()?, row.read_optional()?),
            premium: row.read()?,
            aptc: row.read()?,
            penalty: row.read()?,
        },
    })
}

/// All segments of these accounts, cancelled ones included, by account, policy and first day.
///
/// # Errors
/// [`StoreError`].
pub async fn of_accounts(
    tx: &mut Tx,
    accounts: &[AccountId],
) -> Result<Vec<CoverageRow>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    for account in accounts {
        rows.push([(*account).into()]);
    }
    let found = tx
        .all_rows(
            "SELECT c.account_id, c.id, a.plan_line, c.policy, c.first_day, c.last_day, \
             c.premium_cents, c.aptc_cents, c.penalty_cents FROM {rows} \
             JOIN coverages c ON c.account_id = v.c1 JOIN accounts a ON a.id = c.account_id",
            &rows,
        )
        .await?;
    let mut found: Vec<CoverageRow> = found
        .into_iter()
        .map(coverage_row)
        .collect::<Result<_, _>>()?;
    found.sort_by(|a, b| {
        (a.account, &a.coverage.policy, a.coverage.span.start).cmp(&(
            b.account,
            &b.coverage.policy,
            b.coverage.span.start,
        ))
    });
    Ok(found)
}

/// The segments that the billing run for `month` asks for, of the accounts numbered after `after`
/// up to `last`: those with a day in the month or, for accounts with something to look back at,
/// all.
///
/// # Errors
/// [`StoreError`].
pub async fn to_bill(
    tx: &mut Tx,
    after: i64,
    last: i64,
    month: BillingMonth,
) -> Result<Vec<CoverageRow>, StoreError> {
    tx.all(
        "SELECT c.account_id, c.id, a.plan_line, c.policy, c.first_day, c.last_day, \
         c.premium_cents, c.aptc_cents, c.penalty_cents \
         FROM accounts a JOIN coverages c ON c.account_id = a.id \
         WHERE a.account_number > $1 AND a.account_number <= $2 \
         AND (a.changed_from IS NOT NULL OR a.invoiced_month IS NULL OR a.invoiced_month < $3 \
         OR (c.first_day <= $4 AND (c.last_day IS NULL OR c.last_day >= $5)))",
        args![
            after,
            last,
            month.plus(-1),
            month.last_day(),
            month.first_day()
        ],
    )
    .await?
    .into_iter()
    .map(coverage_row)
    .collect()
}

const COVERAGE_KINDS: [Kind; 9] = [
    Kind::Id,
    Kind::Id,
    Kind::Day,
    Kind::Day,
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Text,
    Kind::Instant,
];

fn coverage_rows(rows: &[CoverageRow], now: Timestamp) -> Rows {
    let mut out = Rows::new(&COVERAGE_KINDS);
    for CoverageRow { account, coverage } in rows {
        out.push([
            (*account).into(),
            coverage.id.into(),
            coverage.span.start.into(),
            coverage.span.last_day().into(),
            coverage.premium.into(),
            coverage.aptc.into(),
            coverage.penalty.into(),
            coverage.policy.as_str().into(),
            now.into(),
        ]);
    }
    out
}

/// Adds segments.
///
/// # Errors
/// [`StoreError::Conflict`] if a segment of the policy begins on that day already.
pub async fn insert(tx: &mut Tx, rows: &[CoverageRow], now: Timestamp) -> Result<(), StoreError> {
    tx.execute_rows(
        "INSERT INTO coverages (account_id, id, first_day, last_day, premium_cents, aptc_cents, \
         penalty_cents, policy, created_at, updated_at) \
         SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c9 FROM {rows} WHERE true",
        &coverage_rows(rows, now),
    )
    .await
    .map(drop)
}

/// Gives segments new dates and rates.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Tx, rows: &[CoverageRow], now: Timestamp) -> Result<(), StoreError> {
    tx.execute_rows(
        "UPDATE coverages SET first_day = v.c3, last_day = v.c4, premium_cents = v.c5, \
         aptc_cents = v.c6, penalty_cents = v.c7, policy = v.c8, updated_at = v.c9 FROM {rows} \
         WHERE coverages.account_id = v.c1 AND coverages.id = v.c2",
        &coverage_rows(rows, now),
    )
    .await
    .map(drop)
}

/// Who is covered in these accounts.
///
/// # Errors
/// [`StoreError`].
pub async fn covered(tx: &mut Tx, accounts: &[AccountId]) -> Result<Vec<CoveredRow>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    for account in accounts {
        rows.push([(*account).into()]);
    }
    tx.all_rows(
        "SELECT m.account_id, m.person_id, m.first_day, m.last_day FROM {rows} \
         JOIN covered_members m ON m.account_id = v.c1",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(CoveredRow {
            account: row.read()?,
            person: row.read()?,
            first_day: row.read()?,
            last_day: row.read_optional()?,
        })
    })
    .collect()
}

/// Says from when to when people are covered, whether or not it was known before.
///
/// # Errors
/// [`StoreError`].
pub async fn put_covered(tx: &mut Tx, covered: &[CoveredRow]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Id, Kind::Day, Kind::Day]);
    for row in covered {
        rows.push([
            row.account.into(),
            row.person.into(),
            row.first_day.into(),
            row.last_day.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO covered_members (account_id, person_id, first_day, last_day) \
         SELECT c1, c2, c3, c4 FROM {rows} WHERE true ON CONFLICT (account_id, person_id) \
         DO UPDATE SET first_day = excluded.first_day, last_day = excluded.last_day",
        &rows,
    )
    .await
    .map(drop)
}
