//! What members of staff may do.

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

    /// True if the role may change a member's account or take a payment.
    #[must_use]
    pub const fn serves_members(self) -> bool {
        matches!(self, Role::Associate | Role::Billing | Role::Supervisor)
    }
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
    }
}
