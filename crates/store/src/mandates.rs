//! Mandates and the months that members took out of them.

use autopay::{Agreed, Cap, DayOfMonth, DraftDay, MandateState, OverCap, ReturnCode};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents, ConsentId, Language, MandateId, MethodId, PersonId};

use crate::sql::{Row, Value};
use crate::{StoreError, Tx, args};

/// A mandate as it is stored. The words that were agreed to are in its consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MandateRow {
    /// The account it pays for.
    pub account: AccountId,
    /// Id.
    pub id: MandateId,
    /// Who gave it.
    pub person: PersonId,
    /// What it drafts from.
    pub method: MethodId,
    /// When.
    pub day: DraftDay,
    /// The most that one draft may be.
    pub cap: Option<Cap>,
    /// In which amounts no notice is sent.
    pub agreed: Option<Agreed>,
    /// The first month it pays.
    pub start: BillingMonth,
    /// The last transfer under it or, before the first, the amount in the authorisation.
    pub previous: Option<Cents>,
    /// Whether it is in force.
    pub state: MandateState,
    /// The evidence.
    pub consent: ConsentId,
    /// The version of the text that was agreed to.
    pub consent_version: String,
    /// The language of that text.
    pub language: Language,
    /// Sealed: the network address and browser it was agreed to from.
    pub evidence: String,
    /// When it was agreed to.
    pub given_at: Timestamp,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
}

pub(crate) fn mandate(row: &mut Row) -> Result<MandateRow, StoreError> {
    Ok(MandateRow {
        account: row.read()?,
        id: row.read()?,
        person: row.read()?,
        method: row.read()?,
        day: day_from(row.read()?)?,
        cap: cap_from(row.read_optional()?, &row.read::<String>()?)?,
        agreed: agreed_from(
            row.read_optional()?,
            row.read_optional()?,
            row.read_optional()?,
        ),
        start: row.read()?,
        previous: row.read_optional()?,
        state: state_from(
            &row.read::<String>()?,
            row.read_optional()?,
            &row.read::<String>()?,
        )?,
        consent: row.read()?,
        consent_version: row.read()?,
        language: row.read()?,
        evidence: row.read()?,
        given_at: row.read()?,
        updated_at: row.read()?,
    })
}

fn day_from(number: i64) -> Result<DraftDay, StoreError> {
    if number == 0 {
        return Ok(DraftDay::DueDate);
    }
    let day = u8::try_from(number).ok().and_then(DayOfMonth::new);
    day.map(DraftDay::OfMonth)
        .ok_or_else(|| StoreError::inconsistent(format!("draft day {number}")))
}

fn day_number(day: DraftDay) -> i64 {
    match day {
        DraftDay::DueDate => 0,
        DraftDay::OfMonth(day) => i64::from(day.get()),
    }
}

fn cap_from(most: Option<Cents>, over: &str) -> Result<Option<Cap>, StoreError> {
    let Some(most) = most else { return Ok(None) };
    let over = OverCap::from_code(over)
        .ok_or_else(|| StoreError::inconsistent(format!("what happens over the cap: {over}")))?;
    Ok(Some(Cap { most, over }))
}

fn agreed_from(
    least: Option<Cents>,
    most: Option<Cents>,
    difference: Option<Cents>,
) -> Option<Agreed> {
    match (least, most, difference) {
        (Some(least), Some(most), _) => Some(Agreed::Range { least, most }),
        (_, _, Some(most)) => Some(Agreed::Difference { most }),
        _ => None,
    }
}

fn state_from(code: &str, on: Option<Date>, reason: &str) -> Result<MandateState, StoreError> {
    let day = || on.ok_or_else(|| StoreError::inconsistent("a mandate that ended on no day"));
    match code {
        "active" => Ok(MandateState::Active),
        "stopped" => Ok(MandateState::Stopped { on: day()? }),
        "ended-with-coverage" => Ok(MandateState::EndedWithCoverage { last_day: day()? }),
        "ended-by-return" => ReturnCode::parse(reason)
            .map(|code| MandateState::EndedByReturn { code })
            .map_err(|error| StoreError::inconsistent(error.to_string())),
        "ended-by-card" => Ok(MandateState::EndedByCard { on: day()? }),
        other => Err(StoreError::inconsistent(format!("mandate state {other}"))),
    }
}

/// The day and the reason of a state, as they are stored.
fn ended(state: MandateState) -> (Option<Date>, String) {
    match state {
        MandateState::Active => (None, String::new()),
        MandateState::Stopped { on }
        | MandateState::EndedWithCoverage { last_day: on }
        | MandateState::EndedByCard { on } => (Some(on), String::new()),
        MandateState::EndedByReturn { code } => (None, code.to_string()),
    }
}

