//! The states of an attempt to take money, and the events that move it from one to the next.
//!
//! All of it is one table. What the table does not hold is refused, and the refusal says whether
//! the event came twice, came too early or cannot be.

use AttemptEvent as E;
use AttemptState as S;

/// Where an attempt stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AttemptState {
    /// Written down, nothing sent.
    Prepared,
    /// Written down as being sent; from here on the processor may have it.
    Dispatched,
    /// The payer must do something first, such as confirm at their bank.
    ActionRequired,
    /// A bank debit is on its way. It counts as paid, but may still be returned.
    Pending,
    /// A card was authorised, the money not yet taken.
    Authorized,
    /// The money was taken.
    Succeeded,
    /// The processor or bank said no.
    Declined,
    /// Stopped before the money moved.
    Voided,
    /// Proved never to have reached the processor.
    NotSent,
    /// Sent, and no answer came. Left only by asking, never by trying anew.
    Unknown,
    /// The bank sent the debit back.
    Returned,
    /// The whole amount was given back.
    Refunded,
    /// The cardholder disputes it.
    Disputed,
    /// The dispute was lost and the money taken back.
    ChargedBack,
}

impl AttemptState {
    /// All states.
    pub const ALL: [AttemptState; 14] = [
        S::Prepared,
        S::Dispatched,
        S::ActionRequired,
        S::Pending,
        S::Authorized,
        S::Succeeded,
        S::Declined,
        S::Voided,
        S::NotSent,
        S::Unknown,
        S::Returned,
        S::Refunded,
        S::Disputed,
        S::ChargedBack,
    ];

    /// The name used in tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            S::Prepared => "prepared",
            S::Dispatched => "dispatched",
            S::ActionRequired => "action-required",
            S::Pending => "pending",
            S::Authorized => "authorized",
            S::Succeeded => "succeeded",
            S::Declined => "declined",
            S::Voided => "voided",
            S::NotSent => "not-sent",
            S::Unknown => "unknown",
            S::Returned => "returned",
            S::Refunded => "refunded",
            S::Disputed => "disputed",
            S::ChargedBack => "charged-back",
        }
    }

    /// The state with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// True while the attempt may still take the payer's money. As long as one attempt of a payment
    /// is live, no other may be made for it.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(
            self,
            S::Prepared
                | S::Dispatched
                | S::ActionRequired
                | S::Pending
                | S::Authorized
                | S::Unknown
        )
    }

    /// True while the answer of the processor is outstanding, so that somebody has to ask for it.
    #[must_use]
    pub const fn awaits_answer(self) -> bool {
        matches!(self, S::Dispatched | S::Unknown)
    }

    /// True if the ledger counts the money as received: a card that was charged, or a bank debit
    /// that the bank accepted, which is provisional until it settles.
    #[must_use]
    pub const fn counts_as_received(self) -> bool {
        matches!(self, S::Pending | S::Succeeded | S::Disputed)
    }

    /// True if no event leads out of the state.
    #[must_use]
    pub fn is_final(self) -> bool {
        TRANSITIONS.iter().all(|t| t.from != self)
    }
}

/// What happened to an attempt.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AttemptEvent {
    /// It is about to be written to the network.
    Dispatch,
    /// The payer has to act.
    RequireAction,
    /// The bank accepted the debit, which settles later.
    Pend,
    /// The card was authorised.
    Authorize,
    /// The money was taken, or the debit settled.
    Succeed,
    /// The processor or bank refused.
    Decline,
    /// It was stopped before money moved.
    Void,
    /// It is proved that nothing reached the processor.
    ProveNotSent,
    /// The answer did not come.
    LoseAnswer,
    /// The bank returned the debit.
    Return,
    /// Part of the amount was given back.
    RefundPart,
    /// The whole amount, or all that was left of it, was given back.
    RefundWhole,
    /// The cardholder disputed it.
    Dispute,
    /// The dispute was decided for the plan.
    WinDispute,
    /// The dispute was decided for the cardholder.
    LoseDispute,
}

impl AttemptEvent {
    /// All events.
    pub const ALL: [AttemptEvent; 15] = [
        E::Dispatch,
        E::RequireAction,
        E::Pend,
        E::Authorize,
        E::Succeed,
        E::Decline,
        E::Void,
        E::ProveNotSent,
        E::LoseAnswer,
        E::Return,
        E::RefundPart,
        E::RefundWhole,
        E::Dispute,
        E::WinDispute,
        E::LoseDispute,
    ];

