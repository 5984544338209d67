//! What the scripted processor keeps in its drawer: cards, bank accounts, validations under way.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use gateways::card::{
    BankAccountKind, BankDetails, BankValidation, Brand, ClientSetup, DepositAnswer,
    DepositQuestion, DepositVerdict, Expiry, Funding, Instrument, InstrumentRef, Rail, SessionRef,
    SetupRequest, ValidationRef, ValidationRequest, ValidationState,
};
use kernel::{Cents, Tender};
use url::Url;

/// A bank account that is validated at once, as every account without a story is.
pub const ACCOUNT_GOOD: &str = "000123456789";
/// A bank account that is validated by the amounts of two small deposits.
pub const ACCOUNT_WITH_AMOUNTS: &str = "000100000007";
/// A bank account that is validated by the code beside one small deposit.
pub const ACCOUNT_WITH_CODE: &str = "000100000015";
/// A bank account that no deposit reaches.
pub const ACCOUNT_REFUSED: &str = "000666666661";
/// What was deposited, in cents.
pub const DEPOSIT_AMOUNTS: (i64, i64) = (32, 45);
/// The code beside a deposit.
pub const DEPOSIT_CODE: &str = "SM11AA";

/// A Visa card that ends in these four digits and expires in a month.
#[must_use]
pub fn card_ending(last_four: &str, year: i16, month: i8) -> Instrument {
    Instrument {
        reference: InstrumentRef::new(format!("pm_card_{last_four}_{year}_{month}")),
        rail: Rail::Card,
        tender: Some(Tender::Visa),
        brand: Some(Brand::Visa),
        last_four: last_four.to_owned(),
        expiry: Some(Expiry { year, month }),
        funding: Funding::Credit,
        fingerprint: Some(format!("fp_card_{last_four}")),
        bank_name: None,
        network_reference: Some(format!("net_{last_four}")),
    }
}

/// Cards that payers will enter, and what is kept.
#[derive(Debug, Default)]
pub(crate) struct Drawer {
    pub(crate) cards: VecDeque<Instrument>,
    opened: u32,
    sessions: BTreeMap<String, Option<Instrument>>,
    /// Account numbers by our name for the account.
    accounts: BTreeMap<String, String>,
    /// Routing and account numbers seen so far: the place is the fingerprint.
    numbers: Vec<String>,
    kept: BTreeSet<String>,
}

impl Drawer {
    pub(crate) fn open_session(&mut self, request: &SetupRequest) -> ClientSetup {
        self.opened += 1;
        let session = format!("cs_{}_{}", self.opened, request.our_reference);
        let page = "https://processor.example.com/fields";
        self.sessions.insert(session.clone(), None);
        ClientSetup {
            session_ref: SessionRef::new(session),
            frame_url: None,
            hosted_url: Url::parse(page).expect("it is an address"),
        }
    }

    pub(crate) fn card_of(&mut self, session: &SessionRef) -> Option<Instrument> {
        let slot = self.sessions.get_mut(session.as_str())?;
        if slot.is_none() {
            let next = self.cards.pop_front();
            *slot = Some(next.unwrap_or_else(|| card_ending("4242", 2029, 8)));
        }
        let card = slot.clone()?;
        self.kept.insert(card.reference.as_str().to_owned());
        Some(card)
    }

    pub(crate) fn store(&mut self, details: &BankDetails) -> Instrument {
        let number = details.account.expose();
        let reference = format!("pm_bank_{}", self.accounts.len());
        self.accounts.insert(reference.clone(), number.to_owned());
        self.kept.insert(reference.clone());
        let whole = format!("{} {number}", details.routing.as_str());
        let known = self.numbers.iter().position(|known| *known == whole);
        let place = known.unwrap_or_else(|| {
            self.numbers.push(whole);
            self.numbers.len() - 1
        });
        Instrument {
            reference: InstrumentRef::new(reference),
            rail: Rail::Bank,
            tender: Some(Tender::BankAccount),
            brand: None,
            last_four: details.account.last_four().to_owned(),
            expiry: None,
            funding: match details.kind {
                BankAccountKind::Checking => Funding::Checking,
                BankAccountKind::Savings => Funding::Savings,
            },
            // The same for the same account, and nothing of its number.
            fingerprint: Some(format!("fp_bank_{place}")),
            bank_name: Some("Test Bank".to_owned()),
            network_reference: None,
        }
    }

    pub(crate) fn begin_validation(&self, request: &ValidationRequest) -> BankValidation {
        let name = request.instrument.as_str();
        let number = self.accounts.get(name).map_or("", String::as_str);
        let awaiting = |asks| ValidationState::AwaitingDeposits {
            asks,
            arrive_at: None,
        };
        BankValidation {
            reference: ValidationRef::new(format!("seti_{name}")),
            state: match number {
                ACCOUNT_WITH_AMOUNTS => awaiting(DepositQuestion::Amounts),
                ACCOUNT_WITH_CODE => awaiting(DepositQuestion::Code),
                ACCOUNT_REFUSED => ValidationState::Refused {
                    reason: "payment_method_microdeposit_failed".to_owned(),
                },
                _ => ValidationState::Validated,
            },
        }
    }

    pub(crate) fn confirm(
        &self,
        validation: &ValidationRef,
        answer: &DepositAnswer,
    ) -> DepositVerdict {
        let name = validation.as_str().trim_start_matches("seti_");
        let number = self.accounts.get(name).map_or("", String::as_str);
        let (one, two) = DEPOSIT_AMOUNTS;
        let right = match (number, answer) {
            (ACCOUNT_WITH_AMOUNTS, DepositAnswer::Amounts(a, b)) => {
                [(one, two), (two, one)].contains(&(Cents::get(*a), Cents::get(*b)))
            }
            (ACCOUNT_WITH_CODE, DepositAnswer::Code(code)) => code == DEPOSIT_CODE,
            _ => false,
        };
        if right {
            DepositVerdict::Validated
        } else {
            DepositVerdict::Wrong
        }
    }

    pub(crate) fn forget(&mut self, instrument: &InstrumentRef) {
        self.kept.remove(instrument.as_str());
    }

    pub(crate) fn kept(&self) -> Vec<InstrumentRef> {
        self.kept.iter().map(InstrumentRef::new).collect()
    }
}
