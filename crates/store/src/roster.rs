//! People and accounts as rosters make and change them, and what became of each roster file.

use jiff::Timestamp;
use kernel::{AccountId, BillingMonth, Email, MemberId, PersonId, Zip};
use members::{Address, MemberRow, Person, Relationship, SetAside};

use crate::sql::{Kind, Row, Rows, Value};
use crate::{StoreError, Tx, args};

/// An account, as far as a roster knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Id.
    pub id: AccountId,
    /// Its number.
    pub number: i64,
    /// Who owes.
    pub subscriber: PersonId,
    /// The plan line.
    pub plan_line: String,
    /// The earliest invoiced month that a roster changed afterwards.
    pub changed_from: Option<BillingMonth>,
    /// The latest month invoiced.
    pub invoiced_month: Option<BillingMonth>,
}

/// What became of a roster file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterFile {
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub digest: String,
    /// What it was called when it was first read.
    pub name: String,
    /// `834` or `csv`.
    pub format: String,
    /// How many records it has.
    pub records: i64,
    /// How many brought somebody or some coverage that was not known.
    pub inserted: i64,
    /// How many changed something.
    pub updated: i64,
    /// How many changed nothing.
    pub unchanged: i64,
    /// How many were rejected.
    pub rejected: i64,
    /// When reading began.
    pub begun_at: Timestamp,
    /// When it was done; `None` if it was not.
    pub finished_at: Option<Timestamp>,
}

/// A record that was rejected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reject {
    /// The number of the segment or line.
    pub position: i64,
    /// The element or column.
    pub element: String,
    /// What was found and what was expected.
    pub reason: String,
}

/// The people with these member IDs.
///
/// # Errors
/// [`StoreError`].
pub async fn persons(tx: &mut Tx, member_ids: &[MemberId]) -> Result<Vec<MemberRow>, StoreError> {
    let mut rows = Rows::new(&[Kind::Text]);
    for member_id in member_ids {
        rows.push([member_id.into()]);
    }
    tx.all_rows(
        "SELECT p.id, p.member_id, p.subscriber_member_id, p.relationship, p.last_name, \
         p.first_name, p.middle_name, p.birth_date, p.gender, p.address_1, p.address_2, p.city, \
         p.state, p.zip, p.phone, p.email, p.language, p.roster_phone, p.roster_email, \
         p.roster_language FROM {rows} JOIN persons p ON p.member_id = v.c1",
        &rows,
    )
    .await?
    .into_iter()
    .map(member)
    .collect()
}

/// These people, locked until the transaction ends, in the order of their ids.
///
/// # Errors
/// [`StoreError`].
pub async fn lock_persons(tx: &mut Tx, ids: &[PersonId]) -> Result<Vec<MemberRow>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    for id in ids {
        rows.push([(*id).into()]);
    }
    tx.all_rows(
        "SELECT p.id, p.member_id, p.subscriber_member_id, p.relationship, p.last_name, \
         p.first_name, p.middle_name, p.birth_date, p.gender, p.address_1, p.address_2, p.city, \
         p.state, p.zip, p.phone, p.email, p.language, p.roster_phone, p.roster_email, \
         p.roster_language FROM persons p WHERE p.id IN (SELECT c1 FROM {rows}) \
         ORDER BY p.id {for update}",
        &rows,
    )
    .await?
    .into_iter()
    .map(member)
    .collect()
}

fn member(mut row: Row) -> Result<MemberRow, StoreError> {
    let id = row.read()?;
    let (member_id, subscriber) = (row.read()?, row.read()?);
    let relationship: String = row.read()?;
    let relationship = Relationship::from_code(&relationship)
        .ok_or_else(|| StoreError::inconsistent(format!("relationship {relationship}")))?;
    let (last_name, first_name, middle_name) = (row.read()?, row.read()?, row.read()?);
    let (birth_date, gender) = (row.read()?, row.read()?);
    let (line_1, line_2, city, state) = (row.read()?, row.read()?, row.read()?, row.read()?);
    let (zip, phone, email): (String, String, String) = (row.read()?, row.read()?, row.read()?);
    let language = row.read()?;
    let set_aside = SetAside {
        phone: row.read_optional()?,
        email: row.read_optional()?,
        language: row.read_optional()?,
    };
    let address = Zip::parse(&zip).ok().map(|zip| Address {
        line_1,
        line_2,
        city,
        state,
        zip,
    });
    let person = Person {
        member_id,
        subscriber,
        relationship,
        first_name,
        middle_name,
        last_name,
        birth_date,
        gender,
        address,
        phone: Some(phone).filter(|phone| !phone.is_empty()),
        email: Email::parse(&email).ok(),
        language,
    };
    Ok(MemberRow {
        id,
        person,
        set_aside,
    })
}