    /// The name used in the reference and in audit events.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            E::Dispatch => "dispatch",
            E::RequireAction => "require-action",
            E::Pend => "pend",
            E::Authorize => "authorize",
            E::Succeed => "succeed",
            E::Decline => "decline",
            E::Void => "void",
            E::ProveNotSent => "prove-not-sent",
            E::LoseAnswer => "lose-answer",
            E::Return => "return",
            E::RefundPart => "refund-part",
            E::RefundWhole => "refund-whole",
            E::Dispute => "dispute",
            E::WinDispute => "win-dispute",
            E::LoseDispute => "lose-dispute",
        }
    }
}

/// One line of the table of transitions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Transition {
    /// The state before.
    pub from: AttemptState,
    /// What happened.
    pub event: AttemptEvent,
    /// The state after.
    pub to: AttemptState,
}

const fn t(from: AttemptState, event: AttemptEvent, to: AttemptState) -> Transition {
    Transition { from, event, to }
}

const TRANSITIONS: &[Transition] = &[
    t(S::Prepared, E::Dispatch, S::Dispatched),
    t(S::Prepared, E::ProveNotSent, S::NotSent),
    t(S::Prepared, E::Void, S::Voided),
    t(S::Dispatched, E::Succeed, S::Succeeded),
    t(S::Dispatched, E::Authorize, S::Authorized),
    t(S::Dispatched, E::Pend, S::Pending),
    t(S::Dispatched, E::Decline, S::Declined),
    t(S::Dispatched, E::RequireAction, S::ActionRequired),
    t(S::Dispatched, E::LoseAnswer, S::Unknown),
    t(S::Dispatched, E::ProveNotSent, S::NotSent),
    // Asking about an unknown outcome may find anything, or again nothing.
    t(S::Unknown, E::Succeed, S::Succeeded),
    t(S::Unknown, E::Authorize, S::Authorized),
    t(S::Unknown, E::Pend, S::Pending),
    t(S::Unknown, E::Decline, S::Declined),
    t(S::Unknown, E::RequireAction, S::ActionRequired),
    t(S::Unknown, E::LoseAnswer, S::Unknown),
    t(S::Unknown, E::ProveNotSent, S::NotSent),
    t(S::Unknown, E::Void, S::Voided),
    t(S::ActionRequired, E::Succeed, S::Succeeded),
    t(S::ActionRequired, E::Authorize, S::Authorized),
    t(S::ActionRequired, E::Pend, S::Pending),
    t(S::ActionRequired, E::Decline, S::Declined),
    t(S::ActionRequired, E::Void, S::Voided),
    t(S::ActionRequired, E::LoseAnswer, S::Unknown),
    t(S::Authorized, E::Succeed, S::Succeeded),
    t(S::Authorized, E::Decline, S::Declined),
    t(S::Authorized, E::Void, S::Voided),
    t(S::Authorized, E::LoseAnswer, S::Unknown),
    t(S::Pending, E::Succeed, S::Succeeded),
    t(S::Pending, E::Return, S::Returned),
    t(S::Pending, E::Void, S::Voided),
    // A debit that settled may be returned for 60 days more (Nacha rules, appendix 4).
    t(S::Succeeded, E::Return, S::Returned),
    t(S::Succeeded, E::RefundPart, S::Succeeded),
    t(S::Succeeded, E::RefundWhole, S::Refunded),
    t(S::Succeeded, E::Dispute, S::Disputed),
    t(S::Disputed, E::WinDispute, S::Succeeded),
    t(S::Disputed, E::LoseDispute, S::ChargedBack),
    // The plan can lose the money twice: refunded, and then returned or disputed all the same.
    t(S::Refunded, E::Return, S::Returned),
    t(S::Refunded, E::Dispute, S::Disputed),
];

/// The whole table.
#[must_use]
pub fn transitions() -> &'static [Transition] {
    TRANSITIONS
}

/// Why an event does not fit a state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refusal {
    /// It happened already: a second delivery, or news older than what is known. Nothing to do.
    Stale,
    /// It can happen, but something that comes before it is not known yet. Ask the processor for
    /// the present state, or take the event up again later.
    TooEarly,
    /// It contradicts what is known. A person has to look.
    Contradicts,
}

/// An event that the table does not hold for a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an attempt that is {} cannot {}: {}", from.code(), event.code(), advice(*refusal))]
pub struct InvalidTransition {
    /// The state.
    pub from: AttemptState,
    /// The event.
    pub event: AttemptEvent,
    /// What kind of misfit it is.
    pub refusal: Refusal,
}

fn advice(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Stale => "this is old news, nothing is to be done",
        Refusal::TooEarly => "ask the processor how the attempt stands and apply that first",
        Refusal::Contradicts => "compare it with the processor's record by hand",
    }
}

/// The state after `event`.
///
/// # Errors
/// [`InvalidTransition`], which tells old news from too early and from impossible, so that webhooks
/// that come twice and out of order can be sorted out without a rule anywhere else.
pub fn next(state: AttemptState, event: AttemptEvent) -> Result<AttemptState, InvalidTransition> {
    TRANSITIONS
        .iter()
        .find(|t| t.from == state && t.event == event)
        .map(|t| t.to)
        .ok_or_else(|| InvalidTransition {
            from: state,
            event,
            refusal: refusal(state, event),
        })
}

