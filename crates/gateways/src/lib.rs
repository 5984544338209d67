//! The only crate that talks to other machines, reads the clock, draws lots, or seals secrets.
//!
//! Everything outside the process is behind a small trait here, with the real client beside it: the
//! card processor ([`card`]), the bank directory ([`bank`]), the bank's files ([`sftp`]), the mail
//! server ([`mail`]), the clock ([`clock`]), passkeys ([`passkeys`]), chance ([`chance`]) and the
//! key that seals what must not lie in a database in clear ([`seal`]). No database is known here,
//! and no rule of the business.
#![deny(missing_docs)]

pub mod bank;
pub mod card;
pub mod chance;
pub mod clock;
pub mod mail;
pub mod oidc;
pub mod passkeys;
pub mod seal;
pub mod sftp;
mod wire;

pub use chance::{Chance, Draw, SeededChance, SystemChance};
pub use clock::{Clock, ManualClock, SystemClock};
pub use seal::{SealError, Vault};
pub use wire::install_tls;
