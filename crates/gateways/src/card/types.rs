//! What goes to a processor and what comes back.

use std::fmt;

use jiff::Timestamp;
use kernel::{AttemptId, BankAccountNumber, Cents, Language, RoutingNumber, Tender};
use url::Url;

use super::{Brand, Decline};

/// Which processor: a short name kept on every attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GatewayId(pub &'static str);

impl fmt::Display for GatewayId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What a processor can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caps {
    /// What it can charge.
    pub tenders: Vec<Tender>,
    /// Stop a charge that is under way.
    pub void: bool,
    /// Give back part of a charge.
    pub partial_refund: bool,
    /// Find a charge by our attempt id.
    pub look_up_by_attempt: bool,
    /// Tell of disputes.
    pub disputes: bool,
}

macro_rules! references {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Wraps the processor's text.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The processor's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

references! {
    /// The processor's name for one who pays.
    PayerRef,
    /// The processor's name for a card or bank account.
    InstrumentRef,
    /// The processor's name for a session of its hosted fields.
    SessionRef,
    /// The processor's name for a charge.
    ChargeRef,
    /// The processor's name for a refund.
    RefundRef,
    /// The processor's name for a dispute.
    DisputeRef,
    /// The processor's name for a validation of a bank account.
    ValidationRef,
    /// What makes a repeated request harmless. At most 255 characters.
    IdempotencyKey,
}

impl IdempotencyKey {
    /// The key of a charge: the attempt id itself, so that an attempt can never have two keys.
    #[must_use]
    pub fn of(attempt: AttemptId) -> Self {
        IdempotencyKey(attempt.to_string())
    }
}

/// Two ways to move money through a processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rail {
    /// A card.
    Card,
    /// A debit from a bank account.
    Bank,
}

impl Rail {
    /// The rail that carries a tender; `None` for checks and deductions.
    #[must_use]
    pub const fn of(tender: Tender) -> Option<Self> {
        match tender {
            Tender::Visa | Tender::Mastercard | Tender::Discover => Some(Rail::Card),
            Tender::BankAccount => Some(Rail::Bank),
            Tender::Check | Tender::BenefitDeduction => None,
        }
    }
}

/// What [`super::Gateway::client_setup`] needs.
#[derive(Debug, Clone)]
pub struct SetupRequest {
    /// Our reference, given back with the session: an errand or payment id.
    pub our_reference: String,
    /// The card brands that may be given.
    pub accepted: Vec<Tender>,
    /// The language of the hosted page.
    pub language: Language,
    /// Where the hosted page sends the payer when done. `{CHECKOUT_SESSION_ID}` in it is replaced.
    pub return_url: Url,
    /// Where the hosted page sends a payer who turns back.
    pub cancel_url: Url,
    /// Ties the card to a payer, so that it can be charged again later. `None` for one payment.
    pub payer: Option<PayerRef>,
}

/// Where the payer gives the card details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSetup {
    /// The processor's name for the session.
    pub session_ref: SessionRef,
    /// A page made to be shown in a frame of ours, if the processor has one that needs no script.
    pub frame_url: Option<Url>,
    /// A full page that comes back to the return address.
    pub hosted_url: Url,
}

/// The month in which a card expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expiry {
    /// Four digits.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}/{}", self.month, self.year)
    }
}

/// Where the money behind an instrument comes from. Prepaid cards are never refused
/// (45 CFR 156.1240(a)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Funding {
    /// A credit card.
    Credit,
    /// A debit card.
    Debit,
    /// A prepaid card.
    Prepaid,
    /// A checking account.
    Checking,
    /// A savings account.
    Savings,
    /// The processor did not say.
    Unknown,
}

/// A card or bank account as the processor knows it: never its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrument {
    /// The processor's name for it.
    pub reference: InstrumentRef,
    /// Card or bank.
    pub rail: Rail,
    /// What the member paid with, in our words; `None` for a brand that memberpay has no word for
    /// (such as American Express), which the caller must refuse.
    pub tender: Option<Tender>,
    /// The card's brand; `None` for a bank account.
    pub brand: Option<Brand>,
    /// The last four digits.
    pub last_four: String,
    /// When the card expires.
    pub expiry: Option<Expiry>,
    /// Credit, debit, prepaid, checking, savings.
    pub funding: Funding,
    /// The same for the same card or account at the same processor.
    pub fingerprint: Option<String>,
    /// The bank's name, for a bank account.
    pub bank_name: Option<String>,
    /// The card network's name for the moment at which the payer was present: later charges that
    /// the plan sets off refer to it. Few processors give it away.
    pub network_reference: Option<String>,
}

/// Checking or savings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BankAccountKind {
    /// A checking account.
    Checking,
    /// A savings account.
    Savings,
}

/// Bank details on their way to the processor.
#[derive(Debug, Clone)]
pub struct BankDetails {
    /// The bank.
    pub routing: RoutingNumber,
    /// The account.
    pub account: BankAccountNumber,
    /// Checking or savings.
    pub kind: BankAccountKind,
    /// Whose account it is, as the bank writes it.
    pub holder_name: String,
}

/// A bank account that is to be validated before its first debit.
#[derive(Debug, Clone)]
pub struct ValidationRequest {
    /// Which account.
    pub instrument: InstrumentRef,
    /// Ties the account to a payer once it is validated, so that it can be debited again later.
    pub payer: Option<PayerRef>,
    /// How the payer agreed that the bank is asked.
    pub acceptance: MandateAcceptance,
}

