//! The states of a request, and what each means for the member.

use jiff::civil::Date;
use kernel::BillingMonth;

use crate::{Meaning, Reply, ReplyTable, Source};
use State as S;
use WithholdEvent as E;

/// Whose benefits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Agency {
    /// The Social Security Administration.
    SocialSecurity,
    /// The Railroad Retirement Board.
    Railroad,
}

/// Where a request stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// Taken in, not sent.
    Received,
    /// Sent to CMS.
    Sent,
    /// With the agency.
    AtAgency,
    /// The agency will withhold; no deduction has been seen.
    PendingStart,
    /// Deductions arrive.
    Withholding,
    /// An end was asked for; deductions may still arrive.
    Stopping,
    /// CMS or the agency said no.
    Rejected,
    /// Taken back before it was answered, by member or plan.
    Withdrawn,
    /// Deductions are over.
    Ended,
    /// Over, and what was withheld too much was given back.
    Refunded,
}

impl State {
    /// All states.
    pub const ALL: [State; 10] = [
        S::Received,
        S::Sent,
        S::AtAgency,
        S::PendingStart,
        S::Withholding,
        S::Stopping,
        S::Rejected,
        S::Withdrawn,
        S::Ended,
        S::Refunded,
    ];

    /// The name used in tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            S::Received => "received",
            S::Sent => "sent",
            S::AtAgency => "at-agency",
            S::PendingStart => "pending-start",
            S::Withholding => "withholding",
            S::Stopping => "stopping",
            S::Rejected => "rejected",
            S::Withdrawn => "withdrawn",
            S::Ended => "ended",
            S::Refunded => "refunded",
        }
    }

    /// The state with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// What the member does meanwhile. Until the first deduction was seen the member pays the
    /// invoice; nobody is told a date.
    #[must_use]
    pub const fn member(self) -> Member {
        match self {
            S::Received | S::Sent | S::AtAgency | S::PendingStart => Member::PaysInvoiceMeanwhile,
            S::Withholding | S::Stopping => Member::PaysByDeduction,
            S::Rejected | S::Withdrawn | S::Ended | S::Refunded => Member::PaysInvoice,
        }
    }

    /// True while a late step against the member must wait: a deduction was asked for and not
    /// answered, or it was accepted and lags (CMS enrolment guidance 50.3.1).
    #[must_use]
    pub const fn holds_late_steps(self) -> bool {
        matches!(
            self,
            S::Received | S::Sent | S::AtAgency | S::PendingStart | S::Withholding | S::Stopping
        )
    }
}

/// What the member does while a request stands so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Member {
    /// Keeps paying the invoice until the first deduction is seen, which takes two months or more.
    PaysInvoiceMeanwhile,
    /// Pays by deduction.
    PaysByDeduction,
    /// Pays the invoice.
    PaysInvoice,
}

/// What happens to a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WithholdEvent {
    /// It was written to a file for CMS.
    Sent,
    /// CMS passed it on.
    PassedOn,
    /// The agency accepted it.
    Accepted,
    /// CMS or the agency refused it.
    Rejected,
    /// A deduction arrived.
    DeductionSeen,
    /// The member or the plan asked for an end.
    StopAsked,
    /// CMS said that the member pays the plan again.
    ChangedToDirect,
    /// The agency gave money back.
    MoneyReturned,
}

impl WithholdEvent {
    /// All events.
    pub const ALL: [WithholdEvent; 8] = [
        E::Sent,
        E::PassedOn,
        E::Accepted,
        E::Rejected,
        E::DeductionSeen,
        E::StopAsked,
        E::ChangedToDirect,
        E::MoneyReturned,
    ];
}

