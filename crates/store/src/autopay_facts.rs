//! What a draft depends on, for many mandates at once: one question for thousands of accounts.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents, Language, MethodId, PersonId, Tender};

use crate::autopay_drafts::{self, DraftRow};
use crate::mandates::{self, MandateRow};
use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// The card or bank account of a mandate, as far as a draft needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodOf {
    /// Card brand or bank account.
    pub tender: Tender,
    /// Where it stands, as its own table says: `new`, `validating`, `good`, `disabled`, `removed`.
    pub state: String,
    /// The last month in which a card is good.
    pub expires: Option<BillingMonth>,
    /// The last four digits.
    pub last_four: String,
    /// The bank's name; empty for cards.
    pub bank_name: String,
    /// Whose account it is; empty for cards.
    pub holder: String,
    /// The processor's name for it.
    pub reference: String,
    /// The processor's name for whose it is.
    pub payer_reference: String,
    /// What ties a later charge to the one the payer was present at.
    pub network_reference: String,
    /// The same for the same card or account.
    pub fingerprint: String,
}

/// The invoice of a month and what is open up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceOf {
    /// The day on it.
    pub issued_on: Date,
    /// When it is due.
    pub due_on: Date,
    /// What it asked for in all.
    pub asked: Cents,
    /// What is open on it and on the invoices before it, less unapplied cash.
    pub open: Cents,
}

/// A mandate in force with all that its draft for a month depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The number of the account.
    pub number: i64,
    /// The plan line of the account.
    pub plan_line: String,
    /// The mandate.
    pub mandate: MandateRow,
    /// What it drafts from; `None` if that is gone.
    pub method: Option<MethodOf>,
    /// The month.
    pub month: BillingMonth,
    /// True if the member took the month out.
    pub skipped: bool,
    /// The invoice of the month; `None` if there is none yet.
    pub invoice: Option<InvoiceOf>,
    /// What drafts of earlier months will still collect, those under way included.
    pub earlier: Cents,
    /// What drafts of earlier months collected since the invoice was made, which asked for it too.
    pub collected: Cents,
    /// True if there is an invoice or coverage with a premium in the month, so that an invoice is
    /// to be expected.
    pub covered: bool,
    /// The draft as it stands.
    pub draft: Option<DraftRow>,
}

fn candidate(mut row: Row) -> Result<Candidate, StoreError> {
    let row = &mut row;
    let (number, plan_line, month) = (row.read()?, row.read()?, row.read()?);
    let mandate = mandates::mandate(row)?;
    Ok(Candidate {
        number,
        plan_line,
        mandate,
        month,
        method: method(row)?,
        skipped: row.read_optional::<BillingMonth>()?.is_some(),
        invoice: invoice(row)?,
        earlier: row.read()?,
        collected: row.read()?,
        covered: row.read()?,
        draft: autopay_drafts::draft(row)?,
    })
}

fn method(row: &mut Row) -> Result<Option<MethodOf>, StoreError> {
    let (tender, state) = (row.read_optional()?, row.read_optional()?);
    let expires = row.read_optional()?;
    let mut text = || Ok::<_, StoreError>(row.read_optional::<String>()?.unwrap_or_default());
    let (last_four, bank_name, holder) = (text()?, text()?, text()?);
    let (reference, payer_reference) = (text()?, text()?);
    let (network_reference, fingerprint) = (text()?, text()?);
    let (Some(tender), Some(state)) = (tender, state) else {
        return Ok(None);
    };
    Ok(Some(MethodOf {
        tender,
        state,
        expires,
        last_four,
        bank_name,
        holder,
        reference,
        payer_reference,
        network_reference,
        fingerprint,
    }))
}

fn invoice(row: &mut Row) -> Result<Option<InvoiceOf>, StoreError> {
    let (issued_on, due_on) = (row.read_optional()?, row.read_optional()?);
    let (asked, open) = (row.read_optional()?, row.read_optional()?);
    Ok(match (issued_on, due_on, asked, open) {
        (Some(issued_on), Some(due_on), Some(asked), Some(open)) => Some(InvoiceOf {
            issued_on,
            due_on,
            asked,
            open,
        }),
        _ => None,
    })
}

