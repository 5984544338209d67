//! Autopay: the standing authorisation of a member, the drafts under it, and the watch over them.
//!
//! A draft is planned as soon as its invoice is there, told of if it must be, and becomes a payment
//! on its day through the same tables as every payment. What a draft is, when and how much, is
//! decided by the crate `autopay`; here the facts are loaded, the answer is saved, and the member
//! is told. `docs/operate/autopay.md` says how a night goes.

mod agree;
mod choose;
mod decide;
mod ended;
mod forecast;
mod outcome;
mod plan;
mod run;
mod send;
mod stop;
mod tell;
mod view;
mod watch;
mod words;

pub use ::autopay::{Agreed, Cap, DayOfMonth, DraftDay, DraftState, MandateState, OverCap};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents, ConsentId, MandateId, MethodId, PaymentId, Tender};

pub use agree::{Shown, change, set_up};
pub use choose::{mandates_on_method, proposal};
pub use ended::end_with_coverage;
pub use forecast::{release, stopped_days};
pub(crate) use outcome::{PaymentStep, after_step, is_draft};
pub use plan::{PlanReport, plan_drafts};
pub use run::RunOptions;
pub use send::{SendReport, prepare_drafts, send_drafts};
pub use stop::{Stopped, skip, stop, unskip};
pub use view::view;
pub use watch::{WatchReport, WatchRow, watch, watch_list};

/// What a member chooses for autopay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// From which saved card or bank account.
    pub method: MethodId,
    /// On which day.
    pub day: DraftDay,
    /// The most that one draft may be; `None` for no limit.
    pub cap: Option<Cap>,
    /// In which amounts no notice is wanted; `None` to be told of every difference.
    pub agreed: Option<Agreed>,
    /// The first month it pays.
    pub start: BillingMonth,
}

/// Everything the page about autopay shows.
#[derive(Debug, Clone)]
pub struct AutopayView {
    /// The account.
    pub account: AccountId,
    /// Its plan line, by its id in the plan file.
    pub plan_line: String,
    /// True if the plan offers autopay in this line.
    pub offered: bool,
    /// True if whoever asks may set it up, change and stop it; false for one who only looks.
    pub may_change: bool,
    /// The mandate in force, or the last one that was.
    pub mandate: Option<MandateView>,
    /// The next draft, or why there is none.
    pub next: NextDraft,
    /// The drafts before, latest month first.
    pub past: Vec<DraftView>,
    /// The month that can be skipped now, if one can.
    pub may_skip: Option<BillingMonth>,
    /// The months that are skipped, from this one on.
    pub skipped: Vec<BillingMonth>,
    /// What is due on the account now.
    pub due: Cents,
    /// The earliest month that a new mandate can begin with.
    pub first_start: BillingMonth,
}

/// A mandate as its giver sees it.
#[derive(Debug, Clone)]
pub struct MandateView {
    /// Id.
    pub mandate: MandateId,
    /// Whether it is in force.
    pub state: MandateState,
    /// What it drafts from; `None` if that is gone.
    pub method: Option<MethodShown>,
    /// The id of that.
    pub method_id: MethodId,
    /// When.
    pub day: DraftDay,
    /// The most that one draft may be.
    pub cap: Option<Cap>,
    /// In which amounts no notice is sent.
    pub agreed: Option<Agreed>,
    /// The first month it pays.
    pub start: BillingMonth,
    /// The evidence: `consents::view` shows the exact words.
    pub consent: ConsentId,
    /// The version of those words.
    pub consent_version: String,
    /// When it was agreed to.
    pub given_at: Timestamp,
}

impl MandateView {
    /// True if it is in force.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == MandateState::Active
    }
}

/// A card or bank account as its owner knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodShown {
    /// Card brand or bank account.
    pub tender: Tender,
    /// The last four digits.
    pub last_four: String,
    /// The bank's name; empty for cards.
    pub bank_name: String,
    /// The last month in which a card is good.
    pub expires: Option<BillingMonth>,
}

/// The next draft, or why there is none. There is always one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextDraft {
    /// It will be made.
    Scheduled {
        /// The month it pays.
        month: BillingMonth,
        /// The day it is submitted.
        on: Date,
        /// The day the money moves.
        debit_on: Date,
        /// How much.
        cents: Cents,
        /// When the invoice is due.
        due_on: Date,
        /// The last day on which the member can stop it.
        stop_by: Date,
        /// The day the member was told of amount and date, if that was needed or wanted.
        told_on: Option<Date>,
    },
    /// It failed and is tried again.
    Again {
        /// The month it pays.
        month: BillingMonth,
        /// The day of the next try.
        on: Date,
        /// How much.
        cents: Cents,
        /// Why it failed, as the string catalogues know it.
        reason: String,
        /// The last day on which paying another way is safe.
        pay_by: Option<Date>,
    },
    /// The invoice of the month is not made yet.
    Awaiting {
        /// The month it will pay.
        month: BillingMonth,
        /// The day the invoice is made.
        invoice_on: Date,
        /// The day on which the draft is to be expected.
        expected_on: Date,
    },
    /// There is none.
    None {
        /// For which month.
        month: BillingMonth,
        /// Why, as the string catalogues know it: a code of [`::autopay::NoDraft`], or the reason
        /// of a failed draft.
        reason: String,
        /// When the invoice is due, if there is one.
        due_on: Option<Date>,
        /// The last day on which paying another way is safe, if something is due.
        pay_by: Option<Date>,
    },
    /// There is no mandate in force.
    Off,
}

/// A draft as the member sees it afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftView {
    /// The month it pays.
    pub month: BillingMonth,
    /// Where it stands.
    pub state: DraftState,
    /// The day the money moved or was to move.
    pub debit_on: Option<Date>,
    /// How much.
    pub cents: Cents,
    /// Why there was none or why it failed; empty otherwise.
    pub reason: String,
    /// The payment of its latest try.
    pub payment: Option<PaymentId>,
    /// When it is tried again.
    pub next_try_on: Option<Date>,
}
