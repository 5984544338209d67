//! Whose money it may be, with reasons, for the person who decides.

use std::collections::BTreeSet;

use cash::OpenInvoice;
use kernel::{AccountId, Cents, MemberId, Zip, plain_name};

use crate::{Check, Coupon};

/// What is known of an account that may be meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// The account.
    pub account: AccountId,
    /// Its number, which invoice numbers begin with.
    pub number: i64,
    /// The subscriber's member ID.
    pub member_id: MemberId,
    /// True while there is coverage.
    pub in_force: bool,
    /// Its open invoices.
    pub open: Vec<OpenInvoice>,
    /// Names of the subscriber, of members, and of payers seen before.
    pub names: Vec<String>,
    /// Where the subscriber lives.
    pub zip: Option<Zip>,
    /// Fingerprints of bank accounts it was paid from before.
    pub payer_accounts: Vec<String>,
}

impl Known {
    /// What is open on all its invoices together.
    #[must_use]
    pub fn total_open(&self) -> Cents {
        self.open.iter().map(|invoice| invoice.open).sum()
    }
}

/// Why an account may be meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Evidence {
    /// A coupon names its member ID.
    MemberId,
    /// A coupon names one of its invoices.
    Invoice,
    /// It was paid from the same bank account before.
    PayerAccount,
    /// The payer's name is known on it.
    Name,
    /// The payer lives in the same ZIP code.
    Zip,
    /// The check is exactly what is open on the account or on one invoice.
    Amount,
}

impl Evidence {
    /// All of it.
    pub const ALL: [Evidence; 6] = [
        Evidence::MemberId,
        Evidence::Invoice,
        Evidence::PayerAccount,
        Evidence::Name,
        Evidence::Zip,
        Evidence::Amount,
    ];

    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Evidence::MemberId => "member-id",
            Evidence::Invoice => "invoice",
            Evidence::PayerAccount => "payer-account",
            Evidence::Name => "name",
            Evidence::Zip => "zip",
            Evidence::Amount => "amount",
        }
    }
}

/// How much each piece of evidence counts, from the plan's configuration. The order of candidates
/// and whether one is likely depend on it; never whether money is posted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Weights {
    /// For [`Evidence::MemberId`].
    pub member_id: u16,
    /// For [`Evidence::Invoice`].
    pub invoice: u16,
    /// For [`Evidence::PayerAccount`].
    pub payer_account: u16,
    /// For [`Evidence::Name`].
    pub name: u16,
    /// For [`Evidence::Zip`].
    pub zip: u16,
    /// For [`Evidence::Amount`].
    pub amount: u16,
}

impl Weights {
    const fn of(&self, evidence: Evidence) -> u16 {
        match evidence {
            Evidence::MemberId => self.member_id,
            Evidence::Invoice => self.invoice,
            Evidence::PayerAccount => self.payer_account,
            Evidence::Name => self.name,
            Evidence::Zip => self.zip,
            Evidence::Amount => self.amount,
        }
    }
}

/// An account that may be meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The account.
    pub account: AccountId,
    /// Why, most telling first.
    pub reasons: Vec<Evidence>,
    /// The sum of the weights of the reasons.
    pub score: u32,
}

/// The accounts that something speaks for, highest score first, equal ones by account.
#[must_use]
pub fn candidates(
    check: &Check,
    coupons: &[Coupon],
    known: &[Known],
    weights: &Weights,
) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = known
        .iter()
        .filter_map(|account| {
            let reasons = evidence(check, coupons, account);
            let score = reasons.iter().map(|r| u32::from(weights.of(*r))).sum();
            (!reasons.is_empty()).then_some(Candidate {
                account: account.account,
                reasons,
                score,
            })
        })
        .collect();
    found.sort_by_key(|c| (std::cmp::Reverse(c.score), c.account));
    found
}