/// The mandates in force of the accounts numbered after `after` up to `last`, with what their
/// drafts for `month` depend on, in order of the numbers.
///
/// # Errors
/// [`StoreError`].
pub async fn of_range(
    tx: &mut Tx,
    month: BillingMonth,
    after: i64,
    last: i64,
) -> Result<Vec<Candidate>, StoreError> {
    let lately = month.plus(-LATELY_MONTHS);
    tx.all(
        "SELECT a.account_number, a.plan_line, CAST($1 AS BIGINT), m.account_id, m.id, m.person_id, \
         m.method_id, m.draft_day, m.cap_cents, m.over_cap, m.agreed_least_cents, \
         m.agreed_most_cents, m.agreed_difference_cents, m.start_month, m.previous_cents, m.state, \
         m.ended_on, m.end_reason, m.consent_id, m.consent_version, m.language, m.evidence, \
         m.given_at, m.updated_at, p.tender, p.state, p.expires_month, p.last_four, p.bank_name, \
         p.holder, p.reference, p.payer_reference, p.network_reference, p.fingerprint, \
         s.billing_month, i.issued_on, i.due_on, i.total_due_cents, \
         CASE WHEN a.invoiced_month > $1 THEN (SELECT \
         COALESCE(CAST(SUM(o.charges_cents - o.applied_cents) AS BIGINT), 0) FROM invoices o \
         WHERE o.account_id = a.id AND o.billing_month <= $1) ELSE a.receivable_cents END \
         - a.unapplied_cents, \
         (SELECT COALESCE(CAST(SUM(e.cents) AS BIGINT), 0) FROM autopay_drafts e \
         WHERE e.account_id = a.id AND e.billing_month >= $2 AND e.billing_month < $1 \
         AND e.state IN ('scheduled', 'sent', 'retry')), \
         CASE WHEN i.total_due_cents > i.charges_cents THEN (SELECT \
         COALESCE(CAST(SUM(e.cents) AS BIGINT), 0) FROM autopay_drafts e \
         WHERE e.account_id = a.id AND e.billing_month >= $2 AND e.billing_month < $1 \
         AND e.state = 'paid' AND e.updated_at > i.created_at) ELSE 0 END, \
         CASE WHEN i.id IS NULL THEN EXISTS (SELECT 1 FROM coverages c WHERE c.account_id = a.id \
         AND c.premium_cents > c.aptc_cents AND c.first_day <= $5 AND (c.last_day IS NULL OR (c.last_day >= $6 \
         AND c.last_day >= c.first_day))) ELSE TRUE END, \
         d.account_id, d.billing_month, d.mandate_id, \
         d.method_id, d.state, d.draft_on, d.debit_on, d.due_on, d.cents, d.reason, d.told_reason, \
         d.notice_sent_on, d.notice_cents, d.notice_debit_on, d.payment_id, d.tries, \
         d.returns, d.next_try_on, d.first_debit_on \
         FROM accounts a JOIN mandates m ON m.account_id = a.id AND m.state = 'active' \
         LEFT JOIN payment_methods p ON p.person_id = m.person_id AND p.id = m.method_id \
         LEFT JOIN mandate_skips s ON s.account_id = a.id AND s.billing_month = $1 \
         LEFT JOIN invoices i ON i.account_id = a.id AND i.billing_month = $1 \
         LEFT JOIN autopay_drafts d ON d.account_id = a.id AND d.billing_month = $1 \
         WHERE a.account_number > $3 AND a.account_number <= $4 ORDER BY a.account_number",
        args![
            month,
            lately,
            after,
            last,
            month.last_day(),
            month.first_day()
        ],
    )
    .await?
    .into_iter()
    .map(candidate)
    .collect()
}

/// One account's mandate in force and what its draft for `month` depends on.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account(
    tx: &mut Tx,
    number: i64,
    month: BillingMonth,
) -> Result<Option<Candidate>, StoreError> {
    let found = of_range(tx, month, number - 1, number).await?;
    Ok(found.into_iter().next())
}

/// The card or bank account of a person, as far as a draft needs it.
///
/// # Errors
/// [`StoreError`].
pub async fn method_of(
    tx: &mut Tx,
    person: PersonId,
    id: MethodId,
) -> Result<Option<MethodOf>, StoreError> {
    let row = tx
        .first(
            "SELECT tender, state, expires_month, last_four, bank_name, holder, reference, \
             payer_reference, network_reference, fingerprint FROM payment_methods \
             WHERE person_id = $1 AND id = $2",
            args![person, id],
        )
        .await?;
    row.map_or(Ok(None), |mut row| method(&mut row))
}

/// Which drafts are to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those whose day has come.
    First,
    /// Those that failed and whose next try has come.
    Again,
}

