//! Notices, whom they reach, and how each person wants documents delivered.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{
    AccountId, BillingMonth, ConsentId, DocumentId, Language, LoginId, NoticeId, OutboxId, PersonId,
};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// A notice: what was told, to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its id.
    pub id: NoticeId,
    /// For whom, if that is a person on file.
    pub person: Option<PersonId>,
    /// The account it is about, if one.
    pub account: Option<AccountId>,
    /// What it tells.
    pub kind: String,
    /// In which language.
    pub language: Language,
    /// True if in large print.
    pub large_print: bool,
    /// A document it tells of.
    pub attached: Option<DocumentId>,
    /// The billing month, for what is told once for each account and month.
    pub about: Option<BillingMonth>,
    /// When it was told.
    pub created_at: Timestamp,
}

/// A notice that waits for paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRow {
    /// Which notice.
    pub notice: NoticeId,
    /// What its words need, sealed.
    pub facts: String,
    /// Since when it waits.
    pub created_at: Timestamp,
}

/// How a person wants documents delivered, and whether mail reaches them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PreferencesRow {
    /// The code of the choice for invoices, notices and letters; empty where none was made.
    pub choices: [String; 3],
    /// The consent to electronic documents, while it stands.
    pub consent: Option<ConsentId>,
    /// The version of the text consented to.
    pub consent_version: String,
    /// When the consent was given.
    pub consented_at: Option<Timestamp>,
    /// The address that mail came back from, folded; empty if mail arrives.
    pub bouncing_email: String,
    /// Since when mail comes back.
    pub bouncing_since: Option<Timestamp>,
    /// Codes of the reminders that were turned off, separated by spaces.
    pub reminders_off: String,
}

/// Somebody whom a notice is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderRow {
    /// The person.
    pub person: PersonId,
    /// The language on file.
    pub language: Language,
    /// True if large print was asked for.
    pub large_print: bool,
    /// The sign-in, if there is one.
    pub login: Option<LoginId>,
    /// The address of the sign-in, which was proved; empty without one.
    pub email: String,
    /// The language of the sign-in.
    pub login_language: Option<Language>,
    /// How they want documents.
    pub preferences: PreferencesRow,
}

/// The people a set of notices is for. People who do not exist are left out.
pub async fn readers(tx: &mut Tx, people: &[PersonId]) -> Result<Vec<ReaderRow>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    for person in people {
        rows.push([(*person).into()]);
    }
    tx.all_rows(
        "SELECT p.id, p.language, p.large_print, l.id, l.email, l.language, d.invoices, d.notices, \
         d.letters, d.consent_id, d.consent_version, d.consented_at, d.bouncing_email, \
         d.bouncing_since, d.reminders_off FROM {rows} JOIN persons p ON p.id = v.c1 \
         LEFT JOIN logins l ON l.person_id = p.id \
         LEFT JOIN delivery_preferences d ON d.person_id = p.id",
        &rows,
    )
    .await?
    .into_iter()
    .map(reader)
    .collect()
}

/// The people these sign-ins belong to.
pub async fn people_of(
    tx: &mut Tx,
    logins: &[LoginId],
) -> Result<Vec<(LoginId, PersonId)>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    for login in logins {
        rows.push([(*login).into()]);
    }
    tx.all_rows(
        "SELECT l.id, l.person_id FROM {rows} JOIN logins l ON l.id = v.c1",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}

fn reader(mut row: Row) -> Result<ReaderRow, StoreError> {
    Ok(ReaderRow {
        person: row.read()?,
        language: row.read()?,
        large_print: row.read()?,
        login: row.read_optional()?,
        email: row.read_optional()?.unwrap_or_default(),
        login_language: row.read_optional()?,
        preferences: preferences_of(&mut row)?,
    })
}

fn preferences_of(row: &mut Row) -> Result<PreferencesRow, StoreError> {
    let text = |row: &mut Row| -> Result<String, StoreError> {
        Ok(row.read_optional()?.unwrap_or_default())
    };
    Ok(PreferencesRow {
        choices: [text(row)?, text(row)?, text(row)?],
        consent: row.read_optional()?,
        consent_version: text(row)?,
        consented_at: row.read_optional()?,
        bouncing_email: text(row)?,
        bouncing_since: row.read_optional()?,
        reminders_off: text(row)?,
    })
}