const PERSON_KINDS: [Kind; 23] = [
    Kind::Id,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Day,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Bool,
    Kind::Instant,
    Kind::Text,
    Kind::Text,
    Kind::Text,
];

fn person_rows(members: &[MemberRow], now: Timestamp) -> Rows {
    let mut rows = Rows::new(&PERSON_KINDS);
    for MemberRow {
        id,
        person,
        set_aside,
    } in members
    {
        let text = |text: &str| Value::from(text);
        let address = person.address.as_ref();
        let of_address = |part: fn(&Address) -> &str| text(address.map_or("", part));
        rows.push([
            (*id).into(),
            (&person.member_id).into(),
            (&person.subscriber).into(),
            text(person.relationship.code()),
            text(&person.last_name),
            text(&person.first_name),
            text(&person.middle_name),
            kernel::plain_name(&person.last_name).into(),
            person.birth_date.into(),
            text(&person.gender),
            of_address(|address| &address.line_1),
            of_address(|address| &address.line_2),
            of_address(|address| &address.city),
            of_address(|address| &address.state),
            of_address(|address| address.zip.as_str()),
            text(person.phone.as_deref().unwrap_or_default()),
            text(person.email.as_ref().map_or("", Email::as_str)),
            person.language.into(),
            false.into(),
            now.into(),
            set_aside.phone.clone().into(),
            set_aside.email.clone().into(),
            set_aside.language.into(),
        ]);
    }
    rows
}

/// Adds people.
///
/// # Errors
/// [`StoreError::Conflict`] if a member ID is taken.
pub async fn insert_persons(
    tx: &mut Tx,
    persons: &[MemberRow],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute_rows(
        "INSERT INTO persons (id, member_id, subscriber_member_id, relationship, last_name, \
         first_name, middle_name, plain_last_name, birth_date, gender, address_1, address_2, city, \
         state, zip, phone, email, language, large_print, created_at, updated_at) \
         SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, \
         c19, c20, c20 FROM {rows} WHERE true",
        &person_rows(persons, now),
    )
    .await
    .map(drop)
}

/// Changes people. In which format they want letters is not the roster's to say.
///
/// # Errors
/// [`StoreError`].
pub async fn update_persons(
    tx: &mut Tx,
    persons: &[MemberRow],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute_rows(
        "UPDATE persons SET member_id = v.c2, subscriber_member_id = v.c3, relationship = v.c4, last_name = v.c5, \
         first_name = v.c6, middle_name = v.c7, plain_last_name = v.c8, birth_date = v.c9, \
         gender = v.c10, address_1 = v.c11, address_2 = v.c12, city = v.c13, state = v.c14, \
         zip = v.c15, phone = v.c16, email = v.c17, language = v.c18, updated_at = v.c20, \
         roster_phone = v.c21, roster_email = v.c22, roster_language = v.c23 FROM {rows} WHERE persons.id = v.c1",
        &person_rows(persons, now),
    )
    .await
    .map(drop)
}

/// Lets dependents follow subscribers to their new member IDs.
///
/// # Errors
/// [`StoreError`].
pub async fn renumber_subscribers(
    tx: &mut Tx,
    renumbered: &[(MemberId, MemberId)],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Text, Kind::Text]);
    for (old, new) in renumbered {
        rows.push([old.into(), new.into()]);
    }
    tx.execute_rows(
        "UPDATE persons SET subscriber_member_id = v.c2 FROM {rows} \
         WHERE persons.subscriber_member_id = v.c1",
        &rows,
    )
    .await
    .map(drop)
}

/// The accounts of these subscribers, locked until the transaction ends.
///
/// # Errors
/// [`StoreError`].
pub async fn accounts(tx: &mut Tx, subscribers: &[PersonId]) -> Result<Vec<Account>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    let mut sorted = subscribers.to_vec();
    sorted.sort_unstable();
    for subscriber in sorted {
        rows.push([subscriber.into()]);
    }
    tx.all_rows(
        "SELECT a.id, a.account_number, a.subscriber_id, a.plan_line, a.changed_from, \
         a.invoiced_month FROM accounts a WHERE a.subscriber_id IN (SELECT c1 FROM {rows}) \
         ORDER BY a.account_number {for update}",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(Account {
            id: row.read()?,
            number: row.read()?,
            subscriber: row.read()?,
            plan_line: row.read()?,
            changed_from: row.read_optional()?,
            invoiced_month: row.read_optional()?,
        })
    })
    .collect()
}

