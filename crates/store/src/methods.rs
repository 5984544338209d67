//! Saved payment methods, and the processor's records of their owners.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{BillingMonth, MethodId, PersonId, Tender};
use payments::saved_method::{ExpiryTold, MethodState};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// What the small deposits ask the holder for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deposits {
    /// The two amounts.
    Amounts,
    /// The code in the text beside one deposit.
    Code,
}

impl Deposits {
    /// The name used in the table.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Deposits::Amounts => "amounts",
            Deposits::Code => "code",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Deposits::Amounts, Deposits::Code]
            .into_iter()
            .find(|deposits| deposits.code() == code)
    }
}

/// A saved payment method. The account number is sealed; nothing else here is secret, but the
/// holder is a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodRow {
    /// Whose it is.
    pub person: PersonId,
    /// Its id.
    pub id: MethodId,
    /// Which processor knows it.
    pub gateway: String,
    /// Card brand or bank account.
    pub tender: Tender,
    /// The processor's name for it.
    pub reference: String,
    /// The processor's name for whose it is.
    pub payer_reference: String,
    /// The same for the same card or account; empty if the processor does not say.
    pub fingerprint: String,
    /// The last four digits.
    pub last_four: String,
    /// The bank's name; empty for cards.
    pub bank_name: String,
    /// Whose account it is at the bank; empty for cards.
    pub holder: String,
    /// A savings account rather than checking.
    pub savings: bool,
    /// The month in which the card expires; `None` for bank accounts.
    pub expires: Option<BillingMonth>,
    /// What ties a later charge to the one the payer was present at; empty if not known.
    pub network_reference: String,
    /// Routing and account number, sealed; empty for cards.
    pub sealed_account: String,
    /// What its owner calls it; empty for no name.
    pub label: String,
    /// The one that is offered first.
    pub is_default: bool,
    /// Where it stands.
    pub state: MethodState,
    /// The processor's name for a validation under way; empty for none.
    pub validation: String,
    /// What the deposits of that validation ask for.
    pub deposits: Option<Deposits>,
    /// When they are at the bank.
    pub deposits_on: Option<Date>,
    /// Answers about them so far.
    pub deposit_tries: u32,
    /// A digest of the latest of them; empty for none.
    pub deposit_answer: String,
    /// When it was validated.
    pub validated_at: Option<Timestamp>,
    /// How: `processor`, `deposits`, `earlier-payment`; empty until then.
    pub validated_by: String,
    /// Why it was disabled; empty otherwise.
    pub disabled_reason: String,
    /// What its owner was told of its expiry.
    pub expiry_told: ExpiryTold,
    /// When it was saved.
    pub created_at: Timestamp,
    /// When it was removed.
    pub removed_at: Option<Timestamp>,
}

fn method(mut row: Row) -> Result<MethodRow, StoreError> {
    Ok(MethodRow {
        person: row.read()?,
        id: row.read()?,
        gateway: row.read()?,
        tender: row.read()?,
        reference: row.read()?,
        payer_reference: row.read()?,
        fingerprint: row.read()?,
        last_four: row.read()?,
        bank_name: row.read()?,
        holder: row.read()?,
        savings: row.read()?,
        expires: row.read_optional()?,
        network_reference: row.read()?,
        sealed_account: row.read()?,
        label: row.read()?,
        is_default: row.read()?,
        state: {
            let code: String = row.read()?;
            MethodState::from_code(&code)
                .ok_or_else(|| StoreError::inconsistent(format!("method state \"{code}\"")))?
        },
        validation: row.read()?,
        deposits: Deposits::from_code(&row.read::<String>()?),
        deposits_on: row.read_optional()?,
        deposit_tries: row.read()?,
        deposit_answer: row.read()?,
        validated_at: row.read_optional()?,
        validated_by: row.read()?,
        disabled_reason: row.read()?,
        expiry_told: ExpiryTold {
            first: row.read_optional()?,
            again: row.read_optional()?,
        },
        created_at: row.read()?,
        removed_at: row.read_optional()?,
    })
}

