//! A processor in memory that keeps a book of its own and whose faults the test decides: for
//! stories of many members and many days, at the end of which its book is held beside ours.
//!
//! What becomes of a request follows from a function of the instrument and of how often it was
//! charged before, never from the order in which requests arrive: so a story with the same seed
//! goes the same way, however its tasks interleave.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use gateways::card::{
    BankDetails, BankValidation, Brand, Caps, Charge, ChargeRef, ChargeRequest, ChargeState,
    ClientSetup, Decline, DepositAnswer, DepositVerdict, Expiry, Funding, Gateway, GatewayEvent,
    GatewayEventKind, GatewayId, IdempotencyKey, Initiator, Instrument, InstrumentRef, LookUp,
    NetError, Outcome, PayerRef, Rail, Refund, RefundRef, RefundRequest, SessionRef, SetupRequest,
    ValidationRef, ValidationRequest, ValidationState, WebhookError,
};
use gateways::{Clock as _, ManualClock};
use jiff::{SignedDuration, Timestamp};
use kernel::{AttemptId, Cents, Tender};
use tokio::sync::watch;

/// What becomes of one request to charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// A card is charged; a bank debit is accepted and settles after three days.
    Succeeds,
    /// Refused with the processor's code.
    Declines(&'static str),
    /// A bank debit is accepted and comes back after so many days, with the processor's code.
    Returns(&'static str, i64),
    /// A bank debit settles, and comes back all the same after so many days.
    SettlesAndReturns(&'static str, i64),
    /// It succeeds, and the answer is lost.
    AnswerLost,
    /// It never arrives, and nobody can tell.
    RequestLost,
    /// No connection can be made.
    Unreached,
}

/// How long a bank debit is under way before it settles.
const SETTLES_AFTER: SignedDuration = SignedDuration::from_hours(72);
/// What the processor's webhooks are signed with here.
pub const WEBHOOK_SIGNATURE: &str = "signed by the bookkeeping processor";

/// A charge in the processor's book.
#[derive(Debug, Clone)]
pub struct Booked {
    /// As it stands.
    pub charge: Charge,
    /// What it is made with, and by whom it was set off.
    pub request: Asked,
    /// When the money came back.
    pub returned_at: Option<Timestamp>,
    settles_at: Option<Timestamp>,
    returns: Option<(&'static str, Timestamp)>,
}

/// A request to charge that was refused.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The request.
    pub request: Asked,
    /// Why.
    pub decline: Decline,
}

/// What a request asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The attempt.
    pub attempt: AttemptId,
    /// The card or bank account.
    pub instrument: InstrumentRef,
    /// Which of the two.
    pub rail: Rail,
    /// How much.
    pub cents: Cents,
    /// True if the payer was not there: the plan set it off.
    pub by_plan: bool,
    /// When it came.
    pub at: Timestamp,
}

type Fates = dyn Fn(&ChargeRequest, u32) -> Fate + Send + Sync;

#[derive(Default)]
struct Books {
    /// By charge reference, in the order they were made.
    charges: BTreeMap<u64, Booked>,
    by_attempt: HashMap<AttemptId, u64>,
    refused: Vec<Refused>,
    asked: HashMap<String, u32>,
    sessions: HashMap<String, Instrument>,
    requests: u64,
    names: u64,
    events: u64,
    /// After so many more requests the caller's process dies.
    dies_after: Option<u64>,
}

/// The processor.
pub struct BookkeepingProcessor {
    clock: ManualClock,
    fates: Box<Fates>,
    books: Mutex<Books>,
    dead: watch::Sender<bool>,
}

impl BookkeepingProcessor {
    /// A processor with an empty book. `fates` says what becomes of a request, given how often the
    /// same instrument was asked before.
    #[must_use]
    pub fn new(
        clock: ManualClock,
        fates: impl Fn(&ChargeRequest, u32) -> Fate + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(BookkeepingProcessor {
            clock,
            fates: Box::new(fates),
            books: Mutex::default(),
            dead: watch::Sender::new(false),
        })
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every charge in the book.
    #[must_use]
    pub fn book(&self) -> Vec<Booked> {
        self.books().charges.values().cloned().collect()
    }

    /// The charges made since there were `count` of them, in the order they were made.
    #[must_use]
    pub fn book_after(&self, count: usize) -> Vec<Booked> {
        self.books().charges.values().skip(count).cloned().collect()
    }

    /// Every request that was refused, in the order they came.
    #[must_use]
    pub fn refused(&self) -> Vec<Refused> {
        self.books().refused.clone()
    }

    /// How often it was asked to charge.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.books().requests
    }

    /// A payer typed a card into the fields of a session.
    pub fn type_card(&self, session: &SessionRef, tender: Tender, last_four: &str, expiry: Expiry) {
        let mut books = self.books();
        let instrument = card(books.name("pm_card"), tender, last_four, expiry);
        books
            .sessions
            .insert(session.as_str().to_owned(), instrument);
    }

    /// Lets the days since the last call pass: debits settle and come back. Returns the bodies of
    /// the webhooks that this causes.
    pub fn settle(&self) -> Vec<String> {
        let now = self.clock.now();
        let mut books = self.books();
        let mut moved = Vec::new();
        for (number, booked) in &mut books.charges {
            if booked.settles_at.is_some_and(|at| at <= now) {
                booked.settles_at = None;
                booked.charge.state = ChargeState::Succeeded;
                moved.push((*number, "settled"));
            }
            if let Some((code, _)) = booked.returns.filter(|(_, at)| *at <= now) {
                booked.returns = None;
                booked.settles_at = None;
                booked.returned_at = Some(now);
                booked.charge.state = ChargeState::Declined(Decline::from_codes(code, None, None));
                moved.push((*number, "returned"));
            }
        }
        moved
            .into_iter()
            .map(|(number, what)| {
                books.events += 1;
                format!("evt_{}_{what} pi_{number}", books.events)
            })
            .collect()
    }

    /// The process that asks dies when it has asked `requests` more times: this call and all after
    /// it get no answer, until [`BookkeepingProcessor::revive`].
    pub fn die_after(&self, requests: u64) {
        self.books().dies_after = Some(requests);
    }

    /// Waits until the process has died.
    pub async fn died(&self) {
        let mut dead = self.dead.subscribe();
        let told = dead.wait_for(|dead| *dead).await;
        drop(told.expect("its sender lives as long as this does"));
    }

    /// Whoever asks from now on is another process. Calls of the dead one stay unanswered.
    pub fn revive(&self) {
        self.books().dies_after = None;
        self.dead.send_replace(false);
    }

    /// Never returns if the process is dead.
    async fn alive(&self) {
        if *self.dead.borrow() {
            std::future::pending::<()>().await;
        }
    }

    fn take(&self, request: &ChargeRequest) -> (Outcome<Charge>, bool) {
        let now = self.clock.now();
        let mut books = self.books();
        books.requests += 1;
        let dies = match &mut books.dies_after {
            Some(0) => true,
            Some(left) => {
                *left -= 1;
                false
            }
            None => false,
        };
        if let Some(number) = books.by_attempt.get(&request.attempt).copied() {
            let known = books.charges.get(&number).map(|b| b.charge.clone());
            return (known.map_or_else(lost, answer), dies);
        }
        let count = books
            .asked
            .entry(request.instrument.as_str().to_owned())
            .or_default();
        let before = *count;
        *count += 1;
        let fate = (self.fates)(request, before);
        let asked = asked_for(request, now);
        match fate {
            Fate::Declines(code) => {
                let decline = match request.rail {
                    Rail::Card => {
                        Decline::from_codes("card_declined", Some(code), answer_code(code))
                    }
                    Rail::Bank => Decline::from_codes(code, None, None),
                };
                books.refused.push(Refused {
                    request: asked,
                    decline: decline.clone(),
                });
                return (Outcome::Declined(decline), dies);
            }
            Fate::RequestLost => return (lost(), dies),
            Fate::Unreached => return (not_here(), dies),
            _ => {}
        }
        let charge = books.make(asked, fate, now);
        let outcome = if fate == Fate::AnswerLost {
            lost()
        } else {
            answer(charge)
        };
        (outcome, dies)
    }
}

impl Books {
    fn name(&mut self, of: &str) -> String {
        self.names += 1;
        format!("{of}_{}", self.names)
    }

    fn make(&mut self, request: Asked, fate: Fate, now: Timestamp) -> Charge {
        let number = self.charges.len() as u64 + 1;
        let bank = request.rail == Rail::Bank;
        let after_days = |days: i64| now + SignedDuration::from_hours(24 * days);
        let charge = Charge {
            reference: ChargeRef::new(format!("pi_{number}")),
            attempt: Some(request.attempt),
            state: if bank {
                ChargeState::Pending
            } else {
                ChargeState::Succeeded
            },
            amount: request.cents,
            refunded: Cents::ZERO,
            disputed: false,
            created: now,
            instrument: Some(request.instrument.clone()),
            network_reference: None,
        };
        let returns = match fate {
            Fate::Returns(code, days) | Fate::SettlesAndReturns(code, days) => {
                Some((code, after_days(days)))
            }
            _ => None,
        };
        let settles = bank && !matches!(fate, Fate::Returns(..));
        self.by_attempt.insert(request.attempt, number);
        self.charges.insert(
            number,
            Booked {
                charge: charge.clone(),
                request,
                returned_at: None,
                settles_at: settles.then(|| now + SETTLES_AFTER),
                returns: returns.filter(|_| bank),
            },
        );
        charge
    }
}

fn asked_for(request: &ChargeRequest, at: Timestamp) -> Asked {
    Asked {
        attempt: request.attempt,
        instrument: request.instrument.clone(),
        rail: request.rail,
        cents: request.amount,
        by_plan: request.initiator == Initiator::Plan,
        at,
    }
}

/// The answer code of the card network that stands behind a processor's code.
fn answer_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "insufficient_funds" => "51",
        "do_not_honor" => "05",
        "try_again_later" => "91",
        "stolen_card" => "43",
        "expired_card" => "54",
        "revocation_of_all_authorizations" => "R1",
        _ => return None,
    })
}

