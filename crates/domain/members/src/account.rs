//! A subscriber's premium account.

use kernel::{AccountId, PersonId};

/// A subscriber's premium account in one plan line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its number, at most nine digits; part of the numbers of its invoices.
    pub number: i64,
    /// The plan line, by its code.
    pub plan_line: String,
    /// The person who owes.
    pub subscriber: PersonId,
}

impl Account {
    /// The last four digits of the number, to tell one account from another without showing it.
    #[must_use]
    pub fn last_four(&self) -> String {
        format!("{:04}", self.number.rem_euclid(10_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_the_number_is_shown() {
        let account = |number| Account {
            id: AccountId::from_parts(1, [0; 10]),
            number,
            plan_line: "solo".to_owned(),
            subscriber: PersonId::from_parts(1, [0; 10]),
        };
        assert_eq!(account(123_456_789).last_four(), "6789");
        assert_eq!(account(42).last_four(), "0042");
    }
}