/// Adds a method.
///
/// # Errors
/// [`StoreError::Conflict`] if its owner has this card or account already, or another default.
pub async fn insert(tx: &mut Tx, row: &MethodRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO payment_methods (person_id, id, gateway, tender, reference, payer_reference, \
         fingerprint, last_four, bank_name, holder, savings, expires_month, network_reference, \
         sealed_account, label, is_default, state, validation, deposits, deposits_on, \
         deposit_tries, deposit_answer, validated_at, validated_by, disabled_reason, \
         expiry_told_for, expiry_told_again_for, created_at, removed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, \
         $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, \
         $27, $28, $29)",
        args![
            row.person,
            row.id,
            &row.gateway,
            row.tender.code(),
            &row.reference,
            &row.payer_reference,
            &row.fingerprint,
            &row.last_four,
            &row.bank_name,
            &row.holder,
            row.savings,
            row.expires,
            &row.network_reference,
            &row.sealed_account,
            &row.label,
            row.is_default,
            row.state.code(),
            &row.validation,
            row.deposits.map_or("", Deposits::code),
            row.deposits_on,
            row.deposit_tries,
            &row.deposit_answer,
            row.validated_at,
            &row.validated_by,
            &row.disabled_reason,
            row.expiry_told.first,
            row.expiry_told.again,
            row.created_at,
            row.removed_at,
        ],
    )
    .await
    .map(drop)
}

/// Saves everything of a method that can change. Which method is the default is changed with
/// [`set_default`] only.
pub async fn save(tx: &mut Tx, row: &MethodRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE payment_methods SET reference = $3, payer_reference = $4, last_four = $5, \
         bank_name = $6, expires_month = $7, network_reference = $8, label = $9, state = $10, \
         validation = $11, deposits = $12, deposits_on = $13, deposit_tries = $14, \
         validated_at = $15, validated_by = $16, disabled_reason = $17, removed_at = $18, \
         sealed_account = $19, deposit_answer = $20, \
         is_default = is_default AND $10 <> 'removed' \
         WHERE person_id = $1 AND id = $2",
        args![
            row.person,
            row.id,
            &row.reference,
            &row.payer_reference,
            &row.last_four,
            &row.bank_name,
            row.expires,
            &row.network_reference,
            &row.label,
            row.state.code(),
            &row.validation,
            row.deposits.map_or("", Deposits::code),
            row.deposits_on,
            row.deposit_tries,
            row.validated_at,
            &row.validated_by,
            &row.disabled_reason,
            row.removed_at,
            &row.sealed_account,
            &row.deposit_answer,
        ],
    )
    .await
    .map(drop)
}

/// Makes a method the default of its owner, and no other.
pub async fn set_default(tx: &mut Tx, person: PersonId, id: MethodId) -> Result<(), StoreError> {
    // The index that allows one default looks at every row on its own: first none, then one.
    tx.execute(
        "UPDATE payment_methods SET is_default = FALSE WHERE person_id = $1 AND is_default",
        args![person],
    )
    .await?;
    tx.execute(
        "UPDATE payment_methods SET is_default = TRUE \
         WHERE person_id = $1 AND id = $2 AND removed_at IS NULL",
        args![person, id],
    )
    .await
    .map(drop)
}

/// A method of a person, removed or not.
pub async fn by_id(
    tx: &mut Tx,
    person: PersonId,
    id: MethodId,
) -> Result<Option<MethodRow>, StoreError> {
    tx.first(
        "SELECT person_id, id, gateway, tender, reference, payer_reference, fingerprint, \
         last_four, bank_name, holder, savings, expires_month, network_reference, sealed_account, \
         label, is_default, state, validation, deposits, deposits_on, deposit_tries, \
         deposit_answer, validated_at, validated_by, disabled_reason, expiry_told_for, \
         expiry_told_again_for, created_at, removed_at FROM payment_methods WHERE person_id = $1 AND id = $2",
        args![person, id],
    )
    .await?
    .map(method)
    .transpose()
}