fn answer(charge: Charge) -> Outcome<Charge> {
    match charge.state.clone() {
        ChargeState::Pending => Outcome::Pending(charge),
        ChargeState::Declined(decline) => Outcome::Declined(decline),
        _ => Outcome::Ok(charge),
    }
}

fn lost<T>() -> Outcome<T> {
    Outcome::Unknown(NetError::TimedOut)
}

fn not_here<T>() -> Outcome<T> {
    Outcome::NotSent(NetError::Connect("the line is down".to_owned()))
}

fn card(reference: String, tender: Tender, last_four: &str, expiry: Expiry) -> Instrument {
    let brand = match tender {
        Tender::Mastercard => Brand::Mastercard,
        Tender::Discover => Brand::Discover,
        _ => Brand::Visa,
    };
    Instrument {
        fingerprint: Some(format!("fp_{reference}")),
        reference: InstrumentRef::new(reference),
        rail: Rail::Card,
        tender: Some(tender),
        brand: Some(brand),
        last_four: last_four.to_owned(),
        expiry: Some(expiry),
        funding: Funding::Credit,
        bank_name: None,
        network_reference: None,
    }
}

#[async_trait]
impl Gateway for BookkeepingProcessor {
    fn id(&self) -> GatewayId {
        GatewayId("bookkeeping")
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
        self.alive().await;
        let session = self.books().name("cs");
        Outcome::Ok(ClientSetup {
            session_ref: SessionRef::new(session),
            frame_url: None,
            hosted_url: request.return_url.clone(),
        })
    }

