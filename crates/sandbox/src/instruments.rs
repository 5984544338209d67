//! The test cards and test bank accounts, and what each of them does.
//!
//! The numbers are the ones that Stripe publishes for its test mode; those marked as ours are
//! additions for what Stripe's test mode cannot do.

/// What happens when an instrument is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Card: succeeds. Bank: settles after the delay.
    Succeed,
    /// Refused: code and finer code. Bank: returned after the delay; the second is the return code.
    Fail(&'static str, &'static str),
    /// Succeeds, then the payer's bank takes it up.
    Dispute,
    /// Asks for the payer on a page of the card's bank.
    Confirm,
    /// Succeeds; the answer is withheld.
    Withhold,
    /// Succeeds; answered 500.
    ErrorAfter,
    /// Succeeds; the connection is dropped.
    DropAfter,
    /// Answered 500; nothing is done.
    ErrorBefore,
    /// Bank: stays on its way for ever.
    StayPending,
}

/// A test card.
#[derive(Debug, Clone, Copy)]
pub struct TestCard {
    /// Its number.
    pub number: &'static str,
    /// What is kept instead of the number.
    pub id: &'static str,
    /// Stripe's word for the brand.
    pub brand: &'static str,
    /// Stripe's word for the funding.
    pub funding: &'static str,
    /// What it does.
    pub behaviour: Behaviour,
    /// The same in words.
    pub what: &'static str,
}

/// What a bank says when it is asked whether an account may be debited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validation {
    /// That it may.
    AtOnce,
    /// That its holder must say the amounts of two small deposits.
    ByAmounts,
    /// That its holder must say the code beside one small deposit.
    ByCode,
    /// That no deposit reaches it.
    Refused,
}

/// A test bank account.
#[derive(Debug, Clone, Copy)]
pub struct TestBankAccount {
    /// Its number.
    pub number: &'static str,
    /// What is kept instead of the number.
    pub id: &'static str,
    /// What the bank says when it is asked.
    pub validation: Validation,
    /// What it does when it is debited.
    pub behaviour: Behaviour,
    /// The same in words.
    pub what: &'static str,
}

/// The amounts of the two small deposits, in cents.
pub const DEPOSIT_AMOUNTS: [i64; 2] = [32, 45];
/// The code beside the small deposit.
pub const DEPOSIT_CODE: &str = "SM11AA";

/// The routing number of the test bank.
pub const TEST_BANK_ROUTING: &str = "110000000";

/// All test cards, in the order in which pages show them.
#[must_use]
pub fn test_cards() -> &'static [TestCard] {
    CARDS
}

/// All test bank accounts, in the order in which pages show them.
#[must_use]
pub fn test_bank_accounts() -> &'static [TestBankAccount] {
    ACCOUNTS
}

pub(crate) fn card_by_number(digits: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.number == digits)
}

pub(crate) fn card_by_id(id: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.id == id)
}

/// Any account that is no test account behaves as the first.
pub(crate) fn account_by_number(digits: &str) -> &'static TestBankAccount {
    ACCOUNTS
        .iter()
        .find(|account| account.number == digits)
        .unwrap_or(&ACCOUNTS[0])
}

pub(crate) fn account_by_id(id: &str) -> Option<&'static TestBankAccount> {
    ACCOUNTS.iter().find(|account| account.id == id)
}

/// The brand's own name.
pub(crate) fn brand_name(word: &str) -> &'static str {
    match word {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "discover" => "Discover",
        "amex" => "American Express",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        _ => "card",
    }
}

/// A card that is in no table is told by its first digits only to refuse it by name.
pub(crate) fn brand_by_first_digits(digits: &str) -> Option<&'static str> {
    match digits.get(..2)? {
        "34" | "37" => Some("amex"),
        "35" => Some("jcb"),
        "36" | "38" | "39" | "30" => Some("diners"),
        "62" => Some("unionpay"),
        _ => None,
    }
}

const fn card(
    number: &'static str,
    id: &'static str,
    kind: (&'static str, &'static str),
    behaviour: Behaviour,
    what: &'static str,
) -> TestCard {
    TestCard {
        number,
        id,
        brand: kind.0,
        funding: kind.1,
        behaviour,
        what,
    }
}

const VISA: (&str, &str) = ("visa", "credit");
const fn declined(code: &'static str) -> Behaviour {
    Behaviour::Fail("card_declined", code)
}

