//! What every use case works with, passed first and never global.

use std::path::PathBuf;
use std::sync::Arc;

use gateways::bank::BankDirectory;
use gateways::card::Gateway;
use gateways::chance::Draw as _;
use gateways::mail::Mailer;
use gateways::oidc::SignInProvider;
use gateways::sftp::FileServer;
use gateways::{Chance, Clock, ManualClock, Vault};
use jiff::Timestamp;
use jiff::civil::Date;
use plan::Plan;
use store::Store;

use crate::passwords::Hashers;

/// What every use case works with. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    /// The database.
    pub store: Store,
    /// Who the health plan is.
    pub plan: Arc<Plan>,
    /// The card and bank-debit processor.
    pub gateway: Arc<dyn Gateway>,
    /// Bank names by routing number.
    pub banks: Arc<BankDirectory>,
    /// The mail server.
    pub mailer: Arc<dyn Mailer>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub chance: Arc<dyn Chance>,
    /// The key that seals bank account numbers and half-finished forms.
    pub vault: Arc<Vault>,
    /// Where passwords are hashed, a few at a time.
    pub hashers: Arc<Hashers>,
    /// The PDF renderer.
    pub renderer: Arc<documents::Renderer>,
    /// Where staff sign in, if the plan has a provider of its own.
    pub sign_in_provider: Option<Arc<dyn SignInProvider>>,
    /// The bank's server from which its files are fetched, if they are.
    pub bank_files: Option<Arc<dyn FileServer>>,
    /// What the operator set.
    pub settings: Arc<Settings>,
}

/// What the operator set, as far as use cases need it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where members reach this installation, without a slash at the end:
    /// `https://pay.example.com`.
    pub public_url: String,
    /// The address that receipts and codes come from.
    pub mail_from: String,
    /// How many passwords are hashed at once; more wait. Keeps a sign-in storm from stopping
    /// payments.
    pub password_hashers: usize,
    /// Argon2id memory in KiB; at least 19,456 (OWASP) outside tests.
    pub password_memory_kib: u32,
    /// The Maildir in which mail that came back arrives, if it is read.
    pub returned_mail: Option<PathBuf>,
    /// The folder in which files of the lockbox bank arrive, if it is watched.
    pub lockbox_folder: Option<PathBuf>,
    /// Which role goes with which value of the provider's claim, in order of precedence.
    pub staff_roles: Vec<(String, identity::Role)>,
}

impl Ctx {
    /// This instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Today where the plan is.
    #[must_use]
    pub fn today(&self) -> Date {
        self.day_of(self.now())
    }

    /// The day that `at` falls on where the plan is.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Date {
        self.plan.time_zone.to_datetime(at).date()
    }

    /// The same world with a clock that stands at `at`: for making a past to demonstrate, and for
    /// tests.
    #[must_use]
    pub fn standing_at(&self, at: Timestamp) -> Ctx {
        Ctx {
            clock: Arc::new(ManualClock::new(at)),
            ..self.clone()
        }
    }

    /// A fresh id.
    #[must_use]
    pub fn id<T: gateways::chance::DrawnId>(&self) -> T {
        self.chance.id(self.now())
    }
}
