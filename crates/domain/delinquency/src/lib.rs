//! Grace periods, and what may never happen while money is in flight.
//!
//! Every answer here is a function of the facts and the day it is asked for; nothing advances by a
//! timer. When a fact changes (a check comes back, a roster line comes late) the question is asked
//! again. Every answer carries its [`Grounds`]: which rule, from which source.
//!
//! Figures that a regulator or a contract may change (thresholds, days of grace, deadlines) come in
//! as dated tables. Figures in the code are those that the cited text itself fixes.
#![deny(missing_docs)]

mod aptc;
mod binder;
mod contract;
mod grounds;
mod guard;
mod medicare;
mod medicare_relief;
mod month;
mod threshold;

pub use aptc::{AptcGrace, Claims, aptc_grace};
pub use binder::{Binder, BinderDates, BinderRule, BinderRuleError, Enrolment, Extension, binder};
pub use contract::{
    ContractGrace, ContractRule, ContractTable, CoverageEnds, PremiumMode, contract_grace,
};
pub use grounds::{Grounds, Rule};
pub use guard::{Accepted, Cleared, InTheWay, MoneyFacts, Step, may_step};
pub use medicare::{
    Blocked, FirstNotice, MedicareFacts, MedicareGrace, MedicareRule, MedicareRuleError,
    medicare_grace,
};
pub use medicare_relief::{
    GoodCause, GoodCauseRefusal, Instalments, good_cause, instalments_for_arrears,
};
pub use month::{MonthFacts, Received};
pub use threshold::{Satisfied, Threshold, ThresholdTable, satisfied};
