//! A card processor that nobody reaches: for tests that are not about payments.

use async_trait::async_trait;
use gateways::card::{
    BankDetails, BankValidation, Caps, Charge, ChargeRef, ChargeRequest, ClientSetup,
    DepositAnswer, DepositVerdict, Gateway, GatewayEvent, GatewayId, IdempotencyKey, Instrument,
    InstrumentRef, LookUp, NetError, Outcome, PayerRef, Refund, RefundRef, RefundRequest,
    SessionRef, SetupRequest, ValidationRef, ValidationRequest, WebhookError,
};
use jiff::Timestamp;

/// Answers every call with "could not connect".
#[derive(Debug, Default, Clone, Copy)]
pub struct DeafProcessor;

fn unreached<T>() -> Outcome<T> {
    Outcome::NotSent(NetError::Connect("this test has no processor".to_owned()))
}

#[async_trait]
impl Gateway for DeafProcessor {
    fn id(&self) -> GatewayId {
        GatewayId("deaf")
    }

    fn caps(&self) -> Caps {
        Caps {
            tenders: Vec::new(),
            void: false,
            partial_refund: false,
            look_up_by_attempt: false,
            disputes: false,
        }
    }

    async fn client_setup(&self, _: &SetupRequest) -> Outcome<ClientSetup> {
        unreached()
    }

    async fn setup_result(&self, _: &SessionRef) -> Outcome<Option<Instrument>> {
        unreached()
    }

    async fn remember_payer(&self, _: &str, _: &IdempotencyKey) -> Outcome<PayerRef> {
        unreached()
    }

    async fn store_bank_account(&self, _: &BankDetails, _: &IdempotencyKey) -> Outcome<Instrument> {
        unreached()
    }

    async fn begin_bank_validation(
        &self,
        _: &ValidationRequest,
        _: &IdempotencyKey,
    ) -> Outcome<BankValidation> {
        unreached()
    }

    async fn confirm_bank_validation(
        &self,
        _: &ValidationRef,
        _: &DepositAnswer,
        _: &IdempotencyKey,
    ) -> Outcome<DepositVerdict> {
        unreached()
    }

    async fn forget(&self, _: &InstrumentRef) -> Outcome<()> {
        unreached()
    }

    async fn charge(&self, _: &ChargeRequest, _: &IdempotencyKey) -> Outcome<Charge> {
        unreached()
    }

    async fn void(&self, _: &ChargeRef, _: &IdempotencyKey) -> Outcome<Charge> {
        unreached()
    }

    async fn refund(&self, _: &RefundRequest, _: &IdempotencyKey) -> Outcome<Refund> {
        unreached()
    }

    async fn look_up(&self, _: &LookUp) -> Outcome<Option<Charge>> {
        unreached()
    }

    async fn look_up_refund(&self, _: &RefundRef) -> Outcome<Refund> {
        unreached()
    }

    fn webhook(&self, _: &str, _: &[u8], _: Timestamp) -> Result<GatewayEvent, WebhookError> {
        Err(WebhookError::NoSignature)
    }
}
