//! What members of staff may do.

use crate::Right;

/// The role of a member of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Helps members at a center or by telephone.
    Associate,
    /// Reconciles payments and works the queues.
    Billing,
    /// Approves what others prepare.
    Supervisor,
    /// Sets up staff and settings; sees no member.
    Administrator,
    /// Reads everything and changes nothing.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 5] = [
        Role::Associate,
        Role::Billing,
        Role::Supervisor,
        Role::Administrator,
        Role::Auditor,
    ];

    /// The name in tables, settings and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Role::Associate => "associate",
            Role::Billing => "billing",
            Role::Supervisor => "supervisor",
            Role::Administrator => "administrator",
            Role::Auditor => "auditor",
        }
    }

    /// The role with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    /// True if the role may look at a member's account.
    #[must_use]
    pub const fn sees_members(self) -> bool {
        !matches!(self, Role::Administrator)
    }

    /// The most that the role may do with a member's account; `None` for nothing. Nobody of staff
    /// manages an account in the member's place: mandates, delivery and delegates are the member's.
    #[must_use]
    pub const fn right_on_accounts(self) -> Option<Right> {
        match self {
            Role::Associate | Role::Billing | Role::Supervisor => Some(Right::Pay),
            Role::Auditor => Some(Right::View),
            Role::Administrator => None,
        }
    }

    /// True if the role may add staff, change their roles and disable them.
    #[must_use]
    pub const fn keeps_staff(self) -> bool {
        matches!(self, Role::Administrator)
    }

    /// True if the role may change a member's account or take a payment.
    #[must_use]
    pub const fn serves_members(self) -> bool {
        matches!(self, Role::Associate | Role::Billing | Role::Supervisor)
    }
}

/// The role of somebody whom the sign-in provider knows, from what it says of them: `said` are the
/// values of the claim that was agreed on, `roles` pairs of such a value and a role in the order of
/// the settings. Of several the first in the settings counts; `None` if there is none.
#[must_use]
pub fn role_of(said: &[String], roles: &[(String, Role)]) -> Option<Role> {
    roles
        .iter()
        .find(|(value, _)| said.contains(value))
        .map(|(_, role)| *role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_found_by_its_code_and_auditors_change_nothing() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        assert_eq!(Role::from_code("owner"), None);
        assert!(Role::Auditor.sees_members() && !Role::Auditor.serves_members());
        assert!(!Role::Administrator.sees_members());
        for role in Role::ALL {
            let right = role.right_on_accounts();
            assert_eq!(right.is_some(), role.sees_members(), "{role:?}");
            assert_eq!(right >= Some(Right::Pay), role.serves_members(), "{role:?}");
            assert_ne!(right, Some(Right::Manage), "{role:?}");
        }
    }
    #[test]
    fn the_first_role_of_the_settings_counts_and_no_role_is_none() {
        let settings = [
            ("mp-auditors".to_owned(), Role::Auditor),
            ("mp-billing".to_owned(), Role::Billing),
        ];
        let said = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        for (groups, role) in [
            (said(&["mp-billing"]), Some(Role::Billing)),
            (said(&["mp-billing", "mp-auditors"]), Some(Role::Auditor)),
            (said(&["MP-BILLING"]), None),
            (said(&["everybody"]), None),
            (said(&[]), None),
        ] {
            assert_eq!(role_of(&groups, &settings), role, "{groups:?}");
        }
    }
}
