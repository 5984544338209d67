//! Holding what should be drafted beside what is: the nightly list of mandates that need a look.

use jiff::civil::Date;
use kernel::Cents;

use crate::{Draft, NoDraft};

/// A draft as it stands in the books.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct StoredDraft {
    /// The day it is or was submitted.
    pub on: Date,
    /// How much.
    pub cents: Cents,
}

/// What the watch found for one mandate and month.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Watch {
    /// One draft, as it should be.
    AsExpected,
    /// No draft, for a reason the member chose or that costs nothing.
    NoneForReason(NoDraft),
    /// No draft, and the member must be told before the due date.
    TellMember(NoDraft),
    /// A draft should be there and is not.
    Missing,
    /// A draft is there that should not be.
    Unexpected(NoDraft),
    /// The draft has another day or amount than it should.
    Differs,
    /// More than one draft for the month.
    Double,
}

impl Watch {
    /// True if staff have to act: the machinery went wrong, not the member's affairs.
    #[must_use]
    pub const fn is_fault(self) -> bool {
        matches!(
            self,
            Watch::Missing | Watch::Unexpected(_) | Watch::Differs | Watch::Double
        )
    }
}

/// Holds the expected draft beside those in the books that are not yet submitted.
#[must_use]
pub fn watch(expected: &Draft, stored: &[StoredDraft]) -> Watch {
    match (expected, stored) {
        (_, [_, _, ..]) => Watch::Double,
        (Draft::Scheduled(_) | Draft::NotScheduled(NoDraft::AlreadyDrafted), []) => Watch::Missing,
        (Draft::Scheduled(s), [there]) if s.on == there.on && s.cents == there.cents => {
            Watch::AsExpected
        }
        (Draft::Scheduled(_), [_]) => Watch::Differs,
        (Draft::NotScheduled(NoDraft::AlreadyDrafted), [_]) => Watch::AsExpected,
        (Draft::NotScheduled(reason), [_]) => Watch::Unexpected(*reason),
        (Draft::NotScheduled(reason), []) if reason.surprises() => Watch::TellMember(*reason),
        (Draft::NotScheduled(reason), []) => Watch::NoneForReason(*reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scheduled;
    use jiff::civil::date;

    #[test]
    fn no_miss_is_silent_and_no_double_draft_unseen() {
        let on = date(2026, 12, 1);
        let cents = Cents::new(8640);
        let planned = Draft::Scheduled(Scheduled {
            on,
            debit_on: on,
            cents,
            notice_by: None,
        });
        let one = StoredDraft { on, cents };
        let other = StoredDraft {
            cents: Cents::new(1),
            ..one
        };
        let none = |reason| Draft::NotScheduled(reason);
        for (expected, stored, found) in [
            (planned, vec![one], Watch::AsExpected),
            (planned, vec![], Watch::Missing),
            (planned, vec![other], Watch::Differs),
            (planned, vec![one, one], Watch::Double),
            (
                none(NoDraft::Skipped),
                vec![],
                Watch::NoneForReason(NoDraft::Skipped),
            ),
            (
                none(NoDraft::Skipped),
                vec![one],
                Watch::Unexpected(NoDraft::Skipped),
            ),
            (
                none(NoDraft::NoInvoice),
                vec![],
                Watch::TellMember(NoDraft::NoInvoice),
            ),
            (none(NoDraft::AlreadyDrafted), vec![one], Watch::AsExpected),
            (none(NoDraft::AlreadyDrafted), vec![], Watch::Missing),
        ] {
            assert_eq!(watch(&expected, &stored), found, "{expected:?} {stored:?}");
        }
        assert!(Watch::Missing.is_fault());
        assert!(!Watch::TellMember(NoDraft::NoInvoice).is_fault());
    }
}