/// The accounts with drafts that are due by `day`, locked until the transaction ends, in the order
/// of their days after the one given. Those that somebody else has locked are passed over.
///
/// # Errors
/// [`StoreError`].
pub async fn due(
    tx: &mut Tx,
    which: Which,
    day: Date,
    most: i64,
) -> Result<Vec<(AccountId, BillingMonth)>, StoreError> {
    let rows = match which {
        Which::First => {
            tx.all(
                "SELECT d.account_id, d.billing_month FROM accounts a \
                 JOIN autopay_drafts d ON d.account_id = a.id \
                 WHERE d.state = 'scheduled' AND d.draft_on <= $1 \
                 ORDER BY d.draft_on, d.account_id LIMIT $2 {skip locked}",
                args![day, most],
            )
            .await?
        }
        Which::Again => {
            tx.all(
                "SELECT d.account_id, d.billing_month FROM accounts a \
                 JOIN autopay_drafts d ON d.account_id = a.id \
                 WHERE d.state = 'retry' AND d.next_try_on <= $1 \
                 ORDER BY d.next_try_on, d.account_id LIMIT $2 {skip locked}",
                args![day, most],
            )
            .await?
        }
    };
    rows.into_iter()
        .map(|mut row| Ok((row.read()?, row.read()?)))
        .collect()
}

/// How many drafts are due by `day`, counted up to `most`.
///
/// # Errors
/// [`StoreError`].
pub async fn count_due(tx: &mut Tx, which: Which, day: Date, most: i64) -> Result<i64, StoreError> {
    let mut row = match which {
        Which::First => {
            tx.one(
                "a count of drafts",
                "SELECT COUNT(*) FROM (SELECT account_id FROM autopay_drafts \
                 WHERE state = 'scheduled' AND draft_on <= $1 LIMIT $2) waiting",
                args![day, most],
            )
            .await?
        }
        Which::Again => {
            tx.one(
                "a count of drafts",
                "SELECT COUNT(*) FROM (SELECT account_id FROM autopay_drafts \
                 WHERE state = 'retry' AND next_try_on <= $1 LIMIT $2) waiting",
                args![day, most],
            )
            .await?
        }
    };
    row.read()
}

/// What the drafts of these accounts and months depend on. One whose mandate is not in force any
/// more is missing from the answer, unless the stop came too late for it.
///
/// # Errors
/// [`StoreError`].
pub async fn of_drafts(
    tx: &mut Tx,
    drafts: &[(AccountId, BillingMonth)],
) -> Result<Vec<Candidate>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Int, Kind::Int]);
    for (account, month) in drafts {
        rows.push([
            (*account).into(),
            (*month).into(),
            month.plus(-LATELY_MONTHS).into(),
        ]);
    }
    tx.all_rows(
        "SELECT a.account_number, a.plan_line, v.c2, m.account_id, m.id, m.person_id, \
         m.method_id, m.draft_day, m.cap_cents, m.over_cap, m.agreed_least_cents, \
         m.agreed_most_cents, m.agreed_difference_cents, m.start_month, m.previous_cents, m.state, \
         m.ended_on, m.end_reason, m.consent_id, m.consent_version, m.language, m.evidence, \
         m.given_at, m.updated_at, p.tender, p.state, p.expires_month, p.last_four, p.bank_name, \
         p.holder, p.reference, p.payer_reference, p.network_reference, p.fingerprint, \
         s.billing_month, i.issued_on, i.due_on, i.total_due_cents, \
         CASE WHEN a.invoiced_month > v.c2 THEN (SELECT \
         COALESCE(CAST(SUM(o.charges_cents - o.applied_cents) AS BIGINT), 0) FROM invoices o \
         WHERE o.account_id = a.id AND o.billing_month <= v.c2) ELSE a.receivable_cents END \
         - a.unapplied_cents, \
         (SELECT COALESCE(CAST(SUM(e.cents) AS BIGINT), 0) FROM autopay_drafts e \
         WHERE e.account_id = a.id AND e.billing_month >= v.c3 AND e.billing_month < v.c2 \
         AND e.state IN ('scheduled', 'sent', 'retry')), \
         CASE WHEN i.total_due_cents > i.charges_cents THEN (SELECT \
         COALESCE(CAST(SUM(e.cents) AS BIGINT), 0) FROM autopay_drafts e \
         WHERE e.account_id = a.id AND e.billing_month >= v.c3 AND e.billing_month < v.c2 \
         AND e.state = 'paid' AND e.updated_at > i.created_at) ELSE 0 END, TRUE, \
         d.account_id, d.billing_month, d.mandate_id, \
         d.method_id, d.state, d.draft_on, d.debit_on, d.due_on, d.cents, d.reason, d.told_reason, \
         d.notice_sent_on, d.notice_cents, d.notice_debit_on, d.payment_id, d.tries, \
         d.returns, d.next_try_on, d.first_debit_on \
         FROM {rows} JOIN accounts a ON a.id = v.c1 \
         JOIN autopay_drafts d ON d.account_id = v.c1 AND d.billing_month = v.c2 \
         JOIN mandates m ON m.account_id = v.c1 AND m.id = d.mandate_id \
         AND (m.state = 'active' OR (m.state = 'stopped' AND d.reason = 'stopped-late')) \
         LEFT JOIN payment_methods p ON p.person_id = m.person_id AND p.id = m.method_id \
         LEFT JOIN mandate_skips s ON s.account_id = v.c1 AND s.billing_month = v.c2 \
         LEFT JOIN invoices i ON i.account_id = v.c1 AND i.billing_month = v.c2",
        &rows,
    )
    .await?
    .into_iter()
    .map(candidate)
    .collect()
}

