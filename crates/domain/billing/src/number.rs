//! Invoice numbers.

use kernel::BillingMonth;

const ACCOUNT_DIGITS: usize = 9;

/// The number of the invoice of an account for a month: the account number with nine digits, then
/// year and month with two each. There is one invoice per account and month, so the number is
/// unique for a hundred years, and always 13 digits, which the scan line counts on.
///
/// # Panics
/// If the account number is negative or has more than nine digits.
#[must_use]
pub fn invoice_number(account_number: i64, month: BillingMonth) -> String {
    assert!(
        (0..1_000_000_000).contains(&account_number),
        "account numbers have at most nine digits"
    );
    format!(
        "{account_number:09}{:02}{:02}",
        month.year() % 100,
        month.month()
    )
}

/// The account number and the month of an invoice number of this century. `None` if it is not one.
#[must_use]
pub fn read_invoice_number(number: &str) -> Option<(i64, BillingMonth)> {
    if number.len() != ACCOUNT_DIGITS + 4 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (account, month) = number.split_at(ACCOUNT_DIGITS);
    let year: i16 = month[..2].parse().ok()?;
    Some((
        account.parse().ok()?,
        BillingMonth::new(2000 + year, month[2..].parse().ok()?)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_has_thirteen_digits() {
        let month = BillingMonth::parse("2026-12").unwrap();
        assert_eq!(invoice_number(42, month), "0000000422612");
        assert_eq!(read_invoice_number("0000000422612"), Some((42, month)));
        for wrong in [
            "",
            "000000042261",
            "0000000422613x",
            "0000000422613",
            "x000000422612",
        ] {
            assert_eq!(read_invoice_number(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn account_and_month_can_be_read_back(
            account in 0_i64..1_000_000_000,
            year in 2000_i16..2100,
            month in 1_i8..=12,
        ) {
            let month = BillingMonth::new(year, month).unwrap();
            let number = invoice_number(account, month);
            prop_assert_eq!(number.len(), 13);
            prop_assert_eq!(read_invoice_number(&number), Some((account, month)));
        }
    }
}