/// Adds accounts without balances.
///
/// # Errors
/// [`StoreError::Conflict`] if a subscriber has one in that plan line.
pub async fn insert_accounts(
    tx: &mut Tx,
    accounts: &[Account],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Int,
        Kind::Id,
        Kind::Text,
        Kind::Bytes,
        Kind::Instant,
    ]);
    for account in accounts {
        rows.push([
            account.id.into(),
            account.number.into(),
            account.subscriber.into(),
            account.plan_line.as_str().into(),
            ledger::CHAIN_START.into(),
            now.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO accounts (id, account_number, subscriber_id, plan_line, receivable_cents, \
         unapplied_cents, journal_seq, journal_hash, invoiced_total_cents, invoiced_policy, \
         opened_at) SELECT c1, c2, c3, c4, 0, 0, 0, c5, 0, '', c6 FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// Marks accounts whose coverage changed in months that are invoiced already.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_changed(
    tx: &mut Tx,
    changed: &[(AccountId, BillingMonth)],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Int]);
    for (account, from) in changed {
        rows.push([(*account).into(), (*from).into()]);
    }
    tx.execute_rows(
        "UPDATE accounts SET changed_from = v.c2 FROM {rows} WHERE accounts.id = v.c1",
        &rows,
    )
    .await
    .map(drop)
}

/// The file with this digest, if it was read before.
///
/// # Errors
/// [`StoreError`].
pub async fn file(tx: &mut Tx, digest: &str) -> Result<Option<RosterFile>, StoreError> {
    tx.first(
        "SELECT digest, file_name, format, records, inserted, updated, unchanged, rejected, \
         begun_at, finished_at FROM roster_files WHERE digest = $1",
        args![digest],
    )
    .await?
    .map(|mut row| {
        Ok(RosterFile {
            digest: row.read()?,
            name: row.read()?,
            format: row.read()?,
            records: row.read()?,
            inserted: row.read()?,
            updated: row.read()?,
            unchanged: row.read()?,
            rejected: row.read()?,
            begun_at: row.read()?,
            finished_at: row.read_optional()?,
        })
    })
    .transpose()
}

/// Notes that a file is being read, or what became of it. Of a file that is read again the first
/// finished reading is kept.
///
/// # Errors
/// [`StoreError`].
pub async fn put_file(tx: &mut Tx, file: &RosterFile) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO roster_files (digest, file_name, format, records, inserted, updated, \
         unchanged, rejected, begun_at, finished_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (digest) DO UPDATE SET \
         records = excluded.records, inserted = excluded.inserted, updated = excluded.updated, \
         unchanged = excluded.unchanged, rejected = excluded.rejected, \
         finished_at = excluded.finished_at WHERE roster_files.finished_at IS NULL",
        args![
            &file.digest,
            &file.name,
            &file.format,
            file.records,
            file.inserted,
            file.updated,
            file.unchanged,
            file.rejected,
            file.begun_at,
            file.finished_at,
        ],
    )
    .await
    .map(drop)
}

/// Keeps the rejected records of a file; those that are kept already stay.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_rejects(
    tx: &mut Tx,
    digest: &str,
    rejects: &[Reject],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Text, Kind::Int, Kind::Text, Kind::Text]);
    for reject in rejects {
        rows.push([
            digest.into(),
            reject.position.into(),
            reject.element.as_str().into(),
            reject.reason.as_str().into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO roster_rejects (digest, position, element, reason) \
         SELECT c1, c2, c3, c4 FROM {rows} WHERE true \
         ON CONFLICT (digest, position, element) DO NOTHING",
        &rows,
    )
    .await
    .map(drop)
}

/// The rejected records of a file, by position.
///
/// # Errors
/// [`StoreError`].
pub async fn rejects(tx: &mut Tx, digest: &str) -> Result<Vec<Reject>, StoreError> {
    tx.all(
        "SELECT position, element, reason FROM roster_rejects WHERE digest = $1 \
         ORDER BY position, element",
        args![digest],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(Reject {
            position: row.read()?,
            element: row.read()?,
            reason: row.read()?,
        })
    })
    .collect()
}