fn terms(row: &MandateRow) -> [Value; 7] {
    let (least, most, difference) = match row.agreed {
        Some(Agreed::Range { least, most }) => (Some(least), Some(most), None),
        Some(Agreed::Difference { most }) => (None, None, Some(most)),
        None => (None, None, None),
    };
    [
        row.method.into(),
        day_number(row.day).into(),
        row.cap.map(|cap| cap.most).into(),
        row.cap.map_or("", |cap| cap.over.code()).into(),
        least.into(),
        most.into(),
        difference.into(),
    ]
}

/// Adds a mandate. Only a use case that checked the actor's right to manage the account calls it.
///
/// # Errors
/// [`StoreError::Conflict`] if the account has one in force.
pub async fn insert(tx: &mut Tx, row: &MandateRow) -> Result<(), StoreError> {
    let mut values: Vec<Value> = args![row.account, row.id, row.person];
    values.extend(terms(row));
    values.extend(args![
        row.start,
        row.previous,
        row.consent,
        &row.consent_version,
        row.language,
        &row.evidence,
        row.given_at,
    ]);
    tx.execute(
        "INSERT INTO mandates (account_id, id, person_id, method_id, draft_day, cap_cents, over_cap, \
         agreed_least_cents, agreed_most_cents, agreed_difference_cents, start_month, \
         previous_cents, consent_id, consent_version, language, evidence, given_at, updated_at, \
         state, ended_on, end_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
         $13, $14, $15, $16, $17, $17, 'active', NULL, '')",
        values,
    )
    .await
    .map(drop)
}

/// Changes the terms of a mandate in force, together with the consent to the new ones.
///
/// # Errors
/// [`StoreError`].
pub async fn save_terms(tx: &mut Tx, row: &MandateRow) -> Result<(), StoreError> {
    let mut values: Vec<Value> = args![row.account, row.id];
    values.extend(terms(row));
    values.extend(args![
        row.start,
        row.previous,
        row.consent,
        &row.consent_version,
        row.language,
        &row.evidence,
        row.given_at,
    ]);
    tx.execute(
        "UPDATE mandates SET method_id = $3, draft_day = $4, cap_cents = $5, over_cap = $6, \
         agreed_least_cents = $7, agreed_most_cents = $8, agreed_difference_cents = $9, \
         start_month = $10, previous_cents = $11, consent_id = $12, consent_version = $13, \
         language = $14, evidence = $15, given_at = $16, updated_at = $16 \
         WHERE account_id = $1 AND id = $2 AND state = 'active'",
        values,
    )
    .await
    .map(drop)
}

/// Ends a mandate in force; false if it was not in force any more.
///
/// # Errors
/// [`StoreError`].
pub async fn end(
    tx: &mut Tx,
    account: AccountId,
    id: MandateId,
    state: MandateState,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (on, reason) = ended(state);
    let ended = tx
        .execute(
            "UPDATE mandates SET state = $3, ended_on = $4, end_reason = $5, updated_at = $6 \
             WHERE account_id = $1 AND id = $2 AND state = 'active'",
            args![account, id, state.code(), on, reason, now],
        )
        .await?;
    Ok(ended == 1)
}

/// Remembers what was last transferred under a mandate.
///
/// # Errors
/// [`StoreError`].
pub async fn transferred(
    tx: &mut Tx,
    account: AccountId,
    id: MandateId,
    cents: Cents,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mandates SET previous_cents = $3 WHERE account_id = $1 AND id = $2",
        args![account, id, cents],
    )
    .await
    .map(drop)
}

/// The latest mandate of an account, in force or not.
///
/// # Errors
/// [`StoreError`].
pub async fn latest(tx: &mut Tx, account: AccountId) -> Result<Option<MandateRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, person_id, method_id, draft_day, cap_cents, over_cap, \
         agreed_least_cents, agreed_most_cents, agreed_difference_cents, start_month, \
         previous_cents, state, ended_on, end_reason, consent_id, consent_version, language, \
         evidence, given_at, updated_at FROM mandates WHERE account_id = $1 \
         ORDER BY CASE WHEN state = 'active' THEN 0 ELSE 1 END, given_at DESC, id DESC LIMIT 1",
        args![account],
    )
    .await?
    .map(|mut row| mandate(&mut row))
    .transpose()
}

/// The mandate in force on an account, if there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn active(tx: &mut Tx, account: AccountId) -> Result<Option<MandateRow>, StoreError> {
    let latest = latest(tx, account).await?;
    Ok(latest.filter(|mandate| mandate.state == MandateState::Active))
}