/// Adds notices.
pub async fn insert(tx: &mut Tx, notices: &[NoticeRow]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Id,
        Kind::Id,
        Kind::Text,
        Kind::Text,
        Kind::Bool,
        Kind::Id,
        Kind::Int,
        Kind::Instant,
    ]);
    for notice in notices {
        rows.push([
            notice.id.into(),
            notice.person.into(),
            notice.account.into(),
            notice.kind.as_str().into(),
            notice.language.into(),
            notice.large_print.into(),
            notice.attached.into(),
            notice.about.into(),
            notice.created_at.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO notices (id, person_id, account_id, kind, language, large_print, attached_id, \
         about_month, created_at) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9 FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// Puts notices on paper. A notice that waits for paper already, or was printed, is left alone.
pub async fn insert_letters(tx: &mut Tx, letters: &[LetterRow]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Text, Kind::Instant]);
    for letter in letters {
        rows.push([
            letter.notice.into(),
            letter.facts.as_str().into(),
            letter.created_at.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO letters (notice_id, facts, created_at, batch, batch_line, printed_at, \
         sent_copy) SELECT c1, c2, c3, '', NULL, NULL, '' FROM {rows} WHERE true \
         ON CONFLICT (notice_id) DO NOTHING",
        &rows,
    )
    .await
    .map(drop)
}

/// How a person wants documents; the default row if nothing was ever said.
pub async fn preferences(tx: &mut Tx, person: PersonId) -> Result<PreferencesRow, StoreError> {
    let row = tx
        .first(
            "SELECT invoices, notices, letters, consent_id, consent_version, consented_at, \
             bouncing_email, bouncing_since, reminders_off \
             FROM delivery_preferences WHERE person_id = $1",
            args![person],
        )
        .await?;
    match row {
        Some(mut row) => preferences_of(&mut row),
        None => Ok(PreferencesRow::default()),
    }
}

/// How a person wants documents, locked until the transaction ends.
pub async fn lock_preferences(tx: &mut Tx, person: PersonId) -> Result<PreferencesRow, StoreError> {
    tx.execute(
        "INSERT INTO delivery_preferences (person_id, invoices, notices, letters, consent_id, \
         consent_version, consented_at, bouncing_email, bouncing_since, reminders_off, updated_at) \
         SELECT id, '', '', '', NULL, '', NULL, '', NULL, '', created_at FROM persons \
         WHERE id = $1 ON CONFLICT (person_id) DO NOTHING",
        args![person],
    )
    .await?;
    let mut row = tx
        .one(
            "how a person wants documents",
            "SELECT invoices, notices, letters, consent_id, consent_version, consented_at, \
             bouncing_email, bouncing_since, reminders_off \
             FROM delivery_preferences WHERE person_id = $1 {for update}",
            args![person],
        )
        .await?;
    preferences_of(&mut row)
}

/// Writes how a person wants documents.
pub async fn save_preferences(
    tx: &mut Tx,
    person: PersonId,
    row: &PreferencesRow,
    at: Timestamp,
) -> Result<(), StoreError> {
    let [invoices, notices, letters] = &row.choices;
    tx.execute(
        "INSERT INTO delivery_preferences (person_id, invoices, notices, letters, consent_id, \
         consent_version, consented_at, bouncing_email, bouncing_since, reminders_off, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (person_id) DO UPDATE \
         SET invoices = $2, notices = $3, letters = $4, consent_id = $5, consent_version = $6, \
         consented_at = $7, bouncing_email = $8, bouncing_since = $9, reminders_off = $10, \
         updated_at = $11",
        args![
            person,
            invoices,
            notices,
            letters,
            row.consent,
            &row.consent_version,
            row.consented_at,
            &row.bouncing_email,
            row.bouncing_since,
            &row.reminders_off,
            at,
        ],
    )
    .await
    .map(drop)
}

/// A notice.
pub async fn by_id(tx: &mut Tx, id: NoticeId) -> Result<Option<NoticeRow>, StoreError> {
    tx.first(
        "SELECT id, person_id, account_id, kind, language, large_print, attached_id, about_month, \
         created_at FROM notices WHERE id = $1",
        args![id],
    )
    .await?
    .map(|mut row| notice(&mut row))
    .transpose()
}

fn notice(row: &mut Row) -> Result<NoticeRow, StoreError> {
    Ok(NoticeRow {
        id: row.read()?,
        person: row.read_optional()?,
        account: row.read_optional()?,
        kind: row.read()?,
        language: row.read()?,
        large_print: row.read()?,
        attached: row.read_optional()?,
        about: row.read_optional()?,
        created_at: row.read()?,
    })
}

/// A notice with how it was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveredRow {
    /// The notice.
    pub notice: NoticeRow,
    /// The e-mail that delivers it, if one does.
    pub mail: Option<OutboxId>,
    /// When it was handed over to the mail server.
    pub mailed_at: Option<Timestamp>,
    /// What the mail server answered.
    pub answer: String,
    /// When it came back.
    pub bounced_at: Option<Timestamp>,
    /// When it was put on paper, if it was.
    pub on_paper_at: Option<Timestamp>,
    /// When it was printed.
    pub printed_at: Option<Timestamp>,
    /// In which print batch.
    pub batch: String,
    /// On which line of its manifest.
    pub batch_line: Option<i64>,
}

fn delivered(mut row: Row) -> Result<DeliveredRow, StoreError> {
    Ok(DeliveredRow {
        notice: notice(&mut row)?,
        mail: row.read_optional()?,
        mailed_at: row.read_optional()?,
        answer: row.read_optional()?.unwrap_or_default(),
        bounced_at: row.read_optional()?,
        on_paper_at: row.read_optional()?,
        printed_at: row.read_optional()?,
        batch: row.read_optional()?.unwrap_or_default(),
        batch_line: row.read_optional()?,
    })
}

/// The notices to a person, newest first.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    limit: i64,
) -> Result<Vec<DeliveredRow>, StoreError> {
    tx.all(
        "SELECT n.id, n.person_id, n.account_id, n.kind, n.language, n.large_print, n.attached_id, \
         n.about_month, n.created_at, o.id, o.sent_at, o.answer, o.bounced_at, l.created_at, \
         l.printed_at, l.batch, l.batch_line FROM notices n \
         LEFT JOIN outbox o ON o.notice_id = n.id LEFT JOIN letters l ON l.notice_id = n.id \
         WHERE n.person_id = $1 ORDER BY n.created_at DESC, n.id DESC LIMIT $2",
        args![person, limit],
    )
    .await?
    .into_iter()
    .map(delivered)
    .collect()
}

/// The notices about an account, to whomever they went, newest first.
pub async fn of_account(
    tx: &mut Tx,
    account: AccountId,
    limit: i64,
) -> Result<Vec<DeliveredRow>, StoreError> {
    tx.all(
        "SELECT n.id, n.person_id, n.account_id, n.kind, n.language, n.large_print, n.attached_id, \
         n.about_month, n.created_at, o.id, o.sent_at, o.answer, o.bounced_at, l.created_at, \
         l.printed_at, l.batch, l.batch_line FROM notices n \
         LEFT JOIN outbox o ON o.notice_id = n.id LEFT JOIN letters l ON l.notice_id = n.id \
         WHERE n.account_id = $1 ORDER BY n.created_at DESC, n.id DESC LIMIT $2",
        args![account, limit],
    )
    .await?
    .into_iter()
    .map(delivered)
    .collect()
}

/// What was sent of a notice, sealed: the e-mail with its id, and the PDF.
pub async fn copies(
    tx: &mut Tx,
    id: NoticeId,
) -> Result<(Option<(OutboxId, String)>, Option<String>), StoreError> {
    let mail = tx
        .first(
            "SELECT id, sent_copy FROM outbox WHERE notice_id = $1 AND sent_copy <> ''",
            args![id],
        )
        .await?
        .map(|mut row| Ok::<_, StoreError>((row.read()?, row.read()?)))
        .transpose()?;
    let paper = tx
        .first(
            "SELECT sent_copy FROM letters WHERE notice_id = $1 AND sent_copy <> ''",
            args![id],
        )
        .await?
        .map(|mut row| row.read())
        .transpose()?;
    Ok((mail, paper))
}

/// An invoice that its subscriber is to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToTellRow {
    /// The account's number, by which runs go.
    pub number: i64,
    /// The account.
    pub account: AccountId,
    /// Who owes.
    pub subscriber: PersonId,
    /// The month of the invoice.
    pub month: BillingMonth,
    /// Its due date.
    pub due_on: Date,
    /// True if it was not printed with the others of its month.
    pub left_out: bool,
}

