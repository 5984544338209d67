//! The chart of accounts: every ledger account, by name.

use ledger::{ChartLine, LedgerAccount, Side};

/// Money in the plan's bank account.
pub const BANK: LedgerAccount = LedgerAccount::new("1010");
/// Card payments that the processor holds until it settles.
pub const CARD_CLEARING: LedgerAccount = LedgerAccount::new("1020");
/// Bank debits that were submitted and have not settled.
pub const BANK_DEBIT_CLEARING: LedgerAccount = LedgerAccount::new("1030");
/// Checks that the lockbox deposited and the bank has not credited.
pub const LOCKBOX_CLEARING: LedgerAccount = LedgerAccount::new("1040");
/// Checks and cards taken at centers and not yet deposited.
pub const CENTER_CLEARING: LedgerAccount = LedgerAccount::new("1050");
/// Premiums withheld from benefits and not yet paid over by CMS.
pub const WITHHOLD_CLEARING: LedgerAccount = LedgerAccount::new("1060");
/// What subscribers owe.
pub const MEMBER_RECEIVABLE: LedgerAccount = LedgerAccount::new("1100");
/// What CMS owes for advance premium tax credits.
pub const APTC_RECEIVABLE: LedgerAccount = LedgerAccount::new("1200");
/// Card payments in dispute, which the processor took back for the time being.
pub const DISPUTED_PAYMENTS: LedgerAccount = LedgerAccount::new("1300");
/// What payers were refunded of payments that came back afterwards.
pub const RETURNED_AFTER_REFUND: LedgerAccount = LedgerAccount::new("1400");
/// Money of an account that is on no invoice.
pub const UNAPPLIED_CASH: LedgerAccount = LedgerAccount::new("2100");
/// Money whose account is not known.
pub const SUSPENSE: LedgerAccount = LedgerAccount::new("2200");
/// Late-enrolment penalties billed for CMS.
pub const PENALTY_PAYABLE: LedgerAccount = LedgerAccount::new("2300");
/// Refund checks promised and not yet paid.
pub const REFUNDS_PAYABLE: LedgerAccount = LedgerAccount::new("2400");
/// Premium billed.
pub const PREMIUM: LedgerAccount = LedgerAccount::new("4100");
/// What processors keep.
pub const PROCESSOR_FEES: LedgerAccount = LedgerAccount::new("5100");
/// Premium given up.
pub const PREMIUM_WRITTEN_OFF: LedgerAccount = LedgerAccount::new("5200");

/// Every ledger account, in order of its code.
pub const CHART: [ChartLine; 17] = [
    house(
        BANK,
        "Bank",
        Side::Debit,
        "Money in the plan's bank account.",
    ),
    house(
        CARD_CLEARING,
        "Card clearing",
        Side::Debit,
        "Card payments that the processor holds until it settles.",
    ),
    house(
        BANK_DEBIT_CLEARING,
        "Bank debit clearing",
        Side::Debit,
        "Bank debits that were submitted and have not settled.",
    ),
    house(
        LOCKBOX_CLEARING,
        "Lockbox clearing",
        Side::Debit,
        "Checks that the lockbox deposited and the bank has not credited.",
    ),
    house(
        CENTER_CLEARING,
        "Center clearing",
        Side::Debit,
        "Checks and cards taken at centers and not yet deposited.",
    ),
    house(
        WITHHOLD_CLEARING,
        "Benefit withhold clearing",
        Side::Debit,
        "Premiums withheld from benefits and not yet paid over by CMS.",
    ),
    member_side(
        MEMBER_RECEIVABLE,
        "Member receivable",
        Side::Debit,
        "What subscribers owe: premium less tax credit, plus penalty, less money applied.",
    ),
    house(
        APTC_RECEIVABLE,
        "APTC receivable from CMS",
        Side::Debit,
        "What CMS owes for advance premium tax credits. Never the subscriber's debt.",
    ),
    house(
        DISPUTED_PAYMENTS,
        "Disputed payments",
        Side::Debit,
        "Card payments in dispute, which the processor took back until it is decided.",
    ),
    house(
        RETURNED_AFTER_REFUND,
        "Returned after refund",
        Side::Debit,
        "What payers were refunded of payments that their banks took back afterwards. They owe it.",
    ),
    member_side(
        UNAPPLIED_CASH,
        "Unapplied cash",
        Side::Credit,
        "Money of an account that is on no invoice; the next invoice draws on it.",
    ),
    house(
        SUSPENSE,
        "Suspense",
        Side::Credit,
        "Money whose account is not known yet.",
    ),
    house(
        PENALTY_PAYABLE,
        "Late-enrolment penalty payable to CMS",
        Side::Credit,
        "Penalties billed for CMS; they are not the plan's revenue.",
    ),
    house(
        REFUNDS_PAYABLE,
        "Refunds payable",
        Side::Credit,
        "Refund checks promised and not yet paid.",
    ),
    house(
        PREMIUM,
        "Premium billed",
        Side::Credit,
        "Premium billed, tax credits included. What of it is earned and what is unearned on a day \
         follows from the months of the invoice lines.",
    ),
    house(
        PROCESSOR_FEES,
        "Processor fees",
        Side::Debit,
        "What processors keep of settlements.",
    ),
    house(
        PREMIUM_WRITTEN_OFF,
        "Premium written off",
        Side::Debit,
        "Premium billed and given up.",
    ),
];

const fn house(
    account: LedgerAccount,
    name: &'static str,
    normal: Side,
    meaning: &'static str,
) -> ChartLine {
    ChartLine {
        account,
        name,
        meaning,
        normal,
        per_account: false,
    }
}

const fn member_side(
    account: LedgerAccount,
    name: &'static str,
    normal: Side,
    meaning: &'static str,
) -> ChartLine {
    ChartLine {
        per_account: true,
        ..house(account, name, normal, meaning)
    }
}

/// The line of a ledger account, or `None` if the chart does not have it.
#[must_use]
pub fn line(account: LedgerAccount) -> Option<&'static ChartLine> {
    CHART.iter().find(|line| line.account == account)
}
