//! Coming back after a disenrolment, and paying arrears that are nobody's fault.

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Cents;

/// A request to be reinstated for good cause (42 CFR 422.74(d)(1)(v)).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GoodCause {
    /// From which day the member was disenrolled.
    pub disenrolled_on: Date,
    /// When the request came in.
    pub requested_on: Date,
    /// True if the member states that the cause was unforeseeable and outside their control.
    pub states_cause: bool,
    /// When all overdue premium was paid; `None` if it is not.
    pub all_paid_on: Option<Date>,
    /// True if there was a request for the same disenrolment before.
    pub requested_before: bool,
}

/// Why a member is not reinstated. Each says what would help, if anything does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GoodCauseRefusal {
    /// Too late.
    #[error("a request for reinstatement must come within 60 days of the disenrolment, by {by}")]
    RequestLate {
        /// The last day.
        by: Date,
    },
    /// A second request.
    #[error("there was a request for this disenrolment before; only one can be decided")]
    RequestedBefore,
    /// No such statement.
    #[error(
        "ask for a statement that the cause was unforeseeable and outside the member's control"
    )]
    NoCause,
    /// Not paid, or not in time.
    #[error("all overdue premium must be paid within three months of the disenrolment, by {by}")]
    NotPaid {
        /// The last day.
        by: Date,
    },
}

/// Whether a request for reinstatement for good cause holds.
///
/// # Errors
/// [`GoodCauseRefusal`]. [`GoodCauseRefusal::NotPaid`] may still turn before its last day.
pub fn good_cause(request: &GoodCause) -> Result<(), GoodCauseRefusal> {
    let near = "disenrolments lie near today";
    let request_by = request.disenrolled_on.checked_add(60.days()).expect(near);
    if request.requested_on > request_by {
        return Err(GoodCauseRefusal::RequestLate { by: request_by });
    }
    if request.requested_before {
        return Err(GoodCauseRefusal::RequestedBefore);
    }
    if !request.states_cause {
        return Err(GoodCauseRefusal::NoCause);
    }
    let pay_by = request.disenrolled_on.checked_add(3.months()).expect(near);
    match request.all_paid_on {
        Some(paid_on) if paid_on <= pay_by => Ok(()),
        Some(_) | None => Err(GoodCauseRefusal::NotPaid { by: pay_by }),
    }
}

/// What must be offered for arrears that are not the member's fault, besides all at once
/// (42 CFR 423.293(a)(4)).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instalments {
    /// Equal monthly instalments that add up to the arrears; left-over cents come first.
    pub cents: Vec<Cents>,
}

/// Equal instalments for arrears of `months_in_arrears` months, over at least as many months.
/// `wished` is what the member asked for; fewer than the law gives are not made of it.
#[must_use]
pub fn instalments_for_arrears(
    arrears: Cents,
    months_in_arrears: u16,
    wished: Option<u16>,
) -> Instalments {
    let count = wished
        .unwrap_or(months_in_arrears)
        .max(months_in_arrears)
        .max(1);
    Instalments {
        cents: arrears.allocate(&vec![1; usize::from(count)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn cfr_422_74_d_1_v_good_cause_needs_request_cause_and_payment_in_time() {
        use GoodCauseRefusal as R;
        let holds = GoodCause {
            disenrolled_on: date(2026, 4, 1),
            requested_on: date(2026, 4, 20),
            states_cause: true,
            all_paid_on: Some(date(2026, 5, 2)),
            requested_before: false,
        };
        let by = date(2026, 5, 31);
        let pay_by = date(2026, 7, 1);
        let requested = |requested_on| GoodCause {
            requested_on,
            ..holds
        };
        let paid = |all_paid_on| GoodCause {
            all_paid_on,
            ..holds
        };
        for (request, expected) in [
            (holds, Ok(())),
            (requested(date(2026, 5, 30)), Ok(())),
            (requested(by), Ok(())),
            (requested(date(2026, 6, 1)), Err(R::RequestLate { by })),
            (paid(Some(date(2026, 6, 30))), Ok(())),
            (paid(Some(pay_by)), Ok(())),
            (paid(Some(date(2026, 7, 2))), Err(R::NotPaid { by: pay_by })),
            (paid(None), Err(R::NotPaid { by: pay_by })),
            (
                GoodCause {
                    states_cause: false,
                    ..holds
                },
                Err(R::NoCause),
            ),
            (
                GoodCause {
                    requested_before: true,
                    ..holds
                },
                Err(R::RequestedBefore),
            ),
        ] {
            assert_eq!(good_cause(&request), expected, "{request:?}");
        }
    }

    #[test]
    fn cfr_423_293_a_4_seven_months_of_arrears_are_paid_in_at_least_seven_instalments() {
        for (months, wished, count) in [
            (7, None, 7),
            (7, Some(6), 7),
            (7, Some(7), 7),
            (7, Some(12), 12),
            (0, None, 1),
        ] {
            let found = instalments_for_arrears(Cents::new(10_000), months, wished).cents;
            assert_eq!(found.len(), count, "{months} {wished:?}");
            assert_eq!(found.iter().copied().sum::<Cents>(), Cents::new(10_000));
            let spread = *found.iter().max().unwrap() - *found.iter().min().unwrap();
            assert!(spread <= Cents::new(1), "equal to the cent");
        }
    }
}