const CARDS: &[TestCard] = &[
    card(
        "4242424242424242",
        "visa",
        VISA,
        Behaviour::Succeed,
        "succeeds",
    ),
    card(
        "4000056655665556",
        "visa-debit",
        ("visa", "debit"),
        Behaviour::Succeed,
        "succeeds",
    ),
    card(
        "5555555555554444",
        "mastercard",
        ("mastercard", "credit"),
        Behaviour::Succeed,
        "succeeds",
    ),
    card(
        "2223003122003222",
        "mastercard-2",
        ("mastercard", "credit"),
        Behaviour::Succeed,
        "succeeds",
    ),
    card(
        "5200828282828210",
        "mastercard-debit",
        ("mastercard", "debit"),
        Behaviour::Succeed,
        "succeeds",
    ),
    card(
        "5105105105105100",
        "mastercard-prepaid",
        ("mastercard", "prepaid"),
        Behaviour::Succeed,
        "succeeds",
    ),
    card(
        "6011111111111117",
        "discover",
        ("discover", "credit"),
        Behaviour::Succeed,
        "succeeds",
    ),
    card(
        "6011981111111113",
        "discover-debit",
        ("discover", "debit"),
        Behaviour::Succeed,
        "succeeds",
    ),
    card(
        "378282246310005",
        "amex",
        ("amex", "credit"),
        Behaviour::Succeed,
        "succeeds where it is accepted",
    ),
    card(
        "371449635398431",
        "amex-2",
        ("amex", "credit"),
        Behaviour::Succeed,
        "succeeds where it is accepted",
    ),
    card(
        "36227206271667",
        "diners",
        ("diners", "credit"),
        Behaviour::Succeed,
        "succeeds where it is accepted",
    ),
    card(
        "3566002020360505",
        "jcb",
        ("jcb", "credit"),
        Behaviour::Succeed,
        "succeeds where it is accepted",
    ),
    card(
        "4000000000000002",
        "declined",
        VISA,
        declined("generic_decline"),
        "declined without a reason",
    ),
    card(
        "4000000000000341",
        "declined-later",
        VISA,
        declined("generic_decline"),
        "declined without a reason",
    ),
    card(
        "4000000000009995",
        "no-money",
        VISA,
        declined("insufficient_funds"),
        "declined: not enough money",
    ),
    card(
        "4000000000009987",
        "lost",
        VISA,
        declined("lost_card"),
        "declined: lost",
    ),
    card(
        "4000000000009979",
        "stolen",
        VISA,
        declined("stolen_card"),
        "declined: stolen",
    ),
    card(
        "4000000000000069",
        "expired",
        VISA,
        Behaviour::Fail("expired_card", ""),
        "declined: expired",
    ),
    card(
        "4000000000000127",
        "wrong-cvc",
        VISA,
        Behaviour::Fail("incorrect_cvc", ""),
        "declined: wrong security code",
    ),
    card(
        "4000000000000119",
        "processing-error",
        VISA,
        Behaviour::Fail("processing_error", ""),
        "declined: trouble on the way",
    ),
    card(
        "4000000000006975",
        "too-often",
        VISA,
        declined("card_velocity_exceeded"),
        "declined: too many payments",
    ),
    card(
        "4100000000000019",
        "suspected",
        VISA,
        declined("fraudulent"),
        "declined: suspected fraud",
    ),
    card(
        "4000000000000259",
        "disputed",
        VISA,
        Behaviour::Dispute,
        "succeeds, then the payer disputes it",
    ),
    card(
        "4000002500003155",
        "confirm",
        VISA,
        Behaviour::Confirm,
        "asks for the payer on a page of the bank",
    ),
    card(
        "4000000000006660",
        "withheld",
        VISA,
        Behaviour::Withhold,
        "succeeds, but the answer is withheld (ours)",
    ),
    card(
        "4000000000006678",
        "error-after",
        VISA,
        Behaviour::ErrorAfter,
        "succeeds, but the answer is an error 500 (ours)",
    ),
    card(
        "4000000000006686",
        "drop-after",
        VISA,
        Behaviour::DropAfter,
        "succeeds, but the connection is dropped (ours)",
    ),
    card(
        "4000000000006694",
        "error-before",
        VISA,
        Behaviour::ErrorBefore,
        "error 500 before anything is done (ours)",
    ),
];

const fn account(
    number: &'static str,
    id: &'static str,
    behaviour: Behaviour,
    what: &'static str,
) -> TestBankAccount {
    TestBankAccount {
        number,
        id,
        validation: Validation::AtOnce,
        behaviour,
        what,
    }
}

const fn validated_by(validation: Validation, account: TestBankAccount) -> TestBankAccount {
    TestBankAccount {
        validation,
        ..account
    }
}

const ACCOUNTS: &[TestBankAccount] = &[
    account(
        "000123456789",
        "bank",
        Behaviour::Succeed,
        "settles after the delay",
    ),
    account(
        "000111111113",
        "bank-closed",
        Behaviour::Fail("account_closed", "R02"),
        "returned: account closed (R02)",
    ),
    account(
        "000111111116",
        "bank-none",
        Behaviour::Fail("no_account", "R03"),
        "returned: no account (R03)",
    ),
    account(
        "000222222227",
        "bank-no-money",
        Behaviour::Fail("insufficient_funds", "R01"),
        "returned: not enough money (R01)",
    ),
    account(
        "000333333335",
        "bank-unauthorised",
        Behaviour::Fail("debit_not_authorized", "R10"),
        "returned: not authorised (R10)",
    ),
    account(
        "000555555559",
        "bank-disputed",
        Behaviour::Dispute,
        "settles, and is returned as not authorised later",
    ),
    account(
        "000000000009",
        "bank-pending",
        Behaviour::StayPending,
        "stays on its way for ever",
    ),
    validated_by(
        Validation::ByAmounts,
        account(
            "000100000007",
            "bank-amounts",
            Behaviour::Succeed,
            "validated by two small deposits, 32 and 45 cents; then settles (ours)",
        ),
    ),
    validated_by(
        Validation::ByCode,
        account(
            "000100000015",
            "bank-code",
            Behaviour::Succeed,
            "validated by the code SM11AA beside a small deposit; then settles (ours)",
        ),
    ),
    validated_by(
        Validation::Refused,
        account(
            "000666666661",
            "bank-unreachable",
            Behaviour::Fail("no_account", "R03"),
            "cannot be validated: no deposit reaches it",
        ),
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_test_card_has_a_check_digit_that_holds_and_an_id_of_its_own() {
        let mut seen = HashSet::new();
        for card in CARDS {
            assert!(kernel::luhn_holds(card.number), "{}", card.number);
            assert!(
                seen.insert(card.number) && seen.insert(card.id),
                "{}",
                card.id
            );
        }
        for account in ACCOUNTS {
            assert!(
                seen.insert(account.number) && seen.insert(account.id),
                "{}",
                account.id
            );
        }
        assert!(kernel::RoutingNumber::parse(TEST_BANK_ROUTING).is_ok());
    }
}