/// The whole machine. What is not here is refused.
const TRANSITIONS: [(State, WithholdEvent, State); 27] = [
    (S::Received, E::Sent, S::Sent),
    (S::Received, E::StopAsked, S::Withdrawn),
    (S::Sent, E::PassedOn, S::AtAgency),
    (S::Sent, E::Accepted, S::PendingStart),
    (S::Sent, E::Rejected, S::Rejected),
    (S::Sent, E::ChangedToDirect, S::Rejected),
    // The agency's money is better evidence than a reply that is still on its way.
    (S::Sent, E::DeductionSeen, S::Withholding),
    (S::Sent, E::StopAsked, S::Stopping),
    (S::AtAgency, E::Accepted, S::PendingStart),
    (S::AtAgency, E::Rejected, S::Rejected),
    (S::AtAgency, E::ChangedToDirect, S::Rejected),
    (S::AtAgency, E::DeductionSeen, S::Withholding),
    (S::AtAgency, E::StopAsked, S::Stopping),
    (S::PendingStart, E::DeductionSeen, S::Withholding),
    (S::PendingStart, E::Rejected, S::Rejected),
    (S::PendingStart, E::ChangedToDirect, S::Rejected),
    (S::PendingStart, E::StopAsked, S::Stopping),
    (S::Withholding, E::DeductionSeen, S::Withholding),
    (S::Withholding, E::StopAsked, S::Stopping),
    (S::Withholding, E::ChangedToDirect, S::Ended),
    (S::Withholding, E::MoneyReturned, S::Withholding),
    (S::Stopping, E::DeductionSeen, S::Stopping),
    (S::Stopping, E::ChangedToDirect, S::Ended),
    (S::Stopping, E::Rejected, S::Rejected),
    (S::Stopping, E::MoneyReturned, S::Stopping),
    (S::Ended, E::DeductionSeen, S::Ended),
    (S::Ended, E::MoneyReturned, S::Refunded),
];

/// Every allowed step: from, by, to.
#[must_use]
pub fn transitions() -> &'static [(State, WithholdEvent, State)] {
    &TRANSITIONS
}

/// An event that cannot be in this state. A person looks at it; nothing is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} cannot happen to a request that is {}; put it in the work queue", state.code())]
pub struct InvalidEvent {
    /// The state.
    pub state: State,
    /// The event.
    pub event: WithholdEvent,
}

/// A request with everything that happened to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Whose benefits.
    pub agency: Agency,
    /// How it came in.
    pub source: Source,
    /// The first month it asks for.
    pub first: BillingMonth,
    /// What happened, oldest first, with its day: the member's timeline.
    pub history: Vec<(Date, WithholdEvent, State)>,
}

impl Request {
    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.history
            .last()
            .map_or(State::Received, |(_, _, state)| *state)
    }

    /// Notes what happened on `day`.
    ///
    /// # Errors
    /// [`InvalidEvent`], and the request stays as it is.
    pub fn on(
        mut self,
        day: Date,
        event: WithholdEvent,
    ) -> Result<Request, (Request, InvalidEvent)> {
        let state = self.state();
        match TRANSITIONS
            .iter()
            .find(|(from, by, _)| *from == state && *by == event)
        {
            Some((_, _, to)) => {
                self.history.push((day, event, *to));
                Ok(self)
            }
            None => Err((self, InvalidEvent { state, event })),
        }
    }
}

/// The event that a reply code is, by the table. `None` means that nothing changes by itself:
/// [`Meaning::NoChange`] needs nothing done; an unknown code or [`Meaning::Person`] puts the line
/// in the work queue.
#[must_use]
pub fn on_reply(table: &ReplyTable, code: u16) -> Option<WithholdEvent> {
    let Reply::Known(row) = table.look_up(code) else {
        return None;
    };
    match row.meaning {
        Meaning::SentToAgency => Some(E::PassedOn),
        Meaning::Accepted => Some(E::Accepted),
        Meaning::Rejected => Some(E::Rejected),
        Meaning::ChangedToDirect => Some(E::ChangedToDirect),
        Meaning::Refunded => Some(E::MoneyReturned),
        Meaning::NoChange | Meaning::Person => None,
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