    async fn setup_result(&self, session: &SessionRef) -> Outcome<Option<Instrument>> {
        self.alive().await;
        Outcome::Ok(self.books().sessions.get(session.as_str()).cloned())
    }

    async fn remember_payer(&self, our_reference: &str, _: &IdempotencyKey) -> Outcome<PayerRef> {
        self.alive().await;
        Outcome::Ok(PayerRef::new(format!("cus_{our_reference}")))
    }

    async fn store_bank_account(
        &self,
        details: &BankDetails,
        _: &IdempotencyKey,
    ) -> Outcome<Instrument> {
        self.alive().await;
        let reference = self.books().name("pm_bank");
        Outcome::Ok(Instrument {
            fingerprint: Some(format!("fp_{reference}")),
            reference: InstrumentRef::new(reference),
            rail: Rail::Bank,
            tender: Some(Tender::BankAccount),
            brand: None,
            last_four: details.account.last_four().to_owned(),
            expiry: None,
            funding: Funding::Checking,
            bank_name: None,
            network_reference: None,
        })
    }

    async fn begin_bank_validation(
        &self,
        request: &ValidationRequest,
        _: &IdempotencyKey,
    ) -> Outcome<BankValidation> {
        self.alive().await;
        Outcome::Ok(BankValidation {
            reference: ValidationRef::new(format!("seti_{}", request.instrument)),
            state: ValidationState::Validated,
        })
    }

