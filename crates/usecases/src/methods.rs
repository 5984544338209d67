//! Saved payment methods: cards and bank accounts that a person keeps with us.
//!
//! A method belongs to the person who saved it and to nobody else: not to the account it pays, not
//! to its subscriber, not to a delegate. Guests have none.

use ::payments::saved_method::{MethodState, NoDebit, has_expired, may_debit};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{BillingMonth, MethodId, PersonId, Tender};
use store::methods::{Deposits, MethodRow};

use crate::payments::Method;
use crate::{Actor, Ctx, UseCaseError};

/// A saved method as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodView {
    /// Its id.
    pub method: MethodId,
    /// Card brand or bank account.
    pub tender: Tender,
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
    /// True once that month is over.
    pub expired: bool,
    /// What its owner calls it; empty for no name.
    pub label: String,
    /// The one that is offered first.
    pub is_default: bool,
    /// True if autopay uses it.
    pub used_by_autopay: bool,
    /// Where it stands.
    pub state: MethodState,
    /// What is to be said of small deposits, while they are awaited.
    pub deposits: Option<DepositsView>,
    /// Why it was disabled; empty otherwise.
    pub disabled_reason: String,
    /// When it was saved.
    pub created_at: Timestamp,
}

impl MethodView {
    /// True if it may be charged today.
    #[must_use]
    pub fn may_be_charged(&self) -> bool {
        self.state == MethodState::Good && !self.expired
    }
}

/// Small deposits that are awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DepositsView {
    /// True if they ask for a code, false for two amounts.
    pub by_code: bool,
    /// When they are at the bank, if that is known.
    pub arrive_on: Option<Date>,
    /// How often the answer may still be wrong.
    pub tries_left: u32,
}

/// The saved methods of the person who asks: the default first, then the newest.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for anybody who did not sign in as a member.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<MethodView>, UseCaseError> {
    let person = owner(actor)?;
    let mut tx = ctx.store.read().await?;
    let rows = store::methods::of_person(&mut tx, person).await?;
    let today = ctx.today();
    Ok(rows.iter().map(|row| view_of(row, false, today)).collect())
}

/// Who owns what this actor saves.
fn owner(actor: &Actor) -> Result<PersonId, UseCaseError> {
    actor.person().ok_or(UseCaseError::NotAllowed)
}

fn view_of(row: &MethodRow, used_by_autopay: bool, today: Date) -> MethodView {
    MethodView {
        method: row.id,
        tender: row.tender,
        last_four: row.last_four.clone(),
        bank_name: row.bank_name.clone(),
        holder: row.holder.clone(),
        savings: row.savings,
        expires: row.expires,
        expired: has_expired(row.expires, today),
        label: row.label.clone(),
        is_default: row.is_default,
        used_by_autopay,
        state: row.state,
        deposits: row.deposits.map(|asks| DepositsView {
            by_code: asks == Deposits::Code,
            arrive_on: row.deposits_on,
            tries_left: ::payments::saved_method::DEPOSIT_TRIES.saturating_sub(row.deposit_tries),
        }),
        disabled_reason: row.disabled_reason.clone(),
        created_at: row.created_at,
    }
}

/// What a payment is made with, of a saved method.
#[must_use]
pub fn to_pay_with(row: &MethodRow) -> Method {
    Method {
        reference: row.reference.clone(),
        tender: row.tender,
        last_four: row.last_four.clone(),
        bank_name: row.bank_name.clone(),
        expires: row
            .expires
            .map(|month| format!("{:02}/{}", month.month(), month.year()))
            .unwrap_or_default(),
        fingerprint: row.fingerprint.clone(),
        payer_reference: row.payer_reference.clone(),
        network_reference: row.network_reference.clone(),
    }
}

/// Whether a saved method may be charged today.
///
/// # Errors
/// Why not.
pub fn chargeable(row: &MethodRow, today: Date) -> Result<(), NoDebit> {
    may_debit(row.state, row.expires, today)
}
