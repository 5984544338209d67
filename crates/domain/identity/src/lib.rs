//! Who may come in: user IDs, passwords, one-time codes, second factors, devices, sessions,
//! throttles, and the look-up of a member by a guest or for registration.
//!
//! The rules only. Hashing, randomness, clocks and storage are elsewhere.
#![deny(missing_docs)]

pub mod authenticator;
pub mod delegation;
pub mod device;
pub mod factor;
pub mod guest;
pub mod one_time_code;
pub mod password;
pub mod recovery;
pub mod role;
pub mod session;
pub mod throttle;
pub mod user_id;

pub use delegation::{Delegation, DelegationKind, DelegationState, Right};
pub use device::{BrowserName, Device, browser_name};
pub use factor::{FactorKind, First, HolderKind, Next};
pub use guest::{GuestFacts, MemberFacts, matches};
pub use one_time_code::{CodeRefusal, IssuedCode, OneTimeCode};
pub use password::{PasswordRefusal, PasswordRules, check_password};
pub use recovery::RecoveryCode;
pub use role::Role;
pub use session::{SessionEnd, SessionRules};
pub use throttle::{Counter, Limit, Verdict, allowed, counted};
pub use user_id::{UserId, UserIdError};
