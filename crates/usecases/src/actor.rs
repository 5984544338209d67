//! Who is asking.

use identity::Role;
use kernel::{LoginId, PersonId, StaffId};

/// Who is asking, as permission and the audit trail see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody not signed in: reads public pages, pays as a guest, registers.
    Guest {
        /// The network address, for throttles. Never logged in clear.
        address: String,
    },
    /// A member who signed in.
    Member {
        /// The sign-in identity.
        login: LoginId,
        /// The person it belongs to.
        person: PersonId,
        /// The network address.
        address: String,
    },
    /// A member of staff who signed in.
    Staff {
        /// Who.
        staff: StaffId,
        /// What they may do.
        role: Role,
        /// The network address.
        address: String,
    },
    /// Another system of the plan, by its API key.
    Partner {
        /// Its name.
        name: String,
    },
    /// A command of the program, given by the operator at a terminal.
    Operator,
    /// A job, by its name.
    Job(&'static str),
}

impl Actor {
    /// The kind, as the audit trail writes it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Actor::Guest { .. } => "guest",
            Actor::Member { .. } => "member",
            Actor::Staff { .. } => "staff",
            Actor::Partner { .. } => "partner",
            Actor::Operator => "operator",
            Actor::Job(_) => "job",
        }
    }

    /// Which one, as the audit trail writes it: the sign-in id of a member, the name of a job.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Actor::Guest { .. } | Actor::Operator => String::new(),
            Actor::Member { login, .. } => login.to_string(),
            Actor::Staff { staff, .. } => staff.to_string(),
            Actor::Partner { name } => name.clone(),
            Actor::Job(name) => (*name).to_owned(),
        }
    }

    /// The person who signed in, if one did.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Actor::Member { person, .. } => Some(*person),
            _ => None,
        }
    }

    /// The network address, or nothing for jobs and the operator.
    #[must_use]
    pub fn address(&self) -> &str {
        match self {
            Actor::Guest { address }
            | Actor::Member { address, .. }
            | Actor::Staff { address, .. } => address,
            Actor::Partner { .. } | Actor::Operator | Actor::Job(_) => "",
        }
    }
}
