//! Where a draft stands.

/// Where the draft of an account and month stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DraftState {
    /// It will be submitted on its day.
    Scheduled,
    /// There is none, for a stated reason.
    None,
    /// It is a payment now, and its outcome is not known.
    Sent,
    /// The money was taken, or the bank accepted the debit.
    Paid,
    /// It failed and will be tried again on a set day.
    Retry,
    /// It failed for good.
    Failed,
    /// It was called off before it was sent: nothing was open any more, or the mandate was stopped.
    Cancelled,
}

impl DraftState {
    /// All of them.
    pub const ALL: [DraftState; 7] = [
        DraftState::Scheduled,
        DraftState::None,
        DraftState::Sent,
        DraftState::Paid,
        DraftState::Retry,
        DraftState::Failed,
        DraftState::Cancelled,
    ];

    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            DraftState::Scheduled => "scheduled",
            DraftState::None => "none",
            DraftState::Sent => "sent",
            DraftState::Paid => "paid",
            DraftState::Retry => "retry",
            DraftState::Failed => "failed",
            DraftState::Cancelled => "cancelled",
        }
    }

    /// The state with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// True if the month was drafted: whatever became of it, there is no other draft for it.
    #[must_use]
    pub const fn was_drafted(self) -> bool {
        matches!(
            self,
            DraftState::Sent | DraftState::Paid | DraftState::Retry | DraftState::Failed
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_drafted_once_it_was_sent_whatever_came_of_it() {
        for state in DraftState::ALL {
            assert_eq!(DraftState::from_code(state.code()), Some(state));
        }
        let open: Vec<&str> = DraftState::ALL
            .into_iter()
            .filter(|state| !state.was_drafted())
            .map(DraftState::code)
            .collect();
        assert_eq!(open, ["scheduled", "none", "cancelled"]);
    }
}