/// Notes that the print run of a month leaves invoices out; a second time changes nothing.
pub async fn leave_out(
    tx: &mut Tx,
    month: BillingMonth,
    accounts: &[AccountId],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Int, Kind::Instant]);
    for account in accounts {
        rows.push([(*account).into(), month.into(), now.into()]);
    }
    tx.execute_rows(
        "INSERT INTO invoices_left_out (account_id, billing_month, left_out_at) \
         SELECT c1, c2, c3 FROM {rows} WHERE true \
         ON CONFLICT (account_id, billing_month) DO NOTHING",
        &rows,
    )
    .await
    .map(drop)
}

fn to_tell(row: &mut Row) -> Result<ToTellRow, StoreError> {
    Ok(ToTellRow {
        number: row.read()?,
        account: row.read()?,
        subscriber: row.read()?,
        month: row.read()?,
        due_on: row.read()?,
        left_out: false,
    })
}

/// The latest invoices of accounts after `after`, issued from `since` to `until`, whose subscriber
/// signs in and was not told of them, and either has chosen other than paper for invoices or had
/// when they were printed. `usual` is the code of what the plan does for who has chosen nothing.
pub async fn invoices_to_tell(
    tx: &mut Tx,
    since: Date,
    until: Date,
    usual: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<ToTellRow>, StoreError> {
    tx.all(
        "SELECT a.account_number, a.id, a.subscriber_id, i.billing_month, i.due_on, o.left_out_at \
         FROM accounts a JOIN logins l ON l.person_id = a.subscriber_id \
         JOIN invoices i ON i.account_id = a.id AND i.billing_month = a.invoiced_month \
         LEFT JOIN delivery_preferences d ON d.person_id = a.subscriber_id \
         LEFT JOIN invoices_left_out o ON o.account_id = a.id \
         AND o.billing_month = i.billing_month \
         WHERE a.account_number > $1 AND i.issued_on >= $2 AND i.issued_on <= $3 \
         AND (COALESCE(NULLIF(d.invoices, ''), $4) <> 'paper' OR o.left_out_at IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.account_id = a.id \
         AND n.kind = 'invoice-ready' AND n.about_month = i.billing_month) \
         ORDER BY a.account_number LIMIT $5",
        args![after, since, until, usual, limit],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        let told = to_tell(&mut row)?;
        let left_out = row.read_optional::<Timestamp>()?.is_some();
        Ok(ToTellRow { left_out, ..told })
    })
    .collect()
}

