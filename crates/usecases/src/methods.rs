//! Saved payment methods: cards and bank accounts that a person keeps with us.
//!
//! A method belongs to the person who saved it and to nobody else: not to the account it pays, not
//! to its subscriber, not to a delegate. Guests have none.
//!
//! A bank account is validated before its first debit; a card was checked by the processor when it
//! was entered. The rules are in [`::payments::saved_method`].

mod bank;
mod card;
mod change;
mod expiry;

use ::payments::saved_method::{MethodState, NoDebit, has_expired, may_debit};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{BillingMonth, MethodId, PersonId, Tender};
use store::methods::{Deposits, MethodRow};

use gateways::card::{IdempotencyKey, PayerRef};
use store::Tx;

use crate::notices::{Notice, NoticeKind, To, facts};
use crate::payments::{Method, usable};
use crate::{Actor, Ctx, Refusal, UseCaseError};

pub use bank::{Deposit, add_bank, confirm_deposits, validate_again};
pub use card::{CardAdded, add_card_finish, add_card_start};
pub use change::{disable, remove, rename, set_default};
pub use expiry::warn_of_expiry;

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
    of_person(&mut ctx.store.read().await?, person, ctx.today()).await
}

/// The saved methods of a person: the default first, then the newest.
pub(crate) async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    today: Date,
) -> Result<Vec<MethodView>, UseCaseError> {
    let rows = store::methods::of_person(tx, person).await?;
    let used = store::methods::used_by_autopay(tx, person).await?;
    let view = |row: &MethodRow| view_of(row, used.contains(&row.id), today);
    Ok(rows.iter().map(view).collect())
}

/// One saved method of the person who asks.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it is not theirs or was removed.
pub async fn view(ctx: &Ctx, actor: &Actor, method: MethodId) -> Result<MethodView, UseCaseError> {
    list(ctx, actor)
        .await?
        .into_iter()
        .find(|view| view.method == method)
        .ok_or(UseCaseError::NotFound)
}

/// What a payment on a plan line is made with, of a saved method of the person who asks.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it is not theirs; refusals about the field `method` if it may not
/// be charged: `method-not-validated`, `method-disabled`, `method-removed`, `method-expired`, or
/// `tender-not-taken`.
pub async fn pay_with(
    ctx: &Ctx,
    actor: &Actor,
    plan_line: &str,
    method: MethodId,
) -> Result<Method, UseCaseError> {
    let person = owner(actor)?;
    let mut tx = ctx.store.read().await?;
    let row = store::methods::by_id(&mut tx, person, method)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    chargeable(&row, ctx.today()).map_err(|why| Refusal::of("method", why.code()))?;
    if !crate::payments::taken_online(ctx, plan_line).contains(&row.tender) {
        return Err(Refusal::of("method", "tender-not-taken").into());
    }
    Ok(to_pay_with(&row))
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

/// What the plan takes of what can be saved.
fn can_be_saved(ctx: &Ctx) -> Vec<Tender> {
    let taken = &ctx.plan.tenders.accepted;
    let kept = |tender: &&Tender| tender.is_card() || **tender == Tender::BankAccount;
    taken.iter().filter(kept).copied().collect()
}

/// The processor's record of a person, made when it is first needed.
async fn payer_of(ctx: &Ctx, person: PersonId) -> Result<PayerRef, UseCaseError> {
    let gateway = ctx.gateway.id().to_string();
    let mut tx = ctx.store.read().await?;
    if let Some(known) = store::methods::payer(&mut tx, person, &gateway).await? {
        return Ok(PayerRef::new(known));
    }
    drop(tx);
    let key = IdempotencyKey::new(format!("payer-{person}"));
    let made = usable(ctx.gateway.remember_payer(&person.to_string(), &key).await)?;
    let now = ctx.now();
    ctx.store
        .write(move |tx| {
            let (gateway, made) = (gateway.clone(), made.clone());
            Box::pin(async move {
                store::methods::keep_payer(tx, person, &gateway, made.as_str(), now).await?;
                let kept = store::methods::payer(tx, person, &gateway).await?;
                let kept = kept.ok_or_else(|| UseCaseError::broken("a payer that was not kept"))?;
                Ok(PayerRef::new(kept))
            })
        })
        .await
}

/// A row for something that is being saved.
fn new_row(ctx: &Ctx, person: PersonId, tender: Tender) -> MethodRow {
    MethodRow {
        person,
        id: ctx.id(),
        gateway: ctx.gateway.id().to_string(),
        tender,
        reference: String::new(),
        payer_reference: String::new(),
        fingerprint: String::new(),
        last_four: String::new(),
        bank_name: String::new(),
        holder: String::new(),
        savings: false,
        expires: None,
        network_reference: String::new(),
        sealed_account: String::new(),
        label: String::new(),
        is_default: false,
        state: MethodState::New,
        validation: String::new(),
        deposits: None,
        deposits_on: None,
        deposit_tries: 0,
        deposit_answer: String::new(),
        validated_at: None,
        validated_by: String::new(),
        disabled_reason: String::new(),
        expiry_told: ::payments::saved_method::ExpiryTold::default(),
        created_at: ctx.now(),
        removed_at: None,
    }
}

/// The words under which an account number is sealed: it opens for this method only.
#[must_use]
pub fn seal_context(method: MethodId) -> String {
    format!("payment-method:{method}")
}

/// Tells the owner of something that happened to a method.
async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &MethodRow,
    kind: NoticeKind,
) -> Result<(), UseCaseError> {
    let (tender, last_four) = (row.tender, row.last_four.clone());
    let facts = match kind {
        NoticeKind::MethodDisabled => facts::MethodDisabled {
            tender,
            last_four,
            reason: row.disabled_reason.clone(),
        }
        .value(),
        _ => facts::Method { tender, last_four }.value(),
    };
    let notice = Notice::new(kind, To::Subscriber(row.person), None, facts);
    crate::notices::tell(tx, ctx, notice).await.map(drop)
}
