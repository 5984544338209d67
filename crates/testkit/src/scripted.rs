//! A card processor in memory that does as the story says: for tests of what we make of its
//! answers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use gateways::card::{
    BankDetails, BankValidation, Caps, Charge, ChargeRef, ChargeRequest, ChargeState, ClientSetup,
    Decline, DepositAnswer, DepositVerdict, Gateway, GatewayEvent, GatewayId, IdempotencyKey,
    Instrument, InstrumentRef, LookUp, NetError, Outcome, PayerRef, Refund, RefundRef,
    RefundRequest, RefundState, RequestError, SessionRef, SetupRequest, ValidationRef,
    ValidationRequest, WebhookError,
};
use jiff::Timestamp;
use kernel::{AttemptId, Cents, Tender};

use crate::drawer::Drawer;

/// What the processor does with the next charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Takes the money and says so.
    Succeed,
    /// Takes the money and says so, after a third of a second.
    TakeAWhile,
    /// Accepts a bank debit.
    Pend,
    /// Refuses.
    Decline,
    /// Refuses a card with the processor's code and the network's.
    DeclineAs(&'static str, &'static str),
    /// Gets the request, takes the money, and the answer is lost.
    LoseAnswer,
    /// Never gets the request, and nobody can tell.
    LoseRequest,
    /// Cannot be connected to.
    RefuseConnection,
}

/// What the processor does with the next refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundAct {
    /// Gives the money back and says so.
    GiveBack,
    /// Takes it up; the money is on its way.
    Pend,
    /// Gets the request, gives the money back, and the answer is lost.
    LoseAnswer,
    /// Never gets the request, and nobody can tell.
    LoseRequest,
    /// Says that the charge cannot be refunded.
    Refuse,
}

#[derive(Debug, Default)]
struct Books {
    refund_script: VecDeque<RefundAct>,
    refunds: HashMap<String, Refund>,
    refund_requests: u32,
    script: VecDeque<Act>,
    charges: HashMap<AttemptId, Charge>,
    requests: u32,
    deaf: bool,
    last: Option<ChargeRequest>,
    drawer: Drawer,
}

/// The processor. Charges succeed unless a story says otherwise.
#[derive(Debug, Default)]
pub struct ScriptedProcessor {
    books: Mutex<Books>,
}

impl ScriptedProcessor {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to do with the charges to come.
    pub fn then(&self, acts: &[Act]) {
        self.books().script.extend(acts);
    }

    /// What to do with the refunds to come. Without a story they are carried out.
    pub fn then_refunds(&self, acts: &[RefundAct]) {
        self.books().refund_script.extend(acts);
    }

    /// How often it was asked for a refund.
    #[must_use]
    pub fn refund_requests(&self) -> u32 {
        self.books().refund_requests
    }

    /// The money it has given back or is giving back.
    #[must_use]
    pub fn given_back(&self) -> Cents {
        let books = self.books();
        let given = books
            .refunds
            .values()
            .filter(|one| matches!(one.state, RefundState::Succeeded | RefundState::Pending));
        given.map(|one| one.amount).sum()
    }

    /// How all refunds stand from now on.
    pub fn settle_refunds(&self, state: RefundState) {
        for refund in self.books().refunds.values_mut() {
            refund.state = state;
        }
    }

    /// From now on look-ups get no answer, or get one again.
    pub fn deaf(&self, deaf: bool) {
        self.books().deaf = deaf;
    }

    /// How often it was asked to charge.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.books().requests
    }

    /// The latest request to charge, as it came.
    #[must_use]
    pub fn last_charge(&self) -> Option<ChargeRequest> {
        self.books().last.clone()
    }

    /// The cards that payers will enter in the sessions to come. Without any, it is the Visa that
    /// ends in 4242.
    pub fn will_enter(&self, cards: &[Instrument]) {
        self.books().drawer.cards.extend(cards.iter().cloned());
    }

    /// What it has kept of payers, cards and bank accounts and has not been told to forget.
    #[must_use]
    pub fn kept(&self) -> Vec<InstrumentRef> {
        self.books().drawer.kept()
    }

    /// The money it has taken or is taking.
    #[must_use]
    pub fn taken(&self) -> Cents {
        let taken = |c: &&Charge| matches!(c.state, ChargeState::Succeeded | ChargeState::Pending);
        self.books()
            .charges
            .values()
            .filter(taken)
            .map(|c| c.amount)
            .sum()
    }

    /// How all charges stand from now on: settled, or returned for a reason.
    pub fn settle(&self, state: &ChargeState) {
        for charge in self.books().charges.values_mut() {
            charge.state = state.clone();
        }
    }

    /// A bank's refusal by the return code R01: not enough money.
    #[must_use]
    pub fn insufficient() -> ChargeState {
        ChargeState::Declined(Decline::from_codes("insufficient_funds", None, Some("R01")))
    }
}

fn not_here<T>() -> Outcome<T> {
    Outcome::NotSent(NetError::Connect(
        "the scripted processor does not do this".to_owned(),
    ))
}

fn lost<T>() -> Outcome<T> {
    Outcome::Unknown(NetError::TimedOut)
}

#[async_trait]
impl Gateway for ScriptedProcessor {
    fn id(&self) -> GatewayId {
        GatewayId("scripted")
    }

    fn caps(&self) -> Caps {
        Caps {
            tenders: Tender::ALL.to_vec(),
            void: false,
            partial_refund: false,
            look_up_by_attempt: true,
            disputes: false,
        }
    }

