//! Taking a payment: what is due, what it is paid with, the payment itself, and its receipt.
//!
//! Every channel builds a [`PayCommand`] and calls [`take`].

mod amount;
mod conclude;
mod dispatch;
mod method;
mod planned;
mod receipt;
mod received;
mod take;
mod taken_back;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{
    AccountId, BankAccountNumber, Cents, Channel, Language, PaymentId, RoutingNumber, Tender,
};
use payments::PaymentStatus;

pub use amount::{account_for, choose_amount, payable, recent_same};
pub(crate) use amount::{grouped, payable_of};
pub use conclude::{What, conclude};
pub use dispatch::dispatch_due;
pub(crate) use method::brand_name;
pub(crate) use method::{
    acceptance_of, accepted, entered, filled, hand_over, open_fields, paid_from_before,
    taken_online, tender_of, usable, validate,
};
pub use method::{authorisation, bank_method, bank_name, card_fields, card_method};
pub(crate) use planned::{PlannedPayment, prepare_planned};
pub use receipt::{is_under_way, receipt_pdf, view};
pub(crate) use received::{balanced, money_of, place, receive, tell_payer};
pub(crate) use take::{Prepared, digest, next_confirmation, same_or_refused};
pub use take::{charge_again, take};
pub(crate) use taken_back::{take_back, take_out};

/// What can be paid on an account.
#[derive(Debug, Clone)]
pub struct Payable {
    /// The account.
    pub account: AccountId,
    /// The last four digits of its number, to tell one account from another.
    pub account_last_four: String,
    /// All that is due; zero if nothing is.
    pub amount_due: Cents,
    /// The part that is past its due date.
    pub past_due: Cents,
    /// When the oldest open invoice that is not late is due; `None` if there is none.
    pub due_on: Option<Date>,
    /// The most that one payment may be.
    pub most: Cents,
    /// The least that one payment may be.
    pub least: Cents,
    /// True if less than the amount due may be paid.
    pub partial_allowed: bool,
    /// The plan line, by its id in the plan file. Not shown to guests.
    pub plan_line: String,
}

/// A payment just like the one about to be made.
#[derive(Debug, Clone)]
pub struct RecentPayment {
    /// Its confirmation number, grouped.
    pub confirmation: String,
    /// When it was made.
    pub at: Timestamp,
    /// How much.
    pub cents: Cents,
}

/// Where the payer types card details: always at the processor.
#[derive(Debug, Clone)]
pub struct CardFields {
    /// The processor's name for the session.
    pub session: String,
    /// A page of the processor to show in a frame, if it has one.
    pub frame_url: Option<String>,
    /// A full page of the processor that comes back to us.
    pub hosted_url: String,
}

/// What a payment is made with. Never a card number; a bank account number only on its way to the
/// processor. A saved method becomes one by [`crate::methods::to_pay_with`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// The processor's name for the card or bank account.
    pub reference: String,
    /// Card brand or bank account.
    pub tender: Tender,
    /// The last four digits.
    pub last_four: String,
    /// The bank's name; empty for cards.
    pub bank_name: String,
    /// When the card expires, as `08/2027`; empty for bank accounts.
    pub expires: String,
    /// The same for the same card or account at the processor; empty if it does not say.
    pub fingerprint: String,
    /// The processor's name for whose it is, without which a saved method cannot be charged; empty
    /// for one that is used once.
    pub payer_reference: String,
    /// What ties a later charge to the one the payer was present at; empty if not known.
    pub network_reference: String,
}

/// Bank details as typed.
#[derive(Debug, Clone)]
pub struct BankEntry {
    /// The bank.
    pub routing: RoutingNumber,
    /// The account.
    pub number: BankAccountNumber,
    /// Savings rather than checking.
    pub savings: bool,
    /// Whose account it is.
    pub holder: String,
}

/// The words a payer agrees to.
#[derive(Debug, Clone)]
pub struct Authorisation {
    /// Which text, for the record.
    pub version: String,
    /// The text.
    pub text: String,
}

/// A payment to be taken.
#[derive(Debug, Clone)]
pub struct PayCommand {
    /// For which account.
    pub account: AccountId,
    /// What makes a repeat harmless: the same key on the same account is the same payment, for
    /// ever.
    pub idempotency_key: String,
    /// How much.
    pub cents: Cents,
    /// How it comes in.
    pub channel: Channel,
    /// What with.
    pub method: Method,
    /// Who pays. Kept apart from the member.
    pub payer_name: String,
    /// Where the receipt goes; empty for nowhere.
    pub payer_email: String,
    /// The payer's language.
    pub language: Language,
    /// The version of the authorisation the payer agreed to; required for bank accounts.
    pub authorisation_version: String,
    /// The payer's browser, as evidence of the authorisation; empty if there is none.
    pub user_agent: String,
}

/// A payment, as its payer may see it.
#[derive(Debug, Clone)]
pub struct PaymentView {
    /// Id.
    pub payment: PaymentId,
    /// The account it is for.
    pub account: AccountId,
    /// The confirmation number, grouped.
    pub confirmation: String,
    /// How much.
    pub cents: Cents,
    /// Where it stands.
    pub status: PaymentStatus,
    /// How it came in.
    pub channel: Channel,
    /// What with.
    pub tender: Tender,
    /// The last four digits of the card or account.
    pub last_four: String,
    /// The bank's name; empty for cards.
    pub bank_name: String,
    /// Who paid.
    pub payer_name: String,
    /// Where the receipt went, masked; empty for nowhere.
    pub payer_email_masked: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// The day it counts from.
    pub effective_on: Date,
    /// Why it was declined or returned, as the string catalogues know it; empty otherwise.
    pub reason: String,
}
