//! People who work for the plan: their sign-in, their sessions, who they are, and that looks at
//! members are recorded.

use identity::Role;
use kernel::{AccountId, StaffId};
use store::Tx;

use crate::audit::{self, Event};
use crate::{Actor, Ctx, UseCaseError};

pub mod account;
pub mod batches;
pub mod dashboard;
pub mod find;
pub mod late;
pub(crate) mod names;
pub mod people;
pub mod phone;
pub mod provider;
pub mod received;
pub mod sessions;
pub mod set_up;
pub mod sign_in;

/// A member of staff who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Id.
    pub staff: StaffId,
    /// Name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// The role of the actor, if they are staff and it is one of `roles`.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody else.
pub fn need_role(actor: &Actor, roles: &[Role]) -> Result<Role, UseCaseError> {
    match actor {
        Actor::Staff { role, .. } if roles.contains(role) => Ok(*role),
        _ => Err(UseCaseError::NotAllowed),
    }
}

/// As [`need_role`], of the roles that see members.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody else.
pub(crate) fn need_sight_of_members(actor: &Actor) -> Result<(), UseCaseError> {
    match actor {
        Actor::Staff { role, .. } if role.sees_members() => Ok(()),
        _ => Err(UseCaseError::NotAllowed),
    }
}

/// Why a member of staff looks at a member. Kept in the audit trail with every look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The member is here or on the telephone.
    MemberAsked,
    /// A payment is looked into.
    PaymentEnquiry,
    /// A queue is worked on: suspense, autopay watch list.
    Queue,
    /// The books are reviewed.
    Review,
}

impl Reason {
    /// All of them.
    pub const ALL: [Reason; 4] = [
        Reason::MemberAsked,
        Reason::PaymentEnquiry,
        Reason::Queue,
        Reason::Review,
    ];

    /// The name in the audit trail and the string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Reason::MemberAsked => "member-asked",
            Reason::PaymentEnquiry => "payment-enquiry",
            Reason::Queue => "queue",
            Reason::Review => "review",
        }
    }

    /// The reason with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// In the running transaction: writes down that staff looked at a member's account, and why (45 CFR
/// 164.312(b)). Whatever shows staff a member calls it.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if the actor is staff whose role sees no member.
pub async fn note_look(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    reason: Reason,
) -> Result<(), UseCaseError> {
    match actor {
        Actor::Staff { role, .. } if role.sees_members() => {
            let detail = format!("reason={}", reason.code());
            let event = Event {
                action: "member-seen",
                account: Some(account),
                subject: "",
                detail: &detail,
            };
            Ok(audit::record(tx, ctx, actor, event).await?)
        }
        Actor::Staff { .. } => Err(UseCaseError::NotAllowed),
        _ => Ok(()),
    }
}

/// Notes something that somebody of the staff did, or tried, in a transaction of its own.
async fn note(
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    subject: &str,
    detail: &str,
) -> Result<(), UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    let (subject, detail) = (subject.to_owned(), detail.to_owned());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            let (subject, detail) = (subject.clone(), detail.clone());
            Box::pin(async move {
                let event = Event {
                    action,
                    account: None,
                    subject: &subject,
                    detail: &detail,
                };
                Ok::<_, UseCaseError>(audit::record(tx, &ctx, &actor, event).await?)
            })
        })
        .await
}

/// In the running transaction: notes what the sign-in provider said of somebody.
async fn note_in(
    tx: &mut Tx,
    ctx: &Ctx,
    staff: StaffId,
    action: &'static str,
    detail: &str,
) -> Result<(), UseCaseError> {
    let subject = staff.to_string();
    let event = Event {
        action,
        account: None,
        subject: &subject,
        detail,
    };
    Ok(audit::record(tx, ctx, &Actor::Job("sign-in-provider"), event).await?)
}