fn evidence(check: &Check, coupons: &[Coupon], known: &Known) -> Vec<Evidence> {
    let name = check.payer_name.as_deref().map(name_words);
    let named = |payer: &BTreeSet<String>| known.names.iter().any(|k| is_among(k, payer));
    let exact = |cents: Cents| cents.is_positive() && cents == check.cents;
    [
        (
            coupons.iter().any(|c| c.member_id == known.member_id),
            Evidence::MemberId,
        ),
        (
            coupons.iter().any(|c| names_invoice_of(c, known)),
            Evidence::Invoice,
        ),
        (
            check
                .payer_account
                .as_ref()
                .is_some_and(|a| known.payer_accounts.contains(a)),
            Evidence::PayerAccount,
        ),
        (name.as_ref().is_some_and(named), Evidence::Name),
        (
            check.payer_zip.is_some() && check.payer_zip == known.zip,
            Evidence::Zip,
        ),
        (
            exact(known.total_open()) || known.open.iter().any(|i| exact(i.open)),
            Evidence::Amount,
        ),
    ]
    .into_iter()
    .filter_map(|(there, reason)| there.then_some(reason))
    .collect()
}

/// The words of a name for comparing, without initials: `PENA, MARIA L` is `maria` and `pena`.
#[must_use]
pub fn name_words(name: &str) -> BTreeSet<String> {
    name.split(|c: char| !c.is_alphabetic())
        .map(plain_name)
        .filter(|word| word.chars().count() > 1)
        .collect()
}

/// True if every word of the name stands among the payer's, who may be two on one check. One word
/// alone says nothing.
fn is_among(name: &str, payer: &BTreeSet<String>) -> bool {
    let words = name_words(name);
    words.len() > 1 && words.is_subset(payer)
}

/// True if the invoice number on the coupon belongs to this account.
pub(crate) fn names_invoice_of(coupon: &Coupon, known: &Known) -> bool {
    coupon
        .invoice_number
        .as_deref()
        .and_then(billing::read_invoice_number)
        .is_some_and(|(number, _)| number == known.number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::samples::{check, known};

    const WEIGHTS: Weights = Weights {
        member_id: 60,
        invoice: 40,
        payer_account: 50,
        name: 20,
        zip: 5,
        amount: 10,
    };

    #[test]
    fn candidates_come_with_reasons_and_the_strongest_first() {
        let first = known(1, 8640);
        let mut second = known(2, 5000);
        second.payer_accounts = vec!["f00d".to_owned()];
        second.names = vec!["María Peña".to_owned()];
        let nobody = known(3, 1);
        let paid = Check {
            payer_account: Some("f00d".to_owned()),
            payer_name: Some("MARIA PENA".to_owned()),
            ..check(8640)
        };
        let found = candidates(
            &paid,
            &[],
            &[nobody, first.clone(), second.clone()],
            &WEIGHTS,
        );
        assert_eq!(
            found,
            [
                Candidate {
                    account: second.account,
                    reasons: vec![Evidence::PayerAccount, Evidence::Name],
                    score: 70,
                },
                Candidate {
                    account: first.account,
                    reasons: vec![Evidence::Amount],
                    score: 10,
                },
            ]
        );
    }

    #[test]
    fn a_name_is_known_in_any_order_with_initials_and_beside_another() {
        for (payer, same) in [
            ("MARIA PENA", true),
            ("PENA, MARIA L", true),
            ("JOSE R & MARÍA PEÑA", true),
            ("MARIA GARCIA-PENA", true),
            ("M PENA", false),
            ("PENA", false),
            ("MARIANNE PENA", false),
            ("MARIA", false),
            ("", false),
        ] {
            let mut account = known(1, 1);
            account.names = vec!["María Peña".to_owned()];
            let paid = Check {
                payer_name: Some(payer.to_owned()),
                ..check(8640)
            };
            let found = candidates(&paid, &[], &[account], &WEIGHTS);
            assert_eq!(!found.is_empty(), same, "{payer}");
        }
    }

    #[test]
    fn an_empty_name_and_an_open_amount_of_nothing_speak_for_nobody() {
        let mut paid_up = known(1, 0);
        paid_up.names = vec![String::new(), "—".to_owned()];
        let blank = Check {
            payer_name: Some(" ".to_owned()),
            ..check(0)
        };
        assert_eq!(candidates(&blank, &[], &[paid_up], &WEIGHTS), []);
    }
}
