//! Rights on an account that is somebody else's: what they are, when they hold, what a member may
//! give.

use jiff::civil::Date;

/// What somebody may do with an account. Each right holds those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// See balance, invoices and payments.
    View,
    /// Make one payment.
    Pay,
    /// Set up autopay, choose how documents are delivered, give rights to others.
    Manage,
}

impl Right {
    /// All of them, the least first.
    pub const ALL: [Right; 3] = [Right::View, Right::Pay, Right::Manage];
    /// What a member may give: paying at most. More takes an authorised representative's papers.
    pub const TO_GIVE: [Right; 2] = [Right::View, Right::Pay];

    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Right::View => "view",
            Right::Pay => "pay",
            Right::Manage => "manage",
        }
    }

    /// The right with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Right> {
        Right::ALL.into_iter().find(|right| right.code() == code)
    }
}

/// How somebody came to have rights on another person's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DelegationKind {
    /// The member gave them.
    Delegate,
    /// They act in the member's place by a document on file, such as a power of attorney (45 CFR
    /// 164.502(g)).
    Representative,
}

impl DelegationKind {
    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            DelegationKind::Delegate => "delegate",
            DelegationKind::Representative => "representative",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<DelegationKind> {
        [DelegationKind::Delegate, DelegationKind::Representative]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// What is known of somebody's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delegation {
    /// The most that they may do.
    pub right: Right,
    /// From this day.
    pub first_day: Date,
    /// Until the end of this day; `None` until they are taken back.
    pub last_day: Option<Date>,
    /// True once the invited person has accepted.
    pub accepted: bool,
    /// True once they were taken back or given back.
    pub ended: bool,
}

/// Where a delegation stands, as the member sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DelegationState {
    /// The invitation was not accepted yet.
    Invited,
    /// In force.
    InForce,
    /// Begins on a later day.
    Later,
    /// Its last day is over, or it was taken back.
    Over,
}

impl Delegation {
    /// Where it stands on a day.
    #[must_use]
    pub fn state(&self, today: Date) -> DelegationState {
        if self.ended || self.last_day.is_some_and(|last| last < today) {
            DelegationState::Over
        } else if !self.accepted {
            DelegationState::Invited
        } else if today < self.first_day {
            DelegationState::Later
        } else {
            DelegationState::InForce
        }
    }

    /// The right that is in force on a day, if one is.
    #[must_use]
    pub fn right_on(&self, today: Date) -> Option<Right> {
        (self.state(today) == DelegationState::InForce).then_some(self.right)
    }
}

/// How many people may have rights on one account at a time, open invitations among them.
pub const MOST_DELEGATES: usize = 10;
/// For how many days an invitation can be accepted.
pub const INVITATION_DAYS: u32 = 7;
/// How often the question of an invitation may be answered wrong before the invitation is void.
pub const INVITATION_TRIES: u32 = 5;

/// Why a member cannot invite somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationRefusal {
    /// Managing is not for a member to give.
    #[error("this right is not for a member to give")]
    Right,
    /// The last day is before today.
    #[error("the last day is over")]
    LastDay,
    /// The person has rights or an open invitation already.
    #[error("this person has rights or an open invitation already")]
    There,
    /// The member's own address.
    #[error("this is the member's own address")]
    Oneself,
    /// Too many people have rights already.
    #[error("{MOST_DELEGATES} people have rights already")]
    TooMany,
}

/// Whether a member may give `right` until `last_day` to the person at `email`. `own` are the
/// member's addresses and `others` those of everybody with rights or an open invitation, all in the
/// form in which addresses are compared.
///
/// # Errors
/// [`InvitationRefusal`].
pub fn may_invite(
    right: Right,
    last_day: Option<Date>,
    today: Date,
    email: &str,
    own: &[String],
    others: &[String],
) -> Result<(), InvitationRefusal> {
    if !Right::TO_GIVE.contains(&right) {
        return Err(InvitationRefusal::Right);
    }
    if last_day.is_some_and(|last| last < today) {
        return Err(InvitationRefusal::LastDay);
    }
    if own.iter().any(|address| address == email) {
        return Err(InvitationRefusal::Oneself);
    }
    if others.iter().any(|address| address == email) {
        return Err(InvitationRefusal::There);
    }
    if others.len() >= MOST_DELEGATES {
        return Err(InvitationRefusal::TooMany);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn rights_hold_from_the_first_to_the_last_day_and_only_when_accepted() {
        let given = Delegation {
            right: Right::Pay,
            first_day: date(2026, 12, 1),
            last_day: Some(date(2026, 12, 31)),
            accepted: true,
            ended: false,
        };
        let open = Delegation {
            last_day: None,
            ..given
        };
        let invited = Delegation {
            accepted: false,
            ..given
        };
        let ended = Delegation {
            ended: true,
            ..given
        };
        for (delegation, today, state) in [
            (given, date(2026, 11, 30), DelegationState::Later),
            (given, date(2026, 12, 1), DelegationState::InForce),
            (given, date(2026, 12, 31), DelegationState::InForce),
            (given, date(2027, 1, 1), DelegationState::Over),
            (open, date(2036, 1, 1), DelegationState::InForce),
            (invited, date(2026, 12, 2), DelegationState::Invited),
            (invited, date(2027, 1, 1), DelegationState::Over),
            (ended, date(2026, 12, 2), DelegationState::Over),
        ] {
            assert_eq!(delegation.state(today), state, "{delegation:?} on {today}");
            let right = (state == DelegationState::InForce).then_some(Right::Pay);
            assert_eq!(delegation.right_on(today), right);
        }
    }

    #[test]
    fn each_right_holds_those_before_it() {
        assert!(Right::View < Right::Pay && Right::Pay < Right::Manage);
        for right in Right::ALL {
            assert_eq!(Right::from_code(right.code()), Some(right));
        }
        assert_eq!(Right::from_code("own"), None);
        assert_eq!(
            DelegationKind::from_code("representative"),
            Some(DelegationKind::Representative)
        );
    }

    #[test]
    fn a_member_gives_what_is_theirs_to_give_and_once() {
        let today = date(2026, 12, 1);
        let own = ["maria@example.com".to_owned()];
        let others = ["son@example.com".to_owned()];
        let many: Vec<String> = (0..MOST_DELEGATES)
            .map(|n| format!("{n}@example.com"))
            .collect();
        let try_one = |right, last_day, email: &str, others: &[String]| {
            may_invite(right, last_day, today, email, &own, others)
        };
        let new = "ana@example.com";
        assert_eq!(try_one(Right::View, None, new, &others), Ok(()));
        assert_eq!(try_one(Right::Pay, Some(today), new, &others), Ok(()));
        for (right, last_day, email, others, refusal) in [
            (
                Right::Manage,
                None,
                new,
                &others[..],
                InvitationRefusal::Right,
            ),
            (
                Right::View,
                Some(date(2026, 11, 30)),
                new,
                &others[..],
                InvitationRefusal::LastDay,
            ),
            (
                Right::View,
                None,
                "son@example.com",
                &others[..],
                InvitationRefusal::There,
            ),
            (
                Right::View,
                None,
                "maria@example.com",
                &others[..],
                InvitationRefusal::Oneself,
            ),
            (
                Right::View,
                None,
                new,
                &many[..],
                InvitationRefusal::TooMany,
            ),
        ] {
            assert_eq!(try_one(right, last_day, email, others), Err(refusal));
        }
    }
}