    async fn client_setup(&self, request: &SetupRequest) -> Outcome<ClientSetup> {
        Outcome::Ok(self.books().drawer.open_session(request))
    }

    async fn setup_result(&self, session: &SessionRef) -> Outcome<Option<Instrument>> {
        Outcome::Ok(self.books().drawer.card_of(session))
    }

    async fn remember_payer(&self, our_reference: &str, _: &IdempotencyKey) -> Outcome<PayerRef> {
        Outcome::Ok(PayerRef::new(format!("cus_{our_reference}")))
    }

    async fn store_bank_account(
        &self,
        details: &BankDetails,
        _: &IdempotencyKey,
    ) -> Outcome<Instrument> {
        Outcome::Ok(self.books().drawer.store(details))
    }

    async fn begin_bank_validation(
        &self,
        request: &ValidationRequest,
        _: &IdempotencyKey,
    ) -> Outcome<BankValidation> {
        Outcome::Ok(self.books().drawer.begin_validation(request))
    }

    async fn confirm_bank_validation(
        &self,
        validation: &ValidationRef,
        answer: &DepositAnswer,
        _: &IdempotencyKey,
    ) -> Outcome<DepositVerdict> {
        Outcome::Ok(self.books().drawer.confirm(validation, answer))
    }

    async fn forget(&self, instrument: &InstrumentRef) -> Outcome<()> {
        self.books().drawer.forget(instrument);
        Outcome::Ok(())
    }

    async fn charge(&self, request: &ChargeRequest, key: &IdempotencyKey) -> Outcome<Charge> {
        if self.books().script.front() == Some(&Act::TakeAWhile) {
            tokio::time::sleep(std::time::Duration::from_millis(330)).await;
        }
        assert_eq!(
            key,
            &IdempotencyKey::of(request.attempt),
            "the key of a charge is its attempt"
        );
        let mut books = self.books();
        books.requests += 1;
        books.last = Some(request.clone());
        if let Some(charge) = books.charges.get(&request.attempt) {
            return Outcome::Ok(charge.clone());
        }
        let act = books.script.pop_front().unwrap_or(Act::Succeed);
        let state = match act {
            Act::Succeed | Act::TakeAWhile | Act::LoseAnswer => ChargeState::Succeeded,
            Act::Pend => ChargeState::Pending,
            Act::Decline => {
                return Outcome::Declined(Decline::from_codes("card_declined", None, None));
            }
            Act::DeclineAs(code, network) => {
                return Outcome::Declined(Decline::from_codes(
                    "card_declined",
                    Some(code),
                    Some(network),
                ));
            }
            Act::LoseRequest => return lost(),
            Act::RefuseConnection => return not_here(),
        };
        let charge = Charge {
            reference: ChargeRef::new(format!("pi_{}", books.requests)),
            attempt: Some(request.attempt),
            state,
            amount: request.amount,
            refunded: Cents::ZERO,
            disputed: false,
            created: Timestamp::UNIX_EPOCH,
            instrument: Some(request.instrument.clone()),
            network_reference: None,
        };
        books.charges.insert(request.attempt, charge.clone());
        match act {
            Act::LoseAnswer => lost(),
            Act::Pend => Outcome::Pending(charge),
            _ => Outcome::Ok(charge),
        }
    }

    async fn void(&self, _: &ChargeRef, _: &IdempotencyKey) -> Outcome<Charge> {
        not_here()
    }

    async fn refund(&self, request: &RefundRequest, key: &IdempotencyKey) -> Outcome<Refund> {
        let mut books = self.books();
        books.refund_requests += 1;
        if let Some(refund) = books.refunds.get(key.as_str()) {
            return Outcome::Ok(refund.clone());
        }
        let act = books.refund_script.pop_front();
        let state = match act.unwrap_or(RefundAct::GiveBack) {
            RefundAct::GiveBack | RefundAct::LoseAnswer => RefundState::Succeeded,
            RefundAct::Pend => RefundState::Pending,
            RefundAct::LoseRequest => return lost(),
            RefundAct::Refuse => {
                return Outcome::Invalid(RequestError {
                    status: 400,
                    code: "charge_not_refundable".to_owned(),
                    parameter: None,
                    message: "this charge cannot be refunded".to_owned(),
                });
            }
        };
        let refund = Refund {
            reference: RefundRef::new(format!("re_{}", books.refund_requests)),
            charge: Some(request.charge.clone()),
            amount: request.amount,
            state,
        };
        books
            .refunds
            .insert(key.as_str().to_owned(), refund.clone());
        match act {
            Some(RefundAct::LoseAnswer) => lost(),
            Some(RefundAct::Pend) => Outcome::Pending(refund),
            _ => Outcome::Ok(refund),
        }
    }

    async fn look_up(&self, by: &LookUp) -> Outcome<Option<Charge>> {
        let books = self.books();
        if books.deaf {
            return lost();
        }
        Outcome::Ok(match by {
            LookUp::ByAttempt(attempt) => books.charges.get(attempt).cloned(),
            LookUp::ByReference(reference) => books
                .charges
                .values()
                .find(|c| c.reference == *reference)
                .cloned(),
        })
    }

    async fn look_up_refund(&self, refund: &RefundRef) -> Outcome<Refund> {
        let books = self.books();
        match books.refunds.values().find(|one| one.reference == *refund) {
            Some(refund) => Outcome::Ok(refund.clone()),
            None => lost(),
        }
    }

    fn webhook(&self, _: &str, _: &[u8], _: Timestamp) -> Result<GatewayEvent, WebhookError> {
        Err(WebhookError::NoSignature)
    }
}