/// A method of a person, held until the unit of work ends, so that two answers at once are counted
/// one after the other.
pub async fn lock(
    tx: &mut Tx,
    person: PersonId,
    id: MethodId,
) -> Result<Option<MethodRow>, StoreError> {
    tx.first(
        "SELECT person_id, id, gateway, tender, reference, payer_reference, fingerprint, \
         last_four, bank_name, holder, savings, expires_month, network_reference, sealed_account, \
         label, is_default, state, validation, deposits, deposits_on, deposit_tries, \
         deposit_answer, validated_at, validated_by, disabled_reason, expiry_told_for, \
         expiry_told_again_for, created_at, removed_at FROM payment_methods \
         WHERE person_id = $1 AND id = $2 {for update}",
        args![person, id],
    )
    .await?
    .map(method)
    .transpose()
}

/// The methods on a person's list: the default first, then the newest first.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<MethodRow>, StoreError> {
    tx.all(
        "SELECT person_id, id, gateway, tender, reference, payer_reference, fingerprint, \
         last_four, bank_name, holder, savings, expires_month, network_reference, sealed_account, \
         label, is_default, state, validation, deposits, deposits_on, deposit_tries, \
         deposit_answer, validated_at, validated_by, disabled_reason, expiry_told_for, \
         expiry_told_again_for, created_at, removed_at FROM payment_methods \
         WHERE person_id = $1 AND removed_at IS NULL ORDER BY is_default DESC, id DESC",
        args![person],
    )
    .await?
    .into_iter()
    .map(method)
    .collect()
}

/// The method on a person's list that is this card or account, held until the unit of work ends.
pub async fn by_fingerprint(
    tx: &mut Tx,
    person: PersonId,
    gateway: &str,
    fingerprint: &str,
) -> Result<Option<MethodRow>, StoreError> {
    tx.first(
        "SELECT person_id, id, gateway, tender, reference, payer_reference, fingerprint, \
         last_four, bank_name, holder, savings, expires_month, network_reference, sealed_account, \
         label, is_default, state, validation, deposits, deposits_on, deposit_tries, \
         deposit_answer, validated_at, validated_by, disabled_reason, expiry_told_for, \
         expiry_told_again_for, created_at, removed_at FROM payment_methods \
         WHERE person_id = $1 AND gateway = $2 AND fingerprint = $3 AND fingerprint <> '' \
         AND removed_at IS NULL {for update}",
        args![person, gateway, fingerprint],
    )
    .await?
    .map(method)
    .transpose()
}

/// The method of a person that the processor knows by this name, removed or not.
pub async fn by_reference(
    tx: &mut Tx,
    person: PersonId,
    reference: &str,
) -> Result<Option<MethodRow>, StoreError> {
    tx.first(
        "SELECT person_id, id, gateway, tender, reference, payer_reference, fingerprint, \
         last_four, bank_name, holder, savings, expires_month, network_reference, sealed_account, \
         label, is_default, state, validation, deposits, deposits_on, deposit_tries, \
         deposit_answer, validated_at, validated_by, disabled_reason, expiry_told_for, \
         expiry_told_again_for, created_at, removed_at FROM payment_methods \
         WHERE reference = $2 AND person_id = $1",
        args![person, reference],
    )
    .await?
    .map(method)
    .transpose()
}

/// Keeps what the card network called the first charge of a saved card; the first name stays.
pub async fn learn_network_reference(
    tx: &mut Tx,
    reference: &str,
    network_reference: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE payment_methods SET network_reference = $2 \
         WHERE reference = $1 AND network_reference = ''",
        args![reference, network_reference],
    )
    .await
    .map(drop)
}

/// Those methods of a person that a mandate in force drafts from.
pub async fn used_by_autopay(tx: &mut Tx, person: PersonId) -> Result<Vec<MethodId>, StoreError> {
    tx.all(
        "SELECT DISTINCT method_id FROM mandates WHERE person_id = $1 AND state = 'active'",
        args![person],
    )
    .await?
    .into_iter()
    .map(|mut row| row.read())
    .collect()
}

/// How many bank accounts a person added since an instant, removed ones too.
pub async fn bank_accounts_since(
    tx: &mut Tx,
    person: PersonId,
    since: Timestamp,
) -> Result<u32, StoreError> {
    tx.one(
        "a count",
        "SELECT COUNT(*) FROM payment_methods \
         WHERE person_id = $1 AND created_at >= $2 AND tender = 'bank-account'",
        args![person, since],
    )
    .await?
    .read()
}

