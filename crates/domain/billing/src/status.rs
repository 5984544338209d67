//! Where an invoice stands. It is derived every time and never stored.

use jiff::civil::Date;
use kernel::Cents;

/// Where an invoice stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum InvoiceStatus {
    /// Nothing is paid yet, and the due date is not over.
    Due,
    /// Part is paid, and the due date is not over.
    PartlyPaid,
    /// Something is open after the due date.
    PastDue,
    /// All is paid.
    Paid,
    /// It came to nothing or to a credit: nothing was ever to be paid on it.
    Credited,
}

impl InvoiceStatus {
    /// All statuses.
    pub const ALL: [InvoiceStatus; 5] = [
        InvoiceStatus::Due,
        InvoiceStatus::PartlyPaid,
        InvoiceStatus::PastDue,
        InvoiceStatus::Paid,
        InvoiceStatus::Credited,
    ];

    /// The name used in string catalogues and files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            InvoiceStatus::Due => "due",
            InvoiceStatus::PartlyPaid => "partly-paid",
            InvoiceStatus::PastDue => "past-due",
            InvoiceStatus::Paid => "paid",
            InvoiceStatus::Credited => "credited",
        }
    }

    /// The status with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// Where an invoice with `charges`, of which `applied` is paid, stands on `today`. The due date
/// itself is still in time.
#[must_use]
pub fn status(charges: Cents, applied: Cents, due_on: Date, today: Date) -> InvoiceStatus {
    if !charges.is_positive() {
        InvoiceStatus::Credited
    } else if applied >= charges {
        InvoiceStatus::Paid
    } else if today > due_on {
        InvoiceStatus::PastDue
    } else if applied.is_positive() {
        InvoiceStatus::PartlyPaid
    } else {
        InvoiceStatus::Due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn status_follows_what_is_paid_and_the_due_date() {
        use InvoiceStatus as S;
        let due_on = date(2026, 12, 1);
        for (charges, applied, today, expected) in [
            (100, 0, date(2026, 11, 20), S::Due),
            (100, 0, due_on, S::Due),
            (100, 0, date(2026, 12, 2), S::PastDue),
            (100, 40, due_on, S::PartlyPaid),
            (100, 40, date(2026, 12, 2), S::PastDue),
            (100, 100, date(2027, 1, 1), S::Paid),
            (0, 0, date(2027, 1, 1), S::Credited),
            (-50, 0, date(2027, 1, 1), S::Credited),
            (-50, -50, date(2027, 1, 1), S::Credited),
        ] {
            let found = status(Cents::new(charges), Cents::new(applied), due_on, today);
            assert_eq!(found, expected, "{applied} of {charges} on {today}");
            assert_eq!(S::from_code(found.code()), Some(found));
        }
    }
}
