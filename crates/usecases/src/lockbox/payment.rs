//! The payment that a check becomes, wherever it is decided.

use ::payments::{AttemptState, ConfirmationNumber, PaymentStatus};
use jiff::civil::Date;
use kernel::{AccountId, Cents, Channel, Language, PaymentId, Tender};
use sha2::{Digest as _, Sha256};
use store::payments::PaymentRow;
use store::{StoreError, Tx};

use crate::notices::{self, Notice, NoticeKind, To};
use crate::{Ctx, UseCaseError, outbox};

/// What an account gets of a check that came by mail.
#[derive(Debug, Clone)]
pub struct CheckPayment {
    /// The account.
    pub account: AccountId,
    /// The payment.
    pub id: PaymentId,
    /// How much.
    pub cents: Cents,
    /// Its place in the series of confirmation numbers.
    pub number: i64,
    /// What makes it happen once.
    pub key: String,
    /// The last four digits of the bank account.
    pub last_four: String,
    /// Whose check it is, as the bank read it.
    pub payer_name: String,
    /// The day of deposit, from which it counts.
    pub deposited_on: Date,
}

impl CheckPayment {
    /// Its confirmation number, as it is stored.
    ///
    /// # Errors
    /// [`UseCaseError::Broken`] once all numbers are used up.
    pub fn confirmation(&self) -> Result<ConfirmationNumber, UseCaseError> {
        u32::try_from(self.number)
            .ok()
            .and_then(ConfirmationNumber::from_series)
            .ok_or_else(|| UseCaseError::broken("the confirmation numbers are used up"))
    }

    pub(crate) fn row(&self, ctx: &Ctx) -> Result<PaymentRow, UseCaseError> {
        let now = ctx.now();
        let digest = Sha256::digest(format!("{} {}", self.key, self.cents.get()));
        Ok(PaymentRow {
            account: self.account,
            id: self.id,
            request_digest: digest.into(),
            idempotency_key: self.key.clone(),
            confirmation: self.confirmation()?.as_str().to_owned(),
            cents: self.cents,
            refunded: Cents::ZERO,
            channel: Channel::Mail,
            tender: Tender::Check,
            last_four: self.last_four.clone(),
            bank_name: String::new(),
            payer_name: self.payer_name.clone(),
            payer_email: String::new(),
            language: ctx.plan.default_language(),
            status: PaymentStatus::of(AttemptState::Succeeded),
            reason: String::new(),
            authorisation: String::new(),
            evidence: String::new(),
            received_at: now,
            effective_on: self.deposited_on,
            concluded_at: Some(now),
        })
    }
}

/// Tells the subscriber that a check arrived, if an e-mail address is known, as payers online are
/// told.
pub(crate) async fn tell(tx: &mut Tx, ctx: &Ctx, payment: &PaymentRow) -> Result<(), UseCaseError> {
    tell_of(tx, ctx, payment, NoticeKind::PaymentReceived, "").await
}

/// Tells the subscriber what became of a check, if an e-mail address is known. `reason` is why it
/// came back, or empty.
pub(super) async fn tell_of(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &PaymentRow,
    kind: NoticeKind,
    reason: &str,
) -> Result<(), UseCaseError> {
    let missing = |what| StoreError::Missing { what };
    let account = store::accounts::by_id(tx, payment.account).await?;
    let account = account.ok_or(missing("the account of a payment"))?;
    let person = store::accounts::person_by_id(tx, account.subscriber).await?;
    let person = person.ok_or(missing("the subscriber of an account"))?;
    if person.email.is_empty() {
        return Ok(());
    }
    let about = (kind, reason);
    notify(tx, ctx, payment, about, (&person.email, person.language)).await
}

pub(super) async fn tell_at(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &PaymentRow,
    email: &str,
    language: Language,
) -> Result<(), UseCaseError> {
    let about = (NoticeKind::PaymentReceived, "");
    notify(tx, ctx, payment, about, (email, language)).await
}

async fn notify(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &PaymentRow,
    (kind, reason): (NoticeKind, &str),
    (email, language): (&str, Language),
) -> Result<(), UseCaseError> {
    let facts = outbox::payment_facts(tx, ctx, payment, reason).await?;
    let to = To::Address {
        email: email.to_owned(),
        language,
    };
    let notice = Notice::new(kind, to, Some(payment.account), facts.value());
    notices::tell(tx, ctx, notice).await.map(drop)
}
