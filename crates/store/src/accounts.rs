//! Accounts and the people behind them.

use jiff::civil::Date;
use kernel::{AccountId, Cents, Language, MemberId, PersonId, Zip};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// A person as pages and checks need them.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Id.
    pub id: PersonId,
    /// Own member ID.
    pub member_id: MemberId,
    /// The subscriber's member ID; the same for a subscriber.
    pub subscriber_member_id: MemberId,
    /// Last name.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// Date of birth.
    pub birth_date: Date,
    /// Postal address: first line, second line, city, state.
    pub address: [String; 4],
    /// ZIP code as the roster has it, up to nine digits.
    pub zip: String,
    /// E-mail on file; empty if none.
    pub email: String,
    /// Language on file.
    pub language: Language,
    /// True if large print was asked for.
    pub large_print: bool,
}

impl PersonRow {
    /// The five-digit ZIP code, if the roster has one.
    #[must_use]
    pub fn zip5(&self) -> Option<Zip> {
        Zip::parse(&self.zip).ok()
    }

    /// First and last name.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// An account with its running balances.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Id.
    pub id: AccountId,
    /// The number in invoice numbers.
    pub number: i64,
    /// Who owes.
    pub subscriber: PersonId,
    /// The plan line, by its id in the plan file.
    pub plan_line: String,
    /// What is owed on issued invoices; never what CMS owes.
    pub receivable: Cents,
    /// Money of this account that is on no invoice yet.
    pub unapplied: Cents,
}

impl AccountRow {
    /// What is due: open invoices less unapplied cash. Negative for a credit.
    #[must_use]
    pub fn due(&self) -> Cents {
        self.receivable - self.unapplied
    }
}

fn person(mut row: Row) -> Result<PersonRow, StoreError> {
    Ok(PersonRow {
        id: row.read()?,
        member_id: row.read()?,
        subscriber_member_id: row.read()?,
        last_name: row.read()?,
        first_name: row.read()?,
        birth_date: row.read()?,
        address: [row.read()?, row.read()?, row.read()?, row.read()?],
        zip: row.read()?,
        email: row.read()?,
        language: row.read()?,
        large_print: row.read()?,
    })
}

fn account(mut row: Row) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        id: row.read()?,
        number: row.read()?,
        subscriber: row.read()?,
        plan_line: row.read()?,
        receivable: row.read()?,
        unapplied: row.read()?,
    })
}

/// The person with this member ID.
pub async fn person_by_member_id(
    tx: &mut Tx,
    member_id: &MemberId,
) -> Result<Option<PersonRow>, StoreError> {
    tx.first(
        "SELECT id, member_id, subscriber_member_id, last_name, first_name, birth_date, address_1, \
         address_2, city, state, zip, email, language, large_print \
         FROM persons WHERE member_id = $1",
        args![member_id],
    )
    .await?
    .map(person)
    .transpose()
}

/// The person with this id.
pub async fn person_by_id(tx: &mut Tx, id: PersonId) -> Result<Option<PersonRow>, StoreError> {
    tx.first(
        "SELECT id, member_id, subscriber_member_id, last_name, first_name, birth_date, address_1, \
         address_2, city, state, zip, email, language, large_print \
         FROM persons WHERE id = $1",
        args![id],
    )
    .await?
    .map(person)
    .transpose()
}

/// The account with this id.
pub async fn by_id(tx: &mut Tx, id: AccountId) -> Result<Option<AccountRow>, StoreError> {
    tx.first(
        "SELECT id, account_number, subscriber_id, plan_line, receivable_cents, unapplied_cents \
         FROM accounts WHERE id = $1",
        args![id],
    )
    .await?
    .map(account)
    .transpose()
}

/// At most `most` people of this name, in plain letters, born on this day.
pub async fn persons_by_name(
    tx: &mut Tx,
    plain_last_name: &str,
    birth_date: Date,
    most: i64,
) -> Result<Vec<PersonRow>, StoreError> {
    tx.all(
        "SELECT id, member_id, subscriber_member_id, last_name, first_name, birth_date, address_1, \
         address_2, city, state, zip, email, language, large_print FROM persons \
         WHERE plain_last_name = $1 AND birth_date = $2 ORDER BY first_name, member_id LIMIT $3",
        args![plain_last_name, birth_date, most],
    )
    .await?
    .into_iter()
    .map(person)
    .collect()
}

/// The account with this id, locked until the transaction ends, so that two payments are applied
/// one after the other. Always the first row a unit of work locks: that is what keeps deadlocks
/// away.
pub async fn lock(tx: &mut Tx, id: AccountId) -> Result<Option<AccountRow>, StoreError> {
    tx.first(
        "SELECT id, account_number, subscriber_id, plan_line, receivable_cents, unapplied_cents \
         FROM accounts WHERE id = $1 {for update}",
        args![id],
    )
    .await?
    .map(account)
    .transpose()
}

/// The accounts that this subscriber owes on, oldest first.
pub async fn of_subscriber(
    tx: &mut Tx,
    member_id: &MemberId,
) -> Result<Vec<AccountRow>, StoreError> {
    tx.all(
        "SELECT a.id, a.account_number, a.subscriber_id, a.plan_line, a.receivable_cents, \
         a.unapplied_cents FROM accounts a JOIN persons p ON p.id = a.subscriber_id \
         WHERE p.member_id = $1 ORDER BY a.account_number",
        args![member_id],
    )
    .await?
    .into_iter()
    .map(account)
    .collect()
}

/// True if there is any account: also the cheapest question that needs the schema.
pub async fn any(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(tx
        .first("SELECT account_number FROM accounts LIMIT 1", args![])
        .await?
        .is_some())
}
