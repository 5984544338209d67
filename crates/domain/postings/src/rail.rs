//! The ways money travels, each with a clearing account where it waits until it is in the bank.

use jiff::civil::Date;
use kernel::{Cents, Channel, Tender};
use ledger::LedgerAccount;

use crate::chart;

/// A way money travels to the plan's bank.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rail {
    /// Through the card processor.
    Card,
    /// As a debit of a bank account.
    BankDebit,
    /// As a check through the lockbox.
    Lockbox,
    /// As a check taken in at a center.
    Center,
    /// Withheld from benefits and paid over by CMS.
    Withhold,
}

impl Rail {
    /// All rails.
    pub const ALL: [Rail; 5] = [
        Rail::Card,
        Rail::BankDebit,
        Rail::Lockbox,
        Rail::Center,
        Rail::Withhold,
    ];

    /// The rail of a payment that came in through a channel with a tender.
    #[must_use]
    pub const fn of(channel: Channel, tender: Tender) -> Self {
        match tender {
            Tender::Visa | Tender::Mastercard | Tender::Discover => Rail::Card,
            Tender::BankAccount => Rail::BankDebit,
            Tender::BenefitDeduction => Rail::Withhold,
            Tender::Check => match channel {
                Channel::Center => Rail::Center,
                _ => Rail::Lockbox,
            },
        }
    }

    /// The name used in tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Rail::Card => "card",
            Rail::BankDebit => "bank-debit",
            Rail::Lockbox => "lockbox",
            Rail::Center => "center",
            Rail::Withhold => "withhold",
        }
    }

    /// The rail with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    /// The clearing account in which its money waits.
    #[must_use]
    pub const fn clearing(self) -> LedgerAccount {
        match self {
            Rail::Card => chart::CARD_CLEARING,
            Rail::BankDebit => chart::BANK_DEBIT_CLEARING,
            Rail::Lockbox => chart::LOCKBOX_CLEARING,
            Rail::Center => chart::CENTER_CLEARING,
            Rail::Withhold => chart::WITHHOLD_CLEARING,
        }
    }
}

/// An amount that came or goes by a rail.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Money {
    /// The rail.
    pub rail: Rail,
    /// The amount, positive.
    pub cents: Cents,
    /// The day it counts from.
    pub effective: Date,
}