fn refusal(state: AttemptState, event: AttemptEvent) -> Refusal {
    let with_event = || TRANSITIONS.iter().filter(|t| t.event == event);
    if with_event().any(|t| reaches(t.to, state)) {
        Refusal::Stale
    } else if with_event().any(|t| reaches(state, t.from)) {
        Refusal::TooEarly
    } else {
        Refusal::Contradicts
    }
}

/// True if events lead from `from` to `to`, or they are the same.
fn reaches(from: AttemptState, to: AttemptState) -> bool {
    let mut seen = vec![from];
    let mut next_up = 0;
    while let Some(here) = seen.get(next_up).copied() {
        if here == to {
            return true;
        }
        next_up += 1;
        for t in TRANSITIONS.iter().filter(|t| t.from == here) {
            if !seen.contains(&t.to) {
                seen.push(t.to);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_holds_each_state_and_event_once() {
        let pairs: BTreeSet<_> = TRANSITIONS.iter().map(|t| (t.from, t.event)).collect();
        assert_eq!(pairs.len(), TRANSITIONS.len());
        for state in AttemptState::ALL {
            assert!(reaches(S::Prepared, state), "{state:?} cannot be reached");
            assert_eq!(AttemptState::from_code(state.code()), Some(state));
        }
        for event in AttemptEvent::ALL {
            assert!(TRANSITIONS.iter().any(|t| t.event == event), "{event:?}");
        }
    }

    #[test]
    fn final_states_are_those_in_which_nothing_can_happen_any_more() {
        let finals: Vec<_> = AttemptState::ALL
            .into_iter()
            .filter(|s| s.is_final())
            .collect();
        assert_eq!(
            finals,
            [
                S::Declined,
                S::Voided,
                S::NotSent,
                S::Returned,
                S::ChargedBack
            ]
        );
    }

    #[test]
    fn money_can_only_be_taken_by_an_attempt_that_was_dispatched() {
        for t in transitions().iter().filter(|t| t.from == S::Prepared) {
            assert!(!t.to.counts_as_received(), "{t:?}");
        }
    }

    #[test]
    fn an_unknown_outcome_is_never_tried_anew() {
        assert!(next(S::Unknown, E::Dispatch).is_err());
        assert!(S::Unknown.is_live());
    }

    #[test]
    fn misfits_are_told_apart() {
        for (state, event, expected) in [
            (S::Succeeded, E::Succeed, Refusal::Stale),
            (S::Succeeded, E::Pend, Refusal::Stale),
            (S::Succeeded, E::LoseAnswer, Refusal::Stale),
            (S::Returned, E::Succeed, Refusal::Stale),
            (S::Returned, E::Return, Refusal::Stale),
            (S::ChargedBack, E::Dispute, Refusal::Stale),
            (S::Dispatched, E::Dispute, Refusal::TooEarly),
            (S::Unknown, E::Return, Refusal::TooEarly),
            (S::Pending, E::RefundWhole, Refusal::TooEarly),
            (S::Succeeded, E::Decline, Refusal::Contradicts),
            (S::Declined, E::Succeed, Refusal::Contradicts),
            (S::NotSent, E::Succeed, Refusal::Contradicts),
            (S::Voided, E::Return, Refusal::Contradicts),
        ] {
            let error = next(state, event).unwrap_err();
            assert_eq!(error.refusal, expected, "{state:?} {event:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_run_of_events_ever_leaves_a_final_state(
            events in prop::collection::vec(0..AttemptEvent::ALL.len(), 0..60),
        ) {
            let mut state = S::Prepared;
            let mut ended: Option<AttemptState> = None;
            for event in events.into_iter().map(|i| AttemptEvent::ALL[i]) {
                if let Ok(after) = next(state, event) {
                    state = after;
                }
                if let Some(ended) = ended {
                    prop_assert_eq!(state, ended);
                }
                if state.is_final() {
                    prop_assert!(!state.is_live());
                    ended = Some(state);
                }
            }
        }

        #[test]
        fn delivering_every_event_twice_changes_nothing(
            events in prop::collection::vec(0..AttemptEvent::ALL.len(), 0..40),
        ) {
            let mut once = S::Prepared;
            let mut twice = S::Prepared;
            for event in events.into_iter().map(|i| AttemptEvent::ALL[i]) {
                once = next(once, event).unwrap_or(once);
                twice = next(twice, event).unwrap_or(twice);
                twice = next(twice, event).unwrap_or(twice);
                prop_assert_eq!(once, twice);
            }
        }
    }
}