/// How many months back an unfinished draft still counts as collecting something.
pub const LATELY_MONTHS: i32 = 3;

/// How to reach the person behind a mandate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The person.
    pub person: PersonId,
    /// First and last name.
    pub name: String,
    /// The address of the sign-in or, without one, the one on file; empty if there is none.
    pub email: String,
    /// The language on file.
    pub language: Language,
}

/// How to reach these people.
///
/// # Errors
/// [`StoreError`].
pub async fn contacts(tx: &mut Tx, people: &[PersonId]) -> Result<Vec<Contact>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    for person in people {
        rows.push([(*person).into()]);
    }
    tx.all_rows(
        "SELECT p.id, p.first_name || ' ' || p.last_name, COALESCE(l.email, p.email), p.language \
         FROM {rows} JOIN persons p ON p.id = v.c1 LEFT JOIN logins l ON l.person_id = p.id",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(Contact {
            person: row.read()?,
            name: row.read()?,
            email: row.read()?,
            language: row.read()?,
        })
    })
    .collect()
}

/// What waits to be drafted on each day, with what was last transferred under the same mandates.
///
/// # Errors
/// [`StoreError`].
pub async fn forecast(tx: &mut Tx) -> Result<Vec<(Date, i64, Cents)>, StoreError> {
    tx.all(
        "SELECT d.draft_on, COUNT(*), CAST(SUM(COALESCE(m.previous_cents, d.cents)) AS BIGINT) \
         FROM autopay_drafts d JOIN mandates m ON m.account_id = d.account_id \
         AND m.id = d.mandate_id WHERE d.state = 'scheduled' \
         GROUP BY d.draft_on ORDER BY d.draft_on",
        args![],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?, row.read()?)))
    .collect()
}

/// What would be drafted now of what is due by `day`.
///
/// # Errors
/// [`StoreError`].
pub async fn due_totals(tx: &mut Tx, day: Date) -> Result<(i64, Cents), StoreError> {
    let mut row = tx
        .one(
            "the total of drafts",
            "SELECT COUNT(*), COALESCE(CAST(SUM(cents) AS BIGINT), 0) FROM autopay_drafts \
             WHERE state = 'scheduled' AND draft_on <= $1",
            args![day],
        )
        .await?;
    Ok((row.read()?, row.read()?))
}

