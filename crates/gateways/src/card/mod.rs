//! The card processor: what memberpay asks of one ([`Gateway`]), and the client that asks
//! ([`stripe::StripeGateway`]). The same client speaks to the sandbox processor.
//!
//! The answer to every call is an [`Outcome`]. What a processor has or has not done with money is
//! never guessed: only a refused connection or an unknown host is [`Outcome::NotSent`]; everything
//! that leaves doubt is [`Outcome::Unknown`], and leaves that state only through the same request
//! with the same key, a look-up by our attempt id, a webhook, or a person.

mod brand;
mod decline;
mod outcome;
pub mod stripe;
mod types;
mod webhook;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::Cents;

pub use brand::{Brand, BrandError, recognise};
pub use decline::{Decline, DeclineReason, RetryAdvice};
pub use outcome::{NetError, NextAction, Outcome, RequestError};
pub use stripe::{StripeGateway, StripeSettings, StripeSettingsError};
pub use types::{
    BankAccountKind, BankDetails, BankValidation, Caps, Charge, ChargeRef, ChargeRequest,
    ChargeState, ClientSetup, DepositAnswer, DepositQuestion, DepositVerdict, Dispute, DisputeRef,
    DisputeState, Expiry, Funding, GatewayId, IdempotencyKey, Initiator, Instrument, InstrumentRef,
    LookUp, MandateAcceptance, PayerRef, Rail, Refund, RefundRef, RefundRequest, RefundState,
    SessionRef, SetupRequest, ValidationRef, ValidationRequest, ValidationState,
};
pub use webhook::{GatewayEvent, GatewayEventKind, WebhookError, sign_webhook};

/// A processor of card payments and bank debits.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// Which processor this is, as kept on every attempt.
    fn id(&self) -> GatewayId;

    /// What it can do.
    fn caps(&self) -> Caps;

    /// Opens a session in which the payer gives the processor card details on the processor's own
    /// page or frame. Nothing is charged. Safe to repeat; each call opens another session.
    async fn client_setup(&self, request: &SetupRequest) -> Outcome<ClientSetup>;

    /// What a session of [`Gateway::client_setup`] has led to: `Ok(None)` while the payer has not
    /// finished.
    async fn setup_result(&self, session: &SessionRef) -> Outcome<Option<Instrument>>;

    /// Makes the processor's record of one who pays, to which instruments can be tied for later
    /// use. `our_reference` is kept with it and is what makes a repeat harmless.
    async fn remember_payer(&self, our_reference: &str, key: &IdempotencyKey) -> Outcome<PayerRef>;

    /// Hands bank details to the processor and gets an instrument for them. It is tied to a payer
    /// by [`Gateway::begin_bank_validation`] only: a processor keeps no account that nobody
    /// validated.
    async fn store_bank_account(
        &self,
        details: &BankDetails,
        key: &IdempotencyKey,
    ) -> Outcome<Instrument>;

    /// Asks the bank, through the processor, whether an account may be debited. No money is taken;
    /// the bank may want two small deposits to be looked up first.
    async fn begin_bank_validation(
        &self,
        request: &ValidationRequest,
        key: &IdempotencyKey,
    ) -> Outcome<BankValidation>;

    /// Hands over what the holder found of the small deposits. A wrong answer is an answer, not a
    /// failure of the call.
    async fn confirm_bank_validation(
        &self,
        validation: &ValidationRef,
        answer: &DepositAnswer,
        key: &IdempotencyKey,
    ) -> Outcome<DepositVerdict>;

    /// Makes the processor forget an instrument.
    async fn forget(&self, instrument: &InstrumentRef) -> Outcome<()>;

    /// Charges an instrument. The same key with the same request never charges twice; the same key
    /// with another request is [`Outcome::Invalid`].
    async fn charge(&self, request: &ChargeRequest, key: &IdempotencyKey) -> Outcome<Charge>;

    /// Stops a charge that has not moved money yet: a bank debit still on its way, a card payment
    /// that waits for the payer.
    async fn void(&self, charge: &ChargeRef, key: &IdempotencyKey) -> Outcome<Charge>;

    /// Gives money back, in whole or in part, never more than was charged.
    async fn refund(&self, request: &RefundRequest, key: &IdempotencyKey) -> Outcome<Refund>;

    /// How a charge stands. `Ok(None)` means that the processor knows no such charge *now*: a
    /// processor may take a minute to find a new one by our attempt id.
    async fn look_up(&self, by: &LookUp) -> Outcome<Option<Charge>>;

    /// How a refund stands.
    async fn look_up_refund(&self, refund: &RefundRef) -> Outcome<Refund>;

    /// Verifies a webhook on its raw bytes and says what happened. Waits for nothing. The event is
    /// a hint of what to look up, not the truth: events come late, twice and out of order.
    ///
    /// # Errors
    /// [`WebhookError`] if it was not signed with a known secret, or more than five minutes ago.
    fn webhook(
        &self,
        signature: &str,
        raw: &[u8],
        now: Timestamp,
    ) -> Result<GatewayEvent, WebhookError>;
}

/// The largest amount that the processor takes in one charge: $999,999.99.
pub const LARGEST_CHARGE: Cents = Cents::new(99_999_999);
/// The smallest amount that the processor takes in one charge: 50 cents.
pub const SMALLEST_CHARGE: Cents = Cents::new(50);