/// Disables a method that may still be charged: false if it may not anyway.
pub async fn disable(
    tx: &mut Tx,
    person: PersonId,
    id: MethodId,
    reason: &str,
) -> Result<bool, StoreError> {
    let disabled = tx
        .execute(
            "UPDATE payment_methods SET state = 'disabled', disabled_reason = $3, validation = '', \
             deposits = '' WHERE person_id = $1 AND id = $2 \
             AND state IN ('new', 'validating', 'good')",
            args![person, id, reason],
        )
        .await?;
    Ok(disabled == 1)
}

/// Good cards that expire in a month and of whose expiry there may be something left to say, in
/// the order of their owners, from behind `after` on; each with whether a mandate drafts from it.
pub async fn expiring(
    tx: &mut Tx,
    expires: BillingMonth,
    after: Option<(PersonId, MethodId)>,
    most: i64,
) -> Result<Vec<(MethodRow, bool)>, StoreError> {
    let nil = uuid::Uuid::nil();
    let after = after.map_or((nil, nil), |(person, id)| (person.uuid(), id.uuid()));
    tx.all(
        "SELECT EXISTS (SELECT 1 FROM mandates m WHERE m.person_id = payment_methods.person_id \
         AND m.method_id = payment_methods.id AND m.state = 'active'), \
         person_id, id, gateway, tender, reference, payer_reference, fingerprint, \
         last_four, bank_name, holder, savings, expires_month, network_reference, sealed_account, \
         label, is_default, state, validation, deposits, deposits_on, deposit_tries, \
         deposit_answer, validated_at, validated_by, disabled_reason, expiry_told_for, \
         expiry_told_again_for, created_at, removed_at FROM payment_methods \
         WHERE expires_month = $1 AND state = 'good' AND (person_id, id) > ($2, $3) \
         AND (expiry_told_for IS NULL OR expiry_told_for <> expires_month \
         OR expiry_told_again_for IS NULL OR expiry_told_again_for <> expires_month) \
         ORDER BY person_id, id LIMIT $4",
        args![expires, after.0, after.1, most],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        let used = row.read()?;
        Ok((method(row)?, used))
    })
    .collect()
}

/// Writes down what the owners of methods were told of their expiry.
pub async fn save_told(
    tx: &mut Tx,
    told: &[(PersonId, MethodId, ExpiryTold)],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Id, Kind::Int, Kind::Int]);
    for (person, id, told) in told {
        rows.push([
            (*person).into(),
            (*id).into(),
            told.first.into(),
            told.again.into(),
        ]);
    }
    tx.execute_rows(
        "UPDATE payment_methods SET expiry_told_for = v.c3, expiry_told_again_for = v.c4 \
         FROM {rows} WHERE payment_methods.person_id = v.c1 AND payment_methods.id = v.c2",
        &rows,
    )
    .await
    .map(drop)
}

/// The processor's record of a person.
pub async fn payer(
    tx: &mut Tx,
    person: PersonId,
    gateway: &str,
) -> Result<Option<String>, StoreError> {
    tx.first(
        "SELECT reference FROM payers WHERE person_id = $1 AND gateway = $2",
        args![person, gateway],
    )
    .await?
    .map(|mut row| row.read())
    .transpose()
}

/// Keeps the processor's record of a person; the first one stays.
pub async fn keep_payer(
    tx: &mut Tx,
    person: PersonId,
    gateway: &str,
    reference: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO payers (person_id, gateway, reference, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (person_id, gateway) DO NOTHING",
        args![person, gateway, reference, now],
    )
    .await
    .map(drop)
}

/// True if a debit that a person made online from this account was settled and stands: its number
/// is known to be right.
pub async fn debit_settled(
    tx: &mut Tx,
    person: PersonId,
    fingerprint: &str,
) -> Result<bool, StoreError> {
    let row = tx
        .first(
            "SELECT 1 FROM attempts t JOIN payments p ON p.account_id = t.account_id \
             AND p.id = t.payment_id \
             WHERE t.fingerprint = $1 AND t.fingerprint <> '' AND t.state = 'succeeded' \
             AND t.paid_by = $2 AND p.tender = 'bank-account' AND p.channel = 'online' LIMIT 1",
            args![fingerprint, person],
        )
        .await?;
    Ok(row.is_some())
}