/// The latest invoices of accounts after `after` that are due from `since` to `until` and not paid,
/// with no draft on its way or to come, whose subscriber signs in and was not reminded.
pub async fn due_to_tell(
    tx: &mut Tx,
    since: Date,
    until: Date,
    after: i64,
    limit: i64,
) -> Result<Vec<ToTellRow>, StoreError> {
    tx.all(
        "SELECT a.account_number, a.id, a.subscriber_id, i.billing_month, i.due_on \
         FROM accounts a JOIN logins l ON l.person_id = a.subscriber_id \
         JOIN invoices i ON i.account_id = a.id AND i.billing_month = a.invoiced_month \
         WHERE a.account_number > $1 AND i.due_on >= $2 AND i.due_on <= $3 \
         AND i.charges_cents > i.applied_cents AND a.receivable_cents > a.unapplied_cents \
         AND NOT EXISTS (SELECT 1 FROM autopay_drafts f WHERE f.account_id = a.id \
         AND f.billing_month = i.billing_month AND f.state IN ('scheduled', 'retry', 'sent', 'paid')) \
         AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.account_id = a.id \
         AND n.kind = 'due-soon' AND n.about_month = i.billing_month) \
         ORDER BY a.account_number LIMIT $4",
        args![after, since, until, limit],
    )
    .await?
    .into_iter()
    .map(|mut row| to_tell(&mut row))
    .collect()
}