/// A mandate of an account.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id(
    tx: &mut Tx,
    account: AccountId,
    id: MandateId,
) -> Result<Option<MandateRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, person_id, method_id, draft_day, cap_cents, over_cap, \
         agreed_least_cents, agreed_most_cents, agreed_difference_cents, start_month, \
         previous_cents, state, ended_on, end_reason, consent_id, consent_version, language, \
         evidence, given_at, updated_at FROM mandates WHERE account_id = $1 AND id = $2",
        args![account, id],
    )
    .await?
    .map(|mut row| mandate(&mut row))
    .transpose()
}

/// The mandates in force that draft from a method.
///
/// # Errors
/// [`StoreError`].
pub async fn using_method(
    tx: &mut Tx,
    person: PersonId,
    method: MethodId,
) -> Result<Vec<MandateRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, person_id, method_id, draft_day, cap_cents, over_cap, \
         agreed_least_cents, agreed_most_cents, agreed_difference_cents, start_month, \
         previous_cents, state, ended_on, end_reason, consent_id, consent_version, language, \
         evidence, given_at, updated_at FROM mandates \
         WHERE person_id = $1 AND method_id = $2 AND state = 'active' ORDER BY account_id",
        args![person, method],
    )
    .await?
    .into_iter()
    .map(|mut row| mandate(&mut row))
    .collect()
}

/// A mandate whose account has no coverage any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// The account.
    pub account: AccountId,
    /// The mandate.
    pub mandate: MandateId,
    /// Who gave it.
    pub person: PersonId,
    /// The last day of coverage.
    pub last_day: Date,
    /// Another account of the same subscriber with coverage now, if there is one.
    pub elsewhere: Option<AccountId>,
}

/// The mandates in force whose coverage ended before `day`, of accounts that had some.
///
/// # Errors
/// [`StoreError`].
pub async fn uncovered(tx: &mut Tx, day: Date, most: i64) -> Result<Vec<Uncovered>, StoreError> {
    tx.all(
        "SELECT m.account_id, m.id, m.person_id, (SELECT MAX(c.last_day) FROM coverages c \
         WHERE c.account_id = m.account_id), \
         (SELECT o.id FROM accounts o JOIN coverages c ON c.account_id = o.id \
         WHERE o.subscriber_id = a.subscriber_id AND o.id <> a.id \
         AND (c.last_day IS NULL OR (c.last_day >= $1 AND c.last_day >= c.first_day)) \
         ORDER BY o.account_number LIMIT 1) \
         FROM mandates m JOIN accounts a ON a.id = m.account_id WHERE m.state = 'active' \
         AND NOT EXISTS (SELECT 1 FROM coverages c WHERE c.account_id = m.account_id \
         AND (c.last_day IS NULL OR (c.last_day >= $1 AND c.last_day >= c.first_day))) \
         AND EXISTS (SELECT 1 FROM coverages c WHERE c.account_id = m.account_id) \
         ORDER BY m.account_id LIMIT $2",
        args![day, most],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(Uncovered {
            account: row.read()?,
            mandate: row.read()?,
            person: row.read()?,
            last_day: row.read()?,
            elsewhere: row.read_optional()?,
        })
    })
    .collect()
}

/// Takes a month out; false if it was out already.
///
/// # Errors
/// [`StoreError`].
pub async fn skip(
    tx: &mut Tx,
    account: AccountId,
    month: BillingMonth,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let skipped = tx
        .execute(
            "INSERT INTO mandate_skips (account_id, billing_month, skipped_at) VALUES ($1, $2, $3) \
             ON CONFLICT (account_id, billing_month) DO NOTHING",
            args![account, month, now],
        )
        .await?;
    touch(tx, account, now).await?;
    Ok(skipped == 1)
}

/// Puts a month back in; false if it was not out.
///
/// # Errors
/// [`StoreError`].
pub async fn unskip(
    tx: &mut Tx,
    account: AccountId,
    month: BillingMonth,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let back = tx
        .execute(
            "DELETE FROM mandate_skips WHERE account_id = $1 AND billing_month = $2",
            args![account, month],
        )
        .await?;
    touch(tx, account, now).await?;
    Ok(back == 1)
}

/// Marks the mandate in force as changed, so that a run that read it before writes nothing about
/// it.
async fn touch(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mandates SET updated_at = $2 WHERE account_id = $1 AND state = 'active'",
        args![account, now],
    )
    .await
    .map(drop)
}

/// The months from `from` on that are taken out of an account's mandate.
///
/// # Errors
/// [`StoreError`].
pub async fn skipped(
    tx: &mut Tx,
    account: AccountId,
    from: BillingMonth,
) -> Result<Vec<BillingMonth>, StoreError> {
    tx.all(
        "SELECT billing_month FROM mandate_skips WHERE account_id = $1 AND billing_month >= $2 \
         ORDER BY billing_month",
        args![account, from],
    )
    .await?
    .into_iter()
    .map(|mut row| row.read())
    .collect()
}
