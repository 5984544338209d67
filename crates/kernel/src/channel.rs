//! The ways a payment reaches the plan, and what it is made with.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a payment comes in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// Signed in, in the member portal; autopay drafts too.
    Online,
    /// Without signing in, once.
    Guest,
    /// The automated phone line.
    Phone,
    /// A walk-in center.
    Center,
    /// A check mailed to the lockbox.
    Mail,
    /// Taken from Social Security or Railroad Retirement benefits.
    Deduction,
}

impl Channel {
    /// All channels, in the order every page shows them.
    pub const ALL: [Channel; 6] = [
        Channel::Online,
        Channel::Guest,
        Channel::Phone,
        Channel::Center,
        Channel::Mail,
        Channel::Deduction,
    ];

    /// The name used in files, tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Channel::Online => "online",
            Channel::Guest => "guest",
            Channel::Phone => "phone",
            Channel::Center => "center",
            Channel::Mail => "mail",
            Channel::Deduction => "deduction",
        }
    }

    /// The channel with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What a payment is made with. There is no cash: a plan that must not take cash cannot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tender {
    /// A Visa card, prepaid or not.
    Visa,
    /// A Mastercard card, prepaid or not.
    Mastercard,
    /// A Discover card, prepaid or not.
    Discover,
    /// A paper check, cashier's check or money order.
    Check,
    /// A debit from a bank account by its numbers.
    BankAccount,
    /// A deduction from benefits.
    BenefitDeduction,
}

impl Tender {
    /// All tenders, in the order every page shows them.
    pub const ALL: [Tender; 6] = [
        Tender::Visa,
        Tender::Mastercard,
        Tender::Discover,
        Tender::Check,
        Tender::BankAccount,
        Tender::BenefitDeduction,
    ];

    /// The name used in files, tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Tender::Visa => "visa",
            Tender::Mastercard => "mastercard",
            Tender::Discover => "discover",
            Tender::Check => "check",
            Tender::BankAccount => "bank-account",
            Tender::BenefitDeduction => "benefit-deduction",
        }
    }

    /// The tender with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.code() == code)
    }

    /// True for the card brands.
    #[must_use]
    pub const fn is_card(self) -> bool {
        matches!(self, Tender::Visa | Tender::Mastercard | Tender::Discover)
    }
}

impl fmt::Display for Tender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_back_to_its_channel_and_tender() {
        for channel in Channel::ALL {
            assert_eq!(Channel::from_code(channel.code()), Some(channel));
        }
        for tender in Tender::ALL {
            assert_eq!(Tender::from_code(tender.code()), Some(tender));
        }
        assert_eq!(Tender::from_code("cash"), None);
        assert_eq!(Tender::from_code("amex"), None);
    }
}
