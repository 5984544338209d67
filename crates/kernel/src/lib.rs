//! The few words every crate speaks: money, dates, ids, member IDs, channels and tenders.
//!
//! Nothing here waits, reads a clock, draws a random number or touches a file. Values that can be
//! wrong are parsed once, at the edge, into a type that cannot be wrong afterwards.
#![deny(missing_docs)]

mod channel;
mod digits;
mod id;
mod masked;
mod member_id;
mod money;
mod month;
mod routing;
mod span;
mod text;
mod words;

pub use channel::{Channel, Tender};
pub use digits::{digits_of, luhn_check_digit, luhn_holds};
pub use id::{
    AccountId, ApplicationId, AttemptId, AuditId, CardRequestId, CheckImageId, ConsentId,
    CoverageId, DelegationId, DocumentId, DrawerId, ErrandId, FactorId, InvoiceId, JournalId,
    LoginId, MandateId, MethodId, NoticeId, OutboxId, PaymentId, PersonId, RefundId, SessionId,
    StaffId, WebhookId, WriteOffId,
};
pub use masked::{BankAccountNumber, BankAccountNumberError, Secret};
pub use member_id::{MemberId, MemberIdError};
pub use money::{Cents, MoneyError};
pub use month::{BillingMonth, BillingMonthError};
pub use routing::{RoutingNumber, RoutingNumberError};
pub use span::DateSpan;
pub use text::{Email, EmailError, Language, Zip, ZipError, plain_name};
pub use words::{
    day_in_words, month_in_words, month_name, time_in_words, weekday_in_words, weekday_name,
};