/// Keeps what a night expects to be drafted on the days after it. Two runs of a night may end at
/// the same moment; the later one's figures stand.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_forecast(
    tx: &mut Tx,
    planned_on: Date,
    days: &[(Date, i64, Cents)],
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM autopay_forecasts WHERE planned_on = $1",
        args![planned_on],
    )
    .await?;
    let mut rows = Rows::new(&[Kind::Day, Kind::Day, Kind::Int, Kind::Int]);
    for (draft_on, drafts, previous) in days {
        rows.push([
            planned_on.into(),
            (*draft_on).into(),
            (*drafts).into(),
            (*previous).into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO autopay_forecasts (planned_on, draft_on, drafts, previous_cents) \
         SELECT c1, c2, c3, c4 FROM {rows} WHERE true \
         ON CONFLICT (planned_on, draft_on) DO UPDATE SET drafts = excluded.drafts, \
         previous_cents = excluded.previous_cents",
        &rows,
    )
    .await
    .map(drop)
}

/// What was to be expected of the drafts due by `day`: those that the last night before it saw
/// coming, those that were due then and are left over, and those of invoices made since, each with
/// what was last transferred under its mandate. `None` if there was no night.
///
/// # Errors
/// [`StoreError`].
pub async fn forecast_for(tx: &mut Tx, day: Date) -> Result<Option<(i64, Cents)>, StoreError> {
    let planned = tx
        .first(
            "SELECT run_day, MAX(finished_at) FROM autopay_runs WHERE purpose = 'plan' \
             AND run_day < $1 AND finished_at IS NOT NULL GROUP BY run_day \
             ORDER BY run_day DESC LIMIT 1",
            args![day],
        )
        .await?;
    let Some(mut planned) = planned else {
        return Ok(None);
    };
    let (planned_on, planned_at): (Date, Timestamp) = (planned.read()?, planned.read()?);
    let mut seen = tx
        .one(
            "a forecast",
            "SELECT COALESCE(CAST(SUM(drafts) AS BIGINT), 0), \
             COALESCE(CAST(SUM(previous_cents) AS BIGINT), 0) FROM autopay_forecasts \
             WHERE planned_on = $1 AND draft_on > $1 AND draft_on <= $2",
            args![planned_on, day],
        )
        .await?;
    let mut unseen = tx
        .one(
            "a forecast",
            "SELECT COUNT(*), COALESCE(CAST(SUM(COALESCE(m.previous_cents, d.cents)) AS BIGINT), 0) \
             FROM autopay_drafts d JOIN mandates m ON m.account_id = d.account_id \
             AND m.id = d.mandate_id LEFT JOIN invoices i ON i.account_id = d.account_id \
             AND i.billing_month = d.billing_month WHERE d.state = 'scheduled' \
             AND d.draft_on <= $1 AND (d.draft_on <= $2 OR i.created_at > $3)",
            args![day, planned_on, planned_at],
        )
        .await?;
    let (drafts, cents): (i64, Cents) = (seen.read()?, seen.read()?);
    let (more, more_cents): (i64, Cents) = (unseen.read()?, unseen.read()?);
    Ok(Some((drafts + more, cents + more_cents)))
}

/// How the drafts of a day were held beside their forecast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The day.
    pub day: Date,
    /// How many drafts were due.
    pub drafts: i64,
    /// What they came to.
    pub cents: Cents,
    /// How many were expected.
    pub forecast_drafts: i64,
    /// What they were expected to come to.
    pub forecast_cents: Cents,
    /// Why the day was stopped; empty if it was not.
    pub stopped: String,
    /// When a person released it.
    pub released_at: Option<Timestamp>,
    /// Why.
    pub released_reason: String,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
}

/// How the drafts of a day were checked; `None` before that.
///
/// # Errors
/// [`StoreError`].
pub async fn sending(tx: &mut Tx, day: Date) -> Result<Option<Sending>, StoreError> {
    tx.first(
        "SELECT send_day, drafts, cents, forecast_drafts, forecast_cents, stopped, released_at, \
         released_reason, finished_at FROM autopay_sendings WHERE send_day = $1",
        args![day],
    )
    .await?
    .map(|mut row| {
        Ok(Sending {
            day: row.read()?,
            drafts: row.read()?,
            cents: row.read()?,
            forecast_drafts: row.read()?,
            forecast_cents: row.read()?,
            stopped: row.read()?,
            released_at: row.read_optional()?,
            released_reason: row.read()?,
            finished_at: row.read_optional()?,
        })
    })
    .transpose()
}

/// The days that are stopped and not released, latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn stopped(tx: &mut Tx) -> Result<Vec<Date>, StoreError> {
    tx.all(
        "SELECT send_day FROM autopay_sendings WHERE stopped <> '' AND released_at IS NULL \
         AND finished_at IS NULL ORDER BY send_day DESC LIMIT 10",
        args![],
    )
    .await?
    .into_iter()
    .map(|mut row| row.read())
    .collect()
}

/// Keeps how the drafts of a day were checked.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_sending(
    tx: &mut Tx,
    sending: &Sending,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO autopay_sendings (send_day, drafts, cents, forecast_drafts, forecast_cents, \
         stopped, released_at, released_reason, checked_at, finished_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (send_day) DO UPDATE SET \
         drafts = excluded.drafts, cents = excluded.cents, \
         forecast_drafts = excluded.forecast_drafts, forecast_cents = excluded.forecast_cents, \
         stopped = excluded.stopped, released_at = excluded.released_at, \
         released_reason = excluded.released_reason, checked_at = excluded.checked_at, \
         finished_at = excluded.finished_at",
        args![
            sending.day,
            sending.drafts,
            sending.cents,
            sending.forecast_drafts,
            sending.forecast_cents,
            &sending.stopped,
            sending.released_at,
            &sending.released_reason,
            now,
            sending.finished_at,
        ],
    )
    .await
    .map(drop)
}