    async fn confirm_bank_validation(
        &self,
        _: &ValidationRef,
        _: &DepositAnswer,
        _: &IdempotencyKey,
    ) -> Outcome<DepositVerdict> {
        self.alive().await;
        Outcome::Ok(DepositVerdict::Validated)
    }

    async fn forget(&self, _: &InstrumentRef) -> Outcome<()> {
        self.alive().await;
        Outcome::Ok(())
    }

    async fn charge(&self, request: &ChargeRequest, key: &IdempotencyKey) -> Outcome<Charge> {
        self.alive().await;
        assert_eq!(
            key,
            &IdempotencyKey::of(request.attempt),
            "the key of a charge is its attempt"
        );
        let (outcome, dies) = self.take(request);
        if dies {
            // The money may have moved; whoever asked never hears of it.
            self.dead.send_replace(true);
        }
        self.alive().await;
        outcome
    }

    async fn void(&self, _: &ChargeRef, _: &IdempotencyKey) -> Outcome<Charge> {
        not_here()
    }

    async fn refund(&self, _: &RefundRequest, _: &IdempotencyKey) -> Outcome<Refund> {
        not_here()
    }

    async fn look_up(&self, by: &LookUp) -> Outcome<Option<Charge>> {
        self.alive().await;
        let books = self.books();
        let number = match by {
            LookUp::ByAttempt(attempt) => books.by_attempt.get(attempt).copied(),
            LookUp::ByReference(reference) => reference
                .as_str()
                .strip_prefix("pi_")
                .and_then(|number| number.parse().ok()),
        };
        let found = number.and_then(|number| books.charges.get(&number));
        Outcome::Ok(found.map(|booked| booked.charge.clone()))
    }

    async fn look_up_refund(&self, _: &RefundRef) -> Outcome<Refund> {
        not_here()
    }

    fn webhook(
        &self,
        signature: &str,
        raw: &[u8],
        now: Timestamp,
    ) -> Result<GatewayEvent, WebhookError> {
        if signature != WEBHOOK_SIGNATURE {
            return Err(WebhookError::WrongSignature);
        }
        let body = std::str::from_utf8(raw).map_err(|_| WebhookError::NotAnEvent)?;
        let (event, charge) = body.split_once(' ').ok_or(WebhookError::NotAnEvent)?;
        Ok(GatewayEvent {
            id: event.to_owned(),
            occurred: now,
            kind: GatewayEventKind::Other("charge".to_owned()),
            charge: Some(ChargeRef::new(charge)),
            attempt: None,
            live: false,
        })
    }
}