/// A letter to be printed, with its reader and account.
#[derive(Debug, Clone)]
pub struct ToPrintRow {
    /// The notice.
    pub notice: NoticeRow,
    /// What its words need, sealed.
    pub facts: String,
    /// The batch it is in.
    pub batch: String,
    /// Its line in the manifest.
    pub line: i64,
}

/// The oldest batch that was begun for a folder and not finished, if there is one.
pub async fn open_batch(tx: &mut Tx, folder: &str) -> Result<Option<String>, StoreError> {
    tx.first(
        "SELECT batch FROM letters WHERE printed_at IS NULL AND batch <> '' AND folder = $1 \
         ORDER BY created_at, notice_id LIMIT 1",
        args![folder],
    )
    .await?
    .map(|mut row| row.read())
    .transpose()
}

/// The batches that were begun for other folders and not finished, with those folders.
pub async fn open_elsewhere(
    tx: &mut Tx,
    folder: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    tx.all(
        "SELECT DISTINCT batch, folder FROM letters WHERE printed_at IS NULL AND batch <> '' \
         AND folder <> $1 ORDER BY batch",
        args![folder],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}

/// Puts up to `most` waiting letters, oldest first, into a batch for a folder: how many.
pub async fn begin_batch(
    tx: &mut Tx,
    batch: &str,
    folder: &str,
    most: i64,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE letters SET batch = $1, folder = $3, batch_line = v.line \
         FROM (SELECT w.notice_id AS notice_id, \
         ROW_NUMBER() OVER (ORDER BY w.created_at, w.notice_id) AS line FROM (SELECT notice_id, \
         created_at FROM letters WHERE printed_at IS NULL AND batch = '' \
         ORDER BY created_at, notice_id LIMIT $2 {skip locked}) AS w) AS v \
         WHERE letters.notice_id = v.notice_id",
        args![batch, most, folder],
    )
    .await
}

/// The letters of a batch, in the order of its manifest.
pub async fn of_batch(tx: &mut Tx, batch: &str) -> Result<Vec<ToPrintRow>, StoreError> {
    tx.all(
        "SELECT n.id, n.person_id, n.account_id, n.kind, n.language, n.large_print, n.attached_id, \
         n.about_month, n.created_at, l.facts, l.batch, l.batch_line FROM letters l \
         JOIN notices n ON n.id = l.notice_id WHERE l.batch = $1 AND l.batch_line IS NOT NULL \
         ORDER BY l.batch_line",
        args![batch],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(ToPrintRow {
            notice: notice(&mut row)?,
            facts: row.read()?,
            batch: row.read()?,
            line: row.read()?,
        })
    })
    .collect()
}

/// Notes that a letter was printed, and keeps what was; false if it was noted before.
pub async fn printed(
    tx: &mut Tx,
    notice: NoticeId,
    at: Timestamp,
    copy: &str,
) -> Result<bool, StoreError> {
    let noted = tx
        .execute(
            "UPDATE letters SET printed_at = $2, sent_copy = $3 \
             WHERE notice_id = $1 AND printed_at IS NULL",
            args![notice, at, copy],
        )
        .await?;
    Ok(noted == 1)
}

/// Who owes on an account of a range, and how they want documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwingRow {
    /// The account's number.
    pub number: i64,
    /// The address of the sign-in.
    pub email: String,
    /// How they want documents.
    pub preferences: PreferencesRow,
}

/// The subscribers with a sign-in who consented to go without paper, of the accounts after `after`
/// up to `until`.
pub async fn consenting(tx: &mut Tx, after: i64, until: i64) -> Result<Vec<OwingRow>, StoreError> {
    tx.all(
        "SELECT a.account_number, l.email, d.invoices, d.notices, d.letters, d.consent_id, \
         d.consent_version, d.consented_at, d.bouncing_email, d.bouncing_since, d.reminders_off \
         FROM accounts a JOIN delivery_preferences d ON d.person_id = a.subscriber_id \
         JOIN logins l ON l.person_id = a.subscriber_id \
         WHERE a.account_number > $1 AND a.account_number <= $2 AND d.consent_id IS NOT NULL",
        args![after, until],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(OwingRow {
            number: row.read()?,
            email: row.read()?,
            preferences: preferences_of(&mut row)?,
        })
    })
    .collect()
}
