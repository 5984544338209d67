//! How much to pay.

use kernel::Cents;

/// What the payer chose.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AmountChoice {
    /// All that is due.
    TotalDue,
    /// What is past its due date.
    PastDue,
    /// An amount typed by the payer.
    Other(Cents),
}

/// What the account owes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Balances {
    /// All that is due; negative for a credit.
    pub total_due: Cents,
    /// The part of it that is past its due date.
    pub past_due: Cents,
}

/// The least and the most that one payment may be, from the plan's configuration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AmountLimits {
    /// The least, more than zero.
    pub least: Cents,
    /// The most.
    pub most: Cents,
}

/// Why an amount is refused. Each says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountRefusal {
    /// Nothing is due.
    #[error("nothing is due now; to pay ahead, choose another amount")]
    NothingDue,
    /// Nothing is past due.
    #[error("nothing is past due; choose the total due or another amount")]
    NothingPastDue,
    /// Less than one payment may be.
    #[error("the least that can be paid is {least}")]
    TooLittle {
        /// The limit.
        least: Cents,
    },
    /// More than one payment may be.
    #[error("one payment can be at most {most}; pay the rest with a second payment")]
    TooMuch {
        /// The limit.
        most: Cents,
    },
}

impl AmountChoice {
    /// The amount to take.
    ///
    /// More than what is due is allowed: the rest stays on the account as unapplied cash, and the
    /// next invoice draws on it. What is due can be paid even if it is below the least amount,
    /// because a debt must always be payable.
    ///
    /// # Errors
    /// [`AmountRefusal`].
    pub fn resolve(self, balances: Balances, limits: AmountLimits) -> Result<Cents, AmountRefusal> {
        let due = balances.total_due.at_least_zero();
        let cents = match self {
            AmountChoice::TotalDue if due.is_zero() => return Err(AmountRefusal::NothingDue),
            AmountChoice::TotalDue => due,
            AmountChoice::PastDue if !balances.past_due.is_positive() => {
                return Err(AmountRefusal::NothingPastDue);
            }
            AmountChoice::PastDue => balances.past_due,
            AmountChoice::Other(cents) => {
                let least = if due.is_positive() {
                    limits.least.min(due)
                } else {
                    limits.least
                };
                if cents < least || !cents.is_positive() {
                    return Err(AmountRefusal::TooLittle { least });
                }
                cents
            }
        };
        if cents > limits.most {
            return Err(AmountRefusal::TooMuch { most: limits.most });
        }
        Ok(cents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_follow_the_balances_and_the_limits() {
        use AmountChoice as C;
        use AmountRefusal as R;
        let limits = AmountLimits {
            least: Cents::new(100),
            most: Cents::new(500_000),
        };
        let least = Cents::new(100);
        let most = Cents::new(500_000);
        for (choice, total, past, expected) in [
            (C::TotalDue, 8640, 0, Ok(8640)),
            (C::TotalDue, 0, 0, Err(R::NothingDue)),
            (C::TotalDue, -500, 0, Err(R::NothingDue)),
            (C::TotalDue, 40, 0, Ok(40)),
            (C::TotalDue, 500_001, 0, Err(R::TooMuch { most })),
            (C::PastDue, 8640, 4000, Ok(4000)),
            (C::PastDue, 8640, 0, Err(R::NothingPastDue)),
            (C::Other(Cents::new(100)), 8640, 0, Ok(100)),
            (
                C::Other(Cents::new(99)),
                8640,
                0,
                Err(R::TooLittle { least }),
            ),
            (C::Other(Cents::new(40)), 40, 0, Ok(40)),
            (C::Other(Cents::ZERO), 0, 0, Err(R::TooLittle { least })),
            (
                C::Other(Cents::new(-5)),
                8640,
                0,
                Err(R::TooLittle { least }),
            ),
            (C::Other(Cents::new(9000)), 8640, 0, Ok(9000)),
            (C::Other(Cents::new(500_000)), 0, 0, Ok(500_000)),
            (
                C::Other(Cents::new(500_001)),
                0,
                0,
                Err(R::TooMuch { most }),
            ),
        ] {
            let balances = Balances {
                total_due: Cents::new(total),
                past_due: Cents::new(past),
            };
            assert_eq!(
                choice.resolve(balances, limits),
                expected.map(Cents::new),
                "{choice:?} with {total} due and {past} past due"
            );
        }
    }
}