/// A validation as the processor has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankValidation {
    /// The processor's name for it.
    pub reference: ValidationRef,
    /// How it stands.
    pub state: ValidationState,
}

/// How a validation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValidationState {
    /// The account is there and may be debited.
    Validated,
    /// The holder must look up small deposits and say what they find.
    AwaitingDeposits {
        /// What they are to find.
        asks: DepositQuestion,
        /// When the deposits are at the bank, if the processor says.
        arrive_at: Option<Timestamp>,
    },
    /// The account cannot be used.
    Refused {
        /// Why, in the processor's word.
        reason: String,
    },
}

/// What the holder is asked about small deposits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DepositQuestion {
    /// The amounts of two deposits.
    Amounts,
    /// The code in the text beside one deposit: `SM` and four characters.
    Code,
}

/// What the holder found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepositAnswer {
    /// The two amounts, in any order.
    Amounts(Cents, Cents),
    /// The code.
    Code(String),
}

/// What the processor makes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepositVerdict {
    /// It is right: the account may be debited.
    Validated,
    /// It is wrong.
    Wrong,
    /// The validation is over: too many wrong answers, too late, or the account is closed.
    Refused {
        /// Why, in the processor's word.
        reason: String,
    },
}

/// How the payer agreed to a debit (Nacha Operating Rules, section 2.3.2: authorisation of
/// entries).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MandateAcceptance {
    /// On a page of ours.
    Online {
        /// When.
        at: Timestamp,
        /// The address the payer came from.
        ip: String,
        /// The payer's browser.
        user_agent: String,
    },
    /// By telephone or on paper.
    Offline {
        /// When.
        at: Timestamp,
    },
}

/// Who set the charge off, and how (stored-credential rules of the card networks).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Initiator {
    /// The payer, present on a page of ours.
    PayerOnline,
    /// The payer, by telephone or mail.
    PayerByPhone,
    /// The plan, on an agreement made earlier: autopay.
    Plan,
}

/// A charge to be made.
#[derive(Debug, Clone)]
pub struct ChargeRequest {
    /// Our attempt, kept with the charge by the processor.
    pub attempt: AttemptId,
    /// How much; 50 cents to $999,999.99.
    pub amount: Cents,
    /// What with.
    pub instrument: InstrumentRef,
    /// Card or bank.
    pub rail: Rail,
    /// Whose instrument it is, if it is tied to a payer.
    pub payer: Option<PayerRef>,
    /// Who set it off.
    pub initiator: Initiator,
    /// For [`Initiator::Plan`] with a card: [`Instrument::network_reference`], if it is known.
    pub network_reference: Option<String>,
    /// The agreement to a bank debit. Required for [`Rail::Bank`], unless the account was validated
    /// for a payer, which kept the agreement with the processor.
    pub mandate: Option<MandateAcceptance>,
    /// What staff see at the processor. No name, no member ID.
    pub description: String,
    /// Where the payer comes back after a page of the card's bank; with `None` a card that asks for
    /// one is declined.
    pub return_url: Option<Url>,
}

/// A charge as the processor has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The processor's name for it.
    pub reference: ChargeRef,
    /// Our attempt, if it is one of ours.
    pub attempt: Option<AttemptId>,
    /// How it stands.
    pub state: ChargeState,
    /// How much.
    pub amount: Cents,
    /// How much of it has been given back.
    pub refunded: Cents,
    /// True if the payer's bank has taken it up with the processor.
    pub disputed: bool,
    /// When it was made, to the second.
    pub created: Timestamp,
    /// What it was made with.
    pub instrument: Option<InstrumentRef>,
    /// The card network's name for it, if the processor gives it away.
    pub network_reference: Option<String>,
}

/// How a charge stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeState {
    /// The money is taken.
    Succeeded,
    /// On its way: a bank debit that has not settled.
    Pending,
    /// Refused, or returned by the bank.
    Declined(Decline),
    /// Waits for the payer.
    ActionRequired,
    /// Stopped before money moved.
    Voided,
}

/// Money to be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Of which charge.
    pub charge: ChargeRef,
    /// How much.
    pub amount: Cents,
    /// Our reference, kept with the refund by the processor.
    pub our_reference: String,
}

/// A refund as the processor has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The processor's name for it.
    pub reference: RefundRef,
    /// Of which charge.
    pub charge: Option<ChargeRef>,
    /// How much.
    pub amount: Cents,
    /// How it stands.
    pub state: RefundState,
}

/// How a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundState {
    /// The money is on its way back or there.
    Succeeded,
    /// Not sent yet.
    Pending,
    /// It could not be given back; pay it by check.
    Failed,
    /// Stopped.
    Voided,
}

/// A dispute: the payer's bank has taken the money back, for now or for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The processor's name for it.
    pub reference: DisputeRef,
    /// Of which charge.
    pub charge: Option<ChargeRef>,
    /// How much.
    pub amount: Cents,
    /// Why, in the processor's word.
    pub reason: String,
    /// How it stands.
    pub state: DisputeState,
}

/// How a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisputeState {
    /// Someone must answer or accept.
    Open,
    /// Decided for the plan.
    Won,
    /// Decided for the payer.
    Lost,
}

/// How to find a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookUp {
    /// By the processor's name for it.
    ByReference(ChargeRef),
    /// By our attempt id.
    ByAttempt(AttemptId),
}
